"""What is known of a lead and is wrong is put right by hand: at once, whole, and heard of by its workflow."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments
from store.leads import leads

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

WELCOME = Campaign.model_validate(
    {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "3 days"}]}}}
)


@pytest.fixture
async def ada(database: Database, now: datetime) -> UUID:
    """A lead in a campaign, whose name was read wrongly."""
    async with database.transaction() as session:
        lead, _ = await leads.register(
            session, leads.Person(email="ada@example.com", family_name="P駻ez", country="JP", phone="1", company="Engines"), now
        )
        await campaigns.keep(session, WELCOME, "", now)
        await enrollments.enroll(session, lead, WELCOME, now)
    return lead


async def test_a_name_is_put_right_and_the_workflow_need_not_hear_of_it(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter("lead", "set", "Ada@example.com", "family_name= Pérez ", "company=Motors", "phone=")

    assert done.code == 0, done.err
    assert done.out.splitlines() == ["family_name: P駻ez → Pérez", "phone: 1 → (not known)", "company: Engines → Motors"]
    found = await ask("SELECT family_name, phone, accounts.name FROM leads JOIN accounts ON accounts.id = account_id")
    assert found == [("Pérez", "", "Motors")]
    assert await ask("SELECT kind FROM engagements ORDER BY seq") == ["enrolled"]


async def test_what_steers_a_lead_is_told_to_its_workflow_in_the_same_transaction(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter("lead", "set", ada, "zone=Europe/Madrid", "language=es", "--json")

    assert [change["field"] for change in done.json["changed"]] == ["language", "zone"]
    (told,) = await ask("SELECT facts FROM engagements WHERE kind = 'profile_changed'")
    assert told["profile"] == {"zone": "Europe/Madrid", "country": "JP", "language": "es"}


async def test_a_zone_that_only_followed_from_the_country_follows_the_new_one(starter: Starter, ask: Ask, ada: UUID) -> None:
    await starter("lead", "set", ada, "country=FR")
    follows = await ask("SELECT country, zone FROM leads")
    await starter("lead", "set", ada, "zone=Europe/London")
    await starter("lead", "set", ada, "country=JP")

    assert follows == [("FR", "Europe/Paris")]
    assert await ask("SELECT country, zone FROM leads") == [("JP", "Europe/London")]


async def test_the_same_again_changes_nothing(starter: Starter, ask: Ask, ada: UUID) -> None:
    done = await starter("lead", "set", ada, "country=jp")

    assert (done.code, "Nothing changed" in done.out) == (0, True)
    assert await ask("SELECT kind FROM engagements ORDER BY seq") == ["enrolled"]


WRONG = [
    (["zone=Asia/Tokio"], "zone: there is no time zone 'Asia/Tokio': write 'Asia/Tokyo'"),
    (["famly_name=Pérez"], "'famly_name' cannot be set; did you mean 'family_name'?"),
    (["email=eve@example.com"], "'email' cannot be set; what can be set is family_name, given_name,"),
    (["family_name"], "'family_name' has no '='; write it like family_name=Pérez"),
    (["title=a", "title=b"], "'title' is given twice"),
]


async def test_what_cannot_be_right_is_refused_and_nothing_is_changed(starter: Starter, ask: Ask, ada: UUID) -> None:
    for values, said in WRONG:
        done = await starter("lead", "set", ada, "phone=2", *values)

        assert (done.code, done.out, said in done.err) == (1, "", True), done.err
    assert await ask("SELECT phone FROM leads") == ["1"]
