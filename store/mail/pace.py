"""How fast letters may go, as operators set it; how many went, counted with each attempt; and who waits for a turn.

A lane is what a limit is for: ``by`` a transport, ``to`` a domain of recipients, ``from`` a domain of ours. A letter is in several at once.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, any_, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import Redirected
from nurture.pace import Count, Pace, WarmUp, nothing_counted
from store import tables
from store.leads import engagements
from store.tables import PaceCount

EVERYBODY_ELSE: Final = "to *"
"""The lane that stands for each domain of recipients that has no limit of its own."""

MISSED: Final = timedelta(days=1)
"""A letter that has not asked again so long after its turn is not waited for."""

MOST_AHEAD: Final = 20_000
"""How many letters before one are counted: one with more before it asks again when those have gone."""

SOURCE: Final = "pace"
_DIRECTLY: Final = {"synchronize_session": False}


_LIMITS: Final = select(tables.Pace).where(tables.Pace.lane == any_(bindparam("lanes", type_=ARRAY(String)))).with_for_update(read=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with a limit, and what was counted in it. ``name`` is where it counts, which is not ``to *``."""

    name: str
    pace: Pace
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many letters wait in a lane, since when, and when the last of them asks again at the latest."""

    lane: str
    letters: int
    since: datetime
    until: datetime


async def lanes(session: AsyncSession, names: Sequence[str], now: datetime, *, locked: bool = False) -> list[Lane]:
    """Those of these lanes that have a limit. ``locked`` until the transaction ends, nobody else counts in them.

    The limits do not change before the transaction ends, so that whoever changes them finds every letter that waits by the old ones.
    """
    wanted = {*names, EVERYBODY_ELSE} if any(name.startswith("to ") for name in names) else set(names)
    rows = await session.scalars(_LIMITS, {"lanes": sorted(wanted)})
    paces = {row.lane: pace_of(row) for row in rows}
    if everybody_else := paces.pop(EVERYBODY_ELSE, None):
        paces.update({name: everybody_else for name in names if name.startswith("to ") and name not in paces})
    if not paces:
        return []
    counts = await _locked(session, sorted(paces), now) if locked else await _counted(session, paces)
    return [Lane(name=name, pace=pace, count=counts.get(name, nothing_counted(now))) for name, pace in paces.items()]


async def count(session: AsyncSession, some: Sequence[Lane], now: datetime) -> None:
    """One letter more goes in these lanes, which are locked. What was counted on other days is forgotten."""
    for lane in some:
        counted = asdict(lane.count.and_one(now))
        await session.execute(update(PaceCount).where(PaceCount.lane == lane.name).values(**counted), execution_options=_DIRECTLY)
        if counted["in_day"] == 1:
            await session.execute(_FORGET, {"since": counted["day_at"]})


async def ahead(
    session: AsyncSession, lane: str, key: UUID, claimed_at: datetime, now: datetime, period: tuple[datetime, datetime]
) -> tuple[int, int]:
    """How many letters wait in a lane before this one, in the order in which they were due, and how many have their turn in a period."""
    place = {"lane": lane, "key": key, "claimed_at": claimed_at, "since": now - MISSED, "most": MOST_AHEAD}
    row = (await session.execute(_AHEAD, {**place, "begins": period[0], "ends": period[1]})).one()
    return row.waiting, row.due


async def waiting(session: AsyncSession, now: datetime) -> list[Waiting]:
    """What waits, lane by lane."""
    return [Waiting(**row._asdict()) for row in await session.execute(_WAITING, {"since": now - MISSED})]


async def go_on(session: AsyncSession, lane: str, now: datetime) -> int:
    """Have each letter that waits in a lane ask again, in their order, and say how many. ``to *`` stands for every domain of recipients."""
    found = await session.execute(_TO_GO_ON, {"lane": lane, "since": now - MISSED})
    left = [
        (row.lead_id, Redirected(at=now + no * timedelta(microseconds=1), enrollment=row.enrollment, goes_on=True))
        for no, row in enumerate(found)
    ]
    letters = len(left)
    while left:
        # One engagement a lead at a time: the rest of a lead with several letters follows.
        first = dict(reversed(left))
        await engagements.record_all(session, list(first.items()), source=SOURCE)
        left = [(lead_id, told) for lead_id, told in left if first[lead_id] is not told]
    return letters


async def settings(session: AsyncSession) -> dict[str, Pace]:
    """Every limit that is set, by lane."""
    return {row.lane: pace_of(row) for row in await session.scalars(select(tables.Pace).order_by(tables.Pace.lane))}


async def counts(session: AsyncSession) -> dict[str, Count]:
    """What was counted, by lane."""
    return {row.lane: _count_of(row) for row in await session.scalars(select(PaceCount))}


async def set_(session: AsyncSession, lane: str, pace: Pace, now: datetime) -> int:
    """Set the limits of a lane, while letters go or not; without any limit it has none. Says how many letters ask again because of it."""
    await session.execute(select(tables.Pace.lane).where(tables.Pace.lane == lane).with_for_update())
    if pace == Pace():
        await session.execute(delete(tables.Pace).where(tables.Pace.lane == lane), execution_options=_DIRECTLY)
    else:
        warm_up = pace.warm_up
        row: dict[str, Any] = {"per_hour": pace.per_hour, "per_day": pace.per_day, "set_at": now}
        row |= {field.name: getattr(warm_up, field.name) if warm_up else None for field in fields(WarmUp)}
        upsert = insert(tables.Pace).values(lane=lane, **row)
        await session.execute(upsert.on_conflict_do_update(index_elements=["lane"], set_=row))
    return await go_on(session, lane, now)


def pace_of(row: tables.Pace) -> Pace:
    """The limits that a row holds."""
    warm_up = None
    if row.first_day is not None and row.began_at is not None:
        doubles = row.doubles_in_days or 1.0
        warm_up = WarmUp(began_at=row.began_at, first_day=row.first_day, doubles_in_days=doubles, at_most=row.at_most)
    return Pace(per_hour=row.per_hour, per_day=row.per_day, warm_up=warm_up)


async def _counted(session: AsyncSession, names: Collection[str] | Mapping[str, Any]) -> dict[str, Count]:
    rows = await session.scalars(select(PaceCount).where(PaceCount.lane.in_(names)).execution_options(populate_existing=True))
    return {row.lane: _count_of(row) for row in rows}


async def _locked(session: AsyncSession, names: Sequence[str], now: datetime) -> dict[str, Count]:
    """The counts, locked in one order by everybody."""
    new = [{"lane": name, **asdict(nothing_counted(now))} for name in names]
    await session.execute(insert(PaceCount).values(new).on_conflict_do_nothing())
    locked = select(PaceCount).where(PaceCount.lane.in_(names)).order_by(PaceCount.lane).with_for_update()
    rows = await session.scalars(locked.execution_options(populate_existing=True))
    return {row.lane: _count_of(row) for row in rows}


def _count_of(row: PaceCount) -> Count:
    return Count(hour_at=row.hour_at, in_hour=row.in_hour, day_at=row.day_at, in_day=row.in_day)


_AHEAD = text("""
    SELECT count(*) AS waiting, count(*) FILTER (WHERE turn_at >= :begins AND turn_at < :ends) AS due FROM (
        SELECT turn_at FROM touches
        WHERE lane = :lane AND lane <> '' AND (claimed_at, key) < (CAST(:claimed_at AS timestamptz), CAST(:key AS uuid))
        AND turn_at >= :since LIMIT :most
    ) AS before
""")

_WAITING = text("""
    SELECT lane, count(*) AS letters, min(claimed_at) AS since, max(turn_at) AS until
    FROM touches WHERE lane <> '' AND turn_at >= :since GROUP BY lane ORDER BY lane
""")

_TO_GO_ON = text("""
    SELECT lead_id, enrollment FROM touches
    WHERE (lane = :lane OR (:lane = 'to *' AND lane LIKE 'to %')) AND lane <> '' AND turn_at >= :since
    AND (enrollment = 0 OR EXISTS (
        SELECT FROM enrollments WHERE enrollments.lead_id = touches.lead_id AND number = enrollment AND over_at IS NULL
    ))
    ORDER BY claimed_at, key
""")

_FORGET = text("""
    DELETE FROM pace_counts WHERE lane IN (SELECT lane FROM pace_counts WHERE day_at < :since ORDER BY lane FOR UPDATE SKIP LOCKED)
""")
