"""Segments of visitors of the site of whom nothing is known but what they looked at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.site.visits import KEPT
from store.tables import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody of whom nothing is known but what they looked at."""

    id: UUID
    visits: int
    contents: tuple[str, ...]
    first_at: datetime
    last_at: datetime


async def segment(
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
