"""Where leads stand, as their workflows last said, and which of them would be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.standing import Position, Record, Standing
from store import tables
from store.journeys import enrollments, notes
from store.tables.base import table_of

_POSITIONS: Final[TypeAdapter[tuple[Position, ...]]] = TypeAdapter(tuple[Position, ...])


class Trouble(StrEnum):
    """What can be wrong with how somebody comes back to a lead."""

    UNOWNED = "unowned"
    """Neither a next wake-up nor an owner with a deadline."""
    OVERDUE = "overdue"
    """The wake-up passed, and nothing happened."""
    SILENT = "silent"
    """It was enrolled, and its workflow never said anything."""
    NOT_ESCALATED = "not_escalated"
    """The deadline of a task passed, and the leader was not told."""
    NOT_RELAYED = "not_relayed"
    """Something came in, and its workflow was not told."""
    NO_RENEWAL = "no_renewal"
    """A contract ends, and no campaign plans its renewal."""
    GONE = "gone"
    """It is open, and its workflow does not run."""
    STUCK = "stuck"
    """Its workflow fails again and again."""
    STILL_RUNS = "still_runs"
    """The store says that nothing is left to do, and its workflow runs."""
    UNKNOWN = "unknown"
    """A workflow runs for a lead that the store has never heard of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A lead that nobody would come back to, and why."""

    lead_id: UUID
    kind: Trouble
    why: str


async def write(session: AsyncSession, lead_id: UUID, record: Record) -> None:
    """Write down how a lead stands, unless something later is known, and the notes that are not kept yet."""
    standing = record.standing
    row = {
        "lead_id": lead_id,
        "no": record.no,
        "open": standing.open,
        "stage": standing.stage,
        "next_at": standing.next_at,
        "deadline_at": min((p.task_deadline_at for p in standing.positions if p.task_deadline_at), default=None),
        "why": standing.why,
        "positions": _POSITIONS.dump_python(standing.positions, mode="json", exclude_defaults=True),
        "held_until": standing.held_until,
    }
    is_newest = await session.scalar(_WRITE, row)
    if is_newest and record.notes:  # no enrollment ends without a note
        under_way = [position.enrollment for position in standing.positions]
        await enrollments.keep_endings(session, lead_id, under_way, record.seen, record.notes[-1].at)
    await notes.write(session, lead_id, record.notes)


async def of_lead(session: AsyncSession, lead_id: UUID) -> Standing | None:
    """How the lead stands; None before its workflow said anything."""
    row = await session.get(tables.Standing, lead_id, populate_existing=True)
    return _standing(row) if row else None


async def last_number(session: AsyncSession, lead_id: UUID) -> int:
    """The number of the standing that is kept; 0 when there is none."""
    return await session.scalar(select(tables.Standing.no).where(tables.Standing.lead_id == lead_id)) or 0


async def numbered(session: AsyncSession, lead_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Standing]]:
    """How these leads stand, with the number of each standing."""
    rows = await session.scalars(select(tables.Standing).where(tables.Standing.lead_id.in_(lead_ids)))
    return {row.lead_id: (row.no, _standing(row)) for row in rows}


async def kinds_of_places(session: AsyncSession) -> dict[UUID, str]:
    """Every open lead, with the kind of place that it is in: stage, editions, tracks, and whether a rep has it."""
    return {row.lead_id: row.place for row in await session.execute(_PLACES)}


async def by_stage(session: AsyncSession) -> dict[str, int]:
    """How many leads are in each stage, open or not."""
    rows = await session.execute(
        select(tables.Standing.stage, func.count().label("leads")).group_by(tables.Standing.stage).order_by(tables.Standing.stage)
    )
    return {row.stage: row.leads for row in rows}


async def orphans(session: AsyncSession, now: datetime) -> list[Orphan]:
    """Every lead without a next wake-up or an owner with a deadline, or whose time passed and nothing happened; each reason is one."""
    return [Orphan(lead_id=row.lead_id, kind=Trouble(row.kind), why=row.why) for row in await session.execute(_ORPHANS, {"now": now})]


async def known_to_be_open(session: AsyncSession) -> dict[UUID, bool]:
    """Every lead whose workflow ever said how it stands, and whether something is still to be done for it."""
    rows = await session.execute(select(tables.Standing.lead_id, tables.Standing.open))
    return {row.lead_id: row.open for row in rows}


async def still_closed(session: AsyncSession, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these leads that are not open, and for which nothing is on its way."""
    return set(await session.scalars(_STILL_CLOSED, {"ids": list(lead_ids)}))


