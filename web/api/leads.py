"""Leads: who they are and how they stand, page by page; registered, looked up by address, and put right."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from store.addresses import comparable
from store.bulk import lock_leads
from store.consent import consents
from store.consent.consents import Grant
from store.leads import corrections, leads
from store.leads.persons import Person, WrongPerson
from store.machines import listing
from store.team import audit
from store.team.audit import Deed, On
from store.team.tokens import Scope
from web.api import pages
from web.api.answers import Answer, IfMatch, IfNoneMatch, check_unchanged, etag, shown
from web.api.given import Line
from web.api.leadviews import Consent, LeadChange, LeadView, NewLead, Registered, Wanted
from web.api.pages import Page
from web.api.problems import HOME, Kind, Problem, wrong
from web.api.repeats import OnceOf
from web.api.tokens import ProgramOf, needs
from web.front import FrontOf

router = APIRouter(prefix="/leads", tags=["leads"])


class AskedLeads(pages.Asked):
    """Which leads."""

    stage: str = Field(default="", pattern=r"^([a-z][a-z0-9_-]{0,47})?$", description="Only leads whose customer is at this stage.")
    segment: Line = Field(default="", description="Only leads of this segment.")
    owner: Line = Field(default="", description="Only leads of this rep.")


@router.get("", response_model=Page[LeadView], **needs(Scope.LEADS_READ))
async def list_leads(request: Request, front: FrontOf, asked: Annotated[AskedLeads, Query()]) -> Response:
    """Every lead, in the order in which they became known. Those that come in meanwhile follow at the end."""
    after = pages.behind(request, front, asked)
    async with front.database.transaction() as session:
        filters = {"stage": asked.stage, "segment": asked.segment, "owner": asked.owner}
        rows = await listing.leads(session, UUID(after) if after else None, asked.limit + 1, **filters)
    return pages.page(request, front, asked, [view(row) for row in rows], lambda lead: lead.id)


@router.post("", response_model=Registered, status_code=201, responses={200: {"model": Registered}}, **needs(Scope.LEADS_WRITE))
async def register_lead(new: NewLead, front: FrontOf, program: ProgramOf, once: OnceOf) -> Response:
    """Register a person, with the consent that came with it. Answers 201 for a new lead and 200 for a known one.

    Nobody is written to by it.
    """
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        person = _person(new)
        try:
            lead_id, is_new = await leads.register(session, person, now)
        except WrongPerson as refused:
            raise wrong(((refused.field,), refused.reason)) from None
        kept = await _keep(session, new.consent, person.email, program, now)
        row = await listing.lead(session, lead_id)
        await audit.note(session, program.who, Deed.LEADS_IMPORTED, On.LEAD, lead_id, now, after={"new": is_new})
        body = Registered(lead=view(row), new=is_new, consent_kept=kept)
        headers = {"Location": f"{HOME}/leads/{lead_id}", "ETag": etag(body.lead)}
        return Answer(body=body, status=201 if is_new else 200, headers=headers, leads=(lead_id,))

    return await once(work)


@router.post("/search", response_model=Page[LeadView], **needs(Scope.LEADS_READ))
async def find_lead(wanted: Wanted, front: FrontOf) -> Response:
    """The lead of an address, or none. The address is in the body, so that it stands in no log of addresses of pages."""
    async with front.database.transaction() as session:
        row = await listing.lead_of(session, comparable(wanted.email))
    return Answer(body=Page(items=[view(row)] if row else [], next=None)).response()


@router.get("/{lead_id}", response_model=LeadView, **needs(Scope.LEADS_READ))
async def one_lead(lead_id: UUID, front: FrontOf, if_none_match: IfNoneMatch = None) -> Response:
    """One lead."""
    async with front.database.transaction() as session:
        return shown(await found(session, lead_id), if_none_match)


@router.patch("/{lead_id}", response_model=LeadView, **needs(Scope.LEADS_WRITE))
async def put_lead_right(
    lead_id: UUID, change: LeadChange, front: FrontOf, program: ProgramOf, once: OnceOf, if_match: IfMatch = None
) -> Response:
    """Put fields of a lead right (RFC 7396). Its campaigns hear of it where it steers them."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        await lock_leads(session, [lead_id])
        check_unchanged(if_match, await found(session, lead_id))
        try:
            changed = await corrections.correct(session, lead_id, change.model_dump(mode="json", exclude_unset=True), now)
        except WrongPerson as refused:
            raise wrong(((refused.field,), refused.reason)) from None
        if changed:
            fields = {"fields": [one.field for one in changed]}
            await audit.note(session, program.who, Deed.LEAD_CHANGED, On.LEAD, lead_id, now, after=fields)
        body = await found(session, lead_id)
        return Answer(body=body, headers={"ETag": etag(body)}, leads=(lead_id,))

    return await once(work)


def view(row: Any) -> LeadView:
    """A lead as programs read it."""
    return LeadView(**row._asdict())


async def found(session: AsyncSession, lead_id: UUID) -> LeadView:
    """The lead of this id. Raises Problem where there is none."""
    row = await listing.lead(session, lead_id)
    if row is None:
        raise Problem(Kind.NOT_FOUND)
    return view(row)


def _person(new: NewLead) -> Person:
    try:
        return Person(**new.model_dump(exclude={"consent"}))
    except WrongPerson as refused:
        raise wrong(((refused.field,), refused.reason)) from None


async def _keep(session: AsyncSession, given: Consent | None, address: str, program: ProgramOf, now: datetime) -> bool | None:
    if given is None:
        return None
    if given.given_at is not None and given.given_at > now:
        raise wrong((("consent", "given_at"), "lies in the future; write when the consent was given"))
    evidence = {"text": given.text, "page": given.page, "by": program.who}
    grant = Grant(address=address, topic=given.topic, basis=given.basis, evidence=evidence, given_at=given.given_at)
    return await consents.give_all(session, [grant], now) == 1
