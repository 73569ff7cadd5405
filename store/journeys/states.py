"""What a lead's workflow leaves behind when it has nothing more to do, and takes up again when the lead comes back."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.plan.campaign import Campaign
from nurture.state import LeadState
from store.campaigns import campaigns
from store.tables import Lead

_STATE: Final = TypeAdapter(LeadState)


async def leave(session: AsyncSession, state: LeadState) -> None:
    """Keep a state. It holds nothing personal."""
    row = _STATE.dump_python(state, mode="json", exclude_defaults=True)
    await session.execute(update(Lead).where(Lead.id == state.lead).values(state=row), execution_options={"synchronize_session": False})


async def left(session: AsyncSession, lead_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The states of those of these leads that left one behind, as they are kept; ``read`` reads them."""
    rows = await session.execute(select(Lead.id, Lead.state).where(Lead.id.in_(lead_ids), Lead.state.is_not(None)))
    return {row.id: row.state for row in rows if row.state is not None}


async def read(session: AsyncSession, kept: dict[str, Any], known: dict[str, Campaign] | None = None) -> LeadState:
    """A state that is kept. ``known`` is the caller's own store of campaigns by ref; those that it lacks are added to it.

    Raises ValidationError where it cannot be read.
    """
    known = {} if known is None else known
    refs = {enrollment["campaign"] for enrollment in (*kept.get("enrollments", ()), *filter(None, [kept.get("ended")]))}
    if missing := refs - known.keys():
        known.update(await campaigns.load(session, missing))
    return _STATE.validate_python(kept, context=known)
