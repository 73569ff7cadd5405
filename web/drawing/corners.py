"""The way of an arrow as SVG writes it, with round corners."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from web.drawing.chart import Point

_ROUND: Final = 6.0


def rounded(points: Sequence[Point]) -> str:
    """``M… H… Q…``: a line through the points, each corner rounded as far as both of its sides have room."""
    points = _without_repetitions(points)
    (x, y), said = points[0], [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (bx, by), (cx, cy) in pairwise(points[1:]):
        room = min(_ROUND, (abs(bx - x) + abs(by - y)) / 2, (abs(cx - bx) + abs(cy - by)) / 2)
        before = bx - room * _sign(bx - x), by - room * _sign(by - y)
        after = bx + room * _sign(cx - bx), by + room * _sign(cy - by)
        said.append(f"L{_n(before[0])} {_n(before[1])}Q{_n(bx)} {_n(by)} {_n(after[0])} {_n(after[1])}")
        x, y = bx, by
    said.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(said)


def _without_repetitions(points: Sequence[Point]) -> list[Point]:
    return [points[0], *(there for here, there in pairwise(points) if here != there)]


def _sign(length: float) -> int:
    return (length > 0) - (length < 0)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
