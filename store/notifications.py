"""Who was told of a task or a lead, so that a retry does not tell it twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Notification


async def claim(session: AsyncSession, key: str, task_id: UUID | None, audience: str, at: datetime, *, lead_id: UUID | None = None) -> bool:
    """Whether this is still to be told. The row stays locked until the transaction ends, so that only one attempt at a time hears yes."""
    claimed = insert(Notification).values(key=key, task_id=task_id, lead_id=lead_id, audience=audience, at=at)
    await session.execute(claimed.on_conflict_do_nothing(index_elements=["key"]))
    row = (await session.execute(select(Notification.told_at).where(Notification.key == key).with_for_update())).one()
    return row.told_at is None


async def told(session: AsyncSession, key: str, at: datetime) -> None:
    """It was told; the first time counts."""
    done = update(Notification).where(Notification.key == key, Notification.told_at.is_(None)).values(told_at=at)
    await session.execute(done, execution_options={"synchronize_session": False})
