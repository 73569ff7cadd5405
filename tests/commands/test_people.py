"""The team on the command line: the very first operator comes in by a link, and whatever is changed is in the audit log."""

import getpass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from store.database import Database
from store.team import people, sessions

pytestmark = pytest.mark.anyio

BASE = {"BASE_URL": "https://letters.example.com"}
MIKA = ("Mika Mori", "Mika@example.com")


async def test_the_first_operator_is_let_in_by_a_link(starter: Any, database: Database, now: Any) -> None:
    added = await starter("people", "add", *MIKA, "--role", "operator", "--role", "rep", "--language", "ja", "--json")
    link = await starter("people", "link", "mika@example.com", **BASE)

    assert added.json["roles"] == ["rep", "operator"]
    url = urlsplit(link.out.strip())
    assert (url.netloc, url.path) == ("letters.example.com", "/login/link")
    async with database.transaction() as session:
        assert await sessions.use_link(session, parse_qs(url.query)["token"][0], now) == "Mika Mori"


async def test_the_team_is_listed_changed_and_left(starter: Any, database: Database) -> None:
    assert "Nobody is of the team yet" in (await starter("people", "list")).out
    await starter("people", "add", *MIKA, "--role", "rep")
    await starter("people", "roles", "Mika Mori", "--role", "leader")
    assert [(one["name"], one["address"], one["roles"]) for one in (await starter("people", "list", "--json")).json] == [
        ("Mika Mori", "mika@example.com", ["leader"])
    ]
    assert (await starter("people", "remove", "Mika Mori", "--json")).json == {"name": "Mika Mori", "handed_over": 0}
    async with database.transaction() as session:
        assert await people.team(session) == []


async def test_somebody_looks_after_a_range_of_stages_until_it_is_all_again(starter: Any) -> None:
    await starter("people", "add", *MIKA, "--role", "rep")
    given = await starter("people", "stages", "mika mori", "Interest..consideration", "--json")
    shown = (await starter("people", "list")).out
    refused = await starter("people", "stages", "Mika Mori", "intrest..consideration")
    again = await starter("people", "stages", "Mika Mori", "--all")

    assert given.json["stages"] == "interest..consideration"
    assert "interest..consideration" in shown
    assert (refused.code, "FROM..TO: there is no stage 'intrest'; did you mean 'interest'?" in refused.err) == (1, True)
    assert "Mika Mori looks after all stages" in again.out
    assert [one["stages"] for one in (await starter("people", "list", "--json")).json] == [""]
    assert [(line["before"], line["after"]) for line in (await starter("audit", "--json")).json][:2] == [
        ({"stages": "interest..consideration"}, {"stages": ""}),
        ({"stages": ""}, {"stages": "interest..consideration"}),
    ]


async def test_a_name_is_one_person_whatever_its_case_and_width(starter: Any, now: Any) -> None:
    await starter("people", "add", *MIKA, "--role", "rep")

    second = await starter("people", "add", "ｍｉｋａ mori", "other@example.com", "--role", "rep")
    await starter("reps", "away", "mika mori", "--until", f"{now.date() + timedelta(days=9)}")
    changed = await starter("people", "roles", "MIKA MORI", "--role", "leader", "--json")

    assert (second.code, "NAME: differs from 'Mika Mori', who is of the team, only by its spelling" in second.err) == (1, True)
    assert (changed.json["name"], changed.json["roles"]) == ("Mika Mori", ["leader"])
    assert [one["rep"] for one in (await starter("reps", "list", "--json")).json] == ["Mika Mori"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("add", "sales", "mika@example.com", "--role", "rep"), "NAME: is not one of"),
        (("add", "Mika", "mika", "--role", "rep"), "ADDRESS: is not a mail address"),
        (("add", "Mika", "mika@example.com", "--role", "rep", "--language", "japanese"), "--language: is not a language"),
        (("roles", "Mika", "--role", "rep"), "NAME: nobody of the team is called 'Mika'"),
        (("stages", "Mika", "interest.."), "NAME: nobody of the team is called 'Mika'"),
        (("stages", "Mika"), "FROM..TO: say a range"),
        (("remove", "Mika"), "NAME: nobody of the team is called 'Mika'"),
        (("link", "mika@example.com"), "ADDRESS: nobody of the team has this address"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_changed(starter: Any, command: tuple[str, ...], said: str) -> None:
    done = await starter("people", *command, **BASE)

    assert (done.code, said in done.err) == (1, True)
    assert (await starter("audit", "--json")).json == []


async def test_a_link_needs_to_know_where_the_site_is(starter: Any) -> None:
    done = await starter("people", "link", "mika@example.com", BASE_URL=None)

    assert (done.code, "BASE_URL is missing" in done.err) == (1, True)


async def test_what_commands_change_is_in_the_log_under_the_name_of_the_systems_user(starter: Any) -> None:
    await starter("people", "add", *MIKA, "--role", "rep")
    await starter("people", "roles", "Mika Mori", "--role", "leader")
    await starter("people", "link", "mika@example.com", **BASE)
    await starter("stop", "all", "--because", "an incident at Ada's")
    await starter("stop", "all")
    await starter("resume", "all")
    lines = (await starter("audit", "--json")).json

    assert [line["what"] for line in lines] == [
        "sending_resumed",
        "sending_stopped",
        "link_made",
        "person_changed",
        "person_taken_in",
    ]
    assert {line["who"] for line in lines} == {getpass.getuser()}
    assert (lines[3]["before"], lines[3]["after"]) == ({"roles": ["rep"]}, {"roles": ["leader"]})
    assert "Ada" not in str(lines)
    assert [line["what"] for line in (await starter("audit", "--on", "person", "--most", "1", "--json")).json] == ["link_made"]
    assert "roles: ['rep'] → ['leader']" in (await starter("audit", "--subject", "Mika Mori")).out
    assert (await starter("audit", "--since", "soon")).code == 1
