"""Tokens of programs: who was let in to what, a new one that is shown once, and one that lets nobody in any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store.tables import ApiToken
from store.team import tokens
from store.team.tokens import Scope, WrongToken
from web.desk.frame import desk
from web.desk.sealed import fields_of
from web.entrance import Person, may, seal, seal_problem
from web.front import Front, FrontOf
from web.moments import in_zone
from web.rights import Right
from web.submissions import is_ticked
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/tokens", include_in_schema=False)

Manager = Annotated[Person, may(Right.MANAGE_PEOPLE)]
_MOST_DAYS: Final = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token as the page shows it. ``stands`` while it may be revoked."""

    name: str
    prefix: str
    made: str
    used: str
    state: str
    scopes: list[str]
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form as it was typed, and what is wrong with it; or what came of it."""

    name: str = ""
    days: str = ""
    scopes: frozenset[Scope] = frozenset()
    wrong: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    plain: str = ""


@router.get("")
async def every_token(request: Request, front: FrontOf, who: Manager, revoked: str = "") -> Response:
    """All tokens that were made, and the form for another one."""
    told = words(language_of(request))["token_revoked"].format(name=revoked) if revoked and revoked.isprintable() else ""
    return await _show(front, request, who, Draft(told=told))


@router.post("")
async def make(request: Request, front: FrontOf, who: Manager) -> Response:
    """Make a token. It is shown in the answer and nowhere else, so that no address of a page has it."""
    fields, w = await fields_of(request), words(language_of(request))
    if isinstance(fields, Response):
        return fields
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(front, request, who, Draft(told=w[problem].format(user=who.name)), status=403)
    typed = Draft(
        name=str(fields.get("name", "")),
        days=str(fields.get("days", "")).strip(),
        scopes=frozenset(scope for scope in Scope if is_ticked(fields.get(scope))),
    )
    try:
        ends_at = _end(typed.days, front.now())
        async with front.database.transaction() as session:
            token, plain = await tokens.make(session, typed.name, typed.scopes, who.name, front.now(), ends_at=ends_at)
    except WrongToken as wrong:
        at = {"taken": "name"}.get(wrong.code, wrong.code)
        said = Draft(name=typed.name, days=typed.days, scopes=typed.scopes, wrong={at: w[f"wrong_token_{wrong.code}"]})
        return await _show(front, request, who, said, status=422)
    return await _show(front, request, who, Draft(told=w["token_made"].format(name=token.name), plain=plain))


@router.post("/revoke")
async def revoke(request: Request, front: FrontOf, who: Manager) -> Response:
    """From this moment a token lets nobody in."""
    fields, w = await fields_of(request), words(language_of(request))
    if isinstance(fields, Response):
        return fields
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(front, request, who, Draft(told=w[problem].format(user=who.name)), status=403)
    name = str(fields.get("name", ""))
    async with front.database.transaction() as session:
        revoked = name.isprintable() and await tokens.revoke(session, name, who.name, front.now())
    if revoked:
        return RedirectResponse(f"/tokens?{urlencode({'revoked': name})}", 303)
    return await _show(front, request, who, Draft(told=w["token_gone"].format(name=name)), status=409)


async def _show(front: Front, request: Request, who: Person, draft: Draft, *, status: int = 200) -> Response:
    language = language_of(request)
    async with front.database.transaction() as session:
        found = await tokens.all_of_them(session)
    return desk(
        "tokens",
        request,
        who,
        status=status,
        tokens=[_view(token, front.now(), language) for token in found],
        scopes=[(scope, words(language)[f"scope_{scope.replace(':', '_')}"]) for scope in Scope],
        draft=draft,
        bad=status >= 400,
        seal=seal(front, who),
    )


def _end(days: str, now: datetime) -> datetime | None:
    """Raises WrongToken for what is no number of days."""
    if not days:
        return None
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= _MOST_DAYS):
        raise WrongToken("ends", f"it ends in 1 to {_MOST_DAYS} days")
    return now + timedelta(days=int(days))


def _view(token: ApiToken, now: datetime, language: str) -> TokenView:
    w = words(language)
    return TokenView(
        name=token.name,
        prefix=token.prefix,
        made=w["token_by_whom"].format(when=in_zone(token.made_at, "", language), who=token.made_by),
        used=in_zone(token.used_at, "", language) if token.used_at else w["token_unused"],
        state=_state(token, now, language),
        scopes=token.scopes,
        stands=token.revoked_at is None,
    )


def _state(token: ApiToken, now: datetime, language: str) -> str:
    w = words(language)
    if token.revoked_at is not None:
        return w["token_was_revoked"].format(when=in_zone(token.revoked_at, "", language))
    if token.ends_at is None:
        return w["token_stands"]
    return w["token_ends" if token.ends_at > now else "token_ended"].format(when=in_zone(token.ends_at, "", language))
