"""A person decides about a lead by hand: what would come of it is shown first, and it is done only to the lead that was seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from store.bulk import lock_leads
from store.consent import consents
from store.desk import steering
from store.desk.happenings import WrongEngagement
from store.journeys import standings
from store.journeys.retelling import editions
from store.leads import leads, lookups
from store.mail import stops
from store.tables import Lead
from web.desk.choices import LONGEST, OF_A_CAMPAIGN, OF_A_STEP, Choice, What, bound, chosen
from web.desk.effects import effect_of
from web.desk.frame import desk
from web.desk.places import destinations, step_called
from web.desk.retold import retold
from web.desk.sealed import fields_of
from web.desk.taskviews import blank
from web.entrance import Person, may, seal, seal_problem
from web.front import Front, FrontOf
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/leads/{lead_id}/decide", include_in_schema=False)

Helm = Annotated[Person, may(Right.STEER_LEADS)]

SOURCE: Final = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A form as it was filled in. ``told`` is the code of what else there is to say, ``problem`` what was wrong with it, in words."""

    fields: Mapping[str, object] = field(default_factory=dict)
    told: str = ""
    problem: str = ""
    because_wrong: bool = False
    status: int = 200


@router.get("/{what}")
async def what_would_come_of_it(lead_id: str, what: str, request: Request, front: FrontOf, who: Helm) -> Response:
    """What is chosen, and what would come of it. Nothing happens."""
    return await _show(front, request, who, lead_id, what, _Draft(fields=dict(request.query_params)))


@router.post("/{what}")
async def decide(lead_id: str, what: str, request: Request, front: FrontOf, who: Helm) -> Response:
    """Do it, if the lead is still as it was shown; else show anew what would come of it."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(front, request, who, lead_id, what, _Draft(fields=fields, told=problem, status=403))
    because = " ".join(str(fields.get("because") or "").split())
    if not because or len(because) > LONGEST or not because.isprintable():
        return await _show(front, request, who, lead_id, what, _Draft(fields=fields, because_wrong=True, status=422))
    id = id_in(lead_id)
    is_done = False
    try:
        async with front.database.transaction() as session:
            if id and what in [*What]:
                await lock_leads(session, [id])
                lead = await session.get(Lead, id)
                if lead is not None and await _seen(session, lead) == fields.get("seen"):
                    _, state = await steering.as_told(session, id, front.now())
                    choice = chosen(What(what), fields, state, front.now())
                    if choice.decision is not None:
                        said = {"by": who.name, "because": because}
                        await steering.decide(session, lead, choice.decision, **said, now=front.now(), source=SOURCE)
                        is_done = True
    except WrongEngagement as wrong:
        return await _show(front, request, who, lead_id, what, _Draft(fields=fields, problem=str(wrong), status=422))
    if is_done:
        return RedirectResponse(f"/leads/{id}?done={what}", 303)
    return await _show(front, request, who, lead_id, what, _Draft(fields=fields, told="decide_moved_on", status=409))


async def _show(front: Front, request: Request, who: Person, lead_id: str, named: str, draft: _Draft) -> Response:
    language, now, id = language_of(request), front.now(), id_in(lead_id)
    w = words(language)
    if id is None or named not in [*What]:
        return message(language, "no_page", status=404)
    async with front.database.transaction() as session:
        lead = await session.get(Lead, id)
        if lead is None:
            return message(language, "no_page", status=404)
        seen = await _seen(session, lead)
        history, state = await steering.as_told(session, id, now)
        choice = chosen(What(named), draft.fields, state, now)
        topics = await lookups.topics(session, lead.email) if choice.what is What.STOP else []
        current = await editions(session) if choice.decision else {}
        barriers = await _barriers(session, lead, choice)
    effect = effect_of(choice.decision, history, current, now, lead.zone, language) if choice.decision else None
    return desk(
        "decide",
        request,
        who,
        status=draft.status,
        what=choice.what,
        lead_id=id,
        called=leads.name_of(lead) or w["unnamed"],
        choice=choice,
        against=retold(choice.against, language),
        about=_about(choice, language),
        bound=bound(choice.enrollment, choice.step) if choice.enrollment and choice.what in OF_A_STEP and choice.step else "",
        destinations=destinations(choice.enrollment.campaign, language) if choice.enrollment and choice.what is What.MOVE else [],
        campaigns=[e.campaign.name for e in state.enrollments] if choice.what in OF_A_CAMPAIGN else [],
        topics=topics,
        barriers=[w[f"barrier_{barrier}"] for barrier in barriers],
        effect=effect,
        fields=blank(draft.fields),
        told="" if "step" in choice.wrong else w[draft.told].format(user=who.name) if draft.told else draft.problem,
        because_wrong=draft.because_wrong,
        waiting=history.waiting,
        longest=LONGEST,
        seen=seen,
        seal=seal(front, who),
    )


def _about(choice: Choice, language: str) -> dict[str, str]:
    """What the sentences of the page speak of, in words."""
    there = choice.enrollment
    if there is None:
        return {"campaign": "", "step": "", "asked": ""}
    step, asked = (step_called(there.where, name, language) if name else "" for name in (choice.step, choice.asked))
    return {"campaign": there.campaign.name, "step": step, "asked": asked}


async def _seen(session: AsyncSession, lead: Lead) -> str:
    """What tells whether a lead is still as it was: how much came in for it, and how often its workflow said where it stands."""
    return f"{lead.engagements}.{await standings.last_number(session, lead.id)}"


async def _barriers(session: AsyncSession, lead: Lead, choice: Choice) -> list[str]:
    """What the store knows against a letter that is to go at once, and the plan may not."""
    if choice.what is not What.SEND_NOW or choice.decision is None or choice.enrollment is None:
        return []
    refusal = await consents.refusal(session, lead.email, choice.enrollment.campaign.topic)
    stopped = await stops.of_letter(session, choice.enrollment.campaign.name)
    return [*([refusal] if refusal else []), *(["stopped"] if stopped is not None else [])]
