"""Sales reps' pieces of work: opened by a handoff, claimed, escalated when their deadline passes, and answered once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Audience, Outcome
from store.desk import notifications
from store.desk.answers import complete
from store.desk.checks import Answer, WrongAnswer
from store.desk.taskrows import OPEN, TaskRow, find, get, listed, open_tasks
from store.tables import Standing, Task
from store.tables.base import table_of
from store.team.reps import LEADER, owner_for

__all__ = [
    "LEADER",
    "OPEN",
    "Answer",
    "TaskRow",
    "WrongAnswer",
    "change",
    "claim",
    "complete",
    "escalate",
    "find",
    "get",
    "listed",
    "open_task",
    "open_tasks",
]


async def open_task(
    session: AsyncSession,
    *,
    id: UUID,
    lead_id: UUID,
    enrollment: int,
    campaign: str,
    reason: str,
    why: str,
    at: datetime,
    deadline_at: datetime,
    say: str = "",
    to: Audience = Audience.REPS,
    checklist: Sequence[str] = (),
    asks: Sequence[str] = (),
    outcomes: Sequence[Outcome] = (),
    artefact: bool = False,
    named: bool = False,
    channel: str = "",
) -> bool:
    """Open a task; False when that was done before. An older open task of the same enrollment is withdrawn: a rep has one at a time.

    ``named`` makes whoever completes it the lead's owner.
    """
    row = {"id": id, "lead_id": lead_id, "enrollment": enrollment, "campaign": campaign, "reason": reason, "say": say, "why": why}
    row |= {"checklist": list(checklist), "asks": list(asks), "outcomes": list(outcomes), "wants_artefact": artefact, "channel": channel}
    owner = await owner_for(session, lead_id, to, at)
    row |= {"names_owner": named, "opened_at": at, "deadline_at": deadline_at, "owner": owner}
    standing = await session.get(Standing, lead_id, populate_existing=True)
    row |= {"planned": standing.why if standing else "", "planned_at": standing.next_at if standing else None}
    if await session.scalar(_OPENED, row) is None:
        return False
    await notifications.asked(session, id, lead_id, owner, at)
    await session.execute(_WITHDRAWN, {"id": id, "lead": lead_id, "enrollment": enrollment, "at": at})
    return True


async def claim(session: AsyncSession, id: UUID, by: str, now: datetime) -> bool:
    """Take an open task; False when another rep has it, or it is not open."""
    if await change(session, Task.id == id, Task.claimed_by == "", claimed_by=by, claimed_at=now):
        return True
    return await change(session, Task.id == id, Task.claimed_by == by, claimed_by=by)


async def escalate(session: AsyncSession, id: UUID, deadline_at: datetime, now: datetime) -> bool:
    """The deadline has passed: the task is the leader's, who has until ``deadline_at``. False when it is not open or is so already.

    Whoever had put it off sees it again.
    """
    values = {"owner": LEADER, "deadline_at": deadline_at, "escalated_at": now, "snoozed_until": None}
    return await change(session, Task.id == id, Task.deadline_at < deadline_at, **values)


async def change(session: AsyncSession, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change an open task; False where there is none for which all of this holds."""
    changed = update(Task).where(OPEN, *conditions).values(**values).returning(Task.id)
    return bool((await session.scalars(changed, execution_options={"synchronize_session": False})).all())


_OPENED: Final = insert(table_of(Task)).on_conflict_do_nothing(index_elements=["id"]).returning(table_of(Task).c.id)

_WITHDRAWN: Final = text("""
    UPDATE tasks SET withdrawn_at = :at
    WHERE lead_id = :lead AND enrollment = :enrollment AND id <> :id AND completed_at IS NULL AND withdrawn_at IS NULL
""")
