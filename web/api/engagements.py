"""What leads did and what happened to them: told by programs, up to some hundreds at once, and read lead by lead."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from nurture.leadside import IssueOpened
from store.addresses import comparable
from store.bulk import lock_leads
from store.desk.happenings import Happenings, WrongEngagement
from store.machines import listing
from store.tables import Lead
from store.team import audit
from store.team.audit import Deed, On
from store.team.tokens import Scope
from web.api import pages
from web.api.answers import Answer
from web.api.contracts import SOURCE
from web.api.given import Given
from web.api.happened import AnyHappened, Happened, Permission
from web.api.leads import found
from web.api.pages import Page
from web.api.problems import Kind, Problem, ProblemView, wrong
from web.api.repeats import OnceOf
from web.api.tokens import Program, ProgramOf, needs
from web.api.views import View
from web.front import FrontOf
from web.paths import id_in

router = APIRouter(tags=["engagements"])

MOST: Final = 500
"""Engagements of one request."""


class NewEngagements(Given):
    """What happened, in order."""

    engagements: list[AnyHappened] = Field(min_length=1, max_length=MOST)


class Told(View):
    """What came of one of them."""

    status: int = Field(description="201 recorded, 200 known already under its key, 404 no such lead, 422 it cannot be so.")
    lead_id: UUID | None = None
    seq: int | None = Field(default=None, description="Its number among the lead's engagements, which count from 1 without a gap.")
    issue: UUID | None = Field(default=None, description="The id of an issue that was opened.")
    problem: ProblemView | None = None


class AllTold(View):
    """An answer for each, in the same order."""

    results: list[Told]


class EngagementView(View):
    """One thing that a lead did or that happened to it. `facts` are what steers its campaigns; what is personal about it is not here."""

    seq: int
    kind: str
    at: datetime
    source: str
    facts: dict[str, Any]


@router.post("/engagements", response_model=AllTold, **needs(Scope.ENGAGEMENTS_WRITE))
async def tell_engagements(new: NewEngagements, front: FrontOf, program: ProgramOf, once: OnceOf) -> Response:
    """Tell what leads did, or what happened to them: each is recorded or refused for itself.

    Something that is not known at all is refused with everything, before anything is recorded. With a `key` of yours an event counts once,
    however often it is told; the key belongs to the name of the token.
    """
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        known = await _leads(session, new.engagements)
        happenings = Happenings(session, now, SOURCE)
        results = []
        for place, happened in enumerate(new.engagements):
            try:
                results.append(await _tell(session, happenings, known, happened, program, now))
            except WrongEngagement as refused:
                results.append(_refused(_problem(place, refused), front.settings.base))
            except Problem as problem:
                results.append(_refused(problem, front.settings.base))
        told = tuple({told.lead_id for told in results if told.lead_id})
        return Answer(body=AllTold(results=results), leads=told)

    return await once(work)


@router.get("/leads/{lead_id}/engagements", response_model=Page[EngagementView], **needs(Scope.ENGAGEMENTS_READ))
async def engagements_of_lead(request: Request, lead_id: UUID, front: FrontOf, asked: Annotated[pages.Asked, Query()]) -> Response:
    """What a lead did and what happened to it, in order."""
    after = pages.behind(request, front, asked)
    async with front.database.transaction() as session:
        await found(session, lead_id)
        rows = await listing.engagements(session, lead_id, int(after or 0), asked.limit + 1)
    items = [_view(row) for row in rows]
    return pages.page(request, front, asked, items, lambda engagement: engagement.seq)


def _view(row: Any) -> EngagementView:
    facts = {name: value for name, value in row.facts.items() if name not in ("at", "kind")}
    return EngagementView(seq=row.seq, kind=row.kind, at=row.at, source=row.source, facts=facts)


async def _leads(session: AsyncSession, told: list[AnyHappened]) -> Mapping[str, Lead]:
    """The leads that are named, by how they are named; they are locked, all of them before anything of theirs is read."""
    ids = {happened.lead: id for happened in told if (id := id_in(happened.lead))}
    addresses = {happened.lead: comparable(happened.lead) for happened in told if happened.lead not in ids}
    named = or_(Lead.id.in_(ids.values()), Lead.email.in_(addresses.values()))
    await lock_leads(session, list(await session.scalars(select(Lead.id).where(named))))
    leads = list(await session.scalars(select(Lead).where(named)))
    by_id, by_address = {lead.id: lead for lead in leads}, {lead.email: lead for lead in leads}

    def pairs() -> Iterator[tuple[str, Lead | None]]:
        yield from ((name, by_id.get(id)) for name, id in ids.items())
        yield from ((name, by_address.get(address)) for name, address in addresses.items())

    return {name: lead for name, lead in pairs() if lead is not None}


async def _tell(
    session: AsyncSession, happenings: Happenings, known: Mapping[str, Lead], happened: AnyHappened, program: Program, now: datetime
) -> Told:
    lead = known.get(happened.lead)
    if lead is None:
        raise Problem(Kind.NOT_FOUND, "No lead has this id or address.")
    checked = await happenings.checked(lead, happened.engagement(happened.at or now))
    details = {"evidence": happened.evidence} if isinstance(happened, Permission) and happened.evidence else None
    seq = await happenings.store(lead, checked, key=_key(program, happened), details=details)
    if seq is None:
        return Told(status=200, lead_id=lead.id)
    said = {"kind": checked.kind, "seq": seq}
    await audit.note(session, program.who, Deed.ENGAGEMENT_RECORDED, On.LEAD, lead.id, now, after=said)
    return Told(status=201, lead_id=lead.id, seq=seq, issue=checked.issue if isinstance(checked, IssueOpened) else None)


def _key(program: Program, happened: Happened) -> str | None:
    """By the token's name: one that takes its place knows the same events again."""
    if happened.key is None:
        return None
    return f"api:{hashlib.sha256('/'.join((program.name, happened.key)).encode()).hexdigest()}"


def _problem(place: int, refused: WrongEngagement) -> Problem:
    here: tuple[str | int, ...] = ("engagements", place)
    return wrong(*(((*here, *path), reason) for path, reason in refused.problems))


def _refused(problem: Problem, base: str) -> Told:
    view = problem.view(base)
    return Told(status=view.status, problem=view)
