"""A lead's life as a picture: its stage and its points over time, and beside them what it did, got and was asked."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Final

from nurture.stages import STAGE_SETS
from store.leads.scores import Earned
from store.looks.lives import Life

WIDTH: Final = 1000
"""Of every part; browsers stretch it to the room that there is."""

ROW: Final = 28
"""Pixels of a stage."""

HIGH: Final = 140
"""Pixels of the points."""

TICK: Final = 16
"""Pixels of a row of marks."""

_LEAST: Final = timedelta(days=1)
_MOST_LINES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The points at the end of a day (UTC)."""

    day: date
    points: int
    recent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Lines as the ``d`` of SVG paths. ``stages`` are the names of the rows, the furthest first; ``top`` and ``low`` bound the points.

    ``days`` are the numbers behind it, the latest first.
    """

    since: datetime
    middle: datetime
    until: datetime
    stages: tuple[str, ...]
    stage_line: str
    marks: tuple[tuple[str, str, int], ...]
    points_line: str
    recent_line: str
    zero: float
    top: int
    low: int
    days: tuple[Day, ...]

    @property
    def stages_high(self) -> int:
        return ROW * len(self.stages)


def drawn(life: Life, stage: str, now: datetime) -> Picture:
    """Draw a life until now, where the lead is in ``stage``; empty where nobody knows."""
    since = min(life.since, now - _LEAST)
    reached = [(one.at, one.stage) for one in life.stages if one.stage]
    if stage and (not reached or reached[-1][1] != stage):  # another model of stages came with another edition
        reached.append((reached[-1][0] if reached else since, stage))
    rows = _rows([name for _, name in reached])
    days = list(points_by_day(life.earned, life.window, now.astimezone(UTC).date()))
    low, top = min([0, *(min(day.points, day.recent) for day in days)]), max([1, *(max(day.points, day.recent) for day in days)])

    def x(at: datetime) -> float:
        return round(max(0.0, (at - since) / (now - since)) * WIDTH, 1)

    def y(points: int) -> float:
        return round(HIGH - 2 - (points - low) / (top - low) * (HIGH - 4), 1)

    starts = [(datetime.combine(day.day, time(), UTC), day) for day in days]
    return Picture(
        since=since,
        middle=since + (now - since) / 2,
        until=now,
        stages=rows,
        stage_line=_stairs([(x(at), ROW * (rows.index(name) + 0.5)) for at, name in reached]),
        marks=tuple(_marked(life, of, x) for of in ("engagement", "letter", "task")),
        points_line=_stairs([(0, y(0)), *((x(at), y(day.points)) for at, day in starts)]),
        recent_line=_stairs([(0, y(0)), *((x(at), y(day.recent)) for at, day in starts)]),
        zero=y(0),
        top=top,
        low=low,
        days=tuple(days[::-1][:_MOST_LINES]),
    )


def points_by_day(earned: Sequence[Earned], window: timedelta, today: date) -> Iterator[Day]:
    """All points and the recent ones on each day on which they changed: points are recent for so long as ``window`` is."""
    days, totals = [one.day for one in earned], [0, *accumulate(one.points for one in earned)]
    for day in sorted({*days, *(day + window for day in days if day + window <= today)}):
        until, before = bisect_right(days, day), bisect_right(days, day - window)
        yield Day(day=day, points=totals[until], recent=totals[until] - totals[before])


def _rows(reached: Iterable[str]) -> tuple[str, ...]:
    """The stages of the model that has all of these; of several models those that were reached, the furthest first."""
    names = tuple(dict.fromkeys(reached))
    model = next((stages for stages in STAGE_SETS.values() if set(names) <= set(stages)), names)
    return model[::-1] if names else ()


def _marked(life: Life, of: str, x: Callable[[datetime], float]) -> tuple[str, str, int]:
    places = [x(mark.at) for mark in life.marks if mark.of == of]
    return of, " ".join(f"M{place} 0V{TICK}" for place in dict.fromkeys(places)), len(places)


def _stairs(points: Sequence[tuple[float, float]]) -> str:
    """A line that stays as high as it is until something changes, up to the right edge."""
    if not points:
        return ""
    (x, y), *others = points
    return "".join([f"M{x} {y}", *(f"H{x}V{y}" for x, y in others), f"H{WIDTH}"])
