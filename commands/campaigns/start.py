"""``campaign start``: enroll leads in a campaign, and see them into Temporal."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.campaigns.changing import as_values, campaign_of, choose, look, right, tell
from commands.campaigns.choosing import ALL, everyone, named, nobody, of_file, of_segments
from commands.campaigns.starting import carried, start
from commands.console import AWAY, Json, number, progress, remark, run, say, say_json
from commands.front import clock_of, database
from store.campaigns.campaigns import short
from store.database import Database
from store.journeys import selections
from store.journeys.starting import Choice, Started, UnderWay


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
    under_way: Annotated[
        UnderWay | None,
        typer.Option(
            "--under-way",
            help="What becomes of leads under way in another edition. Asked for on a terminal, where Enter means keep; needed elsewhere.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch until Temporal has every lead.")] = True,
    json: Json = False,
) -> None:
    """Start a campaign, and enroll leads in it.

    The file is checked first, with its letters; when anything is wrong, or it leads on to a campaign that was never started, nothing is
    started. Without leads it is started for its forms and for the campaigns that lead on to it.

    Of a CSV file only the addresses count, and of one with a column 'campaign' only the rows of this campaign. Import it first.

    When the campaign runs and its file was changed, it is shown what is different and for how many leads, as 'campaign diff' does. New
    leads get the new edition. Those under way may keep theirs until its end, migrate into the new one where they are, by the names of
    tracks and steps, so that nothing comes twice, or restart.

    Started twice, nobody is enrolled or changed twice. Everything is kept in the database from the first moment, so that you may stop
    watching at any time; the workers go on.
    """
    if sum(chosen is not None and chosen != [] for chosen in (leads, lead, segment)) > 1:
        raise typer.BadParameter("choose one of --leads, --lead and --segment", ctx=context)
    result = run(_start(file, _choice(leads, lead, segment), clock_of(context)(), under_way, dry_run, wait, json))
    if json:
        say_json(result)
    if result["waiting"] and wait and not dry_run:
        raise typer.Exit(AWAY)


async def _start(
    file: Path, choice: Callable[[str], Choice], now: datetime, wish: UnderWay | None, dry_run: bool, wait: bool, quiet: bool
) -> dict[str, Any]:
    checked = right(file)
    campaign = campaign_of(checked)
    leads = choice(campaign.name)
    async with database() as db:
        found = await look(db, campaign)
        if not quiet and found.outlooks and not found.is_current:
            tell(found, campaign)
        under_way = choose(wish, found, may_ask=not quiet) if not dry_run else wish or UnderWay.KEEP
        try:
            with progress("Starting", None):
                started = await start(db, checked, leads, now, under_way=under_way, rehearse=dry_run)
        except asyncio.CancelledError:
            remark("Stopped while it was starting. Run the same command again: it is all or nothing, and nobody is enrolled twice.")
            raise
        waiting = 0 if dry_run else await _waiting(db, started.campaign)
        if not quiet:
            _tell(started, dry_run, waiting)
            if found.is_current and found.affected and not started.changed:
                are = "is" if found.affected == 1 else "are"
                said = (
                    f"  {number(found.affected, 'lead')} {are} under way in other editions; --under-way migrate or restart takes them over"
                )
                say(f"{said} into this one")
        if waiting:
            waiting = await _watch(db, started.campaign, waiting, wait, quiet)
    return {**asdict(started), "dry_run": dry_run, "waiting": waiting, "differences": as_values(found)}


def _choice(leads: str | None, lead: list[str] | None, segment: list[str] | None) -> Callable[[str], Choice]:
    """Which leads, once it is known for which campaign."""
    if leads:
        return lambda campaign: everyone if leads == ALL else of_file(Path(leads), campaign)
    if lead or segment:
        return lambda _: named(lead) if lead else of_segments(segment or [])
    return lambda _: nobody


async def _waiting(database: Database, campaign: str) -> int:
    async with database.transaction() as session:
        return (await selections.waiting_for(session, campaign)).leads


async def _watch(database: Database, campaign: str, waiting: int, wait: bool, quiet: bool) -> int:
    """See the leads into Temporal; gives how many still wait."""
    if not wait:
        if not quiet:
            say(f"  {number(waiting, 'lead')} wait for a worker, which carries them to Temporal")
        return waiting
    try:
        with progress("Carried to Temporal", waiting) as bar:

            def show_left(left: int) -> None:
                most = max(waiting, left)
                bar.update(bar.task_ids[0], total=most, completed=most - left)

            def ask(has_a_worker: bool) -> None:
                said = (
                    "Nothing has moved for a while. A worker runs: is Temporal there?"
                    if has_a_worker
                    else "Nothing moves. Does a worker run (python worker.py), and Temporal?"
                )
                remark(f"{said} Ctrl-C stops only the watching.", bar.console)

            watched = await carried(database, campaign, show_left, ask)
    except asyncio.CancelledError:
        remark("No longer watching. Nothing is lost: the workers carry on by themselves.")
        raise
    if watched.waiting:
        why = "a worker runs, but Temporal does not take them" if watched.has_a_worker else "no worker runs, or Temporal is away"
        remark(
            f"{number(watched.waiting, 'lead')} still wait and nothing moves: {why}. Nothing is lost: they go on as soon as both are there"
            f"{'' if watched.has_a_worker else '. Start a worker with: python worker.py'}"
        )
    elif not quiet:
        say("  Temporal has all of them", "green")
    return watched.waiting


def _tell(started: Started, dry_run: bool, waiting: int) -> None:
    edition = f"edition {short(started.ref)}"
    if dry_run:
        say(f"This is what would happen; nothing was started. Campaign '{started.campaign}', {edition}", "bold yellow")
    else:
        say(f"Campaign '{started.campaign}' {'is started' if started.is_new_edition else 'was started before'}, {edition}", "bold")
    if started.changed:
        where = "where they are" if started.under_way is UnderWay.MIGRATE else "from its start"
        say(f"  {number(started.changed, 'lead')} under way go on in this edition, {where}", "green")
    if not started.chosen:
        say("  Nobody is enrolled by this. It waits for its forms, and for campaigns that lead on to it.")
    elif started.enrolled:
        say(f"  {number(started.enrolled, 'lead')} enrolled", "green")
    else:
        are = "is" if started.chosen == 1 else "are all"
        said = f"{number(started.chosen, 'lead')} {are} in it already, or it is over for them"
        say(f"  Nobody is enrolled twice: {said}", "green")
    if waiting and not started.enrolled and not started.changed:
        say(f"  {number(waiting, 'lead')} of it still wait to be carried to Temporal since an earlier start", "yellow")
    if started.already and started.enrolled:
        say(f"  {number(started.already, 'lead')} in it before{', who stay in the edition they have' if not started.changed else ''}")
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
