"""Who wants to hear of what happens, and what goes to them. The database itself writes messages, with the fact that they tell of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from store.tables.base import Table


class WebhookReceiver(Table):
    """A receiver of webhooks. Its secrets are in no table: they follow from its id, ``secret_no`` and ``LINK_SECRET``."""

    __tablename__ = "webhook_receivers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    """What it wants to hear of: types (``letter.sent``) or all that begin so (``letter``); empty for everything."""
    with_person: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it is told who the lead is, too."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    secret_no: Mapped[int] = mapped_column(server_default="1")
    rotated_at: Mapped[datetime | None]
    """When its last secret but one was replaced, which goes on for a while."""
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    """How many attempts failed since it last took one."""
    rests_until: Mapped[datetime | None]
    """Nothing goes to it before: it asked for that, or does not answer."""
    off_at: Mapped[datetime | None]
    off_because: Mapped[str] = mapped_column(server_default="")
    """``gone`` (it said so), ``failed`` (for days), or ``by hand``."""
    told_at: Mapped[datetime | None]
    """When operators heard that it was switched off."""


class WebhookMessage(Table):
    """One thing that happened, for one receiver. It waits while it has ``due_at``; ``no`` is the order in which things happened.

    ``facts`` are ids, closed sets, numbers and moments. Who the lead is, is looked up when the message goes, where the receiver wants it.
    """

    __tablename__ = "webhook_messages"
    __table_args__ = (
        Index("ix_webhook_messages_due", "receiver_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_webhook_messages_order", "receiver_id", "lead_id", "no", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_webhook_messages_over", "receiver_id", "attempted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The ``webhook-id`` of every attempt."""
    no: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    receiver_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_receivers.id", ondelete="CASCADE"))
    type: Mapped[str]
    lead_id: Mapped[UUID | None] = mapped_column(index=True)
    """No foreign key: that a lead was erased is told when it is gone."""
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    due_at: Mapped[datetime | None]
    """When it is sent next; while it is being sent, when it counts as not sent."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    attempted_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(server_default="")
    """Why the last attempt failed."""
    delivered_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    """When it was given up."""
