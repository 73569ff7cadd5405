"""Who wants to hear of what happens: receivers of webhooks, their secrets, and what becomes of one that does not answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, cast, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.events import GIVEN_UP_AFTER, UnknownEvent, rests_until, wanted
from store import tables
from store.machines.receiver import BY_HAND, FAILED, Receiver, WrongReceiver, check, secret_of
from store.tables import WebhookMessage

MOST: Final = 20
"""Receivers that there can be."""

_DIRECTLY: Final = {"synchronize_session": False}


async def add(
    session: AsyncSession,
    url: str,
    kinds: Iterable[str],
    *,
    by: str,
    key: str,
    now: datetime,
    with_person: bool = False,
    inside: bool = False,
) -> tuple[Receiver, str]:
    """Add a receiver; gives it with its secret, which is shown this once. Raises WrongReceiver.

    ``inside`` lets it be on this machine or in our own network, and there without TLS.
    """
    check(url, inside=inside)
    try:
        asked = wanted(kinds)
    except UnknownEvent as unknown:
        raise WrongReceiver("kinds", f"names what nobody can be told of: {unknown}") from None
    if (await session.scalar(select(func.count()).select_from(tables.WebhookReceiver)) or 0) >= MOST:
        raise WrongReceiver("many", f"would be one too many: there are {MOST}")
    row = tables.WebhookReceiver(id=uuid7(), url=url, kinds=list(asked), with_person=with_person, made_by=by, made_at=now)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    made = _receiver(row)
    return made, secret_of(key, made.id, made.secret_no)


async def every(session: AsyncSession) -> list[Receiver]:
    """All receivers, the oldest first, with what waits, what is dead and how the last attempt went."""
    counted = {row.id: {name: value for name, value in row._asdict().items() if name != "id"} for row in await session.execute(_COUNTS)}
    rows = await session.scalars(select(tables.WebhookReceiver).order_by(tables.WebhookReceiver.made_at, tables.WebhookReceiver.id))
    return [replace(_receiver(row), **counted.get(row.id, {})) for row in rows]


async def find(session: AsyncSession, part: str) -> list[Receiver]:
    """The receivers whose ids begin or end so; two at most. Ids made at one time begin alike."""
    id, said = cast(tables.WebhookReceiver.id, String), part.lower()
    named = or_(id.startswith(said, autoescape=True), id.endswith(said, autoescape=True))
    return [_receiver(row) for row in await session.scalars(select(tables.WebhookReceiver).where(named).limit(2))]


async def get(session: AsyncSession, id: UUID) -> Receiver | None:
    """One receiver as it is at this moment."""
    row = await session.get(tables.WebhookReceiver, id, populate_existing=True)
    return _receiver(row) if row else None


async def schedule(session: AsyncSession, now: datetime) -> list[tuple[UUID, datetime]]:
    """Those for whom messages wait, and when the next one may go."""
    return [(row.id, row.next_at) for row in await session.execute(_SCHEDULE, {"now": now})]


async def remove(session: AsyncSession, id: UUID) -> bool:
    """Remove a receiver with all of its messages."""
    gone = delete(tables.WebhookReceiver).where(tables.WebhookReceiver.id == id).returning(tables.WebhookReceiver.id)
    return await session.scalar(gone, execution_options=_DIRECTLY) is not None


async def rotate(session: AsyncSession, receiver: Receiver, key: str, now: datetime) -> str:
    """Give it another secret, which is shown this once; the former one signs too for ``BOTH_SECRETS``."""
    number = await _change(session, receiver.id, secret_no=tables.WebhookReceiver.secret_no + 1, rotated_at=now)
    return secret_of(key, receiver.id, number)


async def switch_off(session: AsyncSession, id: UUID, because: str, now: datetime) -> None:
    """Nothing goes to it any more; what waited is given up, and can be sent again by hand."""
    await _change(session, id, off_at=now, off_because=because, rests_until=None, told_at=now if because == BY_HAND else None)
    given_up = update(WebhookMessage).where(WebhookMessage.receiver_id == id, WebhookMessage.due_at.is_not(None))
    why = func.coalesce(func.nullif(WebhookMessage.problem, ""), "its receiver was switched off")
    await session.execute(given_up.values(due_at=None, dead_at=now, problem=why), execution_options=_DIRECTLY)


async def switch_on(session: AsyncSession, id: UUID) -> None:
    """It is told again of what happens from now on."""
    await _change(session, id, off_at=None, off_because="", told_at=None, **_WELL)


async def took(session: AsyncSession, id: UUID) -> None:
    """It took a message: whatever was wrong with it is over."""
    await _change(session, id, tables.WebhookReceiver.failing_since.is_not(None), **_WELL)


async def failed(session: AsyncSession, id: UUID, now: datetime, luck: float, *, rests: bool, wish: timedelta | None = None) -> None:
    """It took nothing. ``rests``: it is left alone for a while. After some days of that it is switched off."""
    row = await session.get(tables.WebhookReceiver, id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.off_at is not None:
        return
    since = row.failing_since or now
    row.failing_since, row.failures = since, row.failures + 1
    if rests:
        row.rests_until = rests_until(row.failures, now, luck, wish)
    await session.flush()
    if now - since >= GIVEN_UP_AFTER:
        await switch_off(session, id, FAILED, now)


async def untold(session: AsyncSession) -> list[Receiver]:
    """Those that were switched off and of whom no operator knows, locked until the transaction ends."""
    those = select(tables.WebhookReceiver).where(tables.WebhookReceiver.off_at.is_not(None), tables.WebhookReceiver.told_at.is_(None))
    return [_receiver(row) for row in await session.scalars(those.with_for_update(skip_locked=True))]


async def told(session: AsyncSession, id: UUID, now: datetime) -> None:
    """Operators know that this one was switched off."""
    await _change(session, id, told_at=now)


async def _change(session: AsyncSession, id: UUID, *conditions: Any, **values: Any) -> int:
    """Change a receiver and give the number of its secret; 0 where it does not apply."""
    changed = update(tables.WebhookReceiver).where(tables.WebhookReceiver.id == id, *conditions).values(**values)
    return await session.scalar(changed.returning(tables.WebhookReceiver.secret_no), execution_options=_DIRECTLY) or 0


def _receiver(row: tables.WebhookReceiver) -> Receiver:
    named = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in ("kinds", "told_at")}
    return Receiver(kinds=tuple(row.kinds), **named)


_WELL: Final[dict[str, Any]] = {"failing_since": None, "failures": 0, "rests_until": None}

_SCHEDULE: Final = text("""
    SELECT id, greatest(rests_until, next_at) AS next_at FROM webhook_receivers CROSS JOIN LATERAL (
        SELECT due_at AS next_at FROM webhook_messages AS mine
        WHERE receiver_id = webhook_receivers.id AND due_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM webhook_messages AS before
            WHERE before.receiver_id = mine.receiver_id AND before.lead_id = mine.lead_id AND before.no < mine.no
                AND before.due_at IS NOT NULL AND coalesce(webhook_receivers.rests_until < :now, true)
        )
        ORDER BY due_at LIMIT 1
    ) AS first
    WHERE off_at IS NULL
""")
"""Of a receiver that rests, its messages need not be looked at one by one."""

_COUNTS: Final = text("""
    SELECT webhook_receivers.id, coalesce(waiting, 0) AS waiting, coalesce(dead, 0) AS dead,
        attempted_at AS tried_at, coalesce(problem, '') AS problem
    FROM webhook_receivers LEFT JOIN (
        SELECT receiver_id, count(*) FILTER (WHERE due_at IS NOT NULL) AS waiting, count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
        FROM webhook_messages WHERE delivered_at IS NULL GROUP BY receiver_id
    ) AS counts ON counts.receiver_id = webhook_receivers.id LEFT JOIN LATERAL (
        SELECT attempted_at, problem FROM webhook_messages WHERE receiver_id = webhook_receivers.id AND attempted_at IS NOT NULL
        ORDER BY attempted_at DESC LIMIT 1
    ) AS last ON true
""")
