"""``doctor``: shows that no lead is forgotten, or names those that would be, why, and what to do."""

from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.text import Text

from commands.console import AWAY, FORGOTTEN, Json, complain, number, progress, run, say, say_json, show, table
from commands.examining import Examination, examine
from commands.front import Clock, clock_of, database

_MOST_SHOWN: Final = 100


def doctor(
    context: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Look up every open lead in Temporal, not only a sample.")] = False,
    json: Json = False,
) -> None:
    """Show that every open lead has a next wake-up, or an owner with a deadline.

    Leads that would be forgotten are named, with the reason and what to do; the exit code is then 4.

    What has just begun gets a few minutes before it counts: an enrollment, something to be relayed, a contract.

    All leads are examined in the database. In Temporal those that raise a suspicion are looked up, and a sample; with --deep all of them.
    """
    seen = run(_examine(deep, clock_of(context)))
    if json:
        say_json({"ok": not seen.findings and not seen.away, **asdict(seen)})
    else:
        _tell(seen)
    if seen.away:
        complain([f"{seen.away}. Whether the workflows run was not looked up."])
    if seen.findings or seen.away:
        raise typer.Exit(FORGOTTEN if seen.findings else AWAY)


async def _examine(deep: bool, now: Clock) -> Examination:
    async with database() as db:
        with progress("Looked up in Temporal", None) as bar:
            return await examine(db, now(), deep=deep, show=lambda done, of: bar.update(bar.task_ids[0], completed=done, total=of))


def _tell(seen: Examination) -> None:
    if seen.findings:
        leads = len({finding.lead_id for finding in seen.findings})
        shown = table("!lead", "why, and what to do", title=f"{number(leads, 'lead')} would be forgotten")
        rows = seen.findings[:_MOST_SHOWN]
        show(shown, ([str(finding.lead_id), Text.assemble(finding.why, "\n", (f"→ {finding.do}", "green"))] for finding in rows))
        if len(seen.findings) > _MOST_SHOWN:
            say(f"… and {number(len(seen.findings) - _MOST_SHOWN, 'more finding')}; --json names all of them")
    elif not seen.away:
        every = f"Every one of {number(seen.open, 'open lead')}" if seen.open != 1 else "The one open lead"
        say(f"{every if seen.open else 'There are no open leads, so none'} has a next wake-up, or an owner with a deadline.", "green")
    if seen.looked_up:
        share = "all" if seen.looked_up >= seen.open else f"{seen.looked_up:,} of {seen.open:,}"
        say(f"  {share} looked up in Temporal" + ("" if share == "all" else "; --deep looks all of them up"))
    if seen.on_their_way:
        say(f"  {number(seen.on_their_way, 'lead')} enrolled and on the way to their workflows")
