"""``make demo``: two years with 200 leads on the production code, with time skipped. It ends by itself and leaves letters and a report."""

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from commands.checking import check
from commands.choosing import nobody, of_file
from commands.console import out
from commands.importing import import_leads
from commands.rows import COLUMNS
from commands.sheet import opened
from commands.starting import start
from local.doors import doors
from local.facts import Facts, facts_of
from local.play import Play
from local.postgres import create_database, postgres
from local.processes import ROOT, free_port
from local.report import show, write
from local.town import Town, town
from mail.letters import Letters
from store.migrate import migrate
from web.app import create_app
from web.server import serve

LEADS: Final = ROOT / "local" / "sample_leads.csv"
DAYS: Final = 730
_CAMPAIGNS: Final = ("customer", "welcome", "exhibition")
"""In the order in which one leads on to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What is left of a demonstration. ``seconds`` is what it took."""

    facts: Facts
    report: Path
    letters: Path
    seconds: float


async def demo(folder: Path, console: Console, *, leads: Path = LEADS, days: int = DAYS, seed: int = 1) -> Played:
    """Play the main job with the leads of a file and show it; what was in ``folder`` is thrown away. The same seed, the same people."""
    began = monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    letters = folder / "letters"
    console.print("Starting PostgreSQL, Temporal, the mail catcher, the worker and the web app …")
    async with _stage(folder / "postgres", letters, seed) as (here, play):
        await _begin(here, leads)
        since = here.now
        console.print(f"{await play.meet()} leads are in the campaigns. It is {since:%A, %d %B %Y}; {days} days begin.", highlight=False)
        await _watched(here, play, since, days, console)
        async with here.database.transaction() as session:
            facts = await facts_of(session, since, here.now, here.post.letters())
    seconds = monotonic() - began
    report = write(folder / "report.html", facts, seconds)
    show(console, facts)
    return Played(facts=facts, report=report, letters=letters, seconds=seconds)


async def _watched(here: Town, play: Play, since: datetime, days: int, console: Console) -> None:
    """Play, with a bar that shows how it stands."""
    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console) as bar:
        bar.add_task("", total=days)

        def tick() -> None:
            n = play.counts
            line = f"{here.now:%d %b %Y}  {n['letters']} letters  {n['handoffs']} handoffs  {n['answers']} answers  {n['won']} won"
            bar.update(bar.task_ids[0], completed=(here.now - since) / timedelta(days=1), description=line)

        play.tick, play.tell = tick, lambda line: bar.console.print(line, highlight=False, soft_wrap=True)
        await play.until(since + timedelta(days=days))


@asynccontextmanager
async def _stage(postgres_folder: Path, letters: Path, seed: int) -> AsyncIterator[tuple[Town, Play]]:
    """Everything that runs in production, on one machine and in one process but for the servers, with a clock that can be moved."""
    port = free_port()
    with postgres(postgres_folder) as server_url:
        await _forget_on_power_loss(server_url)
        url = await create_database(server_url, "demo")
        await migrate(url)
        # All visitors come from this machine.
        changes = {"BASE_URL": f"http://127.0.0.1:{port}", "FORM_POSTS_PER_MINUTE": "100000"}
        async with (
            town(url, since=_next_monday(), letters=letters, sandboxed=False, **changes) as here,
            serve(create_app(here.settings, here.database, here.clock), port=port) as web,
            doors(web, here.settings.inbox_password) as doorways,
        ):
            yield here, Play(here, doorways, seed)


async def _begin(here: Town, leads: Path) -> None:
    """What marketing operations does: import a file, check and start the campaigns."""
    with opened(leads, COLUMNS) as sheet:
        await import_leads(here.database, sheet, here.now)
    letters = Letters(here.settings.templates_dir)
    for name in _CAMPAIGNS:
        checked = check(ROOT / "campaigns" / f"{name}.yaml", letters)
        await start(here.database, checked, nobody if name == "customer" else of_file(leads, name), here.now)
    await here.delivered()


def _hush_temporal() -> None:
    """Its core warns that the server that skips time is no production server."""
    quiet = LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=quiet)), error_if_already_set=False)


async def _forget_on_power_loss(server_url: str) -> None:
    connection = await asyncpg.connect(server_url.format(database="postgres"))
    try:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {name} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def _next_monday() -> datetime:
    today = datetime.now(UTC).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time(), UTC)


async def _run(folder: Path, console: Console, leads: Path, days: int, seed: int) -> int:
    playing = asyncio.current_task()
    assert playing
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(ending, playing.cancel)
    try:
        played = await demo(folder, console, leads=leads, days=days, seed=seed)
    except asyncio.CancelledError:
        console.print("Stopped. The next 'make demo' begins anew.")
        return 130
    console.print(f"\nReport   {played.report}\nLetters  {played.letters}\nPlayed in {played.seconds:.0f} seconds.", soft_wrap=True)
    return 1 if played.facts.orphans else 0


def main(
    folder: Annotated[Path, typer.Option(help="Where letters and report go. What is in it is thrown away.")] = ROOT / ".state" / "demo",
    leads: Annotated[Path, typer.Option(help="The file of leads.")] = LEADS,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How long.")] = DAYS,
    seed: Annotated[int, typer.Option(help="Another number, other people.")] = 1,
) -> None:
    """Play the main job with the sample leads, time skipped, and write a report."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    _hush_temporal()
    code = asyncio.run(_run(folder, out(), leads, days, seed))
    sys.stdout.flush()
    # A process that used the Temporal client may abort while the interpreter takes itself down.
    os._exit(code)


if __name__ == "__main__":
    typer.run(main)
