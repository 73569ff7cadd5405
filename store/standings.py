"""Where leads stand, as their workflows last said, and which of them would be forgotten."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.standing import Position, Record, Standing
from store import enrollments, notes, tables

_POSITIONS: Final[TypeAdapter[tuple[Position, ...]]] = TypeAdapter(tuple[Position, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A lead that nobody would come back to, and why."""

    lead_id: UUID
    why: str


async def write(session: AsyncSession, lead_id: UUID, record: Record) -> None:
    """Write down how a lead stands, unless something later is known, and the notes that are not kept yet."""
    standing = record.standing
    row: dict[str, Any] = {
        "no": record.no,
        "open": standing.open,
        "stage": standing.stage,
        "next_at": standing.next_at,
        "deadline_at": min((p.task_deadline_at for p in standing.positions if p.task_deadline_at), default=None),
        "why": standing.why,
        "positions": _POSITIONS.dump_python(standing.positions, mode="json", exclude_defaults=True),
        "held_until": standing.held_until,
    }
    upsert = insert(tables.Standing).values(lead_id=lead_id, **row)
    newest = upsert.on_conflict_do_update(index_elements=["lead_id"], set_=row, where=tables.Standing.no <= record.no)
    is_newest = await session.scalar(newest.returning(tables.Standing.lead_id))
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


async def by_stage(session: AsyncSession) -> dict[str, int]:
    """How many leads are in each stage, open or not."""
    rows = await session.execute(
        select(tables.Standing.stage, func.count().label("leads")).group_by(tables.Standing.stage).order_by(tables.Standing.stage)
    )
    return {row.stage: row.leads for row in rows}


async def orphans(session: AsyncSession, now: datetime) -> list[Orphan]:
    """Every lead without a next wake-up or an owner with a deadline, or whose time passed and nothing happened; each reason is one."""
    return [Orphan(lead_id=row.lead_id, why=row.why) for row in await session.execute(_ORPHANS, {"now": now})]


def _standing(row: tables.Standing) -> Standing:
    return Standing(
        stage=row.stage,
        next_at=row.next_at,
        why=row.why,
        positions=_POSITIONS.validate_python(row.positions),
        held_until=row.held_until,
        open=row.open,
    )


_ORPHANS = text("""
    SELECT lead_id, 'it is open, but has neither a next wake-up nor a task with a deadline' AS why
    FROM standings WHERE open AND next_at IS NULL AND deadline_at IS NULL
    UNION ALL
    SELECT lead_id, 'its next wake-up was due at ' || to_char(next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC and did not come'
    FROM standings WHERE open AND next_at < CAST(:now AS timestamptz) - interval '1 hour'
    UNION ALL
    SELECT id, 'it was enrolled more than 5 minutes ago, but its workflow has said nothing yet'
    FROM leads WHERE EXISTS (SELECT FROM enrollments WHERE lead_id = id AND enrolled_at < CAST(:now AS timestamptz) - interval '5 minutes')
    AND NOT EXISTS (SELECT FROM standings WHERE lead_id = id)
    AND NOT EXISTS (SELECT FROM engagements WHERE lead_id = id AND relayed_at IS NULL)
    UNION ALL
    SELECT DISTINCT lead_id, 'the deadline of its task passed more than 1 hour ago, and the task was not passed on to the leader'
    FROM tasks WHERE completed_at IS NULL AND withdrawn_at IS NULL AND deadline_at < CAST(:now AS timestamptz) - interval '1 hour'
    UNION ALL
    SELECT lead_id, 'an engagement has waited since ' || to_char(min(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC to be relayed to its workflow'
    FROM engagements WHERE relayed_at IS NULL GROUP BY lead_id HAVING min(at) < CAST(:now AS timestamptz) - interval '5 minutes'
    ORDER BY lead_id, why
""")
