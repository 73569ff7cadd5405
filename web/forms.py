"""Takes the forms of the company's site: what a visitor did is stored, at once and once, and the visitor is thanked.

One transaction holds all of it: the lead, its consent, its enrollment and the engagement. Nothing here talks to Temporal; the relay in the
worker carries the engagement on, so that a form works while Temporal is away.
"""

import re
from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import JSONResponse, RedirectResponse, Response

from nurture.campaign import Campaign, Form
from nurture.engagements import Acted, DemoRequested, Downloaded
from nurture.kinds import Kind
from nurture.targets import is_target
from store import campaigns, confirmations, consents, engagements, enrollments, leads, tables, visits
from store.keyed import Erased
from web.bodies import FORM, JSON, MULTIPART, UnreadableBody, read_fields
from web.formfields import form_page_policy, form_view
from web.front import Front, FrontOf
from web.popups import remember_known
from web.show import message, page
from web.submissions import LONGEST, Submission, WrongFields, is_bait, is_ticked, medium_of, person_of, read_submission
from web.visitors import address_of, header, language_of, proof_of, wants_json
from web.visits import visitor_of
from web.words import words

router = APIRouter()

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_FIELDS = {name: {"type": "string", "maxLength": longest} for name, longest in LONGEST.items()} | {"utm_source": {"type": "string"}}
_SCHEMA = {
    "type": "object",
    "required": ["email"],
    "properties": _FIELDS | {"consent": {"type": "string", "enum": ["on", "yes", "true"]}, "website": {"type": "string", "maxLength": 0}},
}
_OPENAPI = {"requestBody": {"required": True, "content": {kind: {"schema": _SCHEMA} for kind in (FORM, MULTIPART, JSON)}}}


_ASKS_FOR_AN_ANSWER = frozenset({Kind.DEMO_REQUESTED, Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED})


class _Repeated(Exception):
    """This submission was stored before; what the transaction has done so far is taken back."""


@router.post("/forms/{form}", status_code=202, openapi_extra=_OPENAPI)
async def receive(form: str, request: Request, front: FrontOf) -> Response:
    """Take one form. Answers 202 to programs and 303 to browsers, the same for known and unknown addresses."""
    seconds = await front.posts.take(address_of(request))
    if seconds is not None:
        return _refusal(request, 429, "too_many", {"Retry-After": str(seconds)}, seconds=seconds)
    try:
        fields = await read_fields(request)
    except UnreadableBody as unreadable:
        return _refusal(request, unreadable.status, unreadable.code)
    found = await _form(front, form)
    if found is None:
        return _refusal(request, 404, "unknown_form")
    campaign, definition = found
    if is_bait(fields):
        return _thanks(request, form, definition)
    try:
        sent = read_submission(fields, definition)
        person = _person(request, form, campaign, sent)
    except WrongFields as wrong:
        return _to_correct(request, form, definition, fields, wrong)
    await _store(front, request, form, campaign, definition, sent, person)
    asks = campaign.double_opt_in is not None and sent.consent and bool(definition.consent)
    answer = _thanks(request, form, definition, asks=asks)
    remember_known(request, front, answer)
    return answer


async def _form(front: Front, name: str) -> tuple[Campaign, Form] | None:
    if not _NAME.fullmatch(name):
        return None
    async with front.database.transaction() as session:
        return await campaigns.form(session, name)


async def _store(front: Front, request: Request, name: str, campaign: Campaign, form: Form, sent: Submission, person: leads.Person) -> None:
    now = front.now()
    keys = sent.keys(name, now)
    try:
        async with front.database.transaction() as session:
            if await session.scalar(select(tables.Engagement.seq).where(tables.Engagement.key.in_(keys)).limit(1)):
                raise _Repeated
            lead_id, _ = await leads.register(session, person, now, by_themselves=_wants_to_be_known(form, sent))
            if sent.consent and form.consent:
                evidence = _evidence(request, name, campaign, form)
                if campaign.double_opt_in:
                    await confirmations.ask(session, lead_id, campaign, evidence, now)
                else:
                    await consents.give(session, sent.email, campaign.topic, consents.Basis.OPT_IN, evidence, now)
            if (visitor := visitor_of(request)) is not None:
                await visits.claim(session, visitor, lead_id, now)
            await enrollments.enroll(session, lead_id, campaign, now, source=f"form:{name}")
            recorded = await engagements.record(
                session,
                lead_id,
                _engagement(form, sent, now),
                source=f"form:{name}",
                details=_details(request, sent),
                key=keys[0],
            )
            if recorded is None:
                raise _Repeated
    except (_Repeated, Erased):
        pass  # whoever was erased is thanked like everybody: nobody can find out here who that is


def _wants_to_be_known(form: Form, sent: Submission) -> bool:
    """Whether somebody who was erased comes back by this: by a new consent, or by asking for an answer."""
    return (sent.consent and bool(form.consent)) or form.engagement in _ASKS_FOR_AN_ANSWER


def _engagement(form: Form, sent: Submission, now: datetime) -> Downloaded | DemoRequested | Acted:
    match form.engagement:
        case Kind.DOWNLOADED:
            return Downloaded(at=now, content=sent.content)
        case Kind.ATTENDED | Kind.SUBSCRIBED | Kind.QUOTE_REQUESTED | Kind.TRIAL_STARTED | Kind.MEETING_BOOKED as kind:
            return Acted(kind=kind, at=now, content=sent.content, medium=sent.medium)
        case _:
            return DemoRequested(at=now)


def _details(request: Request, sent: Submission) -> dict[str, str]:
    """What stays with the engagement in the store."""
    return {"page": header(request, "referer")} | ({"medium": sent.medium} if sent.medium else {})


def _person(request: Request, form: str, campaign: Campaign, sent: Submission) -> leads.Person:
    """Who sent it. Language: what the form says, else the browser's, else the campaign's."""
    spoken = language_of(request) if "accept-language" in request.headers else campaign.language
    return person_of(
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


def _thanks(request: Request, name: str, form: Form, *, asks: bool = False) -> Response:
    """The thanks; ``asks`` where the consent is to be confirmed, so that people look for the letter."""
    if wants_json(request):
        return JSONResponse({"status": "received", "form": name}, 202)
    return RedirectResponse(safe_target(form.thanks) or ("/thanks/confirm" if asks else "/thanks"), 303)


def safe_target(thanks: str) -> str:
    """Where a campaign sends a browser: a path of this site or an https address, else nothing."""
    return thanks if is_target(thanks) else ""


def _to_correct(request: Request, name: str, form: Form, fields: dict[str, object], wrong: WrongFields) -> Response:
    if wants_json(request):
        errors = [{"field": field, "code": problem.code, "detail": problem.say("en")} for field, problem in wrong.fields.items()]
        return _problem(422, "Some fields are wrong", errors=errors)
    language = language_of(request)
    typed = {field: value[: LONGEST[field]] for field, value in fields.items() if field in LONGEST and isinstance(value, str)}
    view = form_view(
        name, form, language, typed=typed, wrong=wrong.fields, ticked=is_ticked(fields.get("consent")), medium=medium_of(fields)
    )
    return page("correct", language, status=422, headers=form_page_policy(safe_target(form.thanks)), view=view)


def _refusal(request: Request, status: int, code: str, headers: dict[str, str] | None = None, **values: object) -> Response:
    if wants_json(request):
        w = words("en")
        return _problem(status, w[f"{code}_title"], headers, detail=w[code].format(**values))
    return message(language_of(request), code, status=status, headers=headers, **values)


def _problem(status: int, title: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """RFC 9457 problem details."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
