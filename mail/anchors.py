"""The links of a letter as it was written: where each part of it leads, and with which words."""

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from typing import Final

from mail.facts import Links

_HREF: Final = re.compile(r'(<a\b(?:[^>"]|"[^"]*")*?\shref=")([^"]*)(")', re.IGNORECASE)
"""A link as the writer of letters writes it: attributes in double quotes."""

_URL: Final = re.compile(r"https?://[!#-;=?-~]+")
"""An address in plain text. It ends before a blank, a quote, a bracket of HTML, and before any character that is not ASCII."""

_AFTER_URL: Final = ".,;:!?)]}'*_"
"""Signs that belong to the sentence around an address rather than to it."""


def links_of_html(html: str) -> list[tuple[str, str]]:
    """Every link with its words, or with those that stand for its picture; of what is hidden too."""
    reader = _Anchors()
    reader.feed(html)
    reader.close()
    return [(href, " ".join(words.split())) for href, words in reader.found]


def links_of_text(text: str) -> list[str]:
    """Every address that a mail program makes a link of."""
    return [url.rstrip(_AFTER_URL) for url in _URL.findall(text)]


def with_other_links(html: str, text: str, other: Callable[[str], str]) -> tuple[str, str]:
    """Both parts with ``other(address)`` in the place of every address."""

    def in_text(found: re.Match[str]) -> str:
        url = found[0].rstrip(_AFTER_URL)
        return other(url) + found[0][len(url) :]

    written = _HREF.sub(lambda found: f"{found[1]}{escape(other(unescape(found[2])))}{found[3]}", html)
    return written, _URL.sub(in_text, text)


def path_on_site(url: str, links: Links) -> str | None:
    """The path of an address that is one of this site, with what follows it; None for any other address."""
    site = links.site.rstrip("/")
    rest = url.removeprefix(site)
    if rest == url or (rest and rest[0] not in "/?#"):
        return None
    return rest if rest.startswith("/") else f"/{rest}"


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._is_in_one = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a" and "href" in said:
            self.found.append(((said["href"] or "").strip(), ""))
            self._is_in_one = True
        elif tag == "img" and self._is_in_one:
            self._add(f" {said.get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._is_in_one = False

    def handle_data(self, data: str) -> None:
        if self._is_in_one:
            self._add(data)

    def _add(self, words: str) -> None:
        href, before = self.found[-1]
        self.found[-1] = href, before + words
