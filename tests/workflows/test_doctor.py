"""The doctor on a real server: workflows that are gone, stuck, or at odds with the database, what is put right, and who is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from local.catcher import Catcher, catcher
from local.defaults import local_settings
from local.temporal import DevServer, dev_server
from nurture.leadside import DemoRequested
from nurture.plan.campaign import Campaign
from nurture.standing import Standing
from nurture.state import LeadState
from settings import Settings, read_settings
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.journeys import enrollments, standings
from store.journeys.standings import Trouble
from store.leads import engagements, leads
from store.leads.persons import Person
from store.looks import looks
from web.server import serve
from worker import watch_of, working
from workflows.connection import library_of
from workflows.examining import Examination, examine
from workflows.options import LEAD, TASK_QUEUE, lead_workflow_id
from workflows.repairing import Repair, repair
from workflows.visibility import look_at, running, running_as
from workflows.watch import Watch
from workflows.wire import Library, data_converter

pytestmark = pytest.mark.anyio

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]

AT_ONCE: Final = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2"
"""So that Temporal speaks of a problem after the second failure, not after a minute."""

HOUSES: Final = [f"house-{number}" for number in range(12)]


@workflow.defn(name=LEAD)
class Broken:
    """What a deploy may be at its worst."""

    @workflow.run
    async def run(self, state: LeadState) -> None:
        raise KeyError("a mistake in the code")


class Clinic:
    """A database and a namespace of Temporal's, with leads that a worker has carried so far."""

    def __init__(self, client: Client, database: Database, library: Library, settings: Settings, post: Catcher, plan: Campaign) -> None:
        self.client, self.database, self.library, self.settings, self.post = client, database, library, settings, post
        self._plan = plan

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """With a worker while the block lasts."""
        async with working(self.settings, self.client, self.database, self.library, wall_clock):
            yield

    async def enroll(self, name: str) -> UUID:
        async with self.database.transaction() as session:
            await campaigns.keep(session, self._plan, "", wall_clock())
            lead, _ = await leads.register(session, Person(email=f"{name}@example.com", language="en"), wall_clock())
            await consents.give(session, f"{name}@example.com", "insights", Basis.OPT_IN, {"text": "Yes."}, wall_clock())
            await enrollments.enroll(session, lead, self._plan, wall_clock())
        return lead

    async def stands(self, lead: UUID) -> Standing | None:
        async with self.database.transaction() as session:
            return await standings.of_lead(session, lead)

    async def sleeps(self, lead: UUID) -> bool:
        standing, waits = await self.stands(lead), await self.ask("SELECT count(*) FROM engagements WHERE relayed_at IS NULL")
        return not waits and standing is not None and standing.next_at is not None and standing.next_at > wall_clock() + timedelta(days=1)

    async def examine(self, after: timedelta = timedelta()) -> Examination:
        return await examine(self.database, self.client, wall_clock() + after)

    async def found(self, after: timedelta = timedelta()) -> dict[UUID, set[Trouble]]:
        by_lead: dict[UUID, set[Trouble]] = {}
        for finding in (await self.examine(after)).findings:
            by_lead.setdefault(finding.lead_id, set()).add(finding.kind)
        return by_lead

    async def repair(self, after: timedelta = timedelta()) -> list[Repair]:
        findings = (await self.examine(after)).findings
        return await repair(self.database, self.client, self.library, findings, wall_clock(), lambda done: None)

    async def ask(self, question: str, **values: object) -> Any:
        async with self.database.transaction() as session:
            return await session.scalar(text(question), values)

    async def listed(self) -> set[UUID]:
        return set(await running(self.client))


def wall_clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
async def server(anyio_backend: str) -> AsyncIterator[DevServer]:
    houses = [word for house in HOUSES for word in ("--namespace", house)]
    async with dev_server(arguments=["--dynamic-config-value", AT_ONCE, *houses]) as server:
        yield server


@pytest.fixture(scope="module")
def houses() -> Iterator[str]:
    return iter(HOUSES)


@pytest.fixture
async def clinic(server: DevServer, houses: Iterator[str], database: Database, at_once: Campaign) -> AsyncIterator[Clinic]:
    library = library_of(database)
    async with catcher() as post:
        settings = read_settings(
            local_settings(database_url=database.url, smtp_url=post.url, base_url="http://sodate.example.com", environment={})
        )
        client = await Client.connect(server.address, namespace=next(houses), data_converter=data_converter(library))
        yield Clinic(client, database, library, settings, post, at_once)


