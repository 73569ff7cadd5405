"""A campaign as a picture: boxes in columns and bands, and arrows that run between them and through none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from web.drawing.chart import Arrow, Band, Box, Chart, Point
from web.drawing.places import GAP, HEAD, PORT, WIDTH, Cell, Measured, cells_of, columns_of, measured
from web.drawing.plan import Plan, Tie

_BAND_HEAD: Final = 34
_LANE: Final = 9
_BEFORE: Final = 34
"""Room left of boxes, where rules come in from anywhere."""

_AFTER: Final = 14
_MARGIN: Final = 16


@dataclass(frozen=True, slots=True)
class _Net:
    """All arrows that end at the same place from the same side: they share their way as far as they can."""

    target: str
    into: int | None
    side: int
    """1 for those that come from the left."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """The room above the box ``place`` of a cell; below the last one for the number of its boxes."""

    cell: Cell
    place: int


def drawn(plan: Plan) -> Chart:
    """Find a place for everything."""
    return _Drawing(plan).chart()


class _Drawing:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sizes: Mapping[str, Measured] = measured(plan)
        self._columns = columns_of(plan)
        self._cells = cells_of(plan, self._columns)
        self._last = max(self._columns.values(), default=0)
        self._nets: dict[_Net, list[Tie]] = defaultdict(list)
        for tie in plan.ties:
            side = 1 if self._columns[tie.source] < self._columns[tie.target] else -1
            self._nets[_Net(tie.target, tie.into, side)].append(tie)
        self._in_gap: dict[_Gap, list[_Net]] = defaultdict(list)
        self._tops: dict[str, float] = {}
        self._gaps: dict[_Gap, float] = {}
        self._bands: list[Band] = []

    def chart(self) -> Chart:
        self._stack()
        through = {net: self._gaps_through(net, ties) for net, ties in self._nets.items()}
        for net, gaps in through.items():
            for gap in gaps.values():
                self._in_gap[gap].append(net)
        for nets in self._in_gap.values():
            nets.sort(key=lambda net: (self._head(net), net.target, net.side))
        self._stack()
        crossing = {
            net: {column: self._gaps[gap] + PORT * (self._in_gap[gap].index(net) + 1) for column, gap in gaps.items()}
            for net, gaps in through.items()
        }
        lanes = self._lanes(crossing)
        lefts = self._lefts(lanes)
        arrows = [
            Arrow(source=tie.source, target=tie.target, is_rule=tie.is_rule, points=self._way(net, tie, crossing[net], lanes, lefts))
            for net, ties in self._nets.items()
            for tie in ties
        ]
        boxes = [
            Box(
                name=name,
                x=lefts[self._columns[name]],
                y=self._tops[name],
                height=size.height,
                leads=size.shape.leads,
                lines=size.lines,
                is_start=size.shape.is_start,
            )
            for name, size in self._sizes.items()
        ]
        return Chart(
            width=lefts[self._last] + WIDTH + _gutter(lanes, self._last + 1) + _MARGIN,
            height=self._bands[-1].y + self._bands[-1].height if self._bands else 0,
            boxes=tuple(boxes),
            arrows=tuple(arrows),
            bands=tuple(self._bands),
        )

    def _stack(self) -> None:
        """Put the boxes of each cell one below the other, with room for the arrows between them."""
        y = 0.0
        self._bands = []
        for band, name in enumerate(self._plan.bands):
            top, bottom = y + _BAND_HEAD, y + _BAND_HEAD
            for column in range(self._last + 1):
                below = top
                for place, box in enumerate(self._cells.get((column, band), ())):
                    below = self._open(_Gap((column, band), place), below)
                    self._tops[box] = below
                    below += self._sizes[box].height
                below = self._open(_Gap((column, band), len(self._cells.get((column, band), ()))), below)
                bottom = max(bottom, below)
            self._bands.append(Band(name=name, y=y, height=bottom - y))
            y = bottom

    def _open(self, gap: _Gap, y: float) -> float:
        self._gaps[gap] = y
        least = GAP if gap.place else _MARGIN / 2
        return y + max(least, PORT * (len(self._in_gap[gap]) + 2) if self._in_gap[gap] else 0)

    def _head(self, net: _Net) -> float:
        """How far down the arrows of a net end."""
        return self._tops[net.target] + (HEAD / 2 if net.into is None else self._sizes[net.target].lines[net.into].y)

    def _tail(self, tie: Tie) -> float:
        size = self._sizes[tie.source]
        return self._tops[tie.source] + (size.ports[tie.target, tie.into] if tie.out is None else size.lines[tie.out].y)

    def _gaps_through(self, net: _Net, ties: Iterable[Tie]) -> dict[int, _Gap]:
        """Through which gap the net crosses each column that lies between: the one nearest to where it ends."""
        there, head = self._columns[net.target], self._head(net)
        farthest = max((abs(there - self._columns[tie.source]) for tie in ties), default=0)
        between = [there - net.side * steps for steps in range(1, farthest)]
        return {column: min((gap for gap in self._gaps if gap.cell[0] == column), key=lambda g: self._cost(g, head)) for column in between}

    def _cost(self, gap: _Gap, head: float) -> float:
        return abs(self._gaps[gap] + PORT - head) + 4 * len(self._in_gap[gap])

    def _gutters(self, net: _Net, tie: Tie) -> range:
        """The gutters that an arrow runs along, in its order; a gutter has the number of the column at its right."""
        start, end = self._columns[tie.source], self._columns[net.target]
        return range(start + 1, end + 1) if net.side == 1 else range(start, end, -1) if start > end else range(end + 1, end + 2)

    def _stops(self, net: _Net, tie: Tie, crossing: Mapping[int, float]) -> list[float]:
        """The heights between which an arrow goes up and down: one more than it has gutters."""
        gutters = self._gutters(net, tie)
        between = [crossing[column] for column in (list(gutters)[:-1] if net.side == 1 else [gutter - 1 for gutter in list(gutters)[:-1]])]
        return [self._tail(tie), *between, self._head(net)]

    def _lanes(self, crossing: Mapping[_Net, Mapping[int, float]]) -> dict[tuple[int, _Net], int]:
        """In each gutter a lane for each net, so that no two run over one another."""
        spans: dict[int, dict[_Net, list[float]]] = defaultdict(lambda: defaultdict(list))
        for net, ties in self._nets.items():
            for tie in ties:
                stops = self._stops(net, tie, crossing[net])
                for place, gutter in enumerate(self._gutters(net, tie)):
                    spans[gutter][net] += stops[place : place + 2]
        lanes: dict[tuple[int, _Net], int] = {}
        for gutter, nets in spans.items():
            ends: list[float] = []
            for net, heights in sorted(nets.items(), key=lambda item: (min(item[1]), max(item[1]))):
                lane = next((lane for lane, end in enumerate(ends) if end + PORT < min(heights)), len(ends))
                ends[lane:] = [max(heights), *ends[lane + 1 :]]
                lanes[gutter, net] = lane
        return lanes

    def _lefts(self, lanes: Mapping[tuple[int, _Net], int]) -> dict[int, float]:
        x, lefts = float(_MARGIN), dict[int, float]()
        for column in range(self._last + 1):
            x += _gutter(lanes, column)
            lefts[column] = x
            x += WIDTH
        return lefts

    def _way(
        self, net: _Net, tie: Tie, crossing: Mapping[int, float], lanes: Mapping[tuple[int, _Net], int], lefts: Mapping[int, float]
    ) -> tuple[Point, ...]:
        stops, gutters = self._stops(net, tie, crossing), self._gutters(net, tie)
        leaves_right = net.side == 1 or self._columns[tie.source] == self._columns[net.target]
        points: list[Point] = [(lefts[self._columns[tie.source]] + (WIDTH if leaves_right else 0), stops[0])]
        for place, gutter in enumerate(gutters):
            start = lefts[gutter - 1] + WIDTH
            x = start + _AFTER + _LANE * lanes[gutter, net]
            points += [(x, stops[place]), (x, stops[place + 1])]
        points.append((lefts[self._columns[net.target]] + (0 if net.side == 1 else WIDTH), stops[-1]))
        return tuple(points)


def _gutter(lanes: Mapping[tuple[int, _Net], int], gutter: int) -> float:
    used = 1 + max((lane for (number, _), lane in lanes.items() if number == gutter), default=-1)
    return (_AFTER + _LANE * used if gutter else 0) + _BEFORE
