"""What a company comes to: where its leads are, who looks after them, what they have done lately, and its contracts with their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads.leads import name_of
from store.tables import Contract, Engagement, Lead, Standing, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A contract of one of its leads."""

    lead_id: UUID
    name: str
    ends_on: date | None
    auto_renews: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A company. ``stages`` and ``owners`` count its leads; an empty owner is nobody, an empty stage one that was in no campaign.

    ``contracts`` come with the next end first.
    """

    stages: Sequence[tuple[str, int]]
    owners: Sequence[tuple[str, int]]
    letters: int
    lately_at: datetime | None
    contracts: Sequence[Held]


async def of_account(session: AsyncSession, id: UUID) -> Portfolio:
    """All leads of the company together."""
    of_it = Lead.account_id == id
    stage = func.coalesce(Standing.stage, "").label("stage")
    stages = select(stage, func.count()).select_from(Lead).outerjoin(Standing, Standing.lead_id == Lead.id).where(of_it)
    owners = select(Lead.owner, func.count()).where(of_it).group_by(Lead.owner).order_by(func.count().desc(), Lead.owner)
    ids = select(Lead.id).where(of_it)
    contracts = select(Lead, Contract).join(Contract, Contract.lead_id == Lead.id).where(of_it).order_by(Contract.ends_on, Lead.id)
    return Portfolio(
        stages=[(name, leads) for name, leads in await session.execute(stages.group_by(stage).order_by(func.count().desc(), stage))],
        owners=[(name, leads) for name, leads in await session.execute(owners)],
        letters=await session.scalar(select(func.count()).where(Touch.lead_id.in_(ids), Touch.sent_at.is_not(None))) or 0,
        lately_at=await session.scalar(select(func.max(Engagement.at)).where(Engagement.lead_id.in_(ids), Engagement.kind != "enrolled")),
        contracts=[
            Held(lead_id=lead.id, name=name_of(lead), ends_on=contract.ends_on, auto_renews=contract.auto_renews)
            for lead, contract in await session.execute(contracts)
        ],
    )
