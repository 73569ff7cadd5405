"""Everything that happened to a lead, in the order of time, as a person reads it. It may name people: not for Temporal, not for logs."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from store.desk.notifications import ASKED
from store.looks.entries import Entry, of_engagement, of_letter, of_note, of_task, of_word
from store.tables import Engagement, Note, Notification, Task, Touch

__all__ = ["Entry", "latest", "page", "story"]

_TELLS: Final[tuple[tuple[Any, Any, Any, Callable[[Any], Iterable[Entry]]], ...]] = (
    (Engagement, Engagement.at, Engagement.seq, of_engagement),
    (Note, Note.at, Note.no, of_note),
    (Touch, func.coalesce(Touch.sent_at, Touch.refused_at, Touch.attempted_at, Touch.claimed_at), Touch.key, of_letter),
    (Task, func.greatest(Task.opened_at, Task.claimed_at, Task.escalated_at, Task.withdrawn_at, Task.completed_at), Task.id, of_task),
)
"""The rows that tell of a lead: when the latest of them was, which comes first of two at one moment, and what they say."""

_TOGETHER: Final = 50
"""How many things at most happen to a lead at one moment."""


async def story(session: AsyncSession, lead_id: UUID) -> list[Entry]:
    """What the lead did, what was decided about it and why, what it was sent, and what reps did."""
    entries: list[Entry] = []
    for engagement in await session.scalars(select(Engagement).where(Engagement.lead_id == lead_id).order_by(Engagement.seq)):
        entries.extend(of_engagement(engagement))
    for note in await session.scalars(select(Note).where(Note.lead_id == lead_id).order_by(Note.no)):
        entries.extend(of_note(note))
    for touch in await session.scalars(select(Touch).where(Touch.lead_id == lead_id).order_by(Touch.claimed_at, Touch.key)):
        entries.extend(of_letter(touch))
    asked = await _asked(session, [lead_id])
    for task in await session.scalars(select(Task).where(Task.lead_id == lead_id).order_by(Task.opened_at, Task.id)):
        entries.extend(of_task(task, asked.get(task.id, "")))
    words = select(Notification).where(Notification.lead_id == lead_id, Notification.task_id.is_(None), Notification.told_at.is_not(None))
    entries += map(of_word, await session.scalars(words.order_by(Notification.at, Notification.key)))
    return sorted(entries, key=lambda entry: entry.at)


async def page(session: AsyncSession, lead_id: UUID, most: int, before: datetime | None = None) -> tuple[list[Entry], datetime | None]:
    """What happened last to a lead, before a moment where one is given, the latest first; and the moment before which there is more.

    What happened at one moment is on one page.
    """
    entries: list[Entry] = []
    asked = await _asked(session, [lead_id])
    for table, at, number, tell in _TELLS:
        wanted = select(table).where(table.lead_id == lead_id).order_by(at.desc(), number.desc())
        wanted = wanted.options(defer(Touch.message)) if table is Touch else wanted
        if table is not Task:  # a task tells of several moments, and no lead has many
            wanted = (wanted.where(at < before) if before else wanted).limit(most + _TOGETHER)
        for row in reversed(list(await session.scalars(wanted))):
            entries.extend(tell(row) if table is not Task else of_task(row, asked.get(row.id, "")))
    told = select(Notification).where(Notification.lead_id == lead_id, Notification.task_id.is_(None), Notification.told_at.is_not(None))
    told = told.where(Notification.at < before) if before else told
    entries += map(of_word, await session.scalars(told.order_by(Notification.at.desc()).limit(most + _TOGETHER)))
    entries = sorted((entry for entry in entries if before is None or entry.at < before), key=lambda entry: entry.at)[::-1]
    shown = [entry for entry in entries if len(entries) <= most or entry.at >= entries[most - 1].at]
    return shown, shown[-1].at if len(shown) < len(entries) else None


async def latest(session: AsyncSession, lead_ids: Sequence[UUID], most: int) -> dict[UUID, list[Entry]]:
    """What happened last to each of these leads, the latest first, in five queries however many they are."""
    found: dict[UUID, list[Entry]] = {}
    asked = await _asked(session, lead_ids)
    for table, at, _, tell in _TELLS:
        place = func.row_number().over(partition_by=table.lead_id, order_by=at.desc()).label("place")
        ranked = select(table, place).where(table.lead_id.in_(lead_ids)).subquery()
        row_of = aliased(table, ranked)
        newest = select(row_of).where(ranked.c.place <= most)
        for row in await session.scalars(newest.options(defer(row_of.message)) if table is Touch else newest):
            found.setdefault(row.lead_id, []).extend(tell(row) if table is not Task else of_task(row, asked.get(row.id, "")))
    return {lead_id: sorted(entries, key=lambda entry: entry.at, reverse=True)[:most] for lead_id, entries in found.items()}


async def _asked(session: AsyncSession, lead_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Whose the tasks of these leads were when they were opened."""
    of_leads = select(Notification.task_id, Notification.audience).join(Task, Task.id == Notification.task_id)
    kept = of_leads.where(Task.lead_id.in_(lead_ids), Notification.key == cast(Task.id, String) + ASKED)
    return {row.task_id: row.audience for row in await session.execute(kept)}
