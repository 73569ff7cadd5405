"""The starter on companies, on whom a lead refers, and on visitors whom nobody knows."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from store.database import Database
from store.leads import accounts, leads
from store.site import visits

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        return (await leads.register(session, leads.Person(email="ada@example.com", given_name="Ada", company="Quill Pumps"), now))[0]


async def test_a_company_is_shown_by_name_by_a_part_of_it_and_by_id(starter: Starter, ada: UUID) -> None:
    shown = await starter("account", "show", "Quill Pumps", "--json")
    part = await starter("account", "show", "quill", "--json")
    by_id = await starter("account", "show", shown.json["id"])

    assert (shown.code, shown.json["name"], shown.json["leads"]) == (0, "Quill Pumps", 1)
    assert [member["id"] for member in shown.json["members"]] == [str(ada)]
    assert part.json == shown.json
    assert "ada@example.com" in by_id.out


async def test_a_name_of_several_companies_or_of_none_is_refused_with_the_way_on(
    starter: Starter, ada: UUID, database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        await leads.register(session, leads.Person(email="grace@example.com", company="Quill Valves"), now)

    several, none = await starter("account", "show", "quill"), await starter("account", "show", "Gears")

    assert (several.code, none.code) == (1, 1)
    assert "Quill Pumps (" in several.err
    assert "Quill Valves (" in several.err
    assert "there is no company 'Gears'" in none.err


async def test_a_referral_is_recorded_once_and_brings_a_lead(starter: Starter, ada: UUID, ask: Ask) -> None:
    words = ("lead", "signal", "ada@example.com", "referred", "--email", "Joan@Example.net", "--name", "Joan", "--json")

    first, again = await starter(*words), await starter(*words)

    assert (first.json["recorded"], again.json["recorded"]) == (True, False)
    assert await ask("SELECT email, given_name, source, referred_by FROM leads WHERE id <> :ada", ada=ada) == [
        ("joan@example.net", "Joan", accounts.REFERRAL, ada)
    ]
    assert await ask("SELECT kind FROM engagements") == ["referred"]
    assert await ask("SELECT count(*) FROM consents") == [0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--email", "ada@example.com"), "--email: is the lead's own"),
        (("--email", "nobody"), "--email: is not a mail address"),
        (("--email", "joan@example.net", "--name", "Jo\nan"), "--name: has control characters"),
    ],
)
async def test_a_referral_that_cannot_be_is_refused_with_its_place(
    starter: Starter, ada: UUID, ask: Ask, given: tuple[str, ...], said: str
) -> None:
    refused = await starter("lead", "signal", "ada@example.com", "referred", *given)

    assert refused.code == 1
    assert said in refused.err
    assert await ask("SELECT count(*) FROM leads") == [1]


async def test_a_segment_of_visitors_can_be_listed(starter: Starter, database: Database, now: datetime) -> None:
    often, once = uuid4(), uuid4()
    async with database.transaction() as session:
        for visitor, content, days in ((often, "pricing", 3), (often, "planning", 2), (once, "planning", 1)):
            await visits.see(session, visitor, content, "site", now - timedelta(days=days))

    async def listed(*options: object) -> list[str]:
        return [visitor["id"] for visitor in (await starter("visitors", "list", *options, "--json")).json]

    assert await listed() == [str(once), str(often)]
    assert await listed("--content", "pricing") == [str(often)]
    assert await listed("--at-least", 2) == [str(often)]
    assert "pricing" in (await starter("visitors", "list")).out
    assert "No such visitor" in (await starter("visitors", "list", "--content", "webinar")).out
