"""Signing in by the account that somebody has with the company's provider of identities."""

import logging
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from store.tables import Colleague
from store.team import audit, people, sessions
from store.team.audit import Deed, On
from store.team.people import WrongColleague
from web.cookies import cookie_name, drop_cookie, set_cookie
from web.front import Front, FrontOf
from web.login import let_in
from web.oidc import Begun, Identity, NotProven, ProviderAway, Unverified
from web.paths import own_path
from web.show import message
from web.visitors import address_of, language_of

log = logging.getLogger(__name__)

router = APIRouter(prefix="/login/provider", include_in_schema=False)

_SIGNIN: Final = "signin"
_LASTS: Final = timedelta(minutes=10)


@router.get("")
async def begin(request: Request, front: FrontOf, to: str = "") -> Response:
    """Lead to the provider. The browser keeps what it has to show when it comes back."""
    if front.provider is None:
        return message(language_of(request), "no_page", status=404)
    try:
        url, begun = await front.provider.begin()
    except ProviderAway as away:
        log.error("the provider of identities cannot be asked: %s", away)
        return message(language_of(request), "signin_no_provider", status=503, headers={"Retry-After": "30"})
    answer = RedirectResponse(url, 303, {"Cache-Control": "no-store"})
    kept = ".".join((begun.state, begun.nonce, begun.verifier, quote(own_path(to, ""), safe="").replace(".", "%2E")))
    set_cookie(answer, front.settings, _SIGNIN, kept, _LASTS)
    return answer


@router.get("/back")
async def come_back(request: Request, front: FrontOf) -> Response:
    """Sign in whoever the provider says it is, if they are of the team."""
    if front.provider is None:
        return message(language_of(request), "no_page", status=404)
    answer = await _answer(request, front)
    drop_cookie(answer, front.settings, _SIGNIN)
    return answer


async def _answer(request: Request, front: Front) -> Response:
    language, address = language_of(request), address_of(request)
    seconds = await front.guesses.peek(address)
    if seconds is not None:
        return message(language, "guessing", status=429, headers={"Retry-After": str(seconds)}, seconds=seconds)
    parts = request.cookies.get(cookie_name(front.settings, _SIGNIN), "").split(".")
    try:
        if front.provider is None or len(parts) != 4:
            raise NotProven("no sign-in has begun in this browser")
        begun = Begun(state=parts[0], nonce=parts[1], verifier=parts[2])
        identity = await front.provider.identity(begun, request.query_params)
    except ProviderAway as away:
        log.error("the provider of identities cannot be asked: %s", away)
        return message(language, "signin_no_provider", status=503, headers={"Retry-After": "30"})
    except Unverified as problem:
        log.warning("somebody is not let in: %s", problem)
        return message(language, "signin_unverified", status=403)
    except NotProven as problem:
        log.warning("a sign-in proved nothing: %s", problem)
        await front.guesses.take(address)
        return message(language, "signin_not_finished", status=403)
    now = front.now()
    async with front.database.transaction() as session:
        person = await _of_the_team(session, identity, front, now)
    if person is None:
        return message(language, "signin_unknown", status=403)
    return await let_in(request, front, person, unquote(parts[3]), by="provider", now=now)


async def _of_the_team(session: AsyncSession, identity: Identity, front: Front, now: datetime) -> Colleague | None:
    """Who of the team it is. Where the provider says roles, it says who is of the team, too."""
    if not identity.address:
        return None
    person = await people.by_address(session, identity.address)
    if not front.settings.oidc_roles_claim:
        return person
    if not identity.roles:
        if person is not None:
            await sessions.end_all(session, person.name)
        return None
    before = list(person.roles) if person is not None else None
    try:
        name = person.name if person is not None else identity.name or identity.address.partition("@")[0]
        if person is None and await people.find(session, await people.spelled(session, name)) is not None:
            name = f"{name} ({identity.address})"
        person = await people.take_in(session, name, identity.address, identity.roles, now)
    except WrongColleague as wrong:
        log.warning("somebody with a role cannot be taken in: their %s", wrong.field)
        return None
    if person.roles != before:
        deed = Deed.PERSON_TAKEN_IN if before is None else Deed.PERSON_CHANGED
        values = {"before": {"roles": before} if before else None, "after": {"roles": person.roles, "by": "provider"}}
        await audit.note(session, person.name, deed, On.PERSON, person.name, now, **values)
    return person
