"""Takes the confirmation of a consent (double opt-in): looking changes nothing, pressing the button confirms, and is kept as proof."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from mail.links import read_confirm_token
from store import tables
from store.consent import confirmations
from store.consent.confirmations import Answer
from web.front import Front, FrontOf
from web.show import LINKED, message, page
from web.visitors import language_of, proof_of, readers_language

router = APIRouter()


@router.api_route("/confirm/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def look(token: str, request: Request, front: FrontOf) -> HTMLResponse:
    """What is to be confirmed, with the button. Security gateways follow links, so it changes nothing."""
    id = read_confirm_token(front.settings.link_secret, token)
    if id is None:
        return _not_whole(request, front)
    async with front.database.transaction() as session:
        asked = await confirmations.find(session, id)
        answer = await confirmations.state_of(session, asked, front.now()) if asked else Answer.UNKNOWN
        lead = await session.get(tables.Lead, asked.lead_id) if asked else None
    language = readers_language(request, lead)
    if asked is None or answer is not None:
        return _said(front, language, answer or Answer.UNKNOWN)
    return page("confirm", language, headers=LINKED, token=token, text=asked.evidence.get("text", ""), address=asked.address)


@router.post("/confirm/{token}", include_in_schema=False)
async def confirm(token: str, request: Request, front: FrontOf) -> HTMLResponse:
    """Confirm. The token alone is the proof, and the answer is the same as often as it is pressed."""
    id = read_confirm_token(front.settings.link_secret, token)
    if id is None:
        return _not_whole(request, front)
    now = front.now()
    async with front.database.transaction() as session:
        asked = await confirmations.find(session, id)
        text = str(asked.evidence.get("text", "")) if asked else ""
        answer = await confirmations.confirm(session, id, proof_of(request, text, "/confirm"), now)
        lead = await session.get(tables.Lead, asked.lead_id) if asked else None
    return _said(front, readers_language(request, lead), answer)


def _said(front: Front, language: str, answer: Answer) -> HTMLResponse:
    """What came of it. Somebody who was erased is told what is told after the time is over."""
    match answer:
        case Answer.CONFIRMED:
            return message(language, "confirmed", status=200, headers=LINKED)
        case Answer.REFUSED:
            return message(language, "confirm_refused", status=409, headers=LINKED, contact=front.settings.sender_contact)
        case Answer.TOO_LATE | Answer.UNKNOWN:
            return message(language, "confirm_too_late", status=410, headers=LINKED)


def _not_whole(request: Request, front: Front) -> HTMLResponse:
    return message(language_of(request), "cut_confirm", status=404, headers=LINKED, contact=front.settings.sender_contact)
