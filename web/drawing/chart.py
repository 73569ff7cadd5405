"""A campaign as it is drawn, in pixels: boxes, the arrows between them, and the bands of stages."""

from dataclasses import dataclass

from web.drawing.places import WIDTH, Placed

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A track where it stands; ``lines`` are measured from its top."""

    name: str
    x: float
    y: float
    height: float
    leads: int
    lines: tuple[Placed, ...]
    is_start: bool
    width: float = WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A way between two boxes, through ``points``; the last one is its head."""

    source: str
    target: str
    is_rule: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stage, from ``y`` on."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The whole picture, in pixels."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    bands: tuple[Band, ...]
