"""A killed connection, a notification service that is down, an error that nobody foresaw: the lead goes on all the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client

from local.processes import free_port
from local.temporal import dev_server
from local.town import SMALL_SERVER, Town
from local.town import town as a_town
from nurture.kinds import Outcome
from nurture.leadside import DemoRequested, Replied, Visited
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store.bulk import lock_leads
from store.campaigns import campaigns
from store.database import Database
from store.desk import answers
from store.desk.tasks import Answer
from store.journeys import enrollments, standings
from store.leads import contracts, engagements, leads, relaying
from store.leads.persons import Person
from web.server import serve
from worker import working
from workflows.connection import library_of
from workflows.gateway import Gateway
from workflows.options import BULK, PROMPT, lead_workflow_id
from workflows.relay import Relay
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
WAITS_FOR_A_LOCK = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND query ILIKE :query"


@pytest.fixture
async def town(database_url: str, nothing_personal: Any, anyio_backend: str) -> AsyncIterator[Town]:
    async with a_town(database_url) as here:
        yield here
        await nothing_personal(here.client, here.database)


@pytest.fixture
def ada() -> Person:
    return Person(
        email="ada.quillfeather@example.com", given_name="Ada", family_name="Quillfeather", company="Quillfeather Pumps Ltd", country="GB"
    )


async def enrolled(town: Town, person: Person, campaign: Campaign) -> UUID:
    await town.start(campaign)
    lead = await town.register(person, "insights")
    await town.enroll(lead, campaign.name)
    return lead


async def asked(database: Database, question: str, **values: object) -> Any:
    async with database.transaction() as session:
        return await session.scalar(text(question), values)


async def test_the_relay_outlives_a_killed_connection(town: Town, ada: Person, at_once: Campaign, until: Until) -> None:
    lead = await enrolled(town, ada, at_once)
    key = {"key": int.from_bytes(lead.bytes[8:], signed=True)}
    async with town.database.transaction() as in_the_way:
        async with town.database.transaction() as another_relay:
            await another_relay.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
            async with town.database.transaction() as session:
                await engagements.record(session, lead, Visited(at=town.now, content="pricing"))
            await in_the_way.execute(text("SELECT FROM engagements WHERE relayed_at IS NULL FOR UPDATE"))

        async def killed() -> bool:
            kill = f"SELECT count(pg_terminate_backend(pid)) {WAITS_FOR_A_LOCK}"
            return bool(await asked(town.database, kill, query="%UPDATE engagements%"))

        await until(killed)

    async def relayed() -> bool:
        return not await asked(town.database, "SELECT count(*) FROM engagements WHERE relayed_at IS NULL")

    await until(relayed)


async def test_a_worker_whose_relay_breaks_stops(town: Town, ada: Person) -> None:
    def broken_clock() -> datetime:
        raise ArithmeticError("the clock is broken")

    lead = await town.register(ada)
    address = town.client.service_client.config.target_host
    another = await Client.connect(address, data_converter=data_converter(town.library))

    async def work() -> None:
        async with working(town.settings, another, town.database, town.library, broken_clock, **SMALL_SERVER):
            while True:
                async with town.database.transaction() as session:
                    await engagements.record(session, lead, Visited(at=town.now, content="pricing"))
                await asyncio.sleep(0.1)

    with pytest.raises(ExceptionGroup) as broken:
        await asyncio.wait_for(work(), 60)

    assert broken.group_contains(ArithmeticError)


async def test_what_is_asked_for_again_during_a_delivery_waits_to_be_delivered(town: Town, ada: Person) -> None:
    """A run that lacks something recalls it while the batch that made it notice is still being written down."""
    lead = await town.register(ada)
    async with town.database.transaction() as session:
        for _ in range(3):
            await engagements.record(session, lead, Replied(at=town.now))
    await town.delivered()
    async with town.database.transaction() as relay:
        await relay.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int.from_bytes(lead.bytes[8:], signed=True)})
        async with town.database.transaction() as session:
            await engagements.record(session, lead, Replied(at=town.now))
        taken = await relaying.waiting(relay, 10)
        async with town.database.transaction() as session:
            await relaying.relay_again(session, lead, 0)
        await relaying.relayed(relay, taken, town.now)
        left = (await relay.scalars(text("SELECT seq FROM engagements WHERE relayed_at IS NULL ORDER BY seq"))).all()

    assert left == [1, 2, 3]


async def test_an_answer_and_a_change_of_contract_at_once_do_not_block_each_other(
    town: Town, ada: Person, at_once: Campaign, until: Until
) -> None:
    lead = await enrolled(town, ada, at_once)
    await town.engage(lead, DemoRequested(at=town.now))
    [task] = await town.tasks_of(lead)
    won = Answer(outcome=Outcome.WON, contract=Contract(ends_on=date(2041, 3, 31)))

    async def answer() -> bool:
        async with town.database.transaction() as session:
            return await answers.complete(session, task.id, "Rep", won, town.now)

    async with town.database.transaction() as session:
        await lock_leads(session, [lead])
        answering = asyncio.create_task(answer())

        async def waits() -> bool:
            return bool(await asked(town.database, f"SELECT count(*) {WAITS_FOR_A_LOCK}", query="%leads%"))

        await until(waits)
        await contracts.write(session, lead, Contract(ends_on=date(2042, 3, 31)), town.now)

    assert await answering
    await town.settle([lead])


async def test_a_service_that_takes_no_notification_does_not_stop_the_escalation(
    database_url: str, ada: Person, at_once: Campaign, until: Until
) -> None:
    nobody_listens = f"json://127.0.0.1:{free_port()}/"
    async with a_town(database_url, NOTIFY_REP_URL=nobody_listens) as town:
        lead = await enrolled(town, ada, at_once)
        async with town.database.transaction() as session:
            await engagements.record(session, lead, DemoRequested(at=town.now))

        async def is_open() -> bool:
            return bool(await town.tasks_of(lead))

        await until(is_open)
        await town.skip(days=2)

        [task] = await town.tasks_of(lead)
        assert (task.reason, task.owner) == ("demo", "leader")


async def test_a_long_outage_of_the_database_does_not_grow_the_history(town: Town, ada: Person, at_once: Campaign) -> None:
    lead = await enrolled(town, ada, at_once)
    async with town.database.transaction() as session:
        await session.execute(text("ALTER TABLE standings RENAME TO standings_away"))
    handle = town.client.get_workflow_handle(lead_workflow_id(lead))
    async with asyncio.timeout(60):
        await town.engage(lead, Visited(at=town.now, content="pricing"))
        async with town.database.transaction() as session:
            await engagements.record(session, lead, Replied(at=town.now))
        await town.skip(hours=6)
    async with town.database.transaction() as session:
        await session.execute(text("ALTER TABLE standings_away RENAME TO standings"))
    await town.skip(minutes=30)

    assert len((await handle.fetch_history()).events) < 1000
    async with town.database.transaction() as session:
        assert await standings.of_lead(session, lead) == await town.gateway.standing(lead)


async def test_an_error_that_nobody_foresaw_tells_temporal_no_address(town: Town, ada: Person, at_once: Campaign, until: Until) -> None:
    async with town.database.transaction() as session:
        await session.execute(text("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE '%', NEW.address; END $$"))
        await session.execute(
            text("CREATE TRIGGER no BEFORE UPDATE ON touches FOR EACH ROW WHEN (NEW.address <> '') EXECUTE FUNCTION refuse()")
        )
        await town.start(at_once)
    lead = await town.register(ada, "insights")
    async with town.database.transaction() as session:
        await enrollments.enroll(session, lead, at_once, town.now)
    handle = town.client.get_workflow_handle(lead_workflow_id(lead))
    await town.delivered()

    async def failures() -> list[Failure]:
        return [activity.last_failure for activity in (await handle.describe()).raw_description.pending_activities if activity.attempt > 1]

    async def failed() -> bool:
        return bool(await failures())

    await until(failed)
    [failure] = await failures()
    async with town.database.transaction() as session:
        await session.execute(text("DROP TRIGGER no ON touches"))
    await town.skip(minutes=5)

    assert b"ada.quillfeather" not in failure.SerializeToString()
    assert failure.application_failure_info.type
    assert "touch.py" in failure.stack_trace
    assert await town.letters_to(lead) == ["hello"]


async def test_the_reps_and_the_leader_are_told_once_where_a_campaign_says_so(database_url: str, ada: Person) -> None:
    told: list[dict[str, str]] = []

    async def take(request: Request) -> Response:
        told.append(await request.json())
        return Response(status_code=503 if len(told) == 1 else 200)

    campaign = Campaign.model_validate(
        {
            "campaign": "welcome",
            "topic": "insights",
            "start": "educate",
            "window": {"always": True},
            "tracks": {"educate": {"steps": [{"notify": {"to": "owner", "say": "Look at this one."}}, {"email": "hello"}]}},
        }
    )
    async with (
        serve(FastAPI(routes=[Route("/", take, methods=["POST"])])) as site,
        a_town(database_url, NOTIFY_REP_URL=site.replace("http://", "json://") + "/") as town,
    ):
        await town.start(campaign)
        lead = await town.register(ada, "insights")
        async with town.database.transaction() as session:
            await enrollments.enroll(session, lead, campaign, town.now)
        await town.delivered()
        await town.skip(hours=1)
        await town.settle([lead])

        assert await town.letters_to(lead) == ["hello"]
        assert [word["title"] for word in told] == ["Quillfeather Pumps Ltd"] * 2
        assert "Look at this one." in told[-1]["message"]
        assert f"{town.settings.base}/leads/{lead}" in told[-1]["message"]


async def test_who_acts_alone_goes_before_those_who_were_started_together(database: Database, at_once: Campaign) -> None:
    now = datetime.now(UTC)
    async with dev_server() as server:
        library = library_of(database)
        client = await Client.connect(server.address, data_converter=data_converter(library))
        async with database.transaction() as session:
            await campaigns.keep(session, at_once, "", now)
            people = [Person(email=f"lead{number}@example.com") for number in range(2)]
            [bulk, alone] = [lead for lead, _ in await leads.register_all(session, people, now)]
            await enrollments.enroll_all(session, [bulk], at_once, now)
            await enrollments.enroll(session, alone, at_once, now)
        await Relay(database, Gateway(client), library, lambda: now).pass_on()

        async def priority(lead: UUID) -> int:
            history = await client.get_workflow_handle(lead_workflow_id(lead)).fetch_history()
            return history.events[0].workflow_execution_started_event_attributes.priority.priority_key

        assert [await priority(bulk), await priority(alone)] == [BULK.priority_key, PROMPT.priority_key]
