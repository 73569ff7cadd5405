"""Who people are, what they agreed to, and what they bought."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Account(Table):
    """A company."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Lead(Table):
    """A person. ``engagements`` and ``enrollments`` count; ``state`` is what its workflow left behind when it had nothing more to do."""

    __tablename__ = "leads"
    # Room in each page, so that counting up touches no index.
    __table_args__ = (
        *(
            Index(f"ix_leads_{name}", func.lower(literal_column(name)).label("small"), postgresql_ops={"small": "text_pattern_ops"})
            for name in ("family_name", "given_name")
        ),
        Index("ix_leads_email", "email", postgresql_ops={"email": "text_pattern_ops"}),
        Index("ix_leads_owner_id", "owner", "id", postgresql_where=text("owner <> ''")),
        Index("ix_leads_segment_id", "segment", "id", postgresql_where=text("segment <> ''")),
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case. It finds a lead when a form or a file names it; it never is its identity."""
    family_name: Mapped[str] = mapped_column(server_default="")
    given_name: Mapped[str] = mapped_column(server_default="")
    title: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="")
    zone: Mapped[str] = mapped_column(server_default="")
    """Empty where nobody has said it, like every text here; ``store.leads.leads.profile_of`` knows what is taken instead."""
    fit: Mapped[str] = mapped_column(server_default="unknown")
    segment: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="")
    owner: Mapped[str] = mapped_column(server_default="")
    """The rep who is named for this lead, for good. Empty while nobody is."""
    referred_by: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), index=True)
    """The lead that brought this one."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    engagements: Mapped[int] = mapped_column(server_default="0")
    enrollments: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[dict[str, Any] | None]


class Consent(Table):
    """The lawful ground to write to an address about a topic, with its proof. No row, no letter. One that was withdrawn stays as proof."""

    __tablename__ = "consents"
    __table_args__ = (Index("uq_consents_in_force", "address", "topic", unique=True, postgresql_where=text("withdrawn_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str]
    topic: Mapped[str]
    basis: Mapped[str]
    """opt_in, business_card, customer or published_address."""
    given_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]]
    """Where it was given, and the exact text that was shown."""
    withdrawn_at: Mapped[datetime | None]


class Confirmation(Table):
    """A consent that a form asked for and that is no ground to write until the person confirms it. It stays as proof."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_lead_id_topic", "lead_id", "topic"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    address: Mapped[str]
    topic: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    """Where it was asked for, and the exact text that was shown."""
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Preference(Table):
    """How often a person wants to hear from us, by its own choice."""

    __tablename__ = "preferences"

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[str]
    paused_until: Mapped[date | None]
    chosen_at: Mapped[datetime]


class Suppression(Table):
    """Never write to this address; on this topic, or on any where ``topic`` is ``*``. A hash, so that it outlives an erasure."""

    __tablename__ = "suppressions"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class Contract(Table):
    """A customer's contract as it stands; its history is in the engagements."""

    __tablename__ = "contracts"

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    ends_on: Mapped[date | None] = mapped_column(index=True)
    auto_renews: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_at: Mapped[datetime]


class Visit(Table):
    """What somebody looked at of whom nothing is known but a random number that their browser keeps. It goes once they say who they are."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_visitor_at", "visitor", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visitor: Mapped[UUID]
    content: Mapped[str]
    medium: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(index=True)
