"""How much room words take: near enough for boxes that are drawn before any browser has measured them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

SIZE: Final = 13
"""Pixels of the letters in pictures."""

_NARROW: Final = frozenset("ijltfrI.,:;'|!()[] ")
_BROAD: Final = frozenset("mwMW@%")
_PIECES: Final = re.compile(
    r"[^\s_\u2e80-\u9fff\uff00-\uffef]+_?\s*|_|\s+|[\u300c\uff08]?.[\u3001\u3002\u300d\uff09\uff1a\u30fc\u3083\u3085\u3087\u3063]*"
)


def width(text: str) -> float:
    """Pixels that a line of text is at most about."""
    return sum(map(_width_of, text))


def wrapped(text: str, room: float, most: int = 4) -> tuple[str, ...]:
    """The text in at most ``most`` lines of ``room`` pixels each; what does not fit ends in ``…``."""
    lines = [""]
    for piece in _pieces(text, room):
        if width(lines[-1] + piece.rstrip()) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    lines = [line.strip() for line in lines]
    return tuple(lines) if len(lines) <= most else (*lines[: most - 1], cut(" ".join(lines[most - 1 :]), room))


def cut(text: str, room: float) -> str:
    """The text in one line of ``room`` pixels; ``…`` stands for what does not fit."""
    if width(text) <= room:
        return text
    while text and width(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _pieces(text: str, room: float) -> Iterator[str]:
    """Where a line may break: after blanks and underscores, and between Japanese characters; within a word that is longer than a line."""
    for piece in _PIECES.findall(text):
        while width(piece.rstrip()) > room:
            fits = next(length for length in range(len(piece), 0, -1) if length == 1 or width(piece[:length]) <= room)
            yield piece[:fits]
            piece = piece[fits:]
        yield piece


def _width_of(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return float(SIZE)
    if sign in _NARROW:
        return SIZE * 0.36
    return SIZE * (0.86 if sign in _BROAD else 0.68 if sign.isupper() else 0.57)
