"""Takes refusals of letters, in one click (RFC 8058): looking changes nothing, posting refuses at once and for good."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from mail.links import read_unsubscribe_token
from nurture.engagements import OptedOut
from store import consents, engagements, tables
from store.bulk import lock_leads
from store.consents import EVERYTHING
from web.bodies import UnreadableBody, read_fields
from web.front import Front, FrontOf
from web.show import message, page
from web.visitors import language_of
from web.words import LANGUAGES

router = APIRouter()

_HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@router.api_route("/u/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def ask(token: str, request: Request, front: FrontOf) -> HTMLResponse:
    """The page with the button. Security gateways follow links, so it changes nothing."""
    found = read_unsubscribe_token(front.settings.link_secret, token)
    if found is None:
        return _not_whole(request, front)
    async with front.database.transaction() as session:
        lead = await session.get(tables.Lead, found[0])
    return page("unsubscribe", _language(request, lead), headers=_HEADERS, token=token)


@router.post("/u/{token}", include_in_schema=False)
async def refuse(token: str, request: Request, front: FrontOf) -> HTMLResponse:
    """Refuse the topic of the letter, or everything where the page's second button was pressed.

    The token alone is the proof, so that any body is taken: a mail program sends ``List-Unsubscribe=One-Click`` in one form or another.
    The answer is the same for somebody who was erased. A link that we did not make is answered with 404: who got it cut short by a mail
    program must not believe that letters stop.
    """
    found = read_unsubscribe_token(front.settings.link_secret, token)
    if found is None:
        return _not_whole(request, front)
    everything = await _scope(request) == "everything"
    lead = await _refuse(front, found[0], EVERYTHING if everything else found[1])
    return page("unsubscribed", _language(request, lead), headers=_HEADERS, token=token, everything=everything)


def _not_whole(request: Request, front: Front) -> HTMLResponse:
    contact = front.settings.sender_contact
    return message(language_of(request), "cut_link", status=404, headers=_HEADERS, contact=contact)


async def _scope(request: Request) -> object:
    try:
        return (await read_fields(request)).get("scope")
    except UnreadableBody:
        return None


async def _refuse(front: Front, lead_id: UUID, topic: str) -> tables.Lead | None:
    """Suppress the address and tell the workflow, both or neither; a refusal is told once."""
    now = front.now()
    async with front.database.transaction() as session:
        await lock_leads(session, [lead_id])
        lead = await session.get(tables.Lead, lead_id)
        if lead is not None:
            await consents.suppress(session, lead.email, topic, "unsubscribed", now)
            told = OptedOut(at=now, topic=None if topic == EVERYTHING else topic)
            await engagements.record(session, lead_id, told, source="unsubscribe", key=f"unsubscribe:{lead_id}:{topic}")
    return lead


def _language(request: Request, lead: tables.Lead | None) -> str:
    return lead.language if lead is not None and lead.language in LANGUAGES else language_of(request)
