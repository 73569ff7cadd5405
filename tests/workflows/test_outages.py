"""Servers that stop and processes that are killed: nothing that came in is lost, and nothing happens twice."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text
from temporalio.client import Client

from local.catcher import catcher
from local.defaults import local_settings
from local.processes import free_port, running
from local.temporal import dev_server
from nurture.plan.campaign import Campaign
from settings import read_settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.journeys import enrollments
from store.leads import leads
from store.leads.persons import Person
from web.app import create_app
from web.server import serve
from worker import working
from workflows.connection import library_of
from workflows.runs import runs_of
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

Until = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
NothingPersonal = Callable[..., Awaitable[Any]]
VISITORS = 12
LEADS = 40
"""Twice as many as are written to at once."""


def wall_clock() -> datetime:
    return datetime.now(UTC)


async def count(database: Database, query: Any) -> int:
    async with database.transaction() as session:
        return await session.scalar(query) or 0


async def test_forms_that_come_in_while_temporal_is_away_are_neither_lost_nor_doubled(
    database: Database, database_url: str, at_once: Campaign, until: Until, nothing_personal: NothingPersonal, tmp_path: Path
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        post = await stack.enter_async_context(catcher())
        settings = read_settings(
            local_settings(database_url=database_url, smtp_url=post.url, base_url="http://sodate.example.com", environment={})
            | {"FORM_POSTS_PER_MINUTE": "1000", "SANDBOXED": "true"}
        )
        async with database.transaction() as session:
            await campaigns.keep(session, at_once, "", wall_clock())
        site = await stack.enter_async_context(serve(create_app(settings, database, wall_clock)))
        browser = await stack.enter_async_context(httpx.AsyncClient(base_url=site, headers={"Accept": "application/json"}))
        library = library_of(database)

        async with dev_server(tmp_path, port=port) as before:
            client = await Client.connect(before.address, data_converter=data_converter(library))
            await stack.enter_async_context(working(settings, client, database, library, wall_clock))

        for number in range(VISITORS):
            person = {"email": f"visitor{number}@example.com", "consent": "on", "submission": f"download-{number}"}
            for _ in range(2):
                answer = await browser.post("/forms/download", data={**person, "content": "planning_guide"})
                assert answer.status_code == 202
            answer = await browser.post("/forms/demo", data={**person, "submission": f"demo-{number}"})
            assert answer.status_code == 202
        waiting = select(func.count()).select_from(tables.Engagement).where(tables.Engagement.relayed_at.is_(None))
        assert await count(database, waiting) == 3 * VISITORS

        async with dev_server(tmp_path, port=port):

            async def all_is_done() -> bool:
                tasks = await count(database, select(func.count()).select_from(tables.Task))
                return tasks == VISITORS and not await count(database, waiting)

            await until(all_is_done)
            async with database.transaction() as session:
                everyone = list(await session.scalars(select(tables.Lead)))
                stages = set(await session.scalars(select(tables.Standing.stage)))
            assert stages == {"consideration"}
            assert len(everyone) == VISITORS
            for lead in everyone[:5]:
                [run] = await runs_of(client, lead.id)
                signals = [
                    e.workflow_execution_signaled_event_attributes
                    for e in run.events
                    if e.HasField("workflow_execution_signaled_event_attributes")
                ]
                told = b"".join(payload.data for sent in signals for payload in sent.input.payloads)
                assert [told.count(b'"seq":%d' % seq) for seq in (1, 2, 3)] == [1, 1, 1]
            await nothing_personal(client, database)
            await stack.aclose()


async def test_a_worker_killed_in_the_middle_of_a_campaign_is_followed_by_one_that_goes_on(
    database: Database, database_url: str, at_once: Campaign, until: Until, nothing_personal: NothingPersonal
) -> None:
    async with catcher() as post, dev_server() as server:
        environment = {
            **os.environ,
            **local_settings(
                database_url=database_url,
                smtp_url=post.url,
                base_url="http://sodate.example.com",
                temporal_address=server.address,
                environment={},
            ),
        }
        command = [sys.executable, "worker.py"]
        async with database.transaction() as session:
            await campaigns.keep(session, at_once, "", wall_clock())
            people = [Person(email=f"lead{number}@example.com", language="en") for number in range(LEADS)]
            ids = [lead for lead, _ in await leads.register_all(session, people, wall_clock())]
            for person in people:
                await consents.give(session, person.email, "insights", Basis.OPT_IN, {"text": "Yes."}, wall_clock())
            assert await enrollments.enroll_all(session, ids, at_once, wall_clock()) == LEADS

        async def some_arrived() -> bool:
            return len(post.letters()) >= 5

        async def all_are_written_down() -> bool:
            return await count(database, text("SELECT count(*) FROM touches WHERE sent_at IS NOT NULL")) == LEADS

        async with running("worker", command, environment=environment) as first:
            await until(some_arrived)
            os.kill(first.pid, signal.SIGKILL)
            await first.ended()
        async with running("worker", command, environment=environment):
            await until(all_are_written_down)
        client = await Client.connect(server.address, data_converter=data_converter(library_of(database)))
        await nothing_personal(client, database)

        message_ids = [letter.message_id for letter in post.letters()]
        again = len(message_ids) - len(set(message_ids))
        assert len(set(message_ids)) == LEADS
        # What is sent again was between the server's yes and our commit when the worker died: never more than were under way at once.
        assert again <= 20
