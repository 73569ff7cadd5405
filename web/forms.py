"""Takes the forms of the company's site: what a visitor did is stored, at once and once, and the visitor is thanked.

One transaction holds all of it: the lead, its consent, its enrollment and the engagement. Nothing here talks to Temporal; the relay in the
worker carries the engagement on, so that a form works while Temporal is away.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from nurture.kinds import Kind
from nurture.leadside import Acted, DemoRequested, Downloaded
from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from store.leads import leads
from store.site import posts
from store.site.posts import Post
from web.arriving import arrival_of
from web.bodies import FORM, JSON, MULTIPART, UnreadableBody, read_fields
from web.files import file_of
from web.formanswers import ASKS_FOR_AN_ANSWER, Thanks, asked_again, refusal, to_correct
from web.formfields import HANDED_ON, form_view, said
from web.front import Front, FrontOf
from web.sites import may_post, origin_of
from web.stamps import FIELD, problem_with, stamp
from web.submissions import LONGEST, Submission, WrongFields, asked_of_store, is_bait, read_submission
from web.visitors import address_of, header, language_of, language_said, proof_of
from web.visits import meeting_of, visitor_in

router = APIRouter()

_FIELDS = {name: {"type": "string", "maxLength": longest} for name, longest in LONGEST.items()} | {
    name: {"type": "string"} for name in (FIELD, *HANDED_ON)
}
_SCHEMA = {
    "type": "object",
    "required": ["email"],
    "properties": _FIELDS | {"consent": {"type": "string", "enum": ["on", "yes", "true"]}, "website": {"type": "string", "maxLength": 0}},
}
_OPENAPI = {"requestBody": {"required": True, "content": {kind: {"schema": _SCHEMA} for kind in (FORM, MULTIPART, JSON)}}}


@router.post("/forms/{form}", status_code=202, openapi_extra=_OPENAPI)
async def receive(form: str, request: Request, front: FrontOf) -> Response:
    """Take one form. Answers 202 to programs and 303 to browsers, the same for known and unknown addresses."""
    if not may_post(request, front.settings):
        return refusal(request, 403, "not_from_there")
    found = await front.forms.find(form)
    seconds = await front.posts.take(address_of(request), form if found else "")
    if seconds is not None:
        return refusal(request, 429, "too_many", {"Retry-After": str(seconds)}, seconds=seconds)
    try:
        fields = await read_fields(request)
    except UnreadableBody as unreadable:
        return refusal(request, unreadable.status, unreadable.code)
    if found is None:
        return refusal(request, 404, "unknown_form")
    campaign, definition = found
    language = language_said(request, fields)
    if is_bait(fields):
        return Thanks(form=form, definition=definition, language=language).say(request, front)
    try:
        sent = read_submission(fields, definition, campaign.fields)
        person = _person(request, form, campaign, sent)
    except WrongFields as wrong:
        return to_correct(request, front, form, found, fields, wrong)
    if problem := problem_with(front, form, fields.get(FIELD)):
        return asked_again(request, front, form, found, fields, problem)
    post = _post(front, request, form, campaign, definition, sent, person, fields)
    await front.forms.take(post)
    asks = campaign.double_opt_in is not None and post.evidence is not None
    return Thanks(form=form, definition=definition, language=language, asks=asks, post=post).say(request, front)


@router.post("/forms/{form}/opened", include_in_schema=False)
async def opened(form: str, request: Request, front: FrontOf) -> Response:
    """What a script asks when a page shows a form: the signed time of this, and the fields to ask this visitor for."""
    if not may_post(request, front.settings):
        return refusal(request, 403, "not_from_there")
    seconds = await front.visits.take(address_of(request))
    if seconds is not None:
        return refusal(request, 429, "too_many", {"Retry-After": str(seconds)}, seconds=seconds)
    try:
        fields = await read_fields(request)
    except UnreadableBody as unreadable:
        return refusal(request, unreadable.status, unreadable.code)
    found = await front.forms.find(form)
    if found is None:
        return refusal(request, 404, "unknown_form")
    campaign, definition = found
    language, known = language_said(request, fields), set[str]()
    if definition.asks and (visitor := visitor_in(fields)) is not None:
        async with front.database.transaction() as session:
            known = await posts.known_fields(session, visitor)
    view = form_view(form, definition, language, opened=stamp(front, form), plans=campaign.fields, known=known)
    return JSONResponse(said(view, language) | {"asks": definition.asks is not None})


def _post(
    front: Front,
    request: Request,
    name: str,
    campaign: Campaign,
    form: Form,
    sent: Submission,
    person: leads.Person,
    fields: dict[str, object],
) -> Post:
    now = front.now()
    arrival = arrival_of(fields, now)
    engagement = _engagement(form, sent, now)
    is_given = isinstance(engagement, Downloaded) and file_of(front, engagement.content, person.language) is not None
    details: dict[str, object] = {"page": header(request, "referer")}
    details |= {"medium": sent.medium} if sent.medium else {}
    return Post(
        form=name,
        campaign=campaign,
        person=person,
        engagement=engagement,
        keys=sent.keys(name, now),
        details=details | ({"arrival": arrival.row()} if arrival else {}),
        by_themselves=(sent.consent and bool(form.consent)) or form.engagement in ASKS_FOR_AN_ANSWER,
        evidence=_evidence(request, name, campaign, form) if sent.consent and form.consent else None,
        learned=sent.learned,
        arrival=arrival,
        meeting=meeting_of(fields, origin_of(request), arrival),
        file=sent.content if is_given else "",
    )


def _engagement(form: Form, sent: Submission, now: datetime) -> Downloaded | DemoRequested | Acted:
    match form.engagement:
        case Kind.DOWNLOADED:
            return Downloaded(at=now, content=sent.content)
        case Kind.ATTENDED | Kind.SUBSCRIBED | Kind.QUOTE_REQUESTED | Kind.TRIAL_STARTED | Kind.MEETING_BOOKED as kind:
            return Acted(kind=kind, at=now, content=sent.content, medium=sent.medium)
        case _:
            return DemoRequested(at=now)


def _person(request: Request, form: str, campaign: Campaign, sent: Submission) -> leads.Person:
    """Who sent it. Language: what the form says, else the browser's, else the campaign's."""
    spoken = language_of(request) if "accept-language" in request.headers else campaign.language
    with asked_of_store():
        return leads.Person(
            email=sent.email,
            family_name=sent.family_name,
            given_name=sent.given_name,
            company=sent.company,
            title=sent.title,
            phone=sent.phone,
            language=sent.language or spoken,
            country=sent.country,
            zone=sent.zone,
            source=f"form:{form}",
        )


def _evidence(request: Request, form: str, campaign: Campaign, definition: Form) -> dict[str, object]:
    """What proves a consent: the text that was ticked, where, and by whom."""
    return {**proof_of(request, definition.consent, header(request, "referer")), "form": form, "campaign": campaign.ref}
