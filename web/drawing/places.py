"""Where the boxes of a picture stand: a column for each step away from where leads come in, a band for each stage, none over another."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from web.drawing.lettering import wrapped
from web.drawing.plan import Line, Plan, Shape

WIDTH: Final = 300
"""Pixels of every box."""

HEAD: Final = 36
LEADING: Final = 18
PORT: Final = 9
"""Pixels between two arrows that leave a box below its lines, and between two in a gap."""

GAP: Final = 30
_BETWEEN_LINES: Final = 5
_FOOT: Final = 8
_TEXT: Final = WIDTH - 96
"""Room for words: beside them are a sign, and a number."""

_SWEEPS: Final = 6

Cell = tuple[int, int]
"""A column and a band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A line of a box. ``y`` is its middle, below the box's top."""

    line: Line
    texts: tuple[str, ...]
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A box that has no place yet. ``ports`` is where arrows leave that belong to no line, below the box's top."""

    shape: Shape
    lines: tuple[Placed, ...]
    height: float
    ports: Mapping[tuple[str, int | None], float]


def measured(plan: Plan) -> dict[str, Measured]:
    """How high every box is, and where in it its lines are."""
    leaving: dict[str, dict[tuple[str, int | None], None]] = defaultdict(dict)
    for tie in plan.ties:
        if tie.out is None:
            leaving[tie.source][tie.target, tie.into] = None
    return {shape.name: _measured(shape, list(leaving[shape.name])) for shape in plan.shapes}


def _measured(shape: Shape, leaving: Sequence[tuple[str, int | None]]) -> Measured:
    y, lines = float(HEAD), list[Placed]()
    for line in shape.lines:
        texts = wrapped(line.said, _TEXT)
        height = LEADING * len(texts)
        y += _BETWEEN_LINES
        lines.append(Placed(line=line, texts=texts, y=y + height / 2, height=height))
        y += height
    y += _FOOT
    ports = {key: y + PORT * place for place, key in enumerate(leaving)}
    return Measured(shape=shape, lines=tuple(lines), height=y + PORT * max(0, len(leaving) - 1) + _FOOT, ports=ports)


def columns_of(plan: Plan) -> dict[str, int]:
    """How many ways each track is from where leads come in: the first track, and those that a rule leads to from anywhere."""
    found = {shape.name: 0 for shape in plan.shapes if shape.is_start or any(line.is_from_anywhere for line in shape.lines)}
    onward = defaultdict(list)
    for tie in plan.ties:
        onward[tie.source].append(tie.target)
    coming = [*found]
    for name in coming:  # grows while it is walked
        for there in onward[name]:
            if there not in found:
                found[there] = found[name] + 1
                coming.append(there)
    return {shape.name: found.get(shape.name, 0) for shape in plan.shapes}


def cells_of(plan: Plan, columns: Mapping[str, int]) -> dict[Cell, list[str]]:
    """The boxes of each column and band from the top: the first track first, and then near to what they are tied to."""
    cells: dict[Cell, list[str]] = defaultdict(list)
    for shape in sorted(plan.shapes, key=lambda shape: not shape.is_start):
        cells[columns[shape.name], shape.band].append(shape.name)
    near = defaultdict(list)
    for tie in plan.ties:
        near[tie.source].append(tie.target)
        near[tie.target].append(tie.source)
    first = {shape.name for shape in plan.shapes if shape.is_start}
    bands = {shape.name: shape.band for shape in plan.shapes}
    for _ in range(_SWEEPS):
        stands = {name: bands[name] + place / len(names) for names in cells.values() for place, name in enumerate(names)}
        order = {name: (name not in first, _mean([stands[other] for other in near[name]] or [stands[name]])) for name in bands}
        for names in cells.values():
            names.sort(key=order.__getitem__)
    return dict(cells)


def _mean(heights: Sequence[float]) -> float:
    return sum(heights) / len(heights)
