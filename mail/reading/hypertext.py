"""Makes plain text of a letter that is HTML only; what it quotes is marked as plain mail marks it."""

import html
import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {"p", "div", "br", "tr", "td", "li", "ul", "ol", "table", "hr", "pre", "blockquote", "section", "article", "address"}
    | {"h1", "h2", "h3", "h4", "h5", "h6"}
)
_SILENT: Final = frozenset({"script", "style", "head", "title", "template"})
_ORIGINAL_FOLLOWS: Final = ("divRplyFwdMsg", "appendonsend", "yahoo_quoted", "protonmail_quote")


def text_of_html(markup: str) -> str:
    """The text, a line a block."""
    reader = _Reader()
    try:
        reader.feed(markup)
        reader.close()
    except (AssertionError, ValueError):  # what the parser says to markup that is none
        return html.unescape(re.sub(r"<[^<>]*>", "\n", markup))
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[bool, str]] = []
        self._line = ""
        self._silent = 0
        self._quotes: list[tuple[str, int]] = []

    def text(self) -> str:
        self._break()
        return "\n".join(f"> {line}" if quoted else line for quoted, line in self._lines)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._break()
        if tag in _SILENT:
            self._silent += 1
        if self._quotes and tag == self._quotes[-1][0]:
            self._quotes[-1] = (tag, self._quotes[-1][1] + 1)
            return
        said = {name: value or "" for name, value in attrs}
        if tag == "blockquote" or (tag == "div" and re.search(r"\bgmail_quote\b|\bmoz-cite-prefix\b", said.get("class", ""))):
            self._quotes.append((tag, 1))
        elif any(mark in (said.get("id", ""), *said.get("class", "").split()) for mark in _ORIGINAL_FOLLOWS):
            self._lines.append((False, "-----Original Message-----"))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        if self._quotes and tag == self._quotes[-1][0]:
            depth = self._quotes[-1][1] - 1
            self._quotes[-1:] = [(tag, depth)] if depth else []

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line += data

    def _break(self) -> None:
        if line := " ".join(self._line.split()):
            self._lines.append((bool(self._quotes), line))
        self._line = ""
