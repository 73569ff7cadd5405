"""Who may do what: every page and every button of the team needs a right, and each role gets exactly what the table of rights says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from settings import Settings
from store.database import Database
from store.team import people
from store.team.people import Role
from tests.web.conftest import cookie, signed_in
from web.app import create_app
from web.entrance import Entrance
from web.rights import RIGHTS, Right
from web.words import words

pytestmark = pytest.mark.anyio

FOR_EVERYBODY = {
    "examples": "the site of an example company",
    "forms": "visitors",
    "visits": "visitors",
    "sites": "visitors",
    "files": "whoever has a link of ours",
    "confirmation": "whoever has a link of ours",
    "preferences": "whoever has a link of ours",
    "unsubscribe": "whoever has a link of ours",
    "clicks": "whoever has a link of ours",
    "login": "whoever signs in",
    "loginprovider": "whoever signs in",
    "webhooks": "providers that prove who they are",
    "inbound": "whoever gets mail for us, and proves it",
}
"""Rooms outside of the desk."""

WITHOUT_A_RIGHT = {
    "/t/{token}": "a link in a notification, which shows a task to whoever was sent it",
    "/inbox/leads/{lead_id}": "leads on to where leads are",
    "/inbox/accounts/{account_id}": "leads on to where companies are",
}
ENDLESS = {"/inbox/news"}
"""What goes on for as long as the page is open."""

NOBODY = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Door:
    """A method on a path of the desk, and the right that it needs."""

    method: str
    path: str
    right: Right


def routes_of(app: FastAPI) -> Iterator[tuple[str, str, set[str], list[Right]]]:
    """Room, path, methods and rights of every route that the app answers itself."""
    for route in iter_route_contexts(app.routes):
        room = str(getattr(route.endpoint, "__module__", "")) if route.methods else ""
        if room.startswith("web."):
            asked = route.dependant.dependencies if isinstance(getattr(route, "dependant", None), Dependant) else []
            entrances = [one.call for one in asked if isinstance(one.call, Entrance)]
            yield room, str(route.path), set(route.methods or ()), [entrance.right for entrance in entrances]


def doors_of(app: FastAPI) -> list[Door]:
    return [Door(method, path, right) for _, path, methods, rights in routes_of(app) for method in sorted(methods) for right in rights]


@pytest.fixture
def app(settings: Settings, database: Database, clock: Any) -> FastAPI:
    return create_app(settings, database, clock.now)


def test_every_route_of_the_desk_needs_one_right_and_what_is_open_is_known(app: FastAPI) -> None:
    routes = list(routes_of(app))

    assert {path for room, path, _, rights in routes if room.startswith("web.desk.") and len(rights) != 1} == set(WITHOUT_A_RIGHT)
    assert {room for room, *_ in routes if not room.startswith("web.desk.")} == {f"web.{room}" for room in FOR_EVERYBODY}
    assert {right for *_, rights in routes for right in rights} == set(Right)


def test_every_role_gives_a_right_and_an_operator_has_all(app: FastAPI) -> None:
    assert set(RIGHTS) == set(Role)
    assert all(RIGHTS.values())
    assert RIGHTS[Role.OPERATOR] == set(Right)


@pytest.mark.parametrize("role", Role)
async def test_a_role_gets_exactly_what_the_table_says(
    app: FastAPI, visitor: httpx.AsyncClient, database: Database, clock: Any, role: Role
) -> None:
    headers = await signed_in(database, clock, "Mika", roles={role})
    wrong, tried = list[Door](), Counter[bool]()
    for door in doors_of(app):
        may = door.right in RIGHTS[role]
        if may and door.path in ENDLESS:
            continue
        answer = await visitor.request(door.method, filled_in(door.path), headers=headers)
        refused = answer.status_code == 403 and words("en")["no_right"] in answer.text
        wrong += [door] if refused is may or answer.status_code in (401, 500) or "/login" in answer.headers.get("location", "") else []
        tried[may] += 1

    assert wrong == []
    assert (tried[True] > 0, tried[False] > 0) == (True, role is not Role.OPERATOR)


async def test_nobody_gets_anything_who_is_not_signed_in(app: FastAPI, visitor: httpx.AsyncClient, database: Database) -> None:
    for door in doors_of(app):
        path = filled_in(door.path)
        page = await visitor.request(door.method, path, headers=cookie("Nobody"))
        program = await visitor.request(door.method, path, headers={"Accept": "application/json"})

        assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/login"), door
        assert (program.status_code, program.headers["content-type"]) == (401, "application/problem+json"), door


async def test_what_another_site_sends_in_somebodys_name_is_refused(
    app: FastAPI, visitor: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    headers = await signed_in(database, clock)
    for door in [door for door in doors_of(app) if door.method == "POST"]:
        for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.net"}):
            answer = await visitor.request("POST", filled_in(door.path), headers=headers | elsewhere)
            assert (answer.status_code, words("en")["not_from_here"] in answer.text) == (403, True), door


async def test_no_button_does_anything_without_the_seal_of_its_page(
    app: FastAPI, visitor: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    headers = await signed_in(database, clock)
    for door in [door for door in doors_of(app) if door.method == "POST"]:
        answer = await visitor.post(filled_in(door.path), data={"seal": "1.x"}, headers=headers)
        assert answer.status_code in (403, 404), door


def filled_in(path: str) -> str:
    """The path with something in every place."""
    return "/".join(NOBODY if part.startswith("{") and part.endswith("_id}") else part.strip("{}") for part in path.split("/"))


def test_the_names_that_commands_and_programs_may_give_are_of_those_who_may_work_tasks_at_the_desk() -> None:
    assert {role for role, rights in RIGHTS.items() if Right.WORK_TASKS in rights} == people.WORKS_TASKS
