"""The ledger: what proves that a letter was sent, why, to whom, and that it was sent once.

A send is two transactions. The first claims the key, checks what must hold, and freezes the letter while it counts the attempt. The second
holds the row, which keeps every other attempt out, hands the letter over unless it is sent already, and writes down what came of it. What
comes back later is ``store.mail.deliveries``.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Refusal
from store.mail import blocks
from store.tables import Touch
from store.tables.base import table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchRow:
    """A row of the ledger. ``message`` is there once the letter is frozen; ``attempts`` counts the times it was to be handed over,
    ``not_taken`` those of them that are known to have carried nothing.
    """

    key: UUID
    lead_id: UUID
    enrollment: int
    campaign: str
    letter: str
    topic: str
    why: str
    claimed_at: datetime
    language: str
    address: str
    message_id: str | None
    message: bytes | None
    attempts: int
    not_taken: int
    attempted_at: datetime | None
    sent_at: datetime | None
    provider_id: str
    refused_at: datetime | None
    refusal: str

    @property
    def doubts(self) -> int:
        """How many attempts may have sent it: they were counted, and nobody knows what came of them."""
        return self.attempts - self.not_taken if self.sent_at is None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A letter as every attempt is to send it: the bytes of the message, and whom they go to."""

    language: str
    address: str
    message_id: str
    message: bytes


_NOT_WAITING: Final[dict[str, Any]] = {"lane": "", "turn_at": None}
_TOUCHES: Final = table_of(Touch)
_COLUMNS: Final = tuple(_TOUCHES.c[field.name] for field in fields(TouchRow))
_CLAIM: Final = insert(_TOUCHES).on_conflict_do_nothing(index_elements=["key"]).returning(*_COLUMNS)
_HOLD: Final = select(*_COLUMNS).where(_TOUCHES.c.key == bindparam("key")).with_for_update(key_share=True)
_ATTEMPTED: Final = (
    update(_TOUCHES)
    .where(_TOUCHES.c.key == bindparam("of"), or_(bindparam("through", type_=String) == "", ~blocks.standing(bindparam("through"))))
    .values(attempts=_TOUCHES.c.attempts + 1, attempted_at=bindparam("at"), refused_at=None, refusal="", **_NOT_WAITING)
    .returning(_TOUCHES.c.key)
)
_ATTEMPTED_FROZEN: Final = _ATTEMPTED.where(_TOUCHES.c.message_id.is_(None)).values(
    {field.name: bindparam(field.name) for field in fields(Frozen)}
)
_SENT: Final = text("""
    UPDATE touches SET sent_at = :at, carried_at = :carried_at, provider_id = :provider_id
    WHERE key = :key AND sent_at IS NULL RETURNING key
""")
_LATEST: Final = text("""
    SELECT sent_at FROM touches WHERE lead_id = :lead AND sent_at IS NOT NULL AND confirms IS NULL ORDER BY sent_at DESC LIMIT :most
""")
_LATEST_AMONG: Final = text("""
    SELECT sent_at FROM touches
    WHERE lead_id = :lead AND sent_at IS NOT NULL AND confirms IS NULL
    AND starts_with(campaign, :campaign) AND letter = ANY(CAST(:letters AS text[]))
    ORDER BY sent_at DESC LIMIT :most
""")


async def claim(
    session: AsyncSession,
    *,
    key: UUID,
    lead_id: UUID,
    enrollment: int,
    campaign: str,
    letter: str,
    topic: str,
    why: str,
    at: datetime,
    confirms: UUID | None = None,
) -> TouchRow:
    """The row of this touch, locked until the transaction ends; written first on the first attempt. Look at ``sent_at`` before going on."""
    row = {"key": key, "lead_id": lead_id, "enrollment": enrollment, "campaign": campaign, "letter": letter, "topic": topic, "why": why}
    new = (await session.execute(_CLAIM, row | {"confirms": confirms, "claimed_at": at})).one_or_none()
    return TouchRow(**new._asdict()) if new else await hold(session, key)


async def hold(session: AsyncSession, key: UUID) -> TouchRow:
    """The row of a claimed touch, locked until the transaction ends. Raises NoResultFound."""
    row = (await session.execute(_HOLD, {"key": key})).one()
    return TouchRow(**row._asdict())


async def attempted(session: AsyncSession, key: UUID, at: datetime, *, through: str, frozen: Frozen | None = None) -> bool:
    """Count an attempt, before it is made; a former refusal no longer stands. False, and nothing changes, while the transport is blocked.

    ``through`` names the transport; a probe, which is to find out whether it is blocked still, names none. ``frozen`` is the letter as
    every attempt is to send it: one that is frozen already stays as it is, and is not attempted with another.
    """
    said = {"of": key, "at": at, "through": through}
    if frozen is None:
        return await session.scalar(_ATTEMPTED, said) is not None
    return await session.scalar(_ATTEMPTED_FROZEN, said | asdict(frozen)) is not None


async def not_taken(session: AsyncSession, key: UUID) -> None:
    """The attempt that was counted last carried nothing."""
    await _change(session, key, Touch.not_taken < Touch.attempts, not_taken=Touch.not_taken + 1)


async def sent(session: AsyncSession, key: UUID, provider_id: str, at: datetime, *, carried_at: datetime | None = None) -> bool:
    """The letter is on its way; False when that was known already. ``carried_at`` is when the attempt began that carried it."""
    return await session.scalar(_SENT, {"key": key, "at": at, "carried_at": carried_at, "provider_id": provider_id}) is not None


async def refused(session: AsyncSession, key: UUID, reason: Refusal, at: datetime) -> None:
    """The letter is not sent, for this reason. What was sent stays sent."""
    await _change(session, key, Touch.sent_at.is_(None), refused_at=at, refusal=reason, **_NOT_WAITING)


async def waits(session: AsyncSession, key: UUID, lane: str, turn_at: datetime) -> None:
    """The letter waits for its turn in a lane, or for a stop to be lifted, and asks again at ``turn_at`` at the latest."""
    await _change(session, key, Touch.sent_at.is_(None), lane=lane, turn_at=turn_at)


async def latest_sent(session: AsyncSession, lead_id: UUID, most: int, *, among: tuple[str, Sequence[str]] | None = None) -> list[datetime]:
    """When the lead's last ``most`` letters went, the newest first: whatever the campaign, or only these letters of one campaign.

    A letter that asks to confirm a consent is none of them.
    """
    if among is None:
        return list(await session.scalars(_LATEST, {"lead": lead_id, "most": most}))
    campaign, letters = among
    return list(await session.scalars(_LATEST_AMONG, {"lead": lead_id, "most": most, "campaign": f"{campaign}@", "letters": [*letters]}))


async def _change(session: AsyncSession, key: UUID, *conditions: ColumnElement[bool], **values: Any) -> bool:
    changed = update(Touch).where(Touch.key == key, *conditions).values(**values).returning(Touch.key)
    return await session.scalar(changed, execution_options={"synchronize_session": False}) is not None
