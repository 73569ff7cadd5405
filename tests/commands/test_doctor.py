"""The doctor: every open lead has somebody who comes back to it, or it is named."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Position, Record, Standing
from store import campaigns, contracts, engagements, enrollments, leads, standings
from store.database import Database

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Stand = Callable[..., Awaitable[UUID]]

WELCOME = Campaign.model_validate(
    {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "3 days"}]}}}
)
CUSTOMER = Campaign.model_validate(
    {
        "campaign": "customer",
        "topic": "customer",
        "start": "steady",
        "tracks": {name: {"steps": [{"wait": "3 days"}]} for name in ("steady", "paused", "renewal")},
        "rules": [{"name": "renewal", "when": {"contract_ends_in": "90 days"}, "in": ["steady"], "go": "renewal"}],
    }
)
LONG_AGO = timedelta(days=2)


@pytest.fixture
def stand(database: Database, now: datetime) -> Stand:
    """A lead that was enrolled two days ago, as its workflow would have left it."""

    async def stand(name: str, campaign: Campaign, track: str, next_at: datetime | None, ends_on: date | None = None) -> UUID:
        async with database.transaction() as session:
            lead, _ = await leads.register(session, leads.Person(email=f"{name}@example.com"), now - LONG_AGO)
            await campaigns.keep(session, campaign, "", now - LONG_AGO)
            await enrollments.enroll(session, lead, campaign, now - LONG_AGO)
            await engagements.relayed(session, await engagements.waiting(session, 1), now - LONG_AGO)
            standing = Standing(
                stage="aware", next_at=next_at, why="it waits", positions=(Position(enrollment=1, track=track, step="wait-1"),)
            )
            await standings.write(session, lead, Record(no=1, standing=standing))
            if ends_on:
                await contracts.write(session, lead, Contract(ends_on=ends_on), now - LONG_AGO)
        return lead

    return stand


async def test_a_lead_that_nobody_would_come_back_to_is_named_with_what_to_do(starter: Starter, stand: Stand, now: datetime) -> None:
    await stand("ada", WELCOME, "hello", now + timedelta(days=1))
    eve = await stand("eve", WELCOME, "hello", None)
    zoe = await stand("zoe", WELCOME, "hello", now - timedelta(days=1))

    shown, as_json = await starter("doctor"), await starter("doctor", "--json")

    assert (shown.code, as_json.code, as_json.json["ok"], as_json.json["open"]) == (4, 4, False, 3)
    assert [(row["lead_id"], row["why"]) for row in as_json.json["findings"]] == [
        (str(eve), "it is open, but has neither a next wake-up nor a task with a deadline"),
        (str(zoe), "its next wake-up was due at 2027-02-28 09:30 UTC and did not come"),
    ]
    assert "2 leads would be forgotten" in shown.out
    assert f"lead show {eve}" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 100


async def test_a_contract_that_no_campaign_watches_is_found_before_its_renewal_is_missed(
    starter: Starter, stand: Stand, now: datetime
) -> None:
    later, ends_on = now + timedelta(days=1), date(2027, 12, 31)
    await stand("watched", CUSTOMER, "steady", later, ends_on)
    await stand("renewing", CUSTOMER, "renewal", later, ends_on)
    outside = await stand("outside", CUSTOMER, "paused", later, ends_on)
    elsewhere = await stand("elsewhere", WELCOME, "hello", later, ends_on)
    await stand("past", WELCOME, "hello", later, date(2027, 1, 31))

    done = await starter("doctor", "--json")

    assert done.code == 4
    found = {row["lead_id"]: (row["why"], row["do"]) for row in done.json["findings"]}
    assert set(found) == {str(outside), str(elsewhere)}
    assert found[str(elsewhere)] == (
        "its contract ends on 2027-12-31, and no campaign that it is in plans the renewal",
        f"enroll it: campaign start campaigns/customer.yaml --lead {elsewhere}",
    )


async def test_when_temporal_is_away_nothing_is_proved_and_that_is_said(starter: Starter, stand: Stand, now: datetime) -> None:
    await stand("ada", WELCOME, "hello", now + timedelta(days=1))

    done = await starter("doctor")

    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("Temporal cannot be reached (")
    assert "Whether the workflows run was not looked up." in done.err