async def test_leads_that_sleep_are_well_and_none_is_woken(clinic: Clinic, until: Until) -> None:
    async with clinic.at_work():
        some = [await clinic.enroll(f"lead{number}") for number in range(3)]
        for lead in some:
            await until(partial(clinic.sleeps, lead))

    async def all_are_listed() -> bool:
        return await clinic.listed() == set(some)

    await until(all_are_listed)
    handles = [clinic.client.get_workflow_handle(lead_workflow_id(lead)) for lead in some]
    before = [(await handle.describe()).raw_description.workflow_execution_info.state_transition_count for handle in handles]

    seen = await clinic.examine(timedelta(days=1))

    assert (seen.open, seen.looked_up, seen.findings) == (3, 3, [])
    for size in (1, 2, 5):
        assert set(await running_as(clinic.client, some, size=size)) == set(some)
        assert set(await running_as(clinic.client, [*some, uuid4()], size=size)) == set(some)
        assert set(await running_as(clinic.client, some[1:], size=size)) == set(some)
        assert set(await running_as(clinic.client, [], size=size)) == set(some)
    after = [(await handle.describe()).raw_description.workflow_execution_info.state_transition_count for handle in handles]
    assert after == before


@pytest.mark.parametrize("how", ["terminate", "cancel"])
async def test_a_lead_whose_workflow_was_ended_is_taken_up_where_it_was(clinic: Clinic, until: Until, how: str) -> None:
    async with clinic.at_work():
        lead = await clinic.enroll("ada")
        await until(lambda: clinic.sleeps(lead))
        before = await clinic.stands(lead)

        async def stands_there() -> bool:  # the store is told of a letter a moment before the workflow hears that it has gone
            told: Standing = await clinic.client.get_workflow_handle(lead_workflow_id(lead)).query("standing", result_type=Standing)
            return told == before

        await until(stands_there)
        await getattr(clinic.client.get_workflow_handle(lead_workflow_id(lead)), how)()

        async def is_gone() -> bool:
            return await clinic.found() == {lead: {Trouble.GONE}}

        await until(is_gone)

        [done] = await clinic.repair()

        assert (done.done, done.did) == (True, "taken up where it was ended, with all that its workflow knew")

        await until(stands_there)
        assert await clinic.stands(lead) == before
        assert len(clinic.post.letters()) == 1
        assert await clinic.found() == {}


async def test_a_lead_that_temporal_has_forgotten_is_begun_again_from_the_database(clinic: Clinic, until: Until) -> None:
    async with clinic.at_work():
        lead = await clinic.enroll("ada")
        await until(lambda: clinic.sleeps(lead))
        no = await clinic.ask("SELECT no FROM standings")
        workflow_id = lead_workflow_id(lead)
        await clinic.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=clinic.client.namespace, workflow_execution=WorkflowExecution(workflow_id=workflow_id))
        )

        async def is_deleted() -> bool:
            return (await look_at(clinic.client, [lead]))[lead] is None

        await until(is_deleted)
        assert await clinic.found() == {lead: {Trouble.GONE}}

        [done] = await clinic.repair()

        assert done.did.startswith("begun again from what the database knows")

        async def says_where_it_is() -> bool:
            return bool(await clinic.ask("SELECT no > :no FROM standings", no=no)) and await clinic.sleeps(lead)

        await until(says_where_it_is)
        asked = await clinic.client.get_workflow_handle(workflow_id).query("standing", result_type=Standing)
        assert await clinic.stands(lead) == asked
        assert len(clinic.post.letters()) == 1
        assert await clinic.found() == {}


async def test_a_workflow_that_fails_again_and_again_is_named(clinic: Clinic, until: Until) -> None:
    async with clinic.at_work():
        well, ill = await clinic.enroll("ada"), await clinic.enroll("eve")
        for lead in (well, ill):
            await until(partial(clinic.sleeps, lead))
    broken = Worker(clinic.client, task_queue=TASK_QUEUE, workflows=[Broken], workflow_runner=UnsandboxedWorkflowRunner(), debug_mode=True)
    async with broken:
        await clinic.client.get_workflow_handle(lead_workflow_id(ill)).signal("engage", None)

        async def is_stuck() -> bool:
            look = (await look_at(clinic.client, [ill]))[ill]
            return look is not None and look.is_stuck

        await until(is_stuck)

        async def is_listed() -> bool:
            return bool(await clinic.found())

        await until(is_listed)
        [finding] = (await clinic.examine()).findings

    assert (finding.lead_id, finding.kind) == (ill, Trouble.STUCK)
    assert "nothing is done for it until that works" in finding.why
    assert f"release check --lead {ill}" in finding.do
    assert await clinic.repair() == []


