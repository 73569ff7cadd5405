"""What came back of letters: each fact on the ledger once, with the moment of its first report, in whatever order the reports come.

Whoever reports names the letter by its key, by its Message-ID, or by the id that the provider gave it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter that was sent, as what comes back needs to know it."""

    key: UUID
    lead_id: UUID
    campaign: str
    letter: str
    topic: str
    address: str


_SENT: Final = (Touch.key, Touch.lead_id, Touch.campaign, Touch.letter, Touch.topic, Touch.address)


async def find(session: AsyncSession, of: UUID | str) -> Sent | None:
    """The letter of this key, Message-ID or provider's id; of several that a server gave the same id, the one sent last."""
    row = (await session.execute(select(*_SENT).where(_is(of)).order_by(Touch.sent_at.desc().nulls_last()).limit(1))).one_or_none()
    return Sent(**row._mapping) if row else None


async def delivered(session: AsyncSession, of: UUID | str, at: datetime) -> Sent | None:
    """The recipient's server took the letter. Gives the letter where that is news; None where it is known already, or the letter is not."""
    return await _came_back(session, of, "delivered_at", at)


async def bounced(session: AsyncSession, of: UUID | str, at: datetime) -> Sent | None:
    """The letter came back for good. See ``delivered``."""
    return await _came_back(session, of, "bounced_at", at)


async def complained(session: AsyncSession, of: UUID | str, at: datetime) -> Sent | None:
    """The recipient called the letter spam. See ``delivered``."""
    return await _came_back(session, of, "complained_at", at)


async def replied(session: AsyncSession, of: UUID | str, at: datetime) -> Sent | None:
    """A human answered the letter. See ``delivered``."""
    return await _came_back(session, of, "replied_at", at)


async def _came_back(session: AsyncSession, of: UUID | str, fact: str, at: datetime) -> Sent | None:
    """Whatever came back proves that the letter went: one whose worker was killed after the server's yes is not sent again."""
    newest = select(Touch.key).where(_is(of)).order_by(Touch.sent_at.desc().nulls_last()).limit(1).scalar_subquery()
    went = {"sent_at": func.coalesce(Touch.sent_at, at), "refused_at": None, "refusal": ""}
    news = update(Touch).where(Touch.key == newest, getattr(Touch, fact).is_(None)).values({**went, fact: at}).returning(*_SENT)
    row = (await session.execute(news, execution_options={"synchronize_session": False})).one_or_none()
    return Sent(**row._mapping) if row else None


def _is(of: UUID | str) -> ColumnElement[bool]:
    if isinstance(of, UUID):
        return Touch.key == of
    bare = of.strip().removeprefix("<").removesuffix(">")
    # Providers that replace the Message-ID make theirs of the id that they answered with.
    return or_(Touch.message_id == f"<{bare}>", Touch.provider_id.in_({bare, bare.partition("@")[0]} - {""}))
