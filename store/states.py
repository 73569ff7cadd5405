"""What a lead's workflow leaves behind when it has nothing more to do, and takes up again when the lead comes back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Lead


async def leave(session: AsyncSession, lead_id: UUID, state: dict[str, Any]) -> None:
    """Keep a state. It holds nothing personal."""
    await session.execute(update(Lead).where(Lead.id == lead_id).values(state=state), execution_options={"synchronize_session": False})


async def left(session: AsyncSession, lead_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The states of those of these leads that left one behind."""
    rows = await session.execute(select(Lead.id, Lead.state).where(Lead.id.in_(lead_ids), Lead.state.is_not(None)))
    return {row.id: row.state for row in rows if row.state is not None}
