"""``python -m benchmarks.webhooks``: how many events of mail providers are proven, stored and taken in, a second.

The web app is a process of its own on a real database, and is spoken to by HTTP as each provider speaks: one event a request, or many. Some
are told twice. The clock stops when all is taken in. What it is compared with is the same app answering that it is well, for which it asks
the database once.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import uvloop
from sqlalchemy import text

from benchmarks.meter import cpu_seconds, machine
from benchmarks.providers import KINDS, Providers
from local.defaults import local_settings
from local.postgres import create_database, postgres
from mail.webhooks.ses import Sns
from settings import read_settings
from store.database import Database
from store.migrate import migrate
from web.app import create_app
from web.server import serve

AIM: Final = 500
_AT_ONCE: Final = 16
_BATCH: Final = 100
_TWICE: Final = 20
_CERTIFICATE: Final = "BENCHMARK_CERTIFICATE"
_FILL: Final = (
    """INSERT INTO leads (id, email, created_at)
       SELECT gen_random_uuid(), 'lead' || n || '@example.com', now() - interval '9 days' FROM generate_series(1, :letters) AS n""",
    """INSERT INTO touches (key, lead_id, enrollment, campaign, letter, topic, why, claimed_at, address, message_id, provider_id, sent_at)
       SELECT key, id, 1, 'welcome', 'hello', 'insights', 'due', now() - interval '1 day', email,
              '<' || key || '@example.co.jp>', 'id-' || key, now() - interval '1 day'
       FROM (SELECT gen_random_uuid() AS key, id, email FROM leads) AS letter""",
    "ANALYZE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What so many events took: seconds on the clock, and CPU seconds of the web app."""

    events: int
    clock_s: float
    web_s: float

    def row(self, name: str) -> str:
        each, rate = self.web_s / self.events, self.events / self.clock_s
        return f"| {name} | {self.events:,} | {rate:,.0f} | {each * 1e3:.2f} | {1 / each:,.0f} |"


async def _post(port: int, requests: Sequence[bytes]) -> None:
    """Send all of them over as many connections as a provider opens. Whatever is answered but 2xx ends the benchmark."""
    waiting = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
            body = await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 2"):
                raise RuntimeError((head + body).decode())
        writer.close()

    async with asyncio.TaskGroup() as all_of_them:
        for _ in range(_AT_ONCE):
            all_of_them.create_task(connection())


async def _all_taken_in(database: Database) -> None:
    while True:
        async with database.transaction() as session:
            if not await session.scalar(text("SELECT count(*) FROM provider_events WHERE taken_at IS NULL")):
                return
        await asyncio.sleep(0.02)


async def _measure(database: Database, port: int, web: int, requests: Sequence[bytes], events: int) -> Took:
    clock, used = time.perf_counter(), cpu_seconds(web)
    await _post(port, requests)
    await _all_taken_in(database)
    return Took(events=events, clock_s=time.perf_counter() - clock, web_s=cpu_seconds(web) - used)


@asynccontextmanager
async def _web(url: str, providers: Providers) -> AsyncIterator[tuple[int, int]]:
    """The web app in a process of its own; gives its port and its process id."""
    settings = local_settings(database_url=url, smtp_url="smtp://127.0.0.1:25", base_url="http://127.0.0.1")
    environment = settings | {"WEBHOOK_SECRETS": providers.secrets, _CERTIFICATE: providers.certificate}
    command = [sys.executable, "-m", "benchmarks.webhooks", "--serve"]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stdin=PIPE, env=environment)
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline()), process.pid
    finally:
        process.kill()
        await process.wait()


async def _serve() -> None:
    """The real app; only Amazon's host, which has the certificate, is a double."""
    settings = read_settings()
    amazon = httpx.MockTransport(lambda _: httpx.Response(200, text=os.environ[_CERTIFICATE]))
    app = create_app(settings, Database(settings.database_url), lambda: datetime.now(UTC))
    app.state.readers["ses"] = Sns(lambda: httpx.AsyncClient(transport=amazon)).read
    async with serve(app) as url:
        print(url.rpartition(":")[2], flush=True)
        await asyncio.Event().wait()


async def _main(events: int) -> None:
    providers = Providers()
    with TemporaryDirectory(prefix="sodate-bench-") as folder, postgres(Path(folder) / "postgres") as server_url:
        url = await create_database(server_url, "sodate")
        await migrate(url)
        database = Database(url)
        async with database.transaction() as session:
            for statement in _FILL:
                await session.execute(text(statement), {"letters": events} if ":letters" in statement else {})
            letters = [(str(row.key), row.address) for row in await session.execute(text("SELECT key, address FROM touches"))]
        async with _web(url, providers) as (port, web):
            print(f"Measured on {machine()}, {_AT_ONCE} connections, one event in {_TWICE} told twice.\n")
            print("| | events | events a second | CPU ms of the web app an event | events a second and core |")
            print("| --- | --- | --- | --- | --- |")
            well = [b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"] * events
            print((await _measure(database, port, web, well, events)).row("floor: a request that asks the database one thing"))
            for name, one in providers.one_each.items():
                requests = [one(kind, letter, datetime.now(UTC)) for kind, letter in zip(cycle(KINDS), letters, strict=False)]
                print((await _measure(database, port, web, _some_twice(requests), events)).row(f"{name}, one a request"), flush=True)
            happened = list(zip(cycle(KINDS), letters, strict=False))
            batches = [providers.sendgrid(happened[at : at + _BATCH], datetime.now(UTC)) for at in range(0, events, _BATCH)]
            print((await _measure(database, port, web, _some_twice(batches), events)).row(f"sendgrid, {_BATCH} a request"))
        await database.close()
    print(f"\nAim: {AIM} a second.")


def _some_twice(requests: Sequence[bytes]) -> list[bytes]:
    return [request for no, request in enumerate(requests) for _ in range(2 if no % _TWICE == 0 else 1)]


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--serve", action="store_true")
    given.add_argument("--events", type=int, default=2_000)
    arguments = given.parse_args()
    uvloop.run(_serve() if arguments.serve else _main(arguments.events))
