"""What is stopped stays stopped while workers come and go, and nothing is lost or doubled when it goes on; Temporal hands out in order."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.worker import Worker

from local.catcher import Catcher, catcher
from local.defaults import local_settings
from local.temporal import dev_server
from mail.transport import transport_of
from nurture.leadside import DemoRequested
from nurture.ourside import Held, Released
from nurture.plan.campaign import Campaign
from settings import read_settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.journeys import enrollments
from store.leads import engagements, leads
from store.leads.persons import Person
from store.mail import stops
from worker import workers_of, working
from workflows import pacing
from workflows.connection import library_of
from workflows.gateway import Gateway
from workflows.options import LETTERS
from workflows.pacing import HandingOut
from workflows.relay import Relay
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
LARGE = 24
ANOTHER = Campaign.model_validate(
    {
        "campaign": "customer",
        "topic": "insights",
        "start": "begin",
        "window": {"always": True},
        "cap": {"touches": 0},
        "tracks": {"begin": {"steps": [{"email": "welcome_aboard"}, {"wait": "30 days"}]}},
    }
)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Place:
    """A real server and a post office. ``work`` opens a worker; ``workers`` are those of leads and of letters, which go one at a time."""

    database: Database
    client: Client
    post: Catcher
    work: Callable[[], AbstractAsyncContextManager[Relay]]
    workers: Callable[[], tuple[Worker, Worker]]
    relay: Relay

    async def enroll(self, campaign: Campaign, names: list[str]) -> list[UUID]:
        async with self.database.transaction() as session:
            await campaigns.keep(session, campaign, "", now())
            people = [Person(email=f"{name}@example.com", language="en") for name in names]
            ids = [lead for lead, _ in await leads.register_all(session, people, now())]
            for person in people:
                await consents.give(session, person.email, campaign.topic, Basis.OPT_IN, {"text": "Yes."}, now())
            await enrollments.enroll_all(session, ids, campaign, now())
        return ids

    async def happens(self, lead: UUID, engagement: DemoRequested | Held | Released) -> None:
        async with self.database.transaction() as session:
            await engagements.record(session, lead, engagement)

    async def waits(self) -> int:
        async with self.database.transaction() as session:
            return await session.scalar(select(func.count()).select_from(tables.Touch).where(tables.Touch.lane != "")) or 0

    async def waits_at_temporal(self) -> int:
        asked = DescribeTaskQueueRequest(
            namespace=self.client.namespace,
            task_queue=TaskQueue(name=LETTERS),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            report_stats=True,
        )
        return (await self.client.workflow_service.describe_task_queue(asked)).stats.approximate_backlog_count

    async def held(self) -> int:
        async with self.database.transaction() as session:
            return len(await stops.held(session))

    @property
    def arrived(self) -> list[str]:
        """To whom letters went, in the order in which they arrived."""
        return [letter.to[0].partition("@")[0] for letter in self.post.letters()]


@pytest.fixture
async def place(database: Database, database_url: str, anyio_backend: str) -> AsyncIterator[Place]:
    fair = ["--dynamic-config-value", "matching.enableFairness=true"]
    async with catcher() as post, dev_server(arguments=fair) as server:
        given = local_settings(database_url=database_url, smtp_url=post.url, base_url="http://sodate.example.com", environment={})
        settings, library = read_settings(given), library_of(database)
        client = await Client.connect(server.address, data_converter=data_converter(library))
        transport = transport_of(post.url)
        try:
            yield Place(
                database,
                client,
                post,
                lambda: working(settings, client, database, library, now),
                lambda: workers_of(client, settings, database, transport, max_concurrent_activities=1),
                Relay(database, Gateway(client), library, now),
            )
        finally:
            await transport.close()


async def test_stops_of_every_kind_outlive_workers_and_each_letter_goes_once(place: Place, at_once: Campaign, until: Until) -> None:
    async with place.database.transaction() as session:
        await stops.stop(session, stops.EVERYTHING, "", now())
        await stops.stop(session, "welcome", "", now())
    ada, _ = await place.enroll(at_once, ["ada", "bob"])
    await place.enroll(ANOTHER, ["cyd"])

    async def all_wait() -> bool:
        return await place.waits() == 3

    async with place.work():
        await until(all_wait)
        await place.happens(ada, Held(at=now(), until=now().date().replace(year=now().year + 10)))

        async def one_is_held() -> bool:
            return await place.held() == 1

        await until(one_is_held)
    async with place.work():
        async with place.database.transaction() as session:
            assert await stops.lift(session, stops.EVERYTHING, now()) == 3

        async def the_other_campaign_goes() -> bool:
            return place.arrived == ["cyd"]

        await until(the_other_campaign_goes)

        async def bob_waits_for_the_other_stop() -> bool:
            async with place.database.transaction() as session:
                return await session.scalar(select(tables.Touch.key).where(tables.Touch.lane == stops.lane_of("welcome"))) is not None

        await until(bob_waits_for_the_other_stop)
    async with place.work():
        async with place.database.transaction() as session:
            assert await stops.lift(session, "welcome", now())

        async def whoever_is_not_held() -> bool:
            return place.arrived == ["cyd", "bob"]

        await until(whoever_is_not_held)
        await place.happens(ada, Released(at=now()))

        async def everybody() -> bool:
            return len(place.arrived) >= 3

        await until(everybody)
    assert place.arrived == ["cyd", "bob", "ada"]


async def test_temporal_hands_out_an_answer_before_a_large_campaign_and_a_small_one_beside_it(
    place: Place, at_once: Campaign, until: Until
) -> None:
    plan = at_once.model_dump(by_alias=True, exclude_none=True)
    plan["tracks"]["fast"] = {"steps": [{"email": "check_in"}, {"wait": "30 days"}]}
    large = Campaign.model_validate(plan)
    async with place.work():
        [asks] = await place.enroll(large, ["asks"])

        async def it_knows_us() -> bool:
            return place.arrived == ["asks"]

        await until(it_knows_us)
    leads_worker, letters_worker = place.workers()
    async with leads_worker:
        await place.enroll(large, [f"lead{no}" for no in range(LARGE)])

        async def all_of_them_wait() -> bool:
            await place.relay.pass_on()
            return await place.waits_at_temporal() == LARGE

        await until(all_of_them_wait)
        await place.enroll(ANOTHER, ["small1", "small2"])
        await place.happens(asks, DemoRequested(at=now()))

        async def the_others_wait_behind_them() -> bool:
            await place.relay.pass_on()
            return await place.waits_at_temporal() == LARGE + 3

        await until(the_others_wait_behind_them)

        async def everybody_is_served() -> bool:
            return len(place.arrived) == 1 + LARGE + 3

        async with letters_worker:
            await until(everybody_is_served)
    last = {name: no for no, name in enumerate(place.arrived)}
    assert len(last) == LARGE + 3
    assert max(last["asks"], last["small1"], last["small2"]) < LARGE, last  # in the order in which they came they would be the last three


async def test_rates_and_shares_change_while_temporal_runs(place: Place, until: Until) -> None:
    """Temporal tells of a change a moment after it has taken it."""

    async def it_tells(expected: HandingOut) -> None:
        async def it_does() -> bool:
            return await pacing.handing_out(place.client) == expected

        await until(it_does)

    await it_tells(HandingOut(per_second=None, shares={}))
    await pacing.limit(place.client, 14)
    await pacing.share(place.client, "welcome", 2)
    await it_tells(HandingOut(per_second=14, shares={"welcome": 2}))

    await pacing.limit(place.client, None)
    await pacing.share(place.client, "welcome", None)
    await it_tells(HandingOut(per_second=None, shares={}))
