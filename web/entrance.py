"""Lets the team in, each to what their roles give a right to, and proves that a form came from a page that they were shown."""

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from web.front import Front, FrontOf
from web.rights import RIGHTS, Right, Role
from web.show import message
from web.visitors import address_of, language_of

_GOOD_FOR: Final = timedelta(hours=12)
_LONGEST_NAME: Final = 100


class TurnedAway(Exception):
    """Carries the answer to somebody who may not come in."""

    def __init__(self, answer: Response) -> None:
        super().__init__("turned away")
        self.answer = answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the team, as tasks and the audit log name them. ``address`` is where they write from; empty where nobody said it."""

    name: str
    address: str
    roles: frozenset[Role]

    @property
    def rights(self) -> frozenset[Right]:
        """All that the person's roles give together."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))


def may(right: Right) -> Any:  # as FastAPI's Depends, which this is
    """Asks who it is, and turns away whoever has not this right: ``who: Annotated[Person, may(Right.SEE_LEADS)]``."""
    return Depends(_asks(right))


def _asks(right: Right) -> Callable[[Request, FrontOf], Awaitable[Person]]:
    async def person(request: Request, front: FrontOf) -> Person:
        who = await _person(request, front)
        if right not in who.rights:
            raise TurnedAway(message(language_of(request), "no_right", status=403))
        return who

    return person


async def _person(request: Request, front: FrontOf) -> Person:
    language, address = language_of(request), address_of(request)
    seconds = await front.guesses.peek(address)
    if seconds is not None:
        raise TurnedAway(message(language, "guessing", status=429, headers={"Retry-After": str(seconds)}, seconds=seconds))
    name, password = _credentials(request.headers.get("authorization", ""))
    right = hmac.compare_digest(password.encode(errors="replace"), front.settings.inbox_password.encode())
    if not right or not name:
        if password and not right:
            await front.guesses.take(address)
        challenge = {"WWW-Authenticate": 'Basic realm="Sodate", charset="UTF-8"'}
        raise TurnedAway(message(language, "enter", status=401, headers=challenge))
    return Person(name=name, address="", roles=frozenset(Role))


def _credentials(authorization: str) -> tuple[str, str]:
    """Name and password of HTTP Basic (RFC 7617, UTF-8); empty where they cannot be read."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    name = name.strip()
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else "", password


def seal(front: Front, who: Person) -> str:
    """What a page gives to its forms. A browser sends the password by itself, also with a form of another site; this it cannot."""
    until = int((front.now() + _GOOD_FOR).timestamp())
    return f"{until}.{_signature(front, who.name, until)}"


def seal_problem(front: Front, who: Person, value: object) -> str:
    """Whether a form came from a page that this person was shown in the last hours.

    Empty when it did, else what to tell, of ``web.words``.
    """
    until, _, signature = value.partition(".") if isinstance(value, str) else ("", "", "")
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and signature.isascii()):
        return "inbox_not_yours"
    if not hmac.compare_digest(signature, _signature(front, who.name, int(until))):
        return "inbox_not_yours"
    return "" if _is_ahead(front.now(), int(until)) else "inbox_expired"


def _is_ahead(now: datetime, until: int) -> bool:
    return now.timestamp() < until


def _signature(front: Front, name: str, until: int) -> str:
    return hmac.new(front.settings.link_secret.encode(), f"inbox-form:{until}:{name}".encode(), hashlib.sha256).hexdigest()