async def never_heard_of(session: AsyncSession, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these leads that are enrolled, with nothing on its way, and whose workflow never said how they stand."""
    return set(await session.scalars(_NEVER_HEARD_OF, {"ids": list(lead_ids)}))


async def strangers(session: AsyncSession, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these ids that are no lead's."""
    found = text("SELECT id FROM unnest(CAST(:ids AS uuid[])) AS given (id) WHERE NOT EXISTS (SELECT FROM leads WHERE leads.id = given.id)")
    return set(await session.scalars(found, {"ids": list(lead_ids)}))


def _standing(row: tables.Standing) -> Standing:
    return Standing(
        stage=row.stage,
        next_at=row.next_at,
        why=row.why,
        positions=_POSITIONS.validate_python(row.positions),
        held_until=row.held_until,
        open=row.open,
    )


_STANDINGS: Final = table_of(tables.Standing)
_GIVEN: Final = insert(_STANDINGS)
_WRITE: Final = _GIVEN.on_conflict_do_update(
    index_elements=["lead_id"],
    set_={column.name: _GIVEN.excluded[column.name] for column in _STANDINGS.c if column.name != "lead_id"},
    where=_STANDINGS.c.no <= _GIVEN.excluded.no,
).returning(_STANDINGS.c.lead_id)

_ORPHANS = text("""
    SELECT lead_id, 'unowned' AS kind, 'it is open, but has neither a next wake-up nor a task with a deadline' AS why
    FROM standings WHERE open AND next_at IS NULL AND deadline_at IS NULL
    UNION ALL
    SELECT lead_id, 'overdue',
        'its next wake-up was due at ' || to_char(next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC and did not come'
    FROM standings WHERE open AND next_at < CAST(:now AS timestamptz) - interval '1 hour'
    UNION ALL
    SELECT id, 'silent', 'it was enrolled more than 5 minutes ago, but its workflow has said nothing yet'
    FROM leads WHERE EXISTS (SELECT FROM enrollments WHERE lead_id = id AND enrolled_at < CAST(:now AS timestamptz) - interval '5 minutes')
    AND NOT EXISTS (SELECT FROM standings WHERE lead_id = id)
    AND NOT EXISTS (SELECT FROM engagements WHERE lead_id = id AND relayed_at IS NULL)
    UNION ALL
    SELECT DISTINCT lead_id, 'not_escalated',
        'the deadline of its task passed more than 1 hour ago, and the task was not passed on to the leader'
    FROM tasks WHERE completed_at IS NULL AND withdrawn_at IS NULL AND deadline_at < CAST(:now AS timestamptz) - interval '1 hour'
    UNION ALL
    SELECT lead_id, 'not_relayed', 'an engagement has waited since ' || to_char(min(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC to be relayed to its workflow'
    FROM engagements WHERE relayed_at IS NULL GROUP BY lead_id HAVING min(at) < CAST(:now AS timestamptz) - interval '5 minutes'
    ORDER BY lead_id, why
""")

_PLACES = text("""
    SELECT lead_id, stage || coalesce(' ' || (
        SELECT string_agg(concat_ws(' ', ref, track, CASE WHEN task_deadline_at IS NOT NULL THEN 'rep' END), ', ' ORDER BY number)
        FROM jsonb_to_recordset(positions) AS place (enrollment int, track text, task_deadline_at text)
        JOIN enrollments ON enrollments.lead_id = standings.lead_id AND number = place.enrollment
    ), '') AS place
    FROM standings WHERE open
""")

_NEVER_HEARD_OF = text("""
    SELECT id FROM leads WHERE id = ANY(CAST(:ids AS uuid[])) AND EXISTS (SELECT FROM enrollments WHERE lead_id = id)
    AND NOT EXISTS (SELECT FROM standings WHERE lead_id = id)
    AND NOT EXISTS (SELECT FROM engagements WHERE lead_id = id AND relayed_at IS NULL)
""")

_STILL_CLOSED = text("""
    SELECT lead_id FROM standings WHERE NOT open AND lead_id = ANY(CAST(:ids AS uuid[]))
    AND NOT EXISTS (SELECT FROM engagements WHERE engagements.lead_id = standings.lead_id AND relayed_at IS NULL)
""")
