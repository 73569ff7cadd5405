"""``python -m benchmarks.pages``: how long the team's pages take while there are very many leads.

The web app is served as in production, in this process, on a database with 100,000 leads. A browser that is signed in asks for each page
again and again; what counts is the time until all of the page is there.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
from sqlalchemy import text

from benchmarks.crowd import gather
from benchmarks.meter import machine
from local.defaults import local_settings
from local.postgres import create_database, postgres
from settings import read_settings
from store.database import Database
from store.migrate import migrate
from store.team import people, sessions, tokens
from store.team.people import Role
from store.team.tokens import Scope
from web.app import create_app
from web.cookies import SESSION, cookie_name
from web.server import serve

AIM_MS: Final = 100
_ROUNDS: Final = 30

_PAGES: Final = {
    "inbox": "/inbox",
    "inbox of a stage": "/inbox?stages=interest..consideration",
    "one task": "/inbox/{task}",
    "leads by likelihood": "/inbox/leads",
    "leads": "/leads",
    "leads that are looked for": "/leads?q=family+12",
    "a lead": "/leads/{lead}",
    "the lead with the longest story": "/leads/{longest}",
    "why a lead is where it is": "/leads/{lead}/why",
    "a company": "/accounts/{account}",
    "campaigns": "/campaigns",
    "a campaign": "/campaigns/welcome",
    "flow of a campaign": "/campaigns/welcome/flow",
    "letters of a campaign": "/campaigns/welcome/letters",
    "versions of a campaign": "/campaigns/welcome/versions",
    "figures": "/figures",
    "people": "/people",
    "audit": "/audit",
    "receivers of webhooks": "/webhooks",
    "API: 100 leads": "/api/v1/leads?limit=100",
    "API: 100 leads of a stage": "/api/v1/leads?limit=100&stage=evaluation",
    "API: 100 tasks": "/api/v1/tasks?limit=100",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A page: its status and size, the first time in ms, the times of the others in order, and what web app and browser used of the CPU."""

    status: int
    size: int
    first_ms: float
    others_ms: Sequence[float]
    cpu_ms: float

    def row(self, name: str) -> str:
        if self.status != 200:
            return f"| {name} | {self.status} | | | | | |"
        median, worst = (self.others_ms[int((len(self.others_ms) - 1) * share)] for share in (0.5, 0.99))
        verdict = "" if worst < AIM_MS else "slow"
        return (
            f"| {name} | {self.size / 1024:,.0f} | {self.first_ms:,.0f} | {median:,.0f} | {worst:,.0f} | {self.cpu_ms:,.0f} | {verdict} |"
        )


async def _time(browser: httpx.AsyncClient, path: str, rounds: int) -> Timed:
    taken: list[float] = []
    used = 0.0
    for round_no in range(rounds + 1):
        used = time.process_time() if round_no == 1 else used
        began = time.perf_counter()
        answer = await browser.get(path)
        taken.append((time.perf_counter() - began) * 1e3)
    cpu_ms = (time.process_time() - used) * 1e3 / rounds
    return Timed(status=answer.status_code, size=len(answer.content), first_ms=taken[0], others_ms=sorted(taken[1:]), cpu_ms=cpu_ms)


async def _places(database: Database) -> dict[str, str]:
    """The ids that paths name."""
    async with database.transaction() as session:
        row = (await session.execute(_SOME)).one()
        return {name: str(value) for name, value in row._asdict().items()}


async def _sign_in(database: Database, now: datetime) -> str:
    async with database.transaction() as session:
        await people.take_in(session, "Mika", "mika@sodate.example.com", {Role.OPERATOR}, now)
        return await sessions.begin(session, "Mika", now)


async def _let_in(database: Database, now: datetime) -> str:
    """A token of the API."""
    async with database.transaction() as session:
        return (await tokens.make(session, "benchmark", tuple(Scope), "Mika", now))[1]


async def _main(leads: int, rounds: int, only: str) -> None:
    with TemporaryDirectory(prefix="sodate-bench-") as folder, postgres(Path(folder) / "postgres") as server_url:
        url = await create_database(server_url, "sodate")
        await migrate(url)
        settings = read_settings(local_settings(database_url=url, smtp_url="smtp://127.0.0.1:25", base_url="http://127.0.0.1"))
        database = Database(url, secret=settings.erasing_secret)
        now, began = datetime.now(UTC), time.perf_counter()
        await gather(database, leads, now)
        async with database.transaction() as session:
            await session.execute(text("ANALYZE"))
        print(f"{leads:,} leads were made in {time.perf_counter() - began:.0f} seconds. Measured on {machine()}, {rounds} times each.\n")
        cookies = {cookie_name(settings, SESSION): await _sign_in(database, now)}
        token = {"Authorization": f"Bearer {await _let_in(database, now)}"}
        app = create_app(settings, database, lambda: datetime.now(UTC))
        async with (
            serve(app) as base,
            httpx.AsyncClient(base_url=base, cookies=cookies, headers=token, trust_env=False, timeout=120) as browser,
        ):
            print("| page | KiB | first ms | median ms | p99 ms | CPU ms | |\n| --- | --- | --- | --- | --- | --- | --- |")
            places = await _places(database)
            for name, path in _PAGES.items():
                if only in name:
                    print((await _time(browser, path.format(**places), rounds)).row(name), flush=True)
        await database.close()
    print(f"\nAim: {AIM_MS} ms.")


_SOME: Final = text("""
    SELECT (SELECT id FROM tasks WHERE completed_at IS NULL ORDER BY deadline_at LIMIT 1) AS task,
        (SELECT id FROM leads WHERE email = 'lead4711@example.com') AS lead,
        (SELECT id FROM leads WHERE email = 'lead1@example.com') AS longest,
        (SELECT account_id FROM leads WHERE email = 'lead4711@example.com') AS account
""")


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--leads", type=int, default=100_000)
    given.add_argument("--rounds", type=int, default=_ROUNDS)
    given.add_argument("--only", default="", help="pages whose names have this in them")
    chosen = given.parse_args()
    asyncio.run(_main(chosen.leads, chosen.rounds, chosen.only))
