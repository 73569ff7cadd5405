"""Customers' contracts as they stand; how they came about is in the engagements."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import ContractChanged
from nurture.places import zone
from nurture.profile import Contract
from store import tables
from store.bulk import lock_leads
from store.leads import engagements
from store.leads.leads import profile_of

FARTHEST_YEARS: Final = 50
"""How far ahead a contract may end."""


class WrongContract(ValueError):
    """A contract that cannot be right. The message says why, and goes after the field's name; ``code`` is a word for it, for pages."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


def check(contract: Contract, today: date) -> None:
    """Raises WrongContract for an end that is no day from ``today``, the customer's, on, or that is too far away to be meant."""
    if contract.ends_on is None:
        return
    if contract.ends_on < today:
        raise WrongContract("ended", "must not have ended already")
    if contract.ends_on.year > today.year + FARTHEST_YEARS:
        raise WrongContract("end_far", f"must end within {FARTHEST_YEARS} years; see if the year is right")


async def write(session: AsyncSession, lead_id: UUID, contract: Contract, now: datetime) -> None:
    """Keep the contract as the one that stands. Its workflow hears of it only by an engagement."""
    stands = {"ends_on": contract.ends_on, "auto_renews": contract.auto_renews, "changed_at": now}
    written = insert(tables.Contract).values(lead_id=lead_id, **stands)
    await session.execute(written.on_conflict_do_update(index_elements=["lead_id"], set_=stands))


async def change(
    session: AsyncSession,
    lead_id: UUID,
    contract: Contract,
    now: datetime,
    *,
    at: datetime | None = None,
    source: str = "",
    key: str | None = None,
) -> int | None:
    """A contract was signed, renewed or changed, ``at`` another moment than now: keep it and tell the lead's workflow.

    Gives the engagement's number; None when it stands like that already. Raises WrongContract.
    """
    await lock_leads(session, [lead_id])
    lead = await session.get_one(tables.Lead, lead_id)
    check(contract, now.astimezone(zone(profile_of(lead).zone)).date())
    if await of_lead(session, lead_id) == contract:
        return None
    happened = ContractChanged(at=at or now, contract=contract)
    seq = await engagements.record(session, lead_id, happened, source=source, key=key)
    if seq is not None:
        await write(session, lead_id, contract, now)
    return seq


async def of_lead(session: AsyncSession, lead_id: UUID) -> Contract | None:
    """The contract that stands; None for one who is not a customer."""
    row = await session.get(tables.Contract, lead_id, populate_existing=True)
    return Contract(ends_on=row.ends_on, auto_renews=row.auto_renews) if row else None
