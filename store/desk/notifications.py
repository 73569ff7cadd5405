"""Who was asked to do a task, and who was told of it or of a lead, so that a retry does not tell it twice."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ASKED: Final = ":asked"
"""The end of the key of the row that keeps whose a task was at first."""


async def claim(session: AsyncSession, key: str, task_id: UUID | None, audience: str, at: datetime, *, lead_id: UUID | None = None) -> bool:
    """Whether this is still to be told. The row stays locked until the transaction ends, so that only one attempt at a time hears yes."""
    await session.execute(_CLAIM, {"key": key, "task_id": task_id, "lead_id": lead_id, "audience": audience, "at": at})
    return (await session.execute(_LOCK, {"key": key})).scalar_one() is None


async def asked(session: AsyncSession, task_id: UUID, lead_id: UUID, owner: str, at: datetime) -> None:
    """Keep whose a task was when it was opened: a team, or the rep of that name. Whoever gets it later changes nothing here."""
    await session.execute(_CLAIM, {"key": f"{task_id}{ASKED}", "task_id": task_id, "lead_id": lead_id, "audience": owner, "at": at})


async def told(session: AsyncSession, key: str, at: datetime) -> None:
    """It was told; the first time counts."""
    await session.execute(_TOLD, {"key": key, "at": at})


_CLAIM = text("""
    INSERT INTO notifications (key, task_id, lead_id, audience, at) VALUES (:key, :task_id, :lead_id, :audience, :at)
    ON CONFLICT (key) DO NOTHING
""")

_LOCK = text("SELECT told_at FROM notifications WHERE key = :key FOR UPDATE")

_TOLD = text("UPDATE notifications SET told_at = :at WHERE key = :key AND told_at IS NULL")
