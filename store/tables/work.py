"""What reps have to do, and what they were told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Task(Table):
    """A rep's piece of work. It is open until it is completed or withdrawn."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "deadline_at", postgresql_where=text("completed_at IS NULL AND withdrawn_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), index=True)
    enrollment: Mapped[int]
    campaign: Mapped[str]
    reason: Mapped[str]
    say: Mapped[str] = mapped_column(server_default="")
    why: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    deadline_at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(server_default="sales")
    """A team, a rep, or the leader once the deadline has passed."""
    planned: Mapped[str] = mapped_column(server_default="")
    """What the machine waited for when it was opened: what would have come without it."""
    planned_at: Mapped[datetime | None]
    channel: Mapped[str] = mapped_column(server_default="")
    checklist: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    asks: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    outcomes: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    wants_artefact: Mapped[bool] = mapped_column(server_default=text("false"))
    names_owner: Mapped[bool] = mapped_column(server_default=text("false"))
    claimed_by: Mapped[str] = mapped_column(server_default="")
    claimed_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    """Whoever has it does not want to see it before; its deadline stays."""
    escalated_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str] = mapped_column(server_default="")
    outcome: Mapped[str] = mapped_column(server_default="")
    notes: Mapped[str] = mapped_column(server_default="")
    answers: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    """What the rep answered to the lines of the checklist, in their order."""
    learned: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    artefact: Mapped[str] = mapped_column(server_default="")
    second_campaign: Mapped[str] = mapped_column(server_default="")
    """The campaign that other_project began for the same lead."""
    withdrawn_at: Mapped[datetime | None]


class Handover(Table):
    """A task that one rep gave to another, or to a team, with a word about it."""

    __tablename__ = "handovers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    giver: Mapped[str]
    taker: Mapped[str]
    word: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


class PersonalLetter(Table):
    """A letter that a rep wrote to one lead, as it was written. What became of it is in the ledger, under ``touch_key``."""

    __tablename__ = "personal_letters"
    __table_args__ = (Index("ix_personal_letters_writer_written_at", "writer", "written_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    touch_key: Mapped[UUID] = mapped_column(index=True)
    campaign: Mapped[str]
    """The edition of the campaign whose topic and caps it goes under."""
    writer: Mapped[str]
    address: Mapped[str]
    """The writer's own, from which it comes and where answers go."""
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]


class Notification(Table):
    """Something that a rep or the leader was told, of a task or only of a lead; or, never told, whose a task was when it was opened.

    The row is claimed before it is told, so that a retry does not tell it twice.
    """

    __tablename__ = "notifications"

    key: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), index=True)
    audience: Mapped[str]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
