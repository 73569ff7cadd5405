"""Contracts as they stand: when they end, and whether they go on by themselves. Their renewal is planned again at once."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from nurture.profile import Contract
from store import tables
from store.bulk import lock_leads
from store.leads import contracts
from store.leads.contracts import WrongContract
from store.machines import listing
from store.team import audit
from store.team.audit import Deed, On
from store.team.tokens import Scope
from web.api import pages
from web.api.answers import Answer, IfMatch, IfNoneMatch, check_unchanged, etag, shown
from web.api.given import Day, Flag, Given
from web.api.leads import found
from web.api.pages import Page
from web.api.problems import Kind, Problem, wrong
from web.api.repeats import OnceOf
from web.api.tokens import ProgramOf, needs
from web.api.views import View
from web.front import FrontOf

router = APIRouter(tags=["contracts"])

SOURCE = "api"
"""Where engagements come from that programs tell."""


class ContractView(View):
    """A customer's contract."""

    lead_id: UUID
    ends_on: date | None = Field(description="Its last day, in the customer's zone; null for one without an end.")
    auto_renews: bool
    changed_at: datetime


class NewContract(Given):
    """A contract as it stands from now on."""

    ends_on: Day | None = Field(description="Its last day, in the customer's zone; null for one without an end.")
    auto_renews: Flag = Field(default=False, description="It goes on by itself unless somebody ends it.")


class AskedContracts(pages.Asked):
    """Which contracts."""

    ends_from: Day | None = Field(default=None, description="Only contracts that end on this day or later.")
    ends_before: Day | None = Field(default=None, description="Only contracts that end before this day.")


@router.get("/contracts", response_model=Page[ContractView], **needs(Scope.CONTRACTS_READ))
async def list_contracts(request: Request, front: FrontOf, asked: Annotated[AskedContracts, Query()]) -> Response:
    """Every contract; those without an end only where no day is asked for."""
    after = pages.behind(request, front, asked)
    async with front.database.transaction() as session:
        days = {"ends_from": asked.ends_from, "ends_before": asked.ends_before}
        rows = await listing.contracts(session, UUID(after) if after else None, asked.limit + 1, **days)
    return pages.page(request, front, asked, [_view(row) for row in rows], lambda contract: contract.lead_id)


@router.get("/leads/{lead_id}/contract", response_model=ContractView, **needs(Scope.CONTRACTS_READ))
async def contract_of_lead(lead_id: UUID, front: FrontOf, if_none_match: IfNoneMatch = None) -> Response:
    """The contract of a lead. There is none for one who is not a customer."""
    async with front.database.transaction() as session:
        contract = await _of(session, lead_id)
    if contract is None:
        raise Problem(Kind.NOT_FOUND)
    return shown(contract, if_none_match)


@router.put("/leads/{lead_id}/contract", response_model=ContractView, **needs(Scope.CONTRACTS_WRITE))
async def write_contract(
    lead_id: UUID, new: NewContract, front: FrontOf, program: ProgramOf, once: OnceOf, if_match: IfMatch = None
) -> Response:
    """A contract was signed, renewed or changed. What stands like that already stays, and nobody is told."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        await lock_leads(session, [lead_id])
        await found(session, lead_id)
        before = await _of(session, lead_id)
        check_unchanged(if_match, before)
        if new.ends_on is None and new.auto_renews:
            raise wrong((("auto_renews",), "a contract without an end has nothing to renew"))
        contract = Contract(ends_on=new.ends_on, auto_renews=new.auto_renews)
        try:
            changed = await contracts.change(session, lead_id, contract, now, source=SOURCE)
        except WrongContract as refused:
            raise wrong((("ends_on",), str(refused))) from None
        after = await _of(session, lead_id)
        assert after is not None
        if changed is not None:
            said = (_said(before), _said(after))
            await audit.note(session, program.who, Deed.CONTRACT_CHANGED, On.LEAD, lead_id, now, before=said[0], after=said[1])
        return Answer(body=after, headers={"ETag": etag(after)}, leads=(lead_id,))

    return await once(work)


async def _of(session: AsyncSession, lead_id: UUID) -> ContractView | None:
    row = await session.get(tables.Contract, lead_id, populate_existing=True)
    return _view(row) if row else None


def _view(row: Any) -> ContractView:
    return ContractView(lead_id=row.lead_id, ends_on=row.ends_on, auto_renews=row.auto_renews, changed_at=row.changed_at)


def _said(contract: ContractView | None) -> dict[str, Any] | None:
    return contract.model_dump(mode="json", include={"ends_on", "auto_renews"}) if contract else None
