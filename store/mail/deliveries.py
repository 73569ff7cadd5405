"""What came back of letters: each fact on the ledger once, with the moment of its first report, in whatever order the reports come.

Whoever reports names the letter by its key, by its Message-ID, or by the id that the provider gave it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.bulk import chunks
from store.tables import Touch


class Fact(StrEnum):
    """What can come back of a letter, by the column that has its moment."""

    DELIVERED = "delivered_at"
    OPENED = "opened_at"
    BOUNCED = "bounced_at"
    COMPLAINED = "complained_at"
    REPLIED = "replied_at"


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
    return Sent(**row._asdict()) if row else None


async def told(session: AsyncSession, of: UUID | str, fact: Fact, at: datetime) -> Sent | None:
    """Write down what came back of a letter. Gives the letter where that is news; None where it is known already, or the letter is not."""
    sent = await find(session, of)
    return sent if sent and await came_back(session, [(sent.key, fact, at)]) else None


async def came_back(session: AsyncSession, facts: Iterable[tuple[UUID, Fact, datetime]]) -> set[UUID]:
    """Write facts of many letters down, each once and with its first moment. Gives the keys of those of which any was news.

    Whatever came back proves that the letter went: one whose worker was killed after the server's yes is not sent again.
    """
    letters: dict[UUID, dict[str, datetime]] = {}
    for key, fact, at in facts:
        letters.setdefault(key, {}).setdefault(fact, at)
    news: set[UUID] = set()
    for chunk in chunks([{"key": key} | told for key, told in letters.items()]):
        news.update(await session.scalars(_CAME_BACK, {"rows": chunk}))
    return news


def _is(of: UUID | str) -> ColumnElement[bool]:
    if isinstance(of, UUID):
        return Touch.key == of
    bare = of.strip().removeprefix("<").removesuffix(">")
    # Providers that replace the Message-ID make theirs of the id that they answered with.
    return or_(Touch.message_id == f"<{bare}>", Touch.provider_id.in_({bare, bare.partition("@")[0]} - {""}))


_MOMENTS: Final = ", ".join(Fact)
_CAME_BACK: Final = text(f"""
    WITH told AS (
        SELECT key, {_MOMENTS} FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS told (key uuid, {", ".join(f"{fact} timestamptz" for fact in Fact)})
    ), locked AS MATERIALIZED (
        SELECT FROM touches WHERE key IN (SELECT key FROM told) ORDER BY key FOR NO KEY UPDATE
    )
    UPDATE touches SET sent_at = coalesce(touches.sent_at, least({", ".join(f"told.{fact}" for fact in Fact)})),
        refused_at = NULL, refusal = '', {", ".join(f"{fact} = coalesce(touches.{fact}, told.{fact})" for fact in Fact)}
    FROM told
    WHERE touches.key = told.key AND (SELECT count(*) FROM locked) > 0
        AND ({" OR ".join(f"touches.{fact} IS NULL AND told.{fact} IS NOT NULL" for fact in Fact)})
    RETURNING touches.key
""")
