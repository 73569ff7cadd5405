"""Campaigns, who is in them, and what leads did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class CampaignEdition(Table):
    """One version of a campaign. Runs under way read theirs for years: its words are never changed or deleted.

    The edition of a name that was started last is the current one.
    """

    __tablename__ = "campaign_editions"

    ref: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    snapshot: Mapped[str]
    source: Mapped[str]
    started_at: Mapped[datetime]


class Enrollment(Table):
    """One lead in one campaign, in the edition ``ref``. ``number`` counts the lead's enrollments from 1."""

    __tablename__ = "enrollments"
    __table_args__ = (Index("ix_enrollments_campaign_lead_id", "campaign", "lead_id"),)

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    campaign: Mapped[str]
    ref: Mapped[str] = mapped_column(ForeignKey("campaign_editions.ref"))
    enrolled_at: Mapped[datetime] = mapped_column(index=True)
    over_at: Mapped[datetime | None]
    """When its workflow said that this enrollment is over; None while it is under way."""


class Engagement(Table):
    """What a lead did or what happened to it. ``facts`` go to the workflow and hold nothing personal; ``details`` stay here."""

    __tablename__ = "engagements"
    __table_args__ = (
        Index("ix_engagements_waiting", "at", "lead_id", postgresql_where=text("relayed_at IS NULL")),
        Index("uq_engagements_key", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
        Index("ix_engagements_refusals", "at", "lead_id", postgresql_where=text("kind = 'opted_out'")),
        Index("ix_engagements_lately", "at", "lead_id", postgresql_where=text("kind <> 'enrolled'")),
        Index("ix_engagements_urgent", "at", "lead_id", postgresql_where=text("relayed_at IS NULL AND NOT bulk")),
    )

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    key: Mapped[str | None]
    """What makes a repeated delivery of the same thing recognisable."""
    bulk: Mapped[bool] = mapped_column(server_default=text("false"))
    """One of very many at once: what a single lead does goes before it."""
    relayed_at: Mapped[datetime | None]
