"""The doctor: every open lead has somebody who comes back to it, or it is named, and what is safe to put right is."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from local.town import Town
from local.town import town as a_town
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Position, Record, Standing
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import contracts, leads, relaying
from store.leads.persons import Person

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
            await relaying.relayed(session, await relaying.waiting(session, 1), now - LONG_AGO)
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


@pytest.fixture
async def town(database_url: str, anyio_backend: str) -> AsyncIterator[Town]:
    async with a_town(database_url) as here:
        yield here


async def test_a_lead_whose_workflow_is_gone_is_taken_up_again_and_the_history_tells_of_it(town: Town, starter: Starter) -> None:
    await town.start(WELCOME)
    lead = await town.register(Person(email="ada@example.com"), "insights")
    await town.enroll(lead, "welcome")
    await town.client.get_workflow_handle(f"lead-{lead}").terminate()
    address = town.client.service_client.config.target_host

    async def doctor(*options: str) -> Any:
        return await starter("doctor", *options, clock=town.clock, TEMPORAL_ADDRESS=address)

    named, repaired = await doctor(), await doctor("--repair")
    await town.settle([lead])
    well, history, shown = await doctor("--json"), await doctor("--history", "--json"), await doctor("--history")

    assert (named.code, repaired.code, well.code) == (4, 0, 0)
    assert "have it taken up again: doctor --repair" in " ".join(named.out.split())
    assert "1 finding can be put right with: doctor --repair" in named.out
    assert f"{lead} gone: begun again from what the database knows" in repaired.out
    assert "has a next wake-up, or an owner with a deadline." in repaired.out
    assert (well.json["ok"], well.json["findings"], well.json["repairs"]) == (True, [], [])
    assert [(row["by"], row["found"], row["repaired"]) for row in history.json] == [
        ("command", {}, {}),
        ("command", {"gone": 1}, {"gone": 1}),
        ("command", {"gone": 1}, {}),
    ]
    assert shown.out.splitlines()[0].strip() == "The last 3 looks"
    assert max(map(len, shown.out.splitlines())) <= 100


async def test_what_the_database_tells_is_told_although_temporal_is_away(starter: Starter, stand: Stand) -> None:
    eve = await stand("eve", WELCOME, "hello", None)

    done = await starter("doctor", "--repair", "--json")

    assert (done.code, done.json["ok"], done.json["looked_up"]) == (4, False, 0)
    assert [(row["lead_id"], row["kind"]) for row in done.json["findings"]] == [(str(eve), "unowned")]
    assert done.json["away"].startswith("Temporal cannot be reached (")


async def test_the_watch_looks_again_until_ctrl_c_and_ends_as_its_last_look_did(
    starter: Starter, stand: Stand, now: datetime, process: Callable[..., Any]
) -> None:
    await stand("ada", WELCOME, "hello", now.replace(year=now.year + 50))

    with process("doctor", "--watch", "1 second", "--json") as running:
        looks = [json.loads(await asyncio.to_thread(running.stdout.readline)) for _ in range(2)]
        running.send_signal(signal.SIGINT)
        _, err = await asyncio.to_thread(running.communicate)

    assert running.returncode == 3, err
    assert [look["open"] for look in looks] == [1, 1]
    assert "Traceback" not in err
    assert len((await starter("doctor", "--history", "--json")).json) >= 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--watch", "soon"], "--watch: 'soon' is not a length of time; write it like '30 seconds', '5 minutes' or '1 hour'"),
        (["--watch", "0 seconds"], "--watch: '0 seconds' is not a length of time"),
        (["--history", "--repair"], "--history looks at nothing; leave out --deep, --repair and --watch"),
    ],
)
async def test_what_makes_no_sense_is_refused(starter: Starter, options: list[str], said: str) -> None:
    done = await starter("doctor", *options)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(said)


async def test_nobody_has_looked_yet(starter: Starter) -> None:
    assert (await starter("doctor", "--history")).out.startswith("Nobody has looked yet.")
