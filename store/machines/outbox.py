"""What goes to receivers of webhooks: in order for each lead, until it is taken or given up, and again by hand.

The database writes a message by itself, in the statement that writes the fact: see migration 0018.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, cast, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.events import Event
from store.machines.receiver import KEPT, host_of
from store.tables import WebhookMessage, WebhookReceiver

CHANNEL: Final = "webhooks"
"""The channel that is notified when messages wait."""

_DIRECTLY: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that happened, for one receiver. ``attempts`` counts the one that is made with it."""

    id: UUID
    type: str
    lead_id: UUID | None
    at: datetime
    facts: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A message that was given up, and why."""

    id: UUID
    receiver_id: UUID
    url: str
    type: str
    lead_id: UUID | None
    at: datetime
    attempts: int
    dead_at: datetime
    problem: str

    @property
    def host(self) -> str:
        """Whom it did not reach."""
        return host_of(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message: ``problem`` is empty where it was taken; else it goes again at ``due_at``, or never without one."""

    id: UUID
    problem: str = ""
    due_at: datetime | None = None


async def take(session: AsyncSession, receiver_id: UUID, most: int, now: datetime, until: datetime) -> list[Message]:
    """Some messages that are due, for whoever sends them before ``until``; afterwards they count as not sent.

    A message waits while an earlier one of the same lead does.
    """
    rows = await session.execute(_TAKE, {"receiver": receiver_id, "most": most, "now": now, "until": until})
    return [Message(**row._asdict()) for row in rows]


async def settle(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Write down what became of messages."""
    for outcome in outcomes:
        values: dict[str, Any] = {"due_at": outcome.due_at, "problem": outcome.problem}
        if outcome.due_at is None:
            values["dead_at" if outcome.problem else "delivered_at"] = now
        still_waits = (WebhookMessage.id == outcome.id, WebhookMessage.due_at.is_not(None))
        await session.execute(update(WebhookMessage).where(*still_waits).values(**values), execution_options=_DIRECTLY)


async def persons(session: AsyncSession, lead_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """Who these leads are, for receivers that are told it."""
    rows = await session.execute(_PERSONS, {"ids": list(lead_ids)})
    return {row.id: {name: value for name, value in row._asdict().items() if name != "id" and value} for row in rows}


async def test(session: AsyncSession, receiver_id: UUID, now: datetime) -> UUID:
    """Write a message that says nothing, to see whether it arrives."""
    message = WebhookMessage(id=uuid7(), receiver_id=receiver_id, type=Event.TEST, at=now, facts={}, due_at=now)
    session.add(message)
    await session.flush()
    await _notify(session)
    return message.id


async def get(session: AsyncSession, id: UUID) -> WebhookMessage | None:
    """A message as it is at this moment."""
    return await session.get(WebhookMessage, id, populate_existing=True)


async def dead(session: AsyncSession, most: int, receiver_id: UUID | None = None) -> list[Dead]:
    """Messages that were given up, the last first."""
    given_up = (
        select(WebhookMessage, WebhookReceiver.url)
        .join(WebhookReceiver, WebhookReceiver.id == WebhookMessage.receiver_id)
        .where(WebhookMessage.dead_at.is_not(None))
        .order_by(WebhookMessage.dead_at.desc(), WebhookMessage.no.desc())
        .limit(most)
    )
    given_up = given_up if receiver_id is None else given_up.where(WebhookMessage.receiver_id == receiver_id)
    named = ("id", "receiver_id", "type", "lead_id", "at", "attempts", "dead_at", "problem")
    return [Dead(url=url, **{name: getattr(row, name) for name in named}) for row, url in await session.execute(given_up)]


async def again(session: AsyncSession, now: datetime, *, start: str = "", receiver_id: UUID | None = None) -> int:
    """Send dead messages again from the first attempt on: by how ids begin or end, or all of a receiver that is on. Says how many."""
    id, part = cast(WebhookMessage.id, String), start.lower()
    these = update(WebhookMessage).where(
        WebhookMessage.dead_at.is_not(None),
        WebhookMessage.receiver_id.in_(select(WebhookReceiver.id).where(WebhookReceiver.off_at.is_(None))),
        or_(id.startswith(part, autoescape=True), id.endswith(part, autoescape=True)),
    )
    these = these if receiver_id is None else these.where(WebhookMessage.receiver_id == receiver_id)
    these = these.values(due_at=now, dead_at=None, attempts=0)
    sent = (await session.scalars(these.returning(WebhookMessage.id), execution_options=_DIRECTLY)).all()
    if sent:
        await _notify(session)
    return len(sent)


async def forget(session: AsyncSession, now: datetime) -> None:
    """What was taken or given up long ago goes."""
    await session.execute(_FORGET, {"before": now - KEPT})


async def _notify(session: AsyncSession) -> None:
    await session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


_TAKE: Final = text("""
    WITH chosen AS (
        SELECT id FROM webhook_messages AS mine
        WHERE receiver_id = :receiver AND due_at <= :now AND NOT EXISTS (
            SELECT FROM webhook_messages AS before
            WHERE before.receiver_id = mine.receiver_id AND before.lead_id = mine.lead_id AND before.no < mine.no
                AND before.due_at IS NOT NULL
        )
        ORDER BY due_at, no LIMIT :most FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE webhook_messages SET due_at = :until, attempts = attempts + 1, attempted_at = :now FROM chosen
        WHERE webhook_messages.id = chosen.id
        RETURNING webhook_messages.id, no, type, lead_id, at, facts, attempts
    )
    SELECT id, type, lead_id, at, facts, attempts FROM taken ORDER BY no
""")

_PERSONS: Final = text("""
    SELECT leads.id, email, family_name, given_name, title, language, country, accounts.name AS company
    FROM leads LEFT JOIN accounts ON accounts.id = account_id WHERE leads.id = ANY(CAST(:ids AS uuid[]))
""")

_FORGET: Final = text("DELETE FROM webhook_messages WHERE due_at IS NULL AND attempted_at < :before")
