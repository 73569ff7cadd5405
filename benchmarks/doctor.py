"""How long the doctor takes for very many leads: what the database tells, and how fast Temporal lists or counts what runs.

The database holds all leads, with standings, engagements, tasks and contracts in plausible numbers. Of workflows there are as many as a
development server is given time for; how long all would take follows from their rate. None is woken: nothing carries them.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from temporalio.client import Client

from benchmarks.leave import leave
from benchmarks.meter import machine
from local.postgres import create_database, postgres
from local.temporal import dev_server
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.journeys import standings
from store.migrate import migrate
from workflows.connection import library_of
from workflows.examining import examine, examine_store
from workflows.options import LEAD, lead_workflow_id
from workflows.visibility import RANGE, running, running_as
from workflows.wire import data_converter

AIM_S: Final = 60
_CALLS_AT_A_TIME: Final = 64
_PLAN: Final = Campaign.model_validate(
    {"campaign": "welcome", "topic": "insights", "start": "hello", "tracks": {"hello": {"steps": [{"wait": "30 days"}]}}}
)
_FILL: Final = (
    """INSERT INTO leads (id, email, created_at, engagements, enrollments)
       SELECT gen_random_uuid(), 'lead' || n || '@example.com', now(), 3, 1 FROM generate_series(1, :leads) AS n""",
    """INSERT INTO enrollments (lead_id, number, campaign, ref, enrolled_at)
       SELECT id, 1, 'welcome', :ref, now() - interval '9 days' FROM leads""",
    """INSERT INTO engagements (lead_id, seq, kind, at, facts, relayed_at)
       SELECT id, seq, 'visited', now() - interval '9 days', '{}', now() FROM leads CROSS JOIN generate_series(1, 3) AS seq""",
    """INSERT INTO standings (lead_id, no, open, stage, next_at, why, positions)
       SELECT id, 3, true, 'interest', now() + interval '1 day', 'it waits',
              jsonb_build_array(jsonb_build_object('enrollment', 1, 'track', 'hello', 'step', 'wait-1')) FROM leads""",
    """INSERT INTO tasks (id, lead_id, enrollment, campaign, reason, why, opened_at, deadline_at)
       SELECT gen_random_uuid(), id, 1, 'welcome', 'replied', 'it replied', now(), now() + interval '4 hours'
       FROM leads WHERE random() < 0.1""",
    "UPDATE standings SET next_at = NULL WHERE lead_id IN (SELECT id FROM leads ORDER BY id LIMIT 3)",
    "ANALYZE",
)


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _fill(database: Database, leads: int) -> None:
    async with database.transaction() as session:
        await campaigns.keep(session, _PLAN, "", datetime.now(UTC))
    for statement in _FILL:
        async with database.transaction() as session:
            values = {name: value for name, value in {"leads": leads, "ref": _PLAN.ref}.items() if f":{name}" in statement}
            await session.execute(text(statement), values)


async def _start(client: Client, leads: list[UUID]) -> None:
    calls = asyncio.Semaphore(_CALLS_AT_A_TIME)

    async def start(lead: UUID) -> None:
        async with calls:
            await client.start_workflow(LEAD, id=lead_workflow_id(lead), task_queue="nobody-works-here")

    await asyncio.gather(*map(start, leads))
    while len(await running(client)) < len(leads):
        await asyncio.sleep(0.2)


async def measure(leads: int, workflows: int) -> None:
    """Measure, and print what was found."""
    with TemporaryDirectory(prefix="sodate-bench-") as folder, postgres(Path(folder) / "postgres") as server_url:
        url = await create_database(server_url, "sodate")
        await migrate(url)
        database, now = Database(url), datetime.now(UTC)
        await _fill(database, leads)

        async def all_standings() -> None:
            async with database.transaction() as session:
                await standings.known_to_be_open(session)

        examined = await _timed(lambda: examine_store(database, now))
        read = await _timed(all_standings)
        async with dev_server(Path(folder) / "temporal") as server:
            client = await Client.connect(server.address, data_converter=data_converter(library_of(database)))
            async with database.transaction() as session:
                some = list(await session.scalars(text("SELECT id FROM leads ORDER BY id DESC LIMIT :most"), {"most": workflows}))
                unlisted = text("UPDATE standings SET open = false WHERE lead_id <> ALL(CAST(:ids AS uuid[])) AND next_at IS NOT NULL")
                await session.execute(unlisted, {"ids": some})
            await _start(client, some)
            listed = await _timed(lambda: running(client))
            counted = await _timed(lambda: running_as(client, some))
            began = time.perf_counter()
            seen = await examine(database, client, now)
            whole = time.perf_counter() - began
        await database.close()
    for_all = examined + read + counted * leads / workflows
    shown = Table(title=f"The doctor and {leads:,} leads ({machine()})", title_justify="left")
    for column in ("what", "seconds"):
        shown.add_column(column)
    shown.add_row(f"the database's part, {leads:,} open leads", f"{examined:.2f}")
    shown.add_row(f"reading {leads:,} standings to compare", f"{read:.2f}")
    shown.add_row(f"Temporal's list of {workflows:,} workflows ({workflows / listed:,.0f} a second)", f"{listed:.2f}")
    shown.add_row(f"the same counted in ranges of {RANGE:,} ({workflows / counted:,.0f} a second)", f"{counted:.2f}")
    shown.add_row(f"one whole look, {leads:,} standings, {workflows:,} workflows, {len(seen.findings)} found", f"{whole:.2f}")
    shown.add_row(f"hence {leads:,} workflows, counted (aim: less than {AIM_S})", f"{for_all:.1f}")
    Console().print(shown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--workflows", type=int, default=3_000, help="as many as there is time for: some 50 start in a second")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.leads, arguments.workflows))
    leave()
