"""A task with what a rep needs to know of its lead: one, the open ones, or those that are looked for, the next deadline first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Nullable, Select, String, and_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.profile import Value
from store.leads.leads import name_of
from store.tables import Account, Lead, Note, Standing, Task

OPEN: Final = and_(Task.completed_at.is_(None), Task.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task with what a rep needs to know of the lead.

    ``because`` tells how the lead came to where the task was opened, ``planned`` what the machine was about to do instead, ``lead_owner``
    is the rep who is named for it, and ``stage`` where the customer is.
    """

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
    snoozed_until: datetime | None
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
    account_id: UUID | None = None
    because: str = ""
    stage: str = ""
    lead_owner: str = ""
    channel: str = ""
    checklist: Sequence[str] = ()
    asks: Sequence[str] = ()
    outcomes: Sequence[str] = ()
    planned: str = ""
    planned_at: datetime | None = None
    wants_artefact: bool = False
    names_owner: bool = False
    answers: Sequence[str] = ()
    learned: dict[str, Value] = field(default_factory=dict)
    artefact: str = ""
    second_campaign: str = ""

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.withdrawn_at is None

    @property
    def who(self) -> str:
        """The lead's name and company, as far as they are known; it may be empty."""
        return ", ".join(filter(None, [self.name, self.company]))


async def open_tasks(
    session: AsyncSession, *, lead_id: UUID | None = None, stages: Collection[str] | None = None, account_id: UUID | None = None
) -> list[TaskRow]:
    """The open tasks of one lead, of one company, of those whose customer is in one of these stages, or all; the next deadline first."""
    wanted = [OPEN]
    wanted += [] if lead_id is None else [Task.lead_id == lead_id]
    wanted += [] if account_id is None else [Lead.account_id == account_id]
    wanted += [] if stages is None else [Standing.stage.in_(stages)]
    return await listed(session, *wanted)


async def listed(session: AsyncSession, *wanted: ColumnElement[bool], most: int | None = None) -> list[TaskRow]:
    """The tasks for which all of this holds, the next deadline first, at most so many."""
    query = _tasks().where(*wanted).order_by(Task.deadline_at, Task.id).limit(most)
    return [_row(*found) for found in await session.execute(query)]


async def find(session: AsyncSession, start: str) -> list[TaskRow]:
    """The tasks whose ids begin so: the open ones, or else those that are not open any more."""
    query = _tasks().where(cast(Task.id, String).startswith(start, autoescape=True)).order_by(Task.opened_at.desc(), Task.id).limit(20)
    rows = [_row(*found) for found in await session.execute(query)]
    return [row for row in rows if row.is_open] or rows


async def get(session: AsyncSession, id: UUID) -> TaskRow | None:
    """A task, whether open or not."""
    found = (await session.execute(_ONE, {"id": id})).first()
    return _row(*found) if found else None


def _tasks() -> Select[Task, Lead, str | None, str | None, str | None]:
    came_here = (
        select(Note.what + ": " + Note.why)
        .where(Note.lead_id == Task.lead_id, Note.at <= Task.opened_at, func.starts_with(Note.what, Task.campaign + ": "))
        .where(Note.what.contains(" → "))
        .order_by(Note.no.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Task, Lead, Nullable(Account.name), Nullable(Standing.stage), Nullable(came_here))
        .join(Lead, Lead.id == Task.lead_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .outerjoin(Standing, Standing.lead_id == Task.lead_id)
        .execution_options(populate_existing=True)
    )


def _row(task: Task, lead: Lead, company: str | None, stage: str | None, because: str | None) -> TaskRow:
    return TaskRow(
        **{column.key: getattr(task, column.key) for column in Task.__table__.columns},
        name=name_of(lead),
        company=company or "",
        account_id=lead.account_id,
        stage=stage or "",
        because=because or "",
        lead_owner=lead.owner,
        **{field: getattr(lead, field) for field in ("title", "email", "phone", "language", "country", "zone")},
    )


_ONE: Final = _tasks().where(Task.id == bindparam("id"))
