"""The tables. Personal data lives here and nowhere else."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, MetaData, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """Moments are aware and UTC; names of constraints are the same on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: TIMESTAMP(timezone=True), dict[str, Any]: JSONB(none_as_null=True), bytes: BYTEA}


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
    __table_args__ = ({"postgresql_with": {"fillfactor": 80}},)

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
    """Empty where nobody has said it, like every text here; ``store.leads.profile_of`` knows what is taken instead."""
    fit: Mapped[str] = mapped_column(server_default="unknown")
    segment: Mapped[str] = mapped_column(server_default="")
    source: Mapped[str] = mapped_column(server_default="")
    owner: Mapped[str] = mapped_column(server_default="")
    """The rep who is named for this lead, for good. Empty while nobody is."""
    referred_by: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), index=True)
    """The lead that brought this one."""
    created_at: Mapped[datetime]
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


class Suppression(Table):
    """Never write to this address; on this topic, or on any where ``topic`` is ``*``. A hash, so that it outlives an erasure."""

    __tablename__ = "suppressions"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    at: Mapped[datetime]


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

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(index=True)
    ref: Mapped[str] = mapped_column(ForeignKey("campaign_editions.ref"))
    enrolled_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    """When its workflow said that this enrollment is over; None while it is under way."""


class Engagement(Table):
    """What a lead did or what happened to it. ``facts`` go to the workflow and hold nothing personal; ``details`` stay here."""

    __tablename__ = "engagements"
    __table_args__ = (
        Index("ix_engagements_waiting", "at", "lead_id", postgresql_where=text("relayed_at IS NULL")),
        Index("uq_engagements_key", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
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


class Touch(Table):
    """The ledger: one row a touch, one timestamp a fact. ``message`` is frozen with the key, so that every attempt sends the same bytes."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_lead_id_sent_at", "lead_id", "sent_at"),
        Index("ix_touches_provider_id", "provider_id", postgresql_where=text("provider_id <> ''")),
    )

    key: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"))
    enrollment: Mapped[int]
    campaign: Mapped[str]
    letter: Mapped[str]
    topic: Mapped[str]
    why: Mapped[str]
    claimed_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    message_id: Mapped[str | None] = mapped_column(unique=True)
    message: Mapped[bytes | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str] = mapped_column(server_default="")
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(server_default="")
    delivered_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    """When it came back for good; what comes back for a while is no fact of the letter."""
    complained_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]


class SenderBlock(Table):
    """A time in which a transport refused us, whoever the recipient was. While it stands, no letter goes that way. It stays as proof."""

    __tablename__ = "sender_blocks"
    __table_args__ = (Index("uq_sender_blocks_standing", "transport", unique=True, postgresql_where=text("lifted_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transport: Mapped[str]
    touch_key: Mapped[UUID]
    """The letter that met it."""
    code: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="")
    blocked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When operators heard of it."""
    probed_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(server_default="")
    """A probe, or an operator."""


class ProviderEvent(Table):
    """What a mail provider told of a letter, stored before anything is made of it. ``id`` is what makes a repetition recognisable.

    ``touch_key``, ``provider_id`` or ``message_id`` says of which letter; ``taken_at`` is there once that letter was found.
    """

    __tablename__ = "provider_events"
    __table_args__ = (Index("ix_provider_events_waiting", "received_at", postgresql_where=text("taken_at IS NULL")),)

    provider: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    touch_key: Mapped[UUID | None] = mapped_column(index=True)
    provider_id: Mapped[str] = mapped_column(server_default="")
    message_id: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class Stray(Table):
    """A message that came in by mail and that only a human can make something of. The oldest go when there are very many."""

    __tablename__ = "strays"

    digest: Mapped[str] = mapped_column(primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    sort: Mapped[str]
    reason: Mapped[str]
    sender: Mapped[str] = mapped_column(server_default="")
    subject: Mapped[str] = mapped_column(server_default="")
    said: Mapped[str] = mapped_column(server_default="")
    message: Mapped[bytes | None]
    """The first part of it, as it came."""
    candidates: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    """The ids of leads that it may be from."""
    settled_at: Mapped[datetime | None]


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
    opened_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    owner: Mapped[str] = mapped_column(server_default="sales")
    """A team, a rep, or the leader once the deadline has passed."""
    channel: Mapped[str] = mapped_column(server_default="")
    checklist: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    asks: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    outcomes: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    wants_artefact: Mapped[bool] = mapped_column(server_default=text("false"))
    names_owner: Mapped[bool] = mapped_column(server_default=text("false"))
    claimed_by: Mapped[str] = mapped_column(server_default="")
    claimed_at: Mapped[datetime | None]
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


class Rep(Table):
    """A rep of ours. Letters in the name of a lead's owner come from ``address``; ``away_until`` is the first day back."""

    __tablename__ = "reps"

    name: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(server_default="")
    away_until: Mapped[date | None]


class Notification(Table):
    """Something that a rep or the leader was told, of a task or only of a lead.

    The row is claimed before it is told, so that a retry does not tell it twice.
    """

    __tablename__ = "notifications"

    key: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), index=True)
    audience: Mapped[str]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Contract(Table):
    """A customer's contract as it stands; its history is in the engagements."""

    __tablename__ = "contracts"

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    ends_on: Mapped[date | None] = mapped_column(index=True)
    auto_renews: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_at: Mapped[datetime]


class Standing(Table):
    """Where a lead stands, as its workflow last said. ``no`` only grows, so that a late writer changes nothing."""

    __tablename__ = "standings"

    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id"), primary_key=True)
    no: Mapped[int]
    open: Mapped[bool] = mapped_column(index=True)
    stage: Mapped[str]
    next_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime | None]
    why: Mapped[str]
    positions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    held_until: Mapped[date | None]


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


class Note(Table):
    """A decision and its reason, in words; and by what it was made, in which edition, on which facts, as far as that is known."""

    __tablename__ = "notes"

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


class Visit(Table):
    """What somebody looked at of whom nothing is known but a random number that their browser keeps. It goes once they say who they are."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_visitor_at", "visitor", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visitor: Mapped[UUID]
    content: Mapped[str]
    medium: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(index=True)
