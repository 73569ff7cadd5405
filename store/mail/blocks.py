"""When a transport refuses us, whoever the recipient is: while that stands no letter goes that way, and those that wait go later.

One block stands at a time for each transport. It is lifted by an operator, or by a letter that was let through as a probe and was taken.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from store.tables import SenderBlock

PROBE_EVERY: Final = timedelta(minutes=15)
"""How long after a probe that was refused the next letter is let through."""

BY_PROBE: Final = "probe"
BY_OPERATOR: Final = "operator"
_DIRECTLY: Final = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block that stands. ``code`` and ``status`` are what the server or the provider answered."""

    transport: str
    code: int
    status: str
    blocked_at: datetime
    told_at: datetime | None


_BLOCK: Final = (SenderBlock.transport, SenderBlock.code, SenderBlock.status, SenderBlock.blocked_at, SenderBlock.told_at)


def standing(transport: str | BindParameter[str]) -> ColumnElement[bool]:
    """Whether this transport is blocked, as a condition of a query."""
    return exists().where(SenderBlock.transport == transport, SenderBlock.lifted_at.is_(None))


async def all_standing(session: AsyncSession) -> list[Block]:
    """Every block that stands, the oldest first."""
    rows = await session.execute(select(*_BLOCK).where(SenderBlock.lifted_at.is_(None)).order_by(SenderBlock.blocked_at))
    return [Block(**row._asdict()) for row in rows]


async def block(session: AsyncSession, transport: str, touch_key: UUID, *, code: int, status: str, at: datetime) -> bool:
    """From here on nothing goes through this transport; False where it is blocked already."""
    row = {"id": uuid7(), "transport": transport, "touch_key": touch_key, "code": code, "status": status, "blocked_at": at}
    written = (
        insert(SenderBlock).values(row).on_conflict_do_nothing(index_elements=["transport"], index_where=SenderBlock.lifted_at.is_(None))
    )
    return await session.scalar(written.returning(SenderBlock.id)) is not None


async def is_its_own_affair(session: AsyncSession, transport: str, touch_key: UUID) -> bool:
    """Whether this letter has met a block before which another letter then lifted: then it is not the sender that is refused."""
    lifted = exists().where(SenderBlock.transport == transport, SenderBlock.touch_key == touch_key, SenderBlock.lifted_by == BY_PROBE)
    return bool(await session.scalar(select(lifted)))


async def probe(session: AsyncSession, transport: str, touch_key: UUID, at: datetime) -> bool:
    """Whether this letter is let through, to find out whether the transport is blocked still.

    Another letter than the one that met the block goes at once; after it one every ``PROBE_EVERY``.
    """
    first = SenderBlock.probed_at.is_(None) & (SenderBlock.touch_key != touch_key)
    due = func.coalesce(SenderBlock.probed_at, SenderBlock.blocked_at) <= at - PROBE_EVERY
    chosen = update(SenderBlock).where(SenderBlock.transport == transport, SenderBlock.lifted_at.is_(None), or_(first, due))
    return await session.scalar(chosen.values(probed_at=at).returning(SenderBlock.id), execution_options=_DIRECTLY) is not None


async def lift(session: AsyncSession, at: datetime, *, by: str, transport: str | None = None) -> list[Block]:
    """Letters go again, through this transport or through all. Gives the blocks that stood."""
    stood = update(SenderBlock).where(SenderBlock.lifted_at.is_(None))
    if transport is not None:
        stood = stood.where(SenderBlock.transport == transport)
    rows = await session.execute(stood.values(lifted_at=at, lifted_by=by).returning(*_BLOCK), execution_options=_DIRECTLY)
    return [Block(**row._asdict()) for row in rows]


async def tell(session: AsyncSession, transport: str, at: datetime, say: Callable[[Block], Awaitable[Any]]) -> None:
    """Have operators told of the block that stands, once. What ``say`` raises leaves them to be told again."""
    untold = update(SenderBlock).where(SenderBlock.transport == transport, SenderBlock.lifted_at.is_(None), SenderBlock.told_at.is_(None))
    row = (await session.execute(untold.values(told_at=at).returning(*_BLOCK), execution_options=_DIRECTLY)).one_or_none()
    if row is not None:
        await say(Block(**row._asdict()))
