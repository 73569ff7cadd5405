"""How fast leads are imported and enrolled, beside bare calls that start and signal a workflow; and the room that a sleeping lead takes.

Both are measured in halves on one development server with a file, in the order bare, product, product, bare, so that drift cancels out.
Then the production worker puts all leads to sleep.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from temporalio.client import Client
from uuid_utils.compat import uuid7

from benchmarks import plans
from benchmarks.floor import Parked
from benchmarks.leave import leave
from benchmarks.meter import cpu_seconds, machine, sqlite_bytes
from local.defaults import local_settings
from local.postgres import create_database, postgres
from local.processes import free_port, running
from local.temporal import DevServer, dev_server
from nurture.kinds import Fit
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments
from store.leads import leads
from store.migrate import migrate
from workflows.connection import library_of
from workflows.gateway import Gateway
from workflows.relay import CALLS_AT_A_TIME, Relay
from workflows.wire import data_converter

SETTLED_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Leads, and what they took: seconds on the clock, and CPU seconds of this process and of Temporal's server."""

    leads: int
    clock_s: float
    ours_s: float
    server_s: float

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(
            leads=self.leads + other.leads,
            clock_s=self.clock_s + other.clock_s,
            ours_s=self.ours_s + other.ours_s,
            server_s=self.server_s + other.server_s,
        )

    @property
    def per_second(self) -> float:
        return self.leads / self.clock_s


class Stopwatch:
    """Looks at the clock and at CPU seconds."""

    def __init__(self, server: DevServer) -> None:
        self._server = server
        self._before = self._look()

    def stop(self, leads: int) -> Rate:
        """What passed since it was made."""
        clock, ours, server = (after - before for after, before in zip(self._look(), self._before, strict=True))
        return Rate(leads=leads, clock_s=clock, ours_s=ours, server_s=server)

    def _look(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), cpu_seconds(self._server.process.pid)


async def bare(server: DevServer, count: int) -> Rate:
    """Start and signal that many bare workflows, as many at a time as the relay does."""
    client = await Client.connect(server.address)
    turn = asyncio.Semaphore(CALLS_AT_A_TIME)

    async def one() -> None:
        async with turn:
            await client.start_workflow(Parked.run, id=f"parked-{uuid7()}", task_queue="parked", start_signal="wake")

    watch = Stopwatch(server)
    await asyncio.gather(*(one() for _ in range(count)))
    return watch.stop(count)


async def product(server: DevServer, database: Database, campaign: Campaign, numbers: Sequence[int]) -> Rate:
    """Import and enroll these leads, until Temporal has all of them."""
    library = library_of(database)
    client = await Client.connect(server.address, data_converter=data_converter(library))
    relay = Relay(database, Gateway(client), library, lambda: datetime.now(UTC))
    now = datetime.now(UTC)
    watch = Stopwatch(server)
    persons = [_person(number) for number in numbers]
    async with database.transaction() as session:
        registered = await leads.register_all(session, persons, now)
    async with database.transaction() as session:
        await enrollments.enroll_all(session, [lead for lead, _ in registered], campaign, now)
    while await relay.pass_on():
        pass
    return watch.stop(len(numbers))


async def fall_asleep(server: DevServer, database: Database, count: int, show: Any) -> Rate:
    """Run the production worker until every lead's standing is written down, and Temporal has come to rest."""
    environment = local_settings(
        database_url=database.url,
        smtp_url=f"smtp://127.0.0.1:{free_port()}",
        base_url="https://sodate.example.com",
        temporal_address=server.address,
    )
    async with running("worker", [sys.executable, "-m", "worker"], environment=environment, show=show) as worker:
        watch = Stopwatch(server)
        await worker.serving(_have_settled(database, count))
        rate = watch.stop(count)
        used = cpu_seconds(worker.pid)
        await asyncio.sleep(SETTLED_S)
    return Rate(leads=count, clock_s=rate.clock_s, ours_s=used, server_s=rate.server_s)


async def _have_settled(database: Database, leads: int) -> None:
    while await _number(database, "SELECT count(*) FROM standings") < leads:
        await asyncio.sleep(0.5)


async def _number(database: Database, query: str) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(query)) or 0)


def _person(number: int) -> leads.Person:
    return leads.Person(
        email=f"lead{number}@company{number // 10}.example.co.jp",
        family_name="佐藤",
        given_name="花子",
        company=f"第{number // 10}製作所株式会社",
        title="設備保全課長",
        language="ja",
        country="JP",
        zone="Asia/Tokyo",
        fit=Fit.GOOD,
        segment="manufacturing",
        source="exhibition-2026",
    )


async def main(count: int) -> None:
    """Measure, and print the tables."""
    half = count // 2
    with TemporaryDirectory(prefix="sodate-") as name, postgres(Path(name) / "postgres") as url:
        folder = Path(name)
        database_url = await create_database(url, "sodate")
        await migrate(database_url)
        database = Database(database_url, pool_size=25)
        campaign = plans.sleeping()
        async with database.transaction() as session:
            await campaigns.keep(session, campaign, "", datetime.now(UTC))
        head = machine()
        async with dev_server(folder) as server:
            file = folder / "temporal.db"
            kept = await _number(database, "SELECT pg_database_size(current_database())")
            bares = await bare(server, half)
            sizes = [sqlite_bytes(file)]
            products = await product(server, database, campaign, range(half))
            products += await product(server, database, campaign, range(half, 2 * half))
            sizes.append(sqlite_bytes(file))
            bares += await bare(server, half)
            sizes.append(sqlite_bytes(file))
            asleep = await fall_asleep(server, database, 2 * half, _show)
            sizes.append(sqlite_bytes(file))
            await _vacuum(database)
            kept = await _number(database, "SELECT pg_database_size(current_database())") - kept
        await database.close()
    temporal = sizes[1] - sizes[0] + sizes[3] - sizes[2]
    _report(f"{2 * half} leads; {head}", bares, products, asleep, temporal, kept)


async def _vacuum(database: Database) -> None:
    """As the server does by itself now and then, so that what is left is what stays."""
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute("VACUUM (TRUNCATE)")
    finally:
        await connection.close()


def _show(name: str, line: str) -> None:
    print(f"{name}: {line}", file=sys.stderr)


def _report(head: str, bares: Rate, products: Rate, asleep: Rate, temporal: int, kept: int) -> None:
    console = Console(width=120)
    table = Table(title=head)
    for column in ("", "leads/s", "s", "client or worker CPU ms/lead", "server CPU ms/lead"):
        table.add_column(column, justify="right" if column else "left")
    rows = (
        ("bare signal-with-start", bares),
        ("imported, enrolled and relayed", products),
        ("put to sleep by one worker", asleep),
    )
    for what, rate in rows:
        cpu = (f"{1000 * used / rate.leads:.1f}" for used in (rate.ours_s, rate.server_s))
        table.add_row(what, f"{rate.per_second:.1f}", f"{rate.clock_s:.1f}", *cpu)
    console.print(table)
    console.print(f"Rate of the product: {products.per_second / bares.per_second:.2f} of the bare calls (aim: 0.7).")
    console.print(f"A sleeping lead takes {temporal / products.leads:.0f} bytes in Temporal and {kept / products.leads:.0f} in PostgreSQL.")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--leads", type=int, default=10_000)
    given = arguments.parse_args()
    asyncio.run(main(given.leads))
    leave()
