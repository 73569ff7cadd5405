"""On a real server all runs of somebody who was erased go, also those from before, and nobody else's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from local.catcher import catcher
from local.defaults import local_settings
from local.temporal import dev_server
from nurture.leadside import DemoRequested, OptedOut
from nurture.plan.campaign import Campaign
from settings import read_settings
from store.campaigns import campaigns
from store.consent import consents
from store.database import Database
from store.erasing import erasure, stubs
from store.erasing.stubs import Reason
from store.journeys import enrollments, standings
from store.leads import engagements, leads
from worker import working
from workflows.connection import library_of
from workflows.erasing import Eraser
from workflows.examining import examine
from workflows.options import lead_workflow_id
from workflows.runs import every_run_of
from workflows.visibility import run_ids
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio


def wall_clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def kept(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    database = Database(database_url, secret="only for tests")
    yield database
    await database.close()


async def test_all_runs_of_somebody_who_was_erased_go_and_nobody_elses(
    kept: Database, at_once: Campaign, until: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
) -> None:
    library = library_of(kept)
    async with dev_server() as server, catcher() as post:
        settings = read_settings(
            local_settings(database_url=kept.url, smtp_url=post.url, base_url="http://sodate.example.com", environment={})
        )
        client = await Client.connect(server.address, data_converter=data_converter(library))
        async with working(settings, client, kept, library, wall_clock):
            ada, eve = [await _enroll(kept, at_once, name) for name in ("ada", "eve")]
            await until(lambda: _is_open(kept, ada, True))
            async with kept.transaction() as session:
                await engagements.record(session, ada, OptedOut(at=wall_clock()))
            await until(lambda: _is_over(client, ada))
            async with kept.transaction() as session:
                await engagements.record(session, ada, DemoRequested(at=wall_clock()))
            await until(lambda: _has_runs(client, ada, 2))
            await until(lambda: _is_open(kept, eve, True))
            async with kept.transaction() as session:
                await erasure.begin(session, ada, reason=Reason.ASKED, by="Operator", now=wall_clock())
                stub = await stubs.find(session, ada)
            assert stub is not None

            [verified] = await Eraser(kept, client, wall_clock).finish([stub])

            assert (verified.named_in, verified.stub.went["runs"]) == ((), 2)
            await until(lambda: _has_runs(client, ada, 0))
            assert await every_run_of(client, ada) == {}
            with pytest.raises(RPCError) as gone:
                await client.get_workflow_handle(lead_workflow_id(ada)).describe()
            assert gone.value.status is RPCStatusCode.NOT_FOUND
            assert len(await every_run_of(client, eve)) == 1
            assert (await examine(kept, client, wall_clock())).findings == []


async def _enroll(kept: Database, plan: Campaign, name: str) -> UUID:
    async with kept.transaction() as session:
        await campaigns.keep(session, plan, "", wall_clock())
        lead, _ = await leads.register(session, leads.Person(email=f"{name}@example.com"), wall_clock())
        await consents.give(session, f"{name}@example.com", "insights", consents.Basis.OPT_IN, {"text": "Yes."}, wall_clock())
        await enrollments.enroll(session, lead, plan, wall_clock())
    return lead


async def _is_open(kept: Database, lead: UUID, is_open: bool) -> bool:
    async with kept.transaction() as session:
        standing = await standings.of_lead(session, lead)
    return standing is not None and standing.open is is_open


async def _is_over(client: Client, lead: UUID) -> bool:
    """Only then does what happens next begin another run: the store is told a moment before."""
    return (await client.get_workflow_handle(lead_workflow_id(lead)).describe()).status is WorkflowExecutionStatus.COMPLETED


async def _has_runs(client: Client, lead: UUID, runs: int) -> bool:
    return len(await run_ids(client, lead)) == runs
