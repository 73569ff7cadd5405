"""Where leads stand, why, and what the doctor saw."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Standing(Table):
    """Where a lead stands, as its workflow last said. ``no`` only grows, so that a late writer changes nothing."""

    __tablename__ = "standings"
    __table_args__ = (Index("ix_standings_stage_lead_id", "stage", "lead_id"),)

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    no: Mapped[int]
    open: Mapped[bool] = mapped_column(index=True)
    stage: Mapped[str]
    next_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    why: Mapped[str]
    positions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    held_until: Mapped[date | None]


class Note(Table):
    """A decision and its reason, in words; and by what it was made, in which edition, on which facts, as far as that is known."""

    __tablename__ = "notes"
    __table_args__ = (
        Index("ix_notes_moves", "ref", "at", postgresql_where=text("what LIKE 'stage %' OR what LIKE '% → %'")),
        Index("ix_notes_stages", "lead_id", "at", postgresql_include=["what"], postgresql_where=text("what LIKE 'stage %'")),
        Index("ix_notes_stages_at", "at", postgresql_include=["lead_id", "what"], postgresql_where=text("what LIKE 'stage %'")),
        Index("ix_notes_rules", "lead_id", "at", postgresql_include=["by"], postgresql_where=text("by LIKE 'rule %'")),
    )

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str]
    why: Mapped[str]
    by: Mapped[str] = mapped_column(server_default="")
    ref: Mapped[str] = mapped_column(server_default="")
    inputs: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    seen: Mapped[int] = mapped_column(server_default="0")
    rules: Mapped[int] = mapped_column(server_default="0")


class Look(Table):
    """One look of the doctor at all leads. ``by`` is ``worker`` or ``command``; ``found`` and ``repaired`` count by kind."""

    __tablename__ = "looks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    open: Mapped[int]
    looked_up: Mapped[int]
    away: Mapped[str] = mapped_column(server_default="")
    """Why Temporal could not be asked; empty where it could."""
    found: Mapped[dict[str, Any]]
    repaired: Mapped[dict[str, Any]]
    leads: Mapped[list[str]] = mapped_column(JSONB)
    """What an alarm is told apart by: some of the findings, each as ``kind lead``."""
    told_at: Mapped[datetime | None]
    """When somebody was told of it."""
