"""Takes refusals of letters, in one click (RFC 8058): looking changes nothing, posting refuses at once and for good."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from mail.links import preferences_token, read_unsubscribe_token
from store import tables
from store.consent import preferences
from store.consent.consents import EVERYTHING
from web.bodies import UnreadableBody, read_fields
from web.front import Front, FrontOf
from web.show import LINKED, message, page
from web.visitors import language_of, readers_language

router = APIRouter()


@router.api_route("/u/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def ask(token: str, request: Request, front: FrontOf) -> HTMLResponse:
    """The page with the button. Security gateways follow links, so it changes nothing."""
    found = read_unsubscribe_token(front.settings.link_secret, token)
    if found is None:
        return _not_whole(request, front)
    async with front.database.transaction() as session:
        lead = await session.get(tables.Lead, found[0])
    choose = preferences_token(front.settings.link_secret, *found)
    return page("unsubscribe", readers_language(request, lead), headers=LINKED, token=token, choose=choose)


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
    async with front.database.transaction() as session:
        topic = EVERYTHING if everything else found[1]
        lead = await preferences.refuse(session, found[0], [topic], "unsubscribed", front.now(), source="unsubscribe")
    return page("unsubscribed", readers_language(request, lead), headers=LINKED, token=token, everything=everything)


def _not_whole(request: Request, front: Front) -> HTMLResponse:
    contact = front.settings.sender_contact
    return message(language_of(request), "cut_link", status=404, headers=LINKED, contact=contact)


async def _scope(request: Request) -> object:
    try:
        return (await read_fields(request)).get("scope")
    except UnreadableBody:
        return None
