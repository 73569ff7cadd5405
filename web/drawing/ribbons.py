"""A flow as a picture: where leads were at the left, where they are at the right, and ribbons as broad as many went that way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WIDTH: Final = 760.0
LABELS: Final = 190.0
"""Room for words at both sides."""

_BAR: Final = 12.0
_HEIGHT: Final = 360.0
_APART: Final = 16.0
_LEAST: Final = 22.0
"""Pixels of the lowest place, so that its words have room."""

_TOP: Final = 10.0


class Way(StrEnum):
    """Which way a ribbon goes."""

    NEW = "new"
    STAYS = "stays"
    ON = "on"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """So many went from a place at the left to one at the right."""

    source: str
    target: str
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A bar with its words beside it."""

    name: str
    x: float
    y: float
    height: float
    leads: int
    width: float = _BAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """A stream as it is drawn; ``path`` is its outline as SVG writes it."""

    stream: Stream
    way: Way
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The whole picture, in pixels."""

    left: tuple[Place, ...]
    right: tuple[Place, ...]
    ribbons: tuple[Ribbon, ...]
    height: float
    width: float = WIDTH


def drawn(streams: Sequence[Stream], order: Sequence[str], way: Callable[[Stream], Way]) -> Picture:
    """Draw the streams; places stand in this order from the top at both sides, as far as something is in them."""
    whole = sum(stream.leads for stream in streams) or 1
    scale = _HEIGHT / whole
    sources = [name for name in order if any(stream.source == name for stream in streams)]
    targets = [name for name in order if any(stream.target == name for stream in streams)]
    left = _stacked({name: sum(s.leads for s in streams if s.source == name) for name in sources}, LABELS, scale)
    right = _stacked({name: sum(s.leads for s in streams if s.target == name) for name in targets}, WIDTH - LABELS - _BAR, scale)
    leaves, arrives = {place.name: place.y for place in left}, {place.name: place.y for place in right}
    ribbons = []
    for stream in sorted(streams, key=lambda stream: (order.index(stream.source), order.index(stream.target))):
        breadth = stream.leads * scale
        path = _outline(LABELS + _BAR, leaves[stream.source], WIDTH - LABELS - _BAR, arrives[stream.target], max(breadth, 1))
        ribbons.append(Ribbon(stream=stream, way=way(stream), path=path))
        leaves[stream.source] += breadth
        arrives[stream.target] += breadth
    height = max((place.y + max(place.height, _LEAST) for place in (*left, *right)), default=_TOP) + _TOP
    return Picture(left=left, right=right, ribbons=tuple(ribbons), height=height)


def _stacked(leads: Mapping[str, int], x: float, scale: float) -> tuple[Place, ...]:
    y, places = _TOP, list[Place]()
    for name, count in leads.items():
        height = max(count * scale, 2)
        places.append(Place(name=name, x=x, y=y, height=height, leads=count))
        y += max(height, _LEAST) + _APART
    return tuple(places)


def _outline(x: float, y: float, end: float, there: float, breadth: float) -> str:
    middle = (x + end) / 2
    over = f"M{x:.1f} {y:.1f}C{middle:.1f} {y:.1f} {middle:.1f} {there:.1f} {end:.1f} {there:.1f}"
    back = f"V{there + breadth:.1f}C{middle:.1f} {there + breadth:.1f} {middle:.1f} {y + breadth:.1f} {x:.1f} {y + breadth:.1f}Z"
    return over + back
