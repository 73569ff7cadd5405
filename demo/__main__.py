"""``make demo``: two years with 200 leads on the production code, with time skipped. It ends by itself and leaves letters and a report."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from commands.console import WrongInput, out
from demo.facts import Facts, facts_of
from demo.play import Play
from demo.report import show, write
from demo.reps import TEAMS
from demo.stage import begin, stage, swept
from local.processes import ROOT, Died
from local.temporal import quiet_core

LEADS: Final = ROOT / "demo" / "sample_leads.csv"
DAYS: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What is left of a demonstration. ``seconds`` is what it took."""

    facts: Facts
    report: Path
    letters: Path
    seconds: float


async def demo(
    folder: Path, console: Console, *, leads: Path = LEADS, days: int = DAYS, seed: int = 1, districts: int = len(TEAMS)
) -> Played:
    """Play the main job with the leads of a file and show it; what was in ``folder`` is thrown away. The same seed, the same people."""
    began = monotonic()
    letters = folder / "letters"
    console.print("Starting PostgreSQL, Temporal, the mail catcher, the workers and the web app …")

    def show_worker(name: str, line: str) -> None:
        console.print(Text(f"{name}: {line}", "yellow"), soft_wrap=True)

    with swept(folder):
        async with stage(folder / "postgres", letters, seed, districts, show_worker) as plays:
            here = plays[0].here
            await begin(here, leads)
            since, met = here.now, sum([await play.meet() for play in plays])
            console.print(f"{met} leads are in the campaigns. It is {since:%A, %d %B %Y}; {days} days begin.", highlight=False)
            await _watched(plays, since, days, console)
            async with here.database.transaction() as session:
                facts = await facts_of(session, since, since + timedelta(days=days), here.post.letters())
        seconds = monotonic() - began
        report = write(folder / "report.html", facts, seconds)
    show(console, facts)
    return Played(facts=facts, report=report, letters=letters, seconds=seconds)


async def _watched(plays: Sequence[Play], since: datetime, days: int, console: Console) -> None:
    """Play, with a bar that shows how it stands: where the slowest is."""
    chronicle, end = plays[0].chronicle, since + timedelta(days=days)
    with Progress(TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console) as bar:
        bar.add_task("", total=days)

        def tick() -> None:
            n, now = chronicle.counts, min(play.here.now for play in plays)
            line = f"{now:%d %b %Y}  {n['letters']} letters  {n['handoffs']} handoffs  {n['answers']} answers  {n['won']} won"
            bar.update(bar.task_ids[0], completed=(now - since) / timedelta(days=1), description=line)

        chronicle.tell = lambda line: bar.console.print(line, highlight=False, soft_wrap=True)
        for play in plays:
            play.tick = tick
        playing = [asyncio.create_task(play.until(end)) for play in plays]
        try:
            await asyncio.gather(*playing)
        finally:
            for one in playing:
                one.cancel()
            await asyncio.wait(playing)


async def _run(folder: Path, console: Console, leads: Path, days: int, seed: int, districts: int) -> int:
    playing = asyncio.current_task()
    assert playing
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(ending, playing.cancel)
    try:
        played = await demo(folder, console, leads=leads, days=days, seed=seed, districts=districts)
    except asyncio.CancelledError:
        console.print("Stopped. The next 'make demo' begins anew.")
        return 130
    except (Died, RuntimeError, WrongInput) as error:
        console.print(Text(str(error), "bold red"), soft_wrap=True)
        return 1
    console.print(f"\nReport   {played.report}\nLetters  {played.letters}\nPlayed in {played.seconds:.0f} seconds.", soft_wrap=True)
    return 1 if played.facts.orphans else 0


def main(
    folder: Annotated[Path, typer.Option(help="Where letters and report go. What is in it is thrown away.")] = ROOT / ".state" / "demo",
    leads: Annotated[Path, typer.Option(help="The file of leads.")] = LEADS,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How long.")] = DAYS,
    seed: Annotated[int, typer.Option(help="Another number, other people.")] = 1,
    districts: Annotated[int, typer.Option(min=1, max=len(TEAMS), help="How many play beside one another.")] = len(TEAMS),
) -> None:
    """Play the main job with the sample leads, time skipped, and write a report."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    quiet_core()
    code = uvloop.run(_run(folder, out(), leads, days, seed, districts))
    sys.stdout.flush()
    # A process that used the Temporal client may abort while the interpreter takes itself down.
    os._exit(code)


if __name__ == "__main__":
    typer.run(main)
