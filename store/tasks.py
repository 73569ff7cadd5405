"""Sales reps' pieces of work: opened by a handoff, claimed, escalated when their deadline passes, and answered once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.answers import Answer, WrongAnswer, complete
from store.leads import name_of
from store.tables import Account, Lead, Task

__all__ = ["LEADER", "Answer", "TaskRow", "WrongAnswer", "claim", "complete", "escalate", "get", "open_task", "open_tasks"]

LEADER: Final = "leader"
"""Who owns a task once its deadline has passed."""

_OPEN: Final = and_(Task.completed_at.is_(None), Task.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task with what a rep needs to know of the lead."""

    id: UUID
    lead_id: UUID
    enrollment: int
    campaign: str
    reason: str
    say: str
    why: str
    opened_at: datetime
    deadline_at: datetime
    owner: str
    claimed_by: str
    claimed_at: datetime | None
    escalated_at: datetime | None
    completed_at: datetime | None
    completed_by: str
    outcome: str
    notes: str
    withdrawn_at: datetime | None
    name: str
    company: str
    title: str
    email: str
    phone: str
    language: str
    country: str
    zone: str

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.withdrawn_at is None


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
    owner: str = "sales",
) -> bool:
    """Open a task; False when that was done before. An older open task of the same enrollment is withdrawn: a rep has one at a time."""
    row = {"id": id, "lead_id": lead_id, "enrollment": enrollment, "campaign": campaign, "reason": reason, "say": say, "why": why}
    opened = insert(Task).values(**row, opened_at=at, deadline_at=deadline_at, owner=owner)
    if await session.scalar(opened.on_conflict_do_nothing(index_elements=["id"]).returning(Task.id)) is None:
        return False
    await _change(session, Task.lead_id == lead_id, Task.enrollment == enrollment, Task.id != id, withdrawn_at=at)
    return True


async def open_tasks(session: AsyncSession, *, lead_id: UUID | None = None) -> list[TaskRow]:
    """The open tasks, of one lead or of all; the next deadline first."""
    query = _tasks().where(_OPEN).order_by(Task.deadline_at, Task.id)
    return [_row(*found) for found in await session.execute(query if lead_id is None else query.where(Task.lead_id == lead_id))]


async def get(session: AsyncSession, id: UUID) -> TaskRow | None:
    """A task, whether open or not."""
    found = (await session.execute(_tasks().where(Task.id == id))).first()
    return _row(*found) if found else None


async def claim(session: AsyncSession, id: UUID, by: str, now: datetime) -> bool:
    """Take an open task; False when another rep has it, or it is not open."""
    if await _change(session, Task.id == id, Task.claimed_by == "", claimed_by=by, claimed_at=now):
        return True
    return await _change(session, Task.id == id, Task.claimed_by == by, claimed_by=by)


async def escalate(session: AsyncSession, id: UUID, deadline_at: datetime, now: datetime) -> bool:
    """The deadline has passed: the task is the leader's, who has until ``deadline_at``. False when it is not open or is so already."""
    return await _change(session, Task.id == id, Task.deadline_at < deadline_at, owner=LEADER, deadline_at=deadline_at, escalated_at=now)


async def _change(session: AsyncSession, *conditions: ColumnElement[bool], **values: Any) -> bool:
    changed = update(Task).where(_OPEN, *conditions).values(**values).returning(Task.id)
    return bool((await session.scalars(changed, execution_options={"synchronize_session": False})).all())


def _tasks() -> Select[Task, Lead, str | None]:
    return (
        select(Task, Lead, Account.name)
        .join(Lead, Lead.id == Task.lead_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .execution_options(populate_existing=True)
    )


def _row(task: Task, lead: Lead, company: str | None) -> TaskRow:
    return TaskRow(
        **{column.key: getattr(task, column.key) for column in Task.__table__.columns},
        name=name_of(lead),
        company=company or "",
        **{field: getattr(lead, field) for field in ("title", "email", "phone", "language", "country", "zone")},
    )
