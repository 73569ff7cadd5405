"""Reads letters as people get them: what is too large, leads nowhere, or lacks what the law wants in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mail.anchors import links_of_html, links_of_text, path_on_site
from mail.facts import Facts, Links
from nurture.plan.problems import Problem, did_you_mean

if TYPE_CHECKING:
    from mail.letters import Rendered

SHOWN: Final = 102 * 1024
"""Bytes of an HTML part that Gmail shows; the rest, and with it the way to refuse letters, is behind a link."""

PAGES: Final = "pages.txt"
"""The file beside the layout that lists the pages of the site, one path a line; what begins like ``/guides/*`` has any page below it."""

LAYOUTS: Final = {"html": "layout.html", "text": "layout.txt"}
_WRITTEN: Final = {
    "html": re.compile(r"""\bhref\s*=\s*["']([^"']*)["']"""),
    "text": re.compile(r"((?:https?://|\{\{\s*links\.\w+\s*\}\})(?:(?:\{\{.*?\}\}|[!#-;=?-z|~])*(?:\}\}|[#-&+/-9<=@-Z^-z|~-]))?)"),
}
"""How a link is written in a template."""

_OTHER_WAYS: Final = ("mailto", "tel")
_IN_FOOTER: Final = {
    "sender.legal_name": "the company's legal name",
    "sender.postal_address": "its postal address",
    "sender.contact": "where complaints go",
    "links.unsubscribe": "the link that refuses letters",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something wrong with a part of a letter as it was written. ``address`` is the link that it is about, where it is about one.

    What is wrong ``in_layout`` is wrong in every letter.
    """

    part: str
    what: str
    fix: str
    address: str | None = None
    in_layout: bool = False

    def problem(self, letter: Path, folder: Path) -> Problem:
        """The same with the file that it is in, and the line where that can be told: the letter's, or the layout's."""
        layout = folder / LAYOUTS[self.part]
        for file in (letter, layout) if self.address is not None else ():
            if line := _line_of(self.address or "", file.read_text(encoding="utf-8"), self.part):
                return Problem(file=str(file), line=line, what=self.what, fix=self.fix)
        return Problem(file=str(layout if self.in_layout else letter), line=0, what=self.what, fix=self.fix)


def flaws_of(rendered: "Rendered", facts: Facts, pages: frozenset[str] | None) -> Iterator[Flaw]:
    """Everything that is wrong with a letter that was written on these facts. ``pages`` are the site's; None where nobody lists them."""
    size = len(rendered.html.encode())
    if size > SHOWN:
        what = f"the letter has {size // 1024} KB of HTML, and mailboxes show {SHOWN // 1024} KB of one"
        yield Flaw(part="html", what=what, fix="shorten it, or put a part of it on a page")
    for href, words in links_of_html(rendered.html):
        yield from _wrong_link("html", href, facts.links, pages)
        if not words:
            yield Flaw(part="html", address=href, what="a link has no words", fix="say where it leads; a picture needs an 'alt'")
    for url in links_of_text(rendered.text):
        yield from _wrong_link("text", url, facts.links, pages)
    yield from missing_in_footer(rendered, facts)


def missing_in_footer(rendered: "Rendered", facts: Facts) -> Iterator[Flaw]:
    """What the law wants to be read in every letter, and cannot be in a part of this one."""
    for part, said in (("html", unescape(rendered.html)), ("text", rendered.text)):
        for name, what in _IN_FOOTER.items():
            root, _, field = name.partition(".")
            if getattr(getattr(facts, root), field) not in said:
                what = f"the {'HTML' if part == 'html' else part} part lacks {what}"
                yield Flaw(part=part, what=what, fix=f"put {{{{ {name} }}}} back", in_layout=True)


def pages_of(folder: Path) -> frozenset[str] | None:
    """The pages of the site that letters may lead to; None where the folder of letters lists none."""
    if not (folder / PAGES).is_file():
        return None
    lines = (line.strip() for line in (folder / PAGES).read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _wrong_link(part: str, address: str, links: Links, pages: frozenset[str] | None) -> Iterator[Flaw]:
    if address in (getattr(links, field.name) for field in fields(links)):
        return
    wrong = _fault_of(address) or _fault_of_page(path_on_site(address, links), pages)
    if wrong:
        yield Flaw(part=part, address=address, what=wrong[0], fix=wrong[1])


def _fault_of(address: str) -> tuple[str, str] | None:
    """Why an address leads nowhere from within a letter."""
    if not address or address == "#":
        return "a link leads nowhere", "write the address of a page, or take the link out"
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"'{address}' is no address", "write it like https://www.example.com/page"
    if not parts.scheme:
        what = f"'{address}' leads nowhere: a letter has no site around it"
        return what, "begin it with {{ links.site }}/, or with https://"
    if parts.scheme == "http":
        return f"'{address}' is not safe on its way", "write https://"
    if parts.scheme in _OTHER_WAYS:
        return None
    if parts.scheme != "https":
        return f"mail programs do not follow '{parts.scheme}:'", "write https://, mailto: or tel:"
    if not re.fullmatch(r"[^\s.]+(\.[^\s.]+)+", parts.hostname or ""):
        return f"'{address}' is no address", "write it like https://www.example.com/page"
    return None


def _fault_of_page(path: str | None, pages: frozenset[str] | None) -> tuple[str, str] | None:
    """Why a path of this site is no page of it."""
    if path is None or pages is None:
        return None
    page = re.split("[?#]", path)[0].rstrip("/") or "/"
    if page == "/" or page in pages or any(page.startswith(known[:-1]) for known in pages if known.endswith("/*")):
        return None
    return f"the site has no page '{page}'", did_you_mean(page, sorted(pages), f"list it in {PAGES}; it has")


def _line_of(address: str, source: str, part: str) -> int:
    """The line of a template where a link is written that became this address; 0 where there is none."""
    for found in _WRITTEN[part].finditer(source, 0 if part == "html" else max(source.find("{% block text"), 0)):
        # What is filled in may be anything, so that only the letters around it are compared.
        literal = [re.escape(unescape(piece)) for piece in re.split(r"\{\{.*?\}\}|\{%.*?%\}", found[1].strip())]
        if re.fullmatch(".*".join(literal), address):
            return source.count("\n", 0, found.start()) + 1
    return 0
