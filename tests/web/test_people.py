"""The page of the team: somebody is taken in, gets other rights at once, and is taken out; and everything of that is in the audit log."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from nurture.kinds import Audience
from store import tables
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments
from store.leads import leads
from store.team import people, reps
from store.team.people import Role, WrongColleague
from tests.web.conftest import signed_in
from web.words import LANGUAGES, words

pytestmark = pytest.mark.anyio


async def post(operator: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    page = await operator.get("/people")
    seal = re.findall(r'name="seal" value="([^"]+)"', page.text)[0]
    return await operator.post(path, data={"seal": seal} | fields)


async def log(database: Database) -> list[tuple[str, str, str]]:
    async with database.transaction() as session:
        return [(line.who, line.what, line.subject) for line in await session.scalars(select(tables.Audit).order_by(tables.Audit.id))]


async def test_an_operator_takes_somebody_in_who_then_can_sign_in(operator: httpx.AsyncClient, database: Database) -> None:
    fields = {"name": " Jon  Okafor ", "address": "Jon@Example.com", "language": "ja", "role-rep": "yes", "role-leader": "yes"}
    answer = await post(operator, "/people", **fields)

    assert answer.status_code == 303
    assert "Jon Okafor is of the team." in (await operator.get(answer.headers["location"])).text
    async with database.transaction() as session:
        person = await people.by_address(session, "jon@example.com")
    assert person is not None
    assert (person.name, person.roles, person.language) == ("Jon Okafor", ["rep", "leader"], "ja")
    assert await log(database) == [("Mika", "person_taken_in", "Jon Okafor")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "at most 100 letters"),
        ({"name": "sales"}, "the name of a team"),
        ({"name": "Jon", "address": "\x00@example.com"}, "nobody else of the team has"),
        ({"name": "x" * 101}, "at most 100 letters"),
        ({"name": "Mika"}, "is called so already"),
        ({"name": "mikA"}, "is called so already"),
        ({"address": "jon"}, "nobody else of the team has"),
        ({"address": "MIKA@team.example.com"}, "nobody else of the team has"),
        ({"role-rep": ""}, "at least one role"),
        ({"language": "tlh"}, "one of these languages"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nobody_is_taken_in(
    operator: httpx.AsyncClient, database: Database, fields: dict[str, str], said: str
) -> None:
    answer = await post(operator, "/people", **({"name": "Jon", "address": "jon@example.com", "role-rep": "yes"} | fields))

    assert (answer.status_code, said in html.unescape(answer.text)) == (422, True)
    async with database.transaction() as session:
        assert [one.name for one in await people.team(session)] == ["Mika"]
    assert await log(database) == []


async def test_other_roles_hold_at_once_and_the_log_says_what_was_before(
    operator: httpx.AsyncClient, visitor: httpx.AsyncClient, database: Database, clock: Any
) -> None:
    jon = await signed_in(database, clock, "Jon", roles={Role.REP})
    assert (await visitor.get("/audit", headers=jon)).status_code == 403

    await post(operator, "/people/roles", name="Jon", **{"role-leader": "yes"})

    assert (await visitor.get("/audit", headers=jon)).status_code == 200
    page = (await operator.get("/audit")).text
    assert "<del>rep</del> → leader" in page


async def test_somebody_is_given_a_range_of_stages_which_must_exist(operator: httpx.AsyncClient, database: Database) -> None:
    given = await post(operator, "/people/stages", name="Mika", **{"from": "interest", "to": "consideration"})
    wrong = await post(operator, "/people/stages", name="Mika", **{"from": "consideration", "to": "interest"})
    page = html.unescape((await operator.get("/people")).text)
    nobody = await post(operator, "/people/stages", name="Nobody", **{"from": "interest"})
    everything = await post(operator, "/people/stages", name="Mika", **{"from": "", "to": ""})

    assert [answer.status_code for answer in (given, wrong, nobody, everything)] == [303, 422, 409, 303]
    assert "There is no such range" in wrong.text
    assert "Looks after: Interest to Consideration" in page
    assert re.findall(r'<option value="(\w+)" selected>', page)[:2] == ["interest", "consideration"]
    assert await log(database) == [("Mika", "person_changed", "Mika")] * 2
    assert "Looks after" not in (await operator.get("/people")).text


async def test_nobody_takes_their_own_rights_so_that_somebody_always_has_them(operator: httpx.AsyncClient, database: Database) -> None:
    answers = [
        await post(operator, "/people/roles", name="Mika", **{"role-rep": "yes"}),
        await post(operator, "/people/remove", name="Mika"),
    ]

    assert [(answer.status_code, "That is you" in answer.text) for answer in answers] == [(409, True)] * 2
    assert (await operator.get("/people")).status_code == 200
    assert await log(database) == []


async def test_somebody_without_a_role_or_without_a_name_that_is_known_is_not_changed(
    operator: httpx.AsyncClient, database: Database
) -> None:
    answers = [await post(operator, path, name="Nobody") for path in ("/people/roles", "/people/remove")]

    assert [(answer.status_code, "Nobody of the team" in answer.text) for answer in answers] == [(409, True)] * 2
    assert await log(database) == []


async def test_who_is_taken_out_is_signed_out_at_once_and_their_tasks_go_to_all_reps(
    operator: httpx.AsyncClient, visitor: httpx.AsyncClient, database: Database, clock: Any, campaign: Any
) -> None:
    jon = await signed_in(database, clock, "Jon", roles={Role.REP})
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com"), clock.now())
        await enrollments.enroll(session, lead, campaign, clock.now())
        await tasks.open_task(
            session,
            id=uuid4(),
            lead_id=lead,
            enrollment=1,
            campaign="welcome",
            reason="replied",
            why="The lead replied.",
            at=clock.now(),
            deadline_at=clock.now() + timedelta(days=2),
        )
        [row] = await tasks.open_tasks(session)
        await tasks.claim(session, row.id, "Jon", clock.now())

    answer = await post(operator, "/people/remove", name="Jon")

    assert answer.status_code == 303
    assert (await visitor.get("/inbox", headers=jon)).status_code == 303
    async with database.transaction() as session:
        [row] = await tasks.open_tasks(session)
        (await session.get_one(tables.Lead, lead)).owner = "Jon"
        assert (row.owner, row.claimed_by) == (reps.SALES, "")
        assert await reps.owner_for(session, lead, Audience.OWNER, clock.now()) == reps.SALES
        assert await reps.writer(session, "Jon") == ""


async def test_an_address_is_free_again_once_its_person_left(database: Database, clock: Any) -> None:
    async with database.transaction() as session:
        await people.take_in(session, "Mika", "team@example.com", {Role.REP}, clock.now())
        with pytest.raises(WrongColleague, match="another person's"):
            await people.take_in(session, "Jon", "team@example.com", {Role.REP}, clock.now())
        await people.take_out(session, "Mika", clock.now())
        await people.take_in(session, "Jon", "team@example.com", {Role.REP}, clock.now())

        assert [one.name for one in await people.team(session)] == ["Jon"]


async def test_a_rep_who_was_only_said_to_be_away_is_of_the_team_once_they_are_taken_in(database: Database, clock: Any) -> None:
    async with database.transaction() as session:
        await reps.away(session, "Jon", clock.now().date() + timedelta(days=3))
        before = await people.team(session)
        await people.take_in(session, "Jon", "jon@example.com", {Role.REP}, clock.now())
        [jon] = await people.team(session)

    assert (before, jon.away_until) == ([], clock.now().date() + timedelta(days=3))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_in_both_languages(operator: httpx.AsyncClient, language: str) -> None:
    page = (await operator.get("/people", headers={"Accept-Language": language})).text

    assert words(language)["team_text"] in html.unescape(page)


async def test_a_name_with_a_character_that_no_database_keeps_is_nobodys(operator: httpx.AsyncClient) -> None:
    for path in ("/people/roles", "/people/stages", "/people/remove"):
        answer = await post(operator, path, **{"name": "\x00x", "role-rep": "yes"})

        assert answer.status_code in (303, 404, 409, 422), path
