"""Makes text of bytes as mail programs write them, also where they say the wrong encoding or none."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from typing import Final

_ALIASES: Final = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "euc-jp": "euc_jis_2004",
    "x-euc-jp": "euc_jis_2004",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "ks_c_5601-1987": "cp949",
}
"""What programs mean by a name: they all write some more characters than it stands for."""

_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS: Final = re.compile(r"(\?=)[ \t]+(=\?)")


def text_of(data: bytes, charset: str = "") -> str:
    """The text in its encoding as it was said, where that can be; else in the first that fits. Nothing is refused.

    Characters that no database keeps as text are left out.
    """
    for name in _candidates(data, charset):
        try:
            return data.decode(name).replace("\x00", "")
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", errors="replace").replace("\x00", "")


def header_text(raw: str) -> str:
    """A header as people read it: one line, encoded words (RFC 2047) and raw bytes decoded."""
    data = raw.encode("utf-8", "surrogateescape")
    raw = raw if raw.isascii() and "\x1b" not in raw else text_of(data)
    line = re.sub(r"[\r\n]+[ \t]*", " ", raw).strip()
    return " ".join(_decoded(_BETWEEN_WORDS.sub(r"\1\2", line)).replace("\x00", "").split())


def _candidates(data: bytes, charset: str) -> Iterator[str]:
    said = charset.strip().strip("\"'").lower()
    named = _ALIASES.get(said, said)
    if named and not (named == "utf-8" and b"\x1b" in data):
        yield named
    if b"\x1b" in data:
        yield "iso2022_jp_ext"
        yield "iso2022_jp_3"
    # In this order: what is right in one of them is hardly ever right in one before it.
    yield from ("utf-8", "euc_jis_2004", "cp932")


def _decoded(line: str) -> str:
    """Neighbouring words in one encoding are put together first: programs split characters between them."""
    parts: list[str] = []
    waiting, charset, end = b"", "", 0
    for word in _WORD.finditer(line):
        said = word[1].partition("*")[0].lower()
        if waiting and (said != charset or word.start() != end):
            parts.append(text_of(waiting, charset))
            waiting = b""
        parts.append(line[end : word.start()])
        waiting, charset, end = waiting + _word_bytes(word[2], word[3]), said, word.end()
    parts.append(text_of(waiting, charset))
    return "".join([*parts, line[end:]])


def _word_bytes(how: str, what: str) -> bytes:
    if how in "qQ":
        return quopri.decodestring(what.encode("utf-8", "surrogateescape"), header=True)
    try:
        return base64.b64decode(what.rstrip("=") + "=" * (-len(what.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return what.encode("utf-8", "surrogateescape")
