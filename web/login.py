"""Signing in by a link in a letter, and signing out. The link opens a page with one button: a mail scanner that looks uses nothing up."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from mail.links import signin_url
from store import addresses
from store.tables import Colleague
from store.team import audit, people, sessions
from store.team.audit import Deed, On
from web.bodies import UnreadableBody, read_fields
from web.cookies import SESSION, drop_cookie, set_cookie, token_of
from web.desk.frame import home_of
from web.entrance import comes_from_here, person_in
from web.front import Front, FrontOf
from web.paths import own_path
from web.show import message, page
from web.signinletter import send_link
from web.visitors import address_of, language_of

router = APIRouter(include_in_schema=False)

_LONGEST_TOKEN: Final = 100
_NOT_KEPT: Final = {"Cache-Control": "no-store"}
_UNLISTED: Final = {"X-Robots-Tag": "noindex"}


@router.get("/login")
async def ask(request: Request, front: FrontOf, to: str = "") -> Response:
    """Where one says who one is. Who is signed in already goes on to what they asked for."""
    who = await person_in(request, front)
    if who is not None:
        return RedirectResponse(own_path(to, home_of(who)), 303, _NOT_KEPT)
    return _form(request, front, own_path(to, ""))


@router.post("/login")
async def send(request: Request, front: FrontOf) -> Response:
    """Send a link, if the address is somebody's of the team. The answer is the same, and comes as fast, if it is nobody's."""
    fields = await _fields(request, front)
    if isinstance(fields, Response):
        return fields
    language, to = language_of(request), own_path(fields.get("to"), "")
    await front.guesses.take(address_of(request))
    try:
        address = addresses.normal(str(fields.get("address", "")))
    except ValueError:
        return _form(request, front, to, typed=str(fields.get("address", "")), status=422)
    answer = message(language, "signin_asked", status=200, address=address)
    answer.background = BackgroundTask(_send, front, address, to, language, front.now())
    return answer


@router.get("/login/link")
async def look(request: Request, token: str = "", to: str = "") -> Response:
    """The page with the button. Whether the link is good still is said once it is pressed."""
    return page("signinlink", language_of(request), headers=_UNLISTED, token=token[:_LONGEST_TOKEN], to=own_path(to, ""))


@router.post("/login/link")
async def come_in(request: Request, front: FrontOf) -> Response:
    """Sign in by a link, once, with a session that no browser had before."""
    fields = await _fields(request, front)
    if isinstance(fields, Response):
        return fields
    now = front.now()
    async with front.database.transaction() as session:
        name = await sessions.use_link(session, str(fields.get("token", ""))[:_LONGEST_TOKEN], now)
        person = await people.find(session, name) if name else None
    if person is None:
        await front.guesses.take(address_of(request))
        return page("signinover", language_of(request), status=410, headers=_UNLISTED, to=own_path(fields.get("to"), ""))
    return await let_in(request, front, person, fields.get("to"), by="link", now=now)


@router.post("/logout")
async def leave(request: Request, front: FrontOf) -> Response:
    """Sign out. Whatever the browser still has opens nothing."""
    if not comes_from_here(request, front):
        return message(language_of(request), "not_from_here", status=403)
    async with front.database.transaction() as session:
        await sessions.end(session, token_of(request, front.settings))
    answer = page("signedout", language_of(request), headers={"Clear-Site-Data": '"cache"'})
    drop_cookie(answer, front.settings, SESSION)
    return answer


async def let_in(request: Request, front: Front, person: Colleague, to: object, *, by: str, now: datetime) -> Response:
    """Begin a session in this browser, end the one that it had, and lead on. ``by`` is how it was proved who it is."""
    async with front.database.transaction() as session:
        await sessions.end(session, token_of(request, front.settings))
        token = await sessions.begin(session, person.name, now)
        await audit.note(session, person.name, Deed.SIGNED_IN, On.PERSON, person.name, now, after={"by": by})
    answer = RedirectResponse(own_path(to, "/login"), 303, _NOT_KEPT)
    set_cookie(answer, front.settings, SESSION, token, sessions.LASTS)
    return answer


async def _send(front: Front, address: str, to: str, language: str, now: datetime) -> None:
    async with front.database.transaction() as session:
        person = await people.by_address(session, address)
        token = await sessions.ask_for_link(session, person.name, now) if person is not None else None
    if person is not None and token is not None:
        await send_link(front.settings, person, signin_url(front.settings.base, token, to), language, now)


async def _fields(request: Request, front: Front) -> dict[str, object] | Response:
    """What was typed, unless it comes from elsewhere or somebody tries too often."""
    language = language_of(request)
    if not comes_from_here(request, front):
        return message(language, "not_from_here", status=403)
    seconds = await front.guesses.peek(address_of(request))
    if seconds is not None:
        return message(language, "guessing", status=429, headers={"Retry-After": str(seconds)}, seconds=seconds)
    try:
        return await read_fields(request)
    except UnreadableBody as unreadable:
        return message(language, unreadable.code, status=unreadable.status)


def _form(request: Request, front: Front, to: str, *, typed: str = "", status: int = 200) -> Response:
    return page(
        "signin", language_of(request), status=status, to=to, typed=typed, wrong=status >= 400, provider=bool(front.settings.oidc_issuer)
    )