async def test_what_a_database_and_a_workflow_say_differently_is_named(clinic: Clinic, until: Until) -> None:
    async with clinic.at_work():
        lead = await clinic.enroll("ada")
        await until(lambda: clinic.sleeps(lead))
        nobody = uuid4()
        await clinic.client.start_workflow(LEAD, LeadState(lead=nobody), id=lead_workflow_id(nobody), task_queue="nobody-works-here")
        await clinic.ask("UPDATE standings SET open = false RETURNING 1")

    async def both_are_listed() -> bool:
        return await clinic.listed() == {lead, nobody}

    await until(both_are_listed)

    assert await clinic.found() == {nobody: {Trouble.UNKNOWN}}
    assert await clinic.found(timedelta(minutes=6)) == {nobody: {Trouble.UNKNOWN}, lead: {Trouble.STILL_RUNS}}


async def test_without_a_worker_what_came_in_is_relayed_by_the_repair(clinic: Clinic) -> None:
    lead = await clinic.enroll("ada")
    assert await clinic.found() == {}
    assert await clinic.found(timedelta(minutes=6)) == {lead: {Trouble.NOT_RELAYED}}

    [done] = await clinic.repair(timedelta(minutes=6))

    assert (done.done, done.did) == (True, "relayed to its workflow")
    assert (await look_at(clinic.client, [lead]))[lead] is not None
    assert await clinic.found(timedelta(minutes=6)) == {lead: {Trouble.SILENT}}


async def test_an_overdue_wake_up_says_what_is_being_tried_all_this_time(clinic: Clinic, until: Until) -> None:
    async with clinic.at_work():
        lead = await clinic.enroll("ada")
        await until(lambda: clinic.sleeps(lead))
        async with clinic.database.transaction() as session:
            await session.execute(text("ALTER TABLE tasks RENAME COLUMN reason TO reason_away"))
            await engagements.record(session, lead, DemoRequested(at=wall_clock()))

        async def is_tried_again() -> bool:
            look = (await look_at(clinic.client, [lead]))[lead]
            return look is not None and look.errand_attempt > 1 and await clinic.sleeps(lead)

        await until(is_tried_again)

        [finding] = (await clinic.examine(timedelta(days=31))).findings

    assert finding.kind is Trouble.OVERDUE
    assert "'hand_off' is under way for it, attempt " in finding.why
    assert "what is away" in finding.do


async def test_operators_hear_of_trouble_when_it_comes_when_it_stays_and_when_it_is_over(clinic: Clinic) -> None:
    told: list[dict[str, str]] = []

    async def take(request: Request) -> Response:
        told.append(await request.json())
        return Response(status_code=503 if len(told) == 1 else 200)

    lead = await clinic.enroll("ada")
    begun, clock = wall_clock(), [wall_clock()]
    async with serve(FastAPI(routes=[Route("/", take, methods=["POST"])])) as site:
        settings = clinic.settings.model_copy(update={"notify_operator_url": site.replace("http://", "json://") + "/"})
        workers = [watch_of(settings, clinic.client, clinic.database, lambda: clock[0]) for _ in range(2)]

        async def look(**later: float) -> int:
            """How often operators were told by a look of every worker at this moment."""
            clock[0], before = begun + timedelta(**later), len(told)
            await asyncio.gather(*(worker.look() for worker in workers))
            return len(told) - before

        assert await look(minutes=1) == 0
        assert await look(minutes=20) == 1
        assert await look(minutes=35) == 1, "the service had not taken it"
        assert await look(minutes=50) == 0
        assert await look(hours=30) == 1
        other = await clinic.enroll("eve")
        assert await look(hours=30, minutes=20) == 1
        await clinic.repair(timedelta(hours=31))
        async with clinic.at_work():
            async with asyncio.timeout(60):
                while not (await clinic.sleeps(lead) and await clinic.sleeps(other)):
                    await asyncio.sleep(0.1)
        assert await look(hours=31) == 1
        assert await look(hours=32) == 0

    titles = [word["title"] for word in told]
    assert titles == [*["1 lead would be forgotten"] * 3, "2 leads would be forgotten", "Every lead is looked after again"]
    assert str(lead) in told[0]["message"]
    assert "ada" not in str(told)
    async with clinic.database.transaction() as session:
        rows = await looks.latest(session, 10)
    assert [sum(row.found.values()) for row in reversed(rows)] == [0, 1, 1, 1, 1, 2, 0, 0]


async def test_without_temporal_the_database_alone_is_looked_at_and_operators_hear_why(clinic: Clinic) -> None:
    told: list[str] = []

    async def tell(title: str, body: str) -> bool:
        told.append(title)
        return True

    lead = await clinic.enroll("ada")
    async with dev_server() as gone:
        client = await Client.connect(gone.address, data_converter=data_converter(clinic.library))
    clock = wall_clock() + timedelta(hours=1)

    row = await Watch(clinic.database, client, tell, lambda: clock).look()

    assert row is not None
    assert row.away.startswith("Temporal does not answer")
    assert row.leads == [f"{Trouble.NOT_RELAYED} {lead}"]
    assert told == ["1 lead would be forgotten"]
