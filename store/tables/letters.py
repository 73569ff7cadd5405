"""Letters that go out, and what comes back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class Touch(Table):
    """The ledger: one row a touch, one timestamp a fact. ``message`` is frozen with the key, so that every attempt sends the same bytes."""

    __tablename__ = "touches"
    __table_args__ = (
        Index("ix_touches_lead_id_sent_at", "lead_id", "sent_at"),
        Index("ix_touches_sent_at", "sent_at"),
        Index("ix_touches_refused_at", "refused_at", postgresql_where=text("sent_at IS NULL")),
        Index("ix_touches_campaign_sent_at", "campaign", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
        Index("ix_touches_provider_id", "provider_id", postgresql_where=text("provider_id <> ''")),
        Index("ix_touches_lane_claimed_at", "lane", "claimed_at", postgresql_where=text("lane <> ''")),
    )

    key: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]
    """No foreign key: the row outlives its lead, as the account of what was sent."""
    enrollment: Mapped[int]
    """0 for a letter of none."""
    confirms: Mapped[UUID | None]
    """The consent that this letter asks to confirm. Such a letter is no advertisement, and no cap counts it."""
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
    not_taken: Mapped[int] = mapped_column(server_default="0")
    """How many of the attempts are known to have carried nothing."""
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str] = mapped_column(server_default="")
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(server_default="")
    lane: Mapped[str] = mapped_column(server_default="")
    """Where it waits for its turn, or for a stop to be lifted; empty while it does not wait."""
    turn_at: Mapped[datetime | None]
    """When it asks again whether it may go."""
    delivered_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    """When it came back for good; what comes back for a while is no fact of the letter."""
    complained_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    carried_at: Mapped[datetime | None]
    """When the attempt that succeeded began, by the engine's clock: a while after ``sent_at``, which counts from the decision."""
    opened_at: Mapped[datetime | None]
    """When a program first fetched the letter's pictures, as its provider told. It says nothing about a person, and steers nothing."""


class LetterClick(Table):
    """A link of a letter was followed, by a person or a machine. ``target`` is where it leads; an empty one is the link that nobody sees.

    ``settled_at`` is when it was judged; ``machine`` says then why it is not counted, and is empty for one that is. Who followed it, and
    from where, is not kept.
    """

    __tablename__ = "letter_clicks"
    __table_args__ = (Index("ix_letter_clicks_waiting", "at", postgresql_where=text("settled_at IS NULL")),)

    touch_key: Mapped[UUID] = mapped_column(ForeignKey("touches.key", ondelete="CASCADE"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    machine: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[datetime | None]


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
