"""The page on which people who manage people let programs in, and out again."""

import re

import httpx
import pytest

from settings import Settings
from store.database import Database
from store.team.people import Role
from tests.web.conftest import Clock, signed_in
from web.app import create_app

pytestmark = pytest.mark.anyio


def seal_of(page: httpx.Response) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_a_token_is_made_shown_once_used_and_revoked(operator: httpx.AsyncClient) -> None:
    seal = seal_of(await operator.get("/tokens"))

    made = await operator.post("/tokens", data={"seal": seal, "name": "crm", "leads:read": "yes", "days": "90"})
    plain = re.search(r"sodate_[A-Za-z0-9_-]{43}", made.text)
    assert plain
    listed = await operator.get("/tokens")
    assert plain[0] not in listed.text
    assert f"{plain[0][:13]}…" in listed.text
    asks = {"Authorization": f"Bearer {plain[0]}"}
    assert (await operator.get("/api/v1/leads", headers=asks)).status_code == 200
    assert (await operator.get("/api/v1/tasks", headers=asks)).status_code == 403

    revoked = await operator.post("/tokens/revoke", data={"seal": seal, "name": "crm"})
    again = await operator.post("/tokens/revoke", data={"seal": seal, "name": "crm"})

    assert (revoked.status_code, again.status_code) == (303, 409)
    assert "“crm” lets nobody in any more" in (await operator.get(revoked.headers["location"])).text
    assert (await operator.get("/api/v1/leads", headers=asks)).status_code == 401


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "", "leads:read": "yes"}, "Give it a name"),
        ({"name": "crm"}, "Choose what it is good for"),
        ({"name": "crm", "leads:read": "yes", "days": "soon"}, "whole number of days"),
        ({"name": "taken", "leads:read": "yes"}, "stands already"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(operator: httpx.AsyncClient, fields: dict[str, str], said: str) -> None:
    seal = seal_of(await operator.get("/tokens"))
    await operator.post("/tokens", data={"seal": seal, "name": "taken", "leads:read": "yes"})

    answer = await operator.post("/tokens", data=fields | {"seal": seal})

    assert answer.status_code == 422
    assert said in answer.text
    assert not re.search(r"sodate_[A-Za-z0-9_-]{43}", answer.text)


async def test_without_the_seal_of_a_page_nothing_is_made(operator: httpx.AsyncClient) -> None:
    for path in ("/tokens", "/tokens/revoke"):
        assert (await operator.post(path, data={"seal": "guessed", "name": "crm", "leads:read": "yes"})).status_code == 403

    assert "No token was made yet" in (await operator.get("/tokens")).text


async def test_only_who_manages_people_lets_programs_in(settings: Settings, database: Database, clock: Clock) -> None:
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    rep = await signed_in(database, clock, "Sato", roles=(Role.REP, Role.LEADER, Role.MARKETING))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com", headers=rep) as client:
        assert (await client.get("/tokens")).status_code == 403
        assert (await client.post("/tokens", data={"name": "crm", "leads:read": "yes"})).status_code == 403


async def test_the_description_is_a_page_that_loads_nothing_from_elsewhere(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/api/v1/docs", headers={"Accept-Language": "ja"})
    described = (await visitor.get("/api/v1/openapi.json")).json()

    assert page.status_code == 200
    assert not re.search(r'<script|(?:src|href)="(?:https?:)?//|style="|\son\w+="', page.text)
    operations = {operation["operationId"] for of_path in described["paths"].values() for operation in of_path.values()}
    assert operations <= set(re.findall(r'id="([^"]+)"', page.text))
    links = set(re.findall(r'href="#([^"]+)"', page.text)) - {"main"}
    assert links <= set(re.findall(r'id="([^"]+)"', page.text))
    assert "プログラム向けAPI" in page.text


async def test_the_type_of_a_problem_leads_to_what_it_means(visitor: httpx.AsyncClient) -> None:
    problem = (await visitor.get("/api/v1/leads")).json()

    there = await visitor.get(problem["type"])

    assert there.headers["location"] == "/api/v1/docs#problem-no-token"
    assert 'id="problem-no-token"' in (await visitor.get(there.headers["location"])).text
    assert (await visitor.get("/api/v1/problems/nothing")).status_code == 404


async def test_every_request_of_the_description_names_its_scope_and_what_it_may_be_refused_for(visitor: httpx.AsyncClient) -> None:
    described = (await visitor.get("/api/v1/openapi.json")).json()

    for of_path in described["paths"].values():
        for verb, operation in of_path.items():
            (scope,) = operation["security"][0]["token"]
            assert scope.endswith(":read") or verb != "get"
            assert {"401", "403", "429"} <= set(operation["responses"])
