"""What comes next for a lead by all that is kept, heard of by its workflow or not; and its buttons, each bound to the step it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.actions import End, Wait
from nurture.enrollment import Enrollment
from nurture.foresee import settle, standing_of
from nurture.plan.campaign import Campaign
from nurture.standing import Position, Standing
from store.campaigns import campaigns
from store.desk import steering
from store.looks.dossier import Dossier
from web.desk.choices import OF_A_STEP, What, bound, is_under_way, next_of
from web.desk.places import place_of, step_called


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """``says`` is the step that it would send or leave out, in words; without a link that is being carried out already."""

    what: What
    says: str
    campaign: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """``standing`` is how the lead stands, or will while something ``is_under_way``; ``places`` are where it is then."""

    standing: Standing | None
    is_under_way: bool
    places: Sequence[str]
    buttons: Sequence[Button]


async def ahead_of(session: AsyncSession, found: Dossier, now: datetime, language: str) -> Ahead:
    """What comes next for a lead: as its workflow said last, and where somebody has steered it since, as that will be."""
    standing = found.standing
    by_hand = await steering.by_hand(session, found.lead.id, now)
    if found.waiting or by_hand.steered or by_hand.is_new:
        history, state = await steering.as_told(session, found.lead.id, now)
        state, action = settle(state, now)
        there: Sequence[Enrollment] = state.enrollments
        is_due = not isinstance(action, Wait | End) and any(is_under_way(enrollment, now) for enrollment in there)
        under_way = bool(there) and (history.waiting > 0 or by_hand.is_new or is_due)
        standing = standing_of(state, action, now) if under_way else standing
    else:
        there, under_way = await _as_it_stands(session, found), False
    plans = {enrollment.number: enrollment.campaign for enrollment in there}
    positions = standing.positions if standing else ()
    return Ahead(
        standing=standing,
        is_under_way=under_way,
        places=[place_of(plans[p.enrollment], p.track, p.step, language) for p in positions if p.enrollment in plans],
        buttons=[_button(found.lead.id, what, enrollment, now, language) for enrollment in there for what in OF_A_STEP],
    )


async def _as_it_stands(session: AsyncSession, found: Dossier) -> Sequence[Enrollment]:
    """Where a lead is that nobody has steered, without telling its whole life again."""
    positions = found.standing.positions if found.standing else ()
    refs = {one.number: one.ref for one in found.enrollments}
    plans = await campaigns.load(session, {refs[p.enrollment] for p in positions if p.enrollment in refs})
    known = ((p, plans[refs[p.enrollment]]) for p in positions if refs.get(p.enrollment) in plans)
    return [_at(place, plan, found.lead.created_at) for place, plan in known if place.track in plan.tracks]


def _at(place: Position, plan: Campaign, since: datetime) -> Enrollment:
    names = plan.tracks[place.track].step_names
    step = names.index(place.step) if place.step in names else len(names)
    return Enrollment(number=place.enrollment, campaign=plan, track=place.track, step=step, enrolled_at=since, arrived_at=since)


def _button(lead_id: UUID, what: What, enrollment: Enrollment, now: datetime, language: str) -> Button:
    step = next_of(what, enrollment)
    query = urlencode({"campaign": enrollment.campaign.name} | ({"step": bound(enrollment, step)} if step else {}))
    is_done = what is What.SEND_NOW and step and is_under_way(enrollment, now)
    return Button(
        what=what,
        says=step_called(enrollment.where, step, language) if step else "",
        campaign=enrollment.campaign.name,
        link="" if is_done else f"/leads/{lead_id}/decide/{what}?{query}",
    )
