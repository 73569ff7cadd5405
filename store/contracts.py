"""Customers' contracts as they stand; how they came about is in the engagements."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import ContractChanged
from nurture.profile import Contract
from store import engagements, tables


async def write(session: AsyncSession, lead_id: UUID, contract: Contract, now: datetime) -> None:
    """Keep the contract as the one that stands. Its workflow hears of it only by an engagement."""
    stands = {"ends_on": contract.ends_on, "auto_renews": contract.auto_renews, "changed_at": now}
    written = insert(tables.Contract).values(lead_id=lead_id, **stands)
    await session.execute(written.on_conflict_do_update(index_elements=["lead_id"], set_=stands))


async def change(
    session: AsyncSession, lead_id: UUID, contract: Contract, now: datetime, *, source: str = "", key: str | None = None
) -> bool:
    """A contract was signed, renewed or changed: keep it and tell the lead's workflow. False when it stands like that already."""
    if await of_lead(session, lead_id) == contract:
        return False
    if await engagements.record(session, lead_id, ContractChanged(at=now, contract=contract), source=source, key=key) is None:
        return False
    await write(session, lead_id, contract, now)
    return True


async def of_lead(session: AsyncSession, lead_id: UUID) -> Contract | None:
    """The contract that stands; None for one who is not a customer."""
    row = await session.get(tables.Contract, lead_id, populate_existing=True)
    return Contract(ends_on=row.ends_on, auto_renews=row.auto_renews) if row else None
