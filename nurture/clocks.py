"""The clocks of a zone: the moment at which they show something, where they change, and when a window of the day begins.

A wall clock that does not exist is the first moment after the gap; one that comes twice is the first of the two.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from nurture.places import zone

DAY: Final = timedelta(days=1)


def utc(at: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for one without a zone."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no zone, so it is no moment")
    return at.astimezone(UTC)


def whole_second(at: datetime) -> datetime:
    """The first whole second at or after ``at``, in UTC."""
    at = utc(at)
    return at.replace(microsecond=0) + timedelta(seconds=1) if at.microsecond else at


def moment_at(day: date, wall: time, where: ZoneInfo) -> datetime:
    """The moment at which the clocks of ``where`` first show ``wall`` on ``day``, or the first one after the gap that skips it."""
    offset = _offset_of(day, where)
    if offset is not None:
        return datetime.combine(day, wall, UTC) - offset
    moment = datetime.combine(day, wall.replace(fold=0), where).astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) == datetime.combine(day, wall):
        return moment
    return _change(datetime.combine(day, wall.replace(fold=1), where).astimezone(UTC), moment, where)


@lru_cache(maxsize=16384)
def _offset_of(day: date, where: ZoneInfo) -> timedelta | None:
    """How far the clocks of ``where`` are ahead of UTC; None on a day on which they change. No zone changes them twice in a day."""
    edges = (datetime.combine(day, edge.replace(fold=fold), where) for edge in (time(), time.max) for fold in (0, 1))
    offsets = {edge.utcoffset() for edge in edges}
    return offsets.pop() if len(offsets) == 1 else None


def _change(before: datetime, after: datetime, where: ZoneInfo) -> datetime:
    """The second between the two at which the clocks of ``where`` change."""
    start = before.replace(microsecond=0)
    changed_to = after.astimezone(where).utcoffset()

    def has_changed(seconds: int) -> bool:
        return (start + timedelta(seconds=seconds)).astimezone(where).utcoffset() == changed_to

    return start + timedelta(seconds=bisect_left(range(int((after - start).total_seconds()) + 1), True, key=has_changed))


@lru_cache(maxsize=16384)
def openings(day: date, opens: time, closes: time, name: str) -> tuple[datetime, ...]:
    """The moments of ``day`` at which a closed window opens: one, and more where clocks go back over its edges; none where they skip it."""
    where = zone(name)
    dawn, dusk = moment_at(day, time(), where), moment_at(day + DAY, time(), where)
    moments = {moment_at(day, opens, where)}
    if dusk - dawn > DAY:
        moments |= {datetime.combine(day, opens.replace(fold=1), where).astimezone(UTC), _change(dawn, dusk, where)}
    walls = ((moment, moment.astimezone(where)) for moment in sorted(map(whole_second, moments)))
    return tuple(moment for moment, wall in walls if wall.date() == day and opens <= wall.time() < closes)
