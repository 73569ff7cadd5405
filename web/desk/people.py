"""The team: who is of it, in which roles and for which stages; somebody is taken in, gets other rights or stages, or is taken out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nurture.stage_ranges import ends
from store.looks.ranking import known_stages
from store.tables import Colleague
from store.team import audit, people
from store.team.audit import Deed, On
from store.team.people import Role, WrongColleague
from web.desk.frame import desk
from web.desk.sealed import sealed_fields
from web.desk.stagerange import range_name, stage_name
from web.entrance import Person, may, seal
from web.front import Front, FrontOf
from web.moments import written
from web.rights import Right
from web.submissions import is_ticked
from web.visitors import language_of
from web.words import LANGUAGES, words

router = APIRouter(prefix="/people", include_in_schema=False)

Manager = Annotated[Person, may(Right.MANAGE_PEOPLE)]
_DONE: Final = ("added", "changed", "stages", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Somebody to be taken in, as it was typed, and what is wrong with it or with another change."""

    typed: Mapping[str, str] = field(default_factory=dict)
    roles: frozenset[Role] = frozenset({Role.REP})
    wrong: Mapping[str, str] = field(default_factory=dict)
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksAfter:
    """The stages of somebody: their name, empty for all; the ends as they are kept; and what can be chosen, each with its name."""

    name: str
    first: str
    last: str
    known: tuple[tuple[str, str], ...]


@router.get("")
async def everybody(request: Request, front: FrontOf, who: Manager, done: str = "", name: str = "") -> Response:
    """All of the team, each with their roles."""
    told = words(language_of(request))[f"team_done_{done}"].format(name=name) if done in _DONE and name.isprintable() else ""
    return await _show(front, request, who, Draft(told=told))


@router.post("")
async def take_in(request: Request, front: FrontOf, who: Manager) -> Response:
    """Take somebody into the team. Nobody who is of it is changed by this."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    typed = {name: str(fields.get(name, "")).strip() for name in ("name", "address", "language")}
    draft, w, now = Draft(typed=typed, roles=_roles_in(fields)), words(language_of(request)), front.now()
    try:
        async with front.database.transaction() as session:
            if await people.find(session, await people.spelled(session, typed["name"])) is not None:
                raise WrongColleague("taken", "")
            if typed["language"] not in ("", *LANGUAGES):
                raise WrongColleague("language", "")
            person = await people.take_in(session, typed["name"], typed["address"], draft.roles, now, language=typed["language"])
            await audit.note(session, who.name, Deed.PERSON_TAKEN_IN, On.PERSON, person.name, now, after={"roles": person.roles})
    except WrongColleague as wrong:
        said = w["team_taken"] if wrong.field == "taken" else w[f"team_wrong_{wrong.field}"]
        beside = {"name" if wrong.field == "taken" else wrong.field: said}
        return await _show(front, request, who, Draft(typed=typed, roles=draft.roles, wrong=beside), status=422)
    return _done("added", person.name)


@router.post("/roles")
async def give_roles(request: Request, front: FrontOf, who: Manager) -> Response:
    """Give somebody these roles and no others. Nobody changes their own, so that somebody always may."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    name, now = str(fields.get("name", "")), front.now()
    async with front.database.transaction() as session:
        person = await people.find(session, name) if name != who.name else None
        before = list(person.roles) if person else []
        if person is not None and (roles := _roles_in(fields)):
            await people.give_roles(session, name, roles, now)
            if person.roles != before:
                values = {"before": {"roles": before}, "after": {"roles": person.roles}}
                await audit.note(session, who.name, Deed.PERSON_CHANGED, On.PERSON, name, now, **values)
            return _done("changed", name)
    return await _refused(front, request, who, name, "team_wrong_roles" if person else "team_gone")


@router.post("/stages")
async def give_stages(request: Request, front: FrontOf, who: Manager) -> Response:
    """Give somebody a range of stages to look after, or all."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    name, wanted = str(fields.get("name", "")), "..".join(str(fields.get(end, "")).strip() for end in ("from", "to"))
    try:
        async with front.database.transaction() as session:
            before = person.stages if (person := await people.find(session, name)) else ""
            person = await people.give_stages(session, name, wanted)
            if person is not None and person.stages != before:
                values = {"before": {"stages": before}, "after": {"stages": person.stages}}
                await audit.note(session, who.name, Deed.PERSON_CHANGED, On.PERSON, name, front.now(), **values)
    except WrongColleague:
        return await _show(front, request, who, Draft(told=words(language_of(request))["team_wrong_stages"]), status=422)
    return _done("stages", name) if person else await _refused(front, request, who, name, "team_gone")


@router.post("/remove")
async def take_out(request: Request, front: FrontOf, who: Manager) -> Response:
    """Take somebody out of the team, who is signed out everywhere at once."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    name, now = str(fields.get("name", "")), front.now()
    async with front.database.transaction() as session:
        handed = await people.take_out(session, name, now) if name != who.name else None
        if handed is not None:
            await audit.note(session, who.name, Deed.PERSON_TAKEN_OUT, On.PERSON, name, now, after={"tasks_handed_over": handed})
            return _done("removed", name)
    return await _refused(front, request, who, name, "team_gone")


async def _refused(front: Front, request: Request, who: Person, name: str, code: str) -> Response:
    told = words(language_of(request))["team_you" if name == who.name else code]
    return await _show(front, request, who, Draft(told=told), status=409)


async def _show(front: Front, request: Request, who: Person, draft: Draft, *, status: int = 200) -> Response:
    language = language_of(request)
    async with front.database.transaction() as session:
        team, known = await people.team(session), await known_stages(session)
    return desk(
        "people",
        request,
        who,
        status=status,
        team=team,
        away={one.name: _away(one, language) for one in team if one.away_until},
        ranges={one.name: _looks_after(one, known, language) for one in team},
        roles=list(Role),
        languages=LANGUAGES,
        draft=draft,
        bad=status >= 400,
        seal=seal(front, who),
    )


def _away(person: Colleague, language: str) -> str:
    return words(language)["team_away"].format(day=written(person.away_until, language)) if person.away_until else ""


def _looks_after(person: Colleague, known: tuple[str, ...], language: str) -> LooksAfter:
    first, last = ends(person.stages)
    choices = [stage for stage in dict.fromkeys((*known, first, last)) if stage]
    named = tuple((stage, stage_name(stage, language)) for stage in choices)
    return LooksAfter(name=range_name(person.stages, language), first=first, last=last, known=named)


def _roles_in(fields: Mapping[str, object]) -> frozenset[Role]:
    return frozenset(role for role in Role if is_ticked(fields.get(f"role-{role}")))


def _done(what: str, name: str) -> Response:
    return RedirectResponse(f"/people?{urlencode({'done': what, 'name': name})}", 303)
