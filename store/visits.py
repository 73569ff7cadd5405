"""What visitors looked at before anybody knows who they are, kept under a random number of their browser, and theirs once they say who."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.engagements import Visited
from nurture.popups import Look
from store import engagements
from store.tables import Visit

KEPT: Final = timedelta(days=90)
"""How long a visit is kept of somebody who does not say who they are."""

MOST: Final = 80
"""Visits of one visitor: with what comes in with them, they reach a lead's workflow in one delivery."""

AGAIN: Final = timedelta(minutes=5)
"""The same content within this is the same visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody of whom nothing is known but what they looked at."""

    id: UUID
    visits: int
    contents: tuple[str, ...]
    first_at: datetime
    last_at: datetime


async def see(session: AsyncSession, visitor: UUID, content: str, medium: str, now: datetime) -> bool:
    """Keep a visit; False when it is not news, or the visitor has as many as are kept. What is too old goes."""
    # What another one is just taking away is left to it, so that two cannot block each other.
    old = select(Visit.id).where(Visit.at < now - KEPT).limit(1000).with_for_update(skip_locked=True)
    await session.execute(delete(Visit).where(Visit.id.in_(old)), execution_options={"synchronize_session": False})
    counted = select(func.count(), func.count().filter(Visit.content == content, Visit.at > now - AGAIN)).where(Visit.visitor == visitor)
    so_far, just_now = (await session.execute(counted)).one()
    if just_now or so_far >= MOST:
        return False
    session.add(Visit(id=uuid7(), visitor=visitor, content=content, medium=medium, at=now))
    await session.flush()
    return True


async def looks(session: AsyncSession, visitor: UUID, since: datetime) -> list[Look]:
    """What this visitor looked at from then on, the earliest first."""
    seen = select(Visit.content, Visit.at).where(Visit.visitor == visitor, Visit.at >= since).order_by(Visit.at)
    return [Look(content=row.content, at=row.at) for row in await session.execute(seen)]


async def claim(session: AsyncSession, visitor: UUID, lead_id: UUID, now: datetime) -> int:
    """The visitor is this lead: what it looked at becomes the lead's, each with its own moment, and nobody else's after. Says how many.

    Belongs before what the visitor did to become known, so that what happened first is told first.
    """
    own = delete(Visit).where(Visit.visitor == visitor).returning(Visit.id, Visit.content, Visit.medium, Visit.at)
    taken = await session.execute(own, execution_options={"synchronize_session": False})
    rows = sorted(taken.all(), key=lambda row: (row.at, row.id))
    claimed = 0
    for row in rows:
        if row.at >= now - KEPT:
            visited = Visited(at=row.at, content=row.content)
            details = {"medium": row.medium} if row.medium else None
            seq = await engagements.record(session, lead_id, visited, source="visitor", details=details, key=f"visit:{row.id}")
            claimed += seq is not None
    return claimed


async def visitors(
    session: AsyncSession, now: datetime, *, content: str | None = None, at_least: int = 1, most: int = 1000
) -> list[Visitor]:
    """A segment of those whom nobody knows: who came at least so often, or looked so often at this content. The latest first."""
    counted = func.count() if content is None else func.count().filter(Visit.content == content)
    found = await session.execute(
        select(
            Visit.visitor,
            func.count().label("visits"),
            func.array_agg(Visit.content.distinct()).label("contents"),
            func.min(Visit.at).label("first_at"),
            func.max(Visit.at).label("last_at"),
        )
        .where(Visit.at >= now - KEPT)
        .group_by(Visit.visitor)
        .having(counted >= at_least)
        .order_by(func.max(Visit.at).desc(), Visit.visitor)
        .limit(most)
    )
    return [
        Visitor(id=row.visitor, visits=row.visits, contents=tuple(row.contents), first_at=row.first_at, last_at=row.last_at)
        for row in found
    ]
