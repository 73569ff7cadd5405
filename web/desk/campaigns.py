"""Campaigns that were started: all of them, the plan of one with its leads on it, how leads moved, and a hand on its letters."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nurture.stages import STAGE_SETS
from store.campaigns import campaigns, flows
from store.campaigns.campaigns import short
from store.journeys import selections
from store.mail import pace, stops
from store.team import audit
from store.team.audit import Deed, On
from web.desk.campaignforms import pasted_forms, pasted_once
from web.desk.campaignheads import edition_of, head_of
from web.desk.campaignplans import Whereabouts, in_words, plan_of
from web.desk.frame import desk
from web.desk.sealed import sealed_fields
from web.desk.stagerange import stage_name
from web.drawing import ribbons, statechart
from web.drawing.corners import rounded
from web.drawing.ribbons import Stream, Way
from web.entrance import Person, may, seal
from web.front import FrontOf
from web.moments import in_zone
from web.paths import Number
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/campaigns", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_CAMPAIGNS)]
Runner = Annotated[Person, may(Right.RUN_CAMPAIGNS)]

LATELY: Final = 30
"""Days in which ways through a plan are counted."""

PERIODS: Final = (7, 30, 90, 365)
"""Days over which a flow can be looked at."""

_LONGEST_REASON: Final = 200


@router.get("")
async def every_campaign(request: Request, front: FrontOf, who: Looker) -> Response:
    """All campaigns that were started, and a place for the file of another."""
    language = language_of(request)
    async with front.database.transaction() as session:
        rows = await selections.started_campaigns(session)
        held = {stop.campaign for stop in await stops.all_standing(session)}
    shown = [(row, in_zone(row.started_at, "UTC", language), bool(held & {row.name, stops.EVERYTHING})) for row in rows]
    return desk("campaigns", request, who, rows=shown, short=short, seal=seal(front, who))


@router.get("/{name}")
async def one_campaign(
    name: str, request: Request, front: FrontOf, who: Looker, edition: str = "", done: str = "", n: Number = 0
) -> Response:
    """The plan of a campaign as a picture and in words, with the leads that are in it."""
    language = language_of(request)
    async with front.database.transaction() as session:
        head = await head_of(session, name, language, edition)
        if head is None:
            return message(language, "no_page", status=404)
        places = await selections.under_way(session, name)
        moved = await flows.moves(session, [head.ref], front.now() - timedelta(days=LATELY))
        lanes = {lane.lane: lane.letters for lane in await pace.waiting(session, front.now())} if head.is_held_alone else {}
        relayed = await selections.waiting_for(session, name)
    at = {(place.track, place.step): place.leads for place in places if place.ref == head.ref}
    whereabouts = Whereabouts(at=at, moved={(move.by, move.into): move.times for move in moved})
    plan = plan_of(head.campaign, whereabouts, language)
    elsewhere = {ref: sum(place.leads for place in places if place.ref == ref) for ref in head.refs if ref != head.ref}
    return desk(
        "campaign",
        request,
        who,
        head=head,
        tab="overview",
        chart=statechart.drawn(plan),
        plan=plan,
        text=in_words(plan, language),
        rounded=rounded,
        lately=LATELY,
        under_way=sum(place.leads for place in places),
        leads_here=sum(at.values()),
        elsewhere=[(edition_of(ref), short(ref), leads) for ref, leads in elsewhere.items() if leads],
        waiting=lanes.get(stops.lane_of(name), 0),
        relayed=relayed.leads,
        pasted=pasted_forms(head.campaign, front.settings.base) if head.is_current else {},
        pasted_once=pasted_once(head.campaign, front.settings.base),
        told=_told(language, done, n),
        seal=seal(front, who),
    )


@router.get("/{name}/flow")
async def flow(name: str, request: Request, front: FrontOf, who: Looker, days: Number = LATELY) -> Response:
    """In which stages the leads of a campaign were, and are now: as a picture, and as a table."""
    language, w = language_of(request), words(language_of(request))
    days = days if days in PERIODS else LATELY
    async with front.database.transaction() as session:
        head = await head_of(session, name, language)
        if head is None:
            return message(language, "no_page", status=404)
        found = await flows.between_stages(session, name, front.now() - timedelta(days=days))
    order = [flows.JOINED, *STAGE_SETS[head.campaign.stages]]
    order += sorted({stage for one in found for stage in (one.source, one.target)} - {*order})
    called = {stage: stage_name(stage, language) if stage else w["flow_joined"] for stage in order}
    streams = [Stream(source=one.source, target=one.target, leads=one.leads) for one in found]
    return desk(
        "campaignflow",
        request,
        who,
        head=head,
        tab="flow",
        picture=ribbons.drawn(streams, order, lambda stream: _way(stream, order)),
        called=called,
        days=days,
        periods=PERIODS,
        total=sum(stream.leads for stream in streams),
    )


def _way(stream: Stream, order: list[str]) -> Way:
    if stream.source == flows.JOINED:
        return Way.NEW
    by = order.index(stream.target) - order.index(stream.source)
    return Way.STAYS if by == 0 else Way.ON if by > 0 else Way.BACK


@router.post("/{name}/hold")
async def hold(name: str, request: Request, front: FrontOf, who: Runner) -> Response:
    """No letter of this campaign goes until somebody lets them."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    because = " ".join(str(fields.get("because") or "").split())[:_LONGEST_REASON]
    async with front.database.transaction() as session:
        if not await campaigns.editions(session, name):
            return message(language_of(request), "no_page", status=404)
        is_new = await stops.stop(session, name, because, front.now())
        if is_new:
            await audit.note(session, who.name, Deed.CAMPAIGN_HELD, On.CAMPAIGN, name, front.now())
    return RedirectResponse(f"/campaigns/{name}?done={'held' if is_new else 'nothing'}", 303)


@router.post("/{name}/resume")
async def resume(name: str, request: Request, front: FrontOf, who: Runner) -> Response:
    """Letters of this campaign go again."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    async with front.database.transaction() as session:
        letters = await stops.lift(session, name, front.now())
        if letters is not None:
            await audit.note(session, who.name, Deed.CAMPAIGN_RESUMED, On.CAMPAIGN, name, front.now(), after={"letters": letters})
    done = "nothing" if letters is None else "resumed"
    return RedirectResponse(f"/campaigns/{name}?done={done}&n={letters or 0}", 303)


def _told(language: str, done: str, n: int) -> str:
    w = words(language)
    match done:
        case "held":
            return w["campaign_is_held"]
        case "resumed":
            return w["campaign_is_resumed"].format(letters=f"{n:,}")
        case "started":
            return w["campaign_is_started"].format(enrolled=f"{n:,}")
        case "nothing":
            return w["campaign_nothing_changed"]
        case _:
            return ""
