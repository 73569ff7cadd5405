"""Campaigns that were started: what they are, who is where in them; leads come in, and letters are stopped and go on."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.journeys import enrollments, selections, standings
from store.mail import stops
from store.team import audit
from store.team.audit import Deed, On
from store.team.tokens import Scope
from web.api.answers import Answer
from web.api.given import NAME, Given, Line
from web.api.pages import Page
from web.api.problems import Kind, Problem
from web.api.repeats import OnceOf
from web.api.tokens import ProgramOf, needs
from web.api.views import View
from web.front import FrontOf

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

CampaignName = Annotated[str, Path(pattern=NAME)]


class CampaignView(View):
    """A campaign that was started, in its current edition."""

    name: str
    edition: str
    topic: str
    started_at: datetime
    editions: int
    leads: int = Field(description="Leads that were ever in it.")
    waiting: int = Field(description="Leads that wait to be carried to their workflows.")
    forms: list[str]
    stopped: bool = Field(description="Whether its letters wait, because somebody stopped them.")


class PlaceView(View):
    """How many leads are at one place of one edition. The track is empty while they are on their way."""

    edition: str
    track: str
    step: str
    leads: int


class OneCampaign(CampaignView):
    """The same, with its tracks and where leads are."""

    tracks: list[str]
    under_way: list[PlaceView]


class NewEnrollments(Given):
    """Leads that come into the campaign."""

    lead_ids: list[UUID] = Field(min_length=1, max_length=500)


class Enrolled(View):
    """What came of it."""

    enrolled: int = Field(description="Leads that came in. Those that are in it, or were and may not come again, are not among them.")
    unknown: list[UUID] = Field(description="Ids that are no lead's.")


class Because(Given):
    """Why, for whoever asks."""

    because: Line = ""


class Stopped(View):
    """How it is now."""

    stopped: bool
    changed: bool = Field(description="False where it was so already.")


@router.get("", response_model=Page[CampaignView], **needs(Scope.CAMPAIGNS_READ))
async def list_campaigns(front: FrontOf) -> Response:
    """Every campaign that was started, by name, on one page."""
    async with front.database.transaction() as session:
        items = await _all(session)
    return Answer(body=Page(items=items, next=None)).response()


@router.get("/{name}", response_model=OneCampaign, **needs(Scope.CAMPAIGNS_READ))
async def one_campaign(name: CampaignName, front: FrontOf) -> Response:
    """One campaign, and where its leads are."""
    async with front.database.transaction() as session:
        campaign = await _found(session, name)
        shown_as = next(one for one in await _all(session) if one.name == name)
        places = await selections.under_way(session, name)
    under_way = [PlaceView(edition=place.ref, track=place.track, step=place.step, leads=place.leads) for place in places]
    return Answer(body=OneCampaign(**shown_as.model_dump(), tracks=list(campaign.tracks), under_way=under_way)).response()


@router.post("/{name}/leads", response_model=Enrolled, **needs(Scope.CAMPAIGNS_WRITE))
async def enroll_leads(name: CampaignName, new: NewEnrollments, front: FrontOf, program: ProgramOf, once: OnceOf) -> Response:
    """Have leads begin a campaign, in its current edition. Without a consent for its topic no letter goes out."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        campaign = await _found(session, name)
        unknown = await standings.strangers(session, new.lead_ids)
        enrolled = await enrollments.enroll_all(session, new.lead_ids, campaign, now, source="api")
        await audit.note(session, program.who, Deed.LEAD_ENROLLED, On.CAMPAIGN, name, now, after={"leads": enrolled})
        return Answer(body=Enrolled(enrolled=enrolled, unknown=[id for id in dict.fromkeys(new.lead_ids) if id in unknown]))

    return await once(work)


@router.post("/{name}/stop", response_model=Stopped, **needs(Scope.CAMPAIGNS_WRITE))
async def stop_campaign(name: CampaignName, why: Because, front: FrontOf, program: ProgramOf, once: OnceOf) -> Response:
    """Stop every letter of a campaign, at once. Nothing is lost by it: what is due waits."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        await _found(session, name)
        changed = await stops.stop(session, name, " ".join(why.because.split()), now)
        if changed:
            await audit.note(session, program.who, Deed.CAMPAIGN_HELD, On.CAMPAIGN, name, now)
        return Answer(body=Stopped(stopped=True, changed=changed))

    return await once(work)


@router.post("/{name}/resume", response_model=Stopped, **needs(Scope.CAMPAIGNS_WRITE))
async def resume_campaign(name: CampaignName, front: FrontOf, program: ProgramOf, once: OnceOf) -> Response:
    """Let the letters of a campaign go on, each in its order and its window."""
    now = front.now()

    async def work(session: AsyncSession) -> Answer:
        await _found(session, name)
        changed = await stops.lift(session, name, now) is not None
        if changed:
            await audit.note(session, program.who, Deed.CAMPAIGN_RESUMED, On.CAMPAIGN, name, now)
        return Answer(body=Stopped(stopped=False, changed=changed))

    return await once(work)


async def _found(session: AsyncSession, name: str) -> Campaign:
    campaign = await campaigns.current(session, name)
    if campaign is None:
        raise Problem(Kind.NOT_FOUND)
    return campaign


async def _all(session: AsyncSession) -> list[CampaignView]:
    stopped = {stop.campaign for stop in await stops.all_standing(session)}
    return [
        CampaignView(
            name=row.name,
            edition=row.ref,
            topic=row.topic,
            started_at=row.started_at,
            editions=row.editions,
            leads=row.leads,
            waiting=row.waiting,
            forms=row.forms,
            stopped=row.name in stopped,
        )
        for row in await selections.started_campaigns(session)
    ]
