"""Lets programs in by their token, each to what its scopes are good for, and counts how often they ask."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request

from store.team import tokens
from store.team.tokens import SIGN, Scope
from web.api.problems import Kind, Problem
from web.front import Front, FrontOf
from web.limiter import Limiter

_TOKEN: Final = re.compile(re.escape(SIGN) + r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Who asks: a token by its name."""

    id: UUID
    name: str

    @property
    def who(self) -> str:
        """As the audit log names it."""
        return f"token {self.name}"


def needs(scope: Scope) -> dict[str, Any]:
    """What a route is given so that only tokens with this scope get in: ``@router.get("/leads", **needs(Scope.LEADS_READ))``."""
    return {"dependencies": [Depends(_lets_in(scope))], "openapi_extra": {"security": [{"token": [scope.value]}]}}


def _lets_in(scope: Scope) -> Callable[[Request, FrontOf], Awaitable[None]]:
    async def let_in(request: Request, front: FrontOf) -> None:
        plain = _shown(request)
        async with front.database.transaction() as session:
            token = await tokens.find(session, plain, front.now())
        if token is None:
            raise _turned_away('Bearer realm="Sodate", error="invalid_token"')
        await _count(request, front, str(token.id))
        if scope not in token.scopes:
            challenge = f'Bearer realm="Sodate", error="insufficient_scope", scope="{scope}"'
            raise Problem(Kind.NO_SCOPE, f"It needs the scope {scope}.", headers={"WWW-Authenticate": challenge})
        request.state.program = Program(id=token.id, name=token.name)

    return let_in


def _shown(request: Request) -> str:
    """The token of RFC 6750, of which only what could be one is looked up."""
    scheme, _, plain = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(plain.strip()):
        raise _turned_away('Bearer realm="Sodate"')
    return plain.strip()


def _turned_away(challenge: str) -> Problem:
    return Problem(Kind.NO_TOKEN, headers={"WWW-Authenticate": challenge})


async def _count(request: Request, front: Front, token: str) -> None:
    """Count the request, and say how many are left (draft-ietf-httpapi-ratelimit-headers)."""
    rate: Limiter = request.app.state.rate
    seconds = await rate.take(token)
    left, until = await rate.left(token)
    request.state.stamps = {
        "RateLimit-Policy": f'"token";q={front.settings.api_requests_per_minute};w=60',
        "RateLimit": f'"token";r={left};t={until}',
    }
    if seconds is not None:
        raise Problem(Kind.TOO_MANY, headers={"Retry-After": str(seconds)})


async def _program(request: Request) -> Program:
    program: Program = request.state.program
    return program


ProgramOf = Annotated[Program, Depends(_program)]
"""How a handler asks which program it is, once it was let in."""
