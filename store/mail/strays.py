"""Mail that only a human can make something of. It is kept until there is very much of it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.verdict import Verdict
from store.tables import Stray

MOST: Final = 5000
"""How many are kept; the oldest go first."""

_LONGEST_TEXT: Final = 20_000
_LARGEST_KEPT: Final = 64 * 1024


async def keep(session: AsyncSession, verdict: Verdict, message: bytes, reason: str, now: datetime, *candidates: UUID) -> bool:
    """Keep a message with the reason and the leads it may be from; False where it is kept already."""
    row = {
        "digest": verdict.digest,
        "arrived_at": now,
        "sort": verdict.sort,
        "reason": reason,
        "sender": verdict.sender,
        "subject": verdict.subject[:500],
        "said": verdict.text[:_LONGEST_TEXT],
        "message": message[:_LARGEST_KEPT],
        "candidates": [str(candidate) for candidate in candidates],
    }
    kept = await session.scalar(insert(Stray).values(row).on_conflict_do_nothing().returning(Stray.digest))
    oldest = select(Stray.digest).order_by(Stray.arrived_at.desc(), Stray.digest).offset(MOST)
    await session.execute(delete(Stray).where(Stray.digest.in_(oldest)), execution_options={"synchronize_session": False})
    return kept is not None


async def waiting(session: AsyncSession, most: int = 100) -> list[Stray]:
    """What waits for a human, the newest first."""
    open_ones = select(Stray).where(Stray.settled_at.is_(None)).order_by(Stray.arrived_at.desc(), Stray.digest).limit(most)
    return list(await session.scalars(open_ones))


async def find(session: AsyncSession, digest: str) -> list[Stray]:
    """The message whose digest begins so; two of them where that says not which."""
    begins = select(Stray).where(Stray.digest.startswith(digest.strip().lower(), autoescape=True)).limit(2)
    return list(await session.scalars(begins)) if digest.strip() else []
