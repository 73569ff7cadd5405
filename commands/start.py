"""``campaign start``: enroll leads in a campaign, and see them into Temporal."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.checking import check
from commands.choosing import ALL, Choice, everyone, named, nobody, of_file, of_segments
from commands.console import AWAY, Json, WrongInput, number, progress, remark, run, say, say_json
from commands.front import clock_of, database, templates_dir
from commands.starting import Started, carried, start
from mail.letters import Letters
from store import selections
from store.database import Database


def start_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A campaign file, like campaigns/welcome.yaml.", show_default=False)],
    leads: Annotated[
        str | None,
        typer.Option(metavar="all|FILE.csv", help="For every lead, or for those whose addresses are in a CSV file.", show_default=False),
    ] = None,
    lead: Annotated[
        list[str] | None, typer.Option(metavar="ID|ADDRESS", help="For this lead; can be repeated.", show_default=False)
    ] = None,
    segment: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="For the leads of this segment; can be repeated.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch until Temporal has every lead.")] = True,
    json: Json = False,
) -> None:
    """Start a campaign, and enroll leads in it.

    The file is checked first, with its letters; when anything is wrong, or it leads on to a campaign that was never started, nothing is
    started. Without leads it is started for its forms and for the campaigns that lead on to it.

    Of a CSV file only the addresses count, and of one with a column 'campaign' only the rows of this campaign. Import it first.

    Started twice, nobody is enrolled twice: who is in the campaign already stays where it is. Everything is kept in the database from the
    first moment, so that you may stop watching at any time; the workers go on.
    """
    if sum(chosen is not None and chosen != [] for chosen in (leads, lead, segment)) > 1:
        raise typer.BadParameter("choose one of --leads, --lead and --segment", ctx=context)
    result = run(_start(file, leads, lead or [], segment or [], clock_of(context)(), dry_run, wait, json))
    if json:
        say_json(result)
    if result["waiting"] and wait and not dry_run:
        raise typer.Exit(AWAY)


async def _start(
    file: Path, leads: str | None, lead: list[str], segment: list[str], now: datetime, dry_run: bool, wait: bool, quiet: bool
) -> dict[str, Any]:
    checked = check(file, Letters(templates_dir()))
    if checked.campaign is None or checked.problems:
        raise WrongInput(*map(str, checked.problems), f"nothing was started; {file} has {number(len(checked.problems), 'problem')}")
    choose: Choice = nobody
    if leads:
        choose = everyone if leads == ALL else of_file(Path(leads), checked.campaign.name)
    elif lead or segment:
        choose = named(lead) if lead else of_segments(segment)
    async with database() as db:
        try:
            with progress("Enrolling", None):
                started = await start(db, checked, choose, now, rehearse=dry_run)
        except asyncio.CancelledError:
            remark("Stopped while it was starting. Run the same command again: it is all or nothing, and nobody is enrolled twice.")
            raise
        if not quiet:
            _tell(started, dry_run)
        waiting = 0 if dry_run else await _watch(db, started.campaign, wait, quiet)
    return {**asdict(started), "dry_run": dry_run, "waiting": waiting}


async def _watch(database: Database, campaign: str, wait: bool, quiet: bool) -> int:
    """See the leads into Temporal; gives how many still wait."""
    try:
        async with database.transaction() as session:
            waiting = await selections.waiting_for(session, campaign)
        if waiting and wait:
            with progress("Carried to Temporal", waiting) as bar:

                def show_left(left: int) -> None:
                    most = max(waiting, left)
                    bar.update(bar.task_ids[0], total=most, completed=most - left)

                def ask() -> None:
                    remark(
                        "Nothing moves. Does a worker run (python worker.py), and Temporal? Ctrl-C stops only the watching.", bar.console
                    )

                waiting = await carried(database, campaign, show_left, ask)
            if not waiting and not quiet:
                say("  Temporal has all of them", "green")
    except asyncio.CancelledError:
        remark("No longer watching. Nothing is lost: the workers carry on by themselves.")
        raise
    if waiting and wait:
        remark(
            f"{number(waiting, 'lead')} still wait and nothing moves: no worker runs, or Temporal is away. Nothing is lost: they go on as "
            "soon as both are there. Start a worker with: python worker.py"
        )
    elif waiting and not quiet:
        say(f"  {number(waiting, 'lead')} wait for a worker, which carries them to Temporal")
    return waiting


def _tell(started: Started, dry_run: bool) -> None:
    edition = f"edition {started.ref.rpartition('@')[2][:8]}"
    if dry_run:
        say(f"This is what would happen; nothing was started. Campaign '{started.campaign}', {edition}", "bold yellow")
    else:
        say(f"Campaign '{started.campaign}' {'is started' if started.is_new_edition else 'was started before'}, {edition}", "bold")
    if not started.chosen:
        say("  Nobody is enrolled by this. It waits for its forms, and for campaigns that lead on to it.")
    elif started.enrolled:
        say(f"  {number(started.enrolled, 'lead')} enrolled", "green")
    else:
        say(
            f"  Nobody is enrolled twice: {number(started.chosen, 'lead')} {'is' if started.chosen == 1 else 'are all'} in it already",
            "green",
        )
    if started.already and started.enrolled:
        say(f"  {number(started.already, 'lead')} in it before, who stay in the edition they have")
    if started.unknown:
        say(f"  {number(started.unknown, 'address', 'addresses')} of the file not known; import the file to take them in", "yellow")
    if started.unread:
        say(f"  {number(started.unread, 'row')} of the file cannot be read; 'leads import' names them", "yellow")
    if started.mailable.no_consent:
        say(
            f"  {number(started.mailable.no_consent, 'lead')} without a consent for '{started.topic}': "
            "they get no letter and are handed to a human instead",
            "yellow",
        )
    if started.mailable.suppressed:
        say(f"  {number(started.mailable.suppressed, 'lead')} must not be written to about '{started.topic}': they get no letter", "yellow")
