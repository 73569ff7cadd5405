"""Lets the team in, each to what their roles give a right to, and proves that a form came from a page that they were shown."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from store.team import sessions
from store.team.people import roles_of
from web.cookies import keep_token, token_of
from web.front import Front, FrontOf
from web.rights import RIGHTS, Right, Role
from web.show import message
from web.visitors import is_a_page, language_of

_GOOD_FOR: Final = timedelta(hours=12)
_CHANGES_NOTHING: Final = ("GET", "HEAD", "OPTIONS")


class TurnedAway(Exception):
    """Carries the answer to somebody who may not come in."""

    def __init__(self, answer: Response) -> None:
        super().__init__("turned away")
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the team, as tasks and the audit log name them. ``address`` is where they write from; empty where nobody said it.

    ``session`` names the browser in which they are signed in. It opens nothing. ``stages`` is the range they look after, empty for all.
    """

    name: str
    address: str
    roles: frozenset[Role]
    session: str = ""
    stages: str = ""

    @property
    def rights(self) -> frozenset[Right]:
        """All that the person's roles give together."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))


def may(right: Right) -> Any:  # as FastAPI's Depends, which this is
    """Asks who it is, and turns away whoever has not this right: ``who: Annotated[Person, may(Right.SEE_LEADS)]``."""
    return Depends(Entrance(right=right))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Stands before a page or a button, and lets in whoever has the right."""

    right: Right

    async def __call__(self, request: Request, front: FrontOf) -> Person:
        who = await person_in(request, front)
        if who is None:
            raise TurnedAway(_sign_in(request))
        if self.right not in who.rights:
            raise TurnedAway(_refusal(request, "no_right", 403))
        if request.method not in _CHANGES_NOTHING and not comes_from_here(request, front):
            raise TurnedAway(_refusal(request, "not_from_here", 403))
        return who


async def person_in(request: Request, front: Front) -> Person | None:
    """Who is signed in in this browser, if anybody is. After a change of rights the browser gets another token with the answer."""
    token = token_of(request, front.settings)
    if not token:
        return None
    now = front.now()
    async with front.database.transaction() as session:
        found = await sessions.signed_in(session, token, now)
        fresh = await sessions.rotate(session, token, now) if found and found.is_stale else None
    if found is None or (found.is_stale and fresh is None):
        return None
    if fresh is not None:
        keep_token(request, front.settings, fresh)
    person = found.person
    key = sessions.key_of(fresh or token)
    return Person(name=person.name, address=person.address, roles=roles_of(person), session=key, stages=person.stages)


def comes_from_here(request: Request, front: Front) -> bool:
    """Whether it is our own page that sends this, as far as the browser says where a request comes from."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    own = {urlsplit(front.settings.base).netloc, request.headers.get("host", "")}
    return origin is None or urlsplit(origin).netloc in own


def _sign_in(request: Request) -> Response:
    """The way to the page where one signs in, and from there back to what was asked for; a program is told plainly."""
    if not is_a_page(request):
        return _refusal(request, "enter", 401)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = asked if request.method in _CHANGES_NOTHING else ""
    return RedirectResponse(f"/login?to={quote(back, safe='')}" if back else "/login", 303, {"Cache-Control": "no-store"})


def _refusal(request: Request, code: str, status: int) -> Response:
    if is_a_page(request):
        return message(language_of(request), code, status=status)
    title = "Unauthorized" if status == 401 else "Forbidden"
    return JSONResponse({"type": "about:blank", "title": title, "status": status}, status, media_type="application/problem+json")


def seal(front: Front, who: Person) -> str:
    """What a page gives to its forms. A browser sends its cookie by itself, also with a form of another site; this it cannot."""
    until = int((front.now() + _GOOD_FOR).timestamp())
    return f"{until}.{_signature(front, who, until)}"


def seal_problem(front: Front, who: Person, value: object) -> str:
    """Whether a form came from a page that this person was shown in this browser in the last hours.

    Empty when it did, else what to tell, of ``web.words``.
    """
    until, _, signature = value.partition(".") if isinstance(value, str) else ("", "", "")
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and signature.isascii()):
        return "inbox_not_yours"
    if not hmac.compare_digest(signature, _signature(front, who, int(until))):
        return "inbox_not_yours"
    return "" if _is_ahead(front.now(), int(until)) else "inbox_expired"


def _is_ahead(now: datetime, until: int) -> bool:
    return now.timestamp() < until


def _signature(front: Front, who: Person, until: int) -> str:
    return hmac.new(front.settings.link_secret.encode(), f"desk-form:{until}:{who.session}".encode(), hashlib.sha256).hexdigest()
