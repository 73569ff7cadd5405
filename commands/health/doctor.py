"""``doctor``: shows that no lead is forgotten, or names those that would be, why, and what to do; repairs what it safely can."""

import asyncio
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import typer
from pydantic_core import to_json
from rich.progress import Progress
from rich.text import Text

from commands.console import Away, Json, WrongInput, complain, number, progress, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from commands.health.doctormail import mail_command
from commands.health.examining import Seen, look
from commands.mail.halting import halted
from nurture.plan.spans import Span
from store.journeys.standings import Trouble
from store.looks import looks
from store.looks.looks import LookRow
from workflows.findings import REPAIRABLE

_MOST_SHOWN: Final = 100
_LOOKS_SHOWN: Final = 50
_NOT_LOOKED_UP: Final = "Whether the workflows run was not looked up."


app = typer.Typer(invoke_without_command=True)
app.command("mail")(mail_command)


@app.callback()
def doctor(
    context: typer.Context,
    deep: Annotated[
        bool, typer.Option("--deep", help="Look up every open lead in Temporal by itself, not in the list that Temporal keeps.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Put right what is safe to put right: take up leads whose workflow is gone, relay what waits.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Show what was found lately, by workers and by this command; look at nothing.")
    ] = False,
    watch: Annotated[
        str | None,
        typer.Option(metavar="EVERY", help="Look again after every '5 minutes', until Ctrl-C.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Show that every open lead has a next wake-up, or an owner with a deadline, and that its workflow runs.

    Leads that would be forgotten are named, with the reason and what to do; the exit code is then 4. No lead is woken by it.

    What has just begun gets a few minutes before it counts: an enrollment, something to be relayed, a contract.

    Each look is kept. Workers look by themselves every quarter of an hour, and tell operators.

    With --watch, the exit code is that of the last look, and --json prints one line for each.
    """
    if context.invoked_subcommand is not None:
        return
    now = clock_of(context)
    if history:
        run(_history(deep or repair or watch is not None, json))
        return
    code = run(_watch(watch, now, deep, repair, json)) if watch is not None else run(_look_once(now, deep, repair, json))
    if code:
        raise typer.Exit(code)


async def _look_once(now: Clock, deep: bool, repairs: bool, json: bool) -> int:
    async with database() as db:
        with progress("Looked up in Temporal", None) as bar:
            seen = await look(db, now, bar, deep=deep, repairs=repairs)
    halts = await halted(now())
    if json:
        say_json({**_as_json(seen), "halted": halts.as_json()})
    else:
        _tell(seen)
        for line in halts.in_words(now()):
            say(line, "yellow")
    return _end(seen)


async def _watch(given: str, now: Clock, deep: bool, repairs: bool, json: bool) -> int:
    """Look again and again. What was found before is not told again until it is gone and comes back."""
    every = _length(given)
    code, known = 0, set[tuple[UUID, Trouble]]()
    try:
        while True:
            try:
                async with database() as db:
                    with progress("Looked up in Temporal", None) as bar:
                        seen = await look(db, now, bar, deep=deep, repairs=repairs)
            except Away as error:
                code = error.code
                complain(error.lines)
            else:
                found = {(finding.lead_id, finding.kind) for finding in seen.examination.findings}
                if json:
                    typer.echo(to_json(_as_json(seen)).decode())
                else:
                    _tell_line(seen)
                    if found - known or seen.repairs:
                        _tell(seen)
                code, known = _end(seen), found
            with progress("Looking again", every.total_seconds(), counts=False) as bar:
                await _sleep(every, bar)
    except asyncio.CancelledError:
        return code


async def _sleep(length: timedelta, bar: Progress) -> None:
    for second in range(int(length.total_seconds())):
        bar.update(bar.task_ids[0], completed=second)
        await asyncio.sleep(1)


async def _history(with_others: bool, json: bool) -> None:
    if with_others:
        raise WrongInput("--history looks at nothing; leave out --deep, --repair and --watch")
    async with database() as db, db.transaction() as session:
        rows = await looks.latest(session, _LOOKS_SHOWN)
    if json:
        say_json([asdict(row) for row in rows])
    elif not rows:
        say("Nobody has looked yet. Workers look every quarter of an hour; look with: doctor")
    else:
        shown = table("!UTC", "!by", "!open leads", "found", "repaired", "!told", title=f"The last {number(len(rows), 'look')}")
        show(shown, map(_row, rows))


def _row(look: LookRow) -> list[object]:
    found = _counted(look.found) or Text("nothing", "green")
    where = [look.by, f"{look.open:,}"]
    told = f"{look.told_at:%d %b %H:%M}" if look.told_at else ""
    return [f"{look.at:%Y-%m-%d %H:%M}", *where, look.away or found, _counted(look.repaired), told]


def _tell(seen: Seen) -> None:
    exam, left = seen.examination, seen.left
    for one in seen.repairs:
        say(f"{one.lead_id} {one.kind.replace('_', ' ')}: {one.did}", "green" if one.done else "yellow")
    if left:
        leads = len({finding.lead_id for finding in left})
        shown = table("!lead", "why, and what to do", title=f"{number(leads, 'lead')} would be forgotten")
        show(
            shown,
            ([str(finding.lead_id), Text.assemble(finding.why, "\n", (f"→ {finding.do}", "green"))] for finding in left[:_MOST_SHOWN]),
        )
        if len(left) > _MOST_SHOWN:
            say(f"… and {number(len(left) - _MOST_SHOWN, 'more finding')}; --json names all of them")
        if (safe := sum(finding.kind in REPAIRABLE for finding in left)) and not seen.repairs:
            say(f"  {number(safe, 'finding')} can be put right with: doctor --repair")
    elif not exam.away:
        every = f"Every one of {number(exam.open, 'open lead')}" if exam.open != 1 else "The one open lead"
        say(f"{every if exam.open else 'There are no open leads, so none'} has a next wake-up, or an owner with a deadline.", "green")
    if exam.looked_up:
        share = "all" if exam.looked_up >= exam.open else f"{exam.looked_up:,} of {exam.open:,}"
        say(f"  {share} looked up in Temporal" + ("" if share == "all" else "; --deep looks all of them up"))
    if exam.on_their_way:
        say(f"  {number(exam.on_their_way, 'lead')} enrolled and on the way to their workflows")


def _tell_line(seen: Seen) -> None:
    exam = seen.examination
    found = _counted({kind: sum(one.kind is kind for one in exam.findings) for kind in {one.kind for one in exam.findings}})
    say(f"{exam.at:%Y-%m-%d %H:%M} UTC  {number(exam.open, 'open lead')}: {found or 'nothing found'}", "" if found else "green")


def _end(seen: Seen) -> int:
    if seen.examination.away:
        complain([f"{seen.examination.away}. {_NOT_LOOKED_UP}"])
    return seen.code


def _as_json(seen: Seen) -> dict[str, object]:
    exam = seen.examination
    return {"ok": not seen.left and not exam.away, **asdict(exam), "repairs": [asdict(one) for one in seen.repairs]}


def _counted(by_kind: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in sorted(by_kind.items()))


def _length(given: str) -> timedelta:
    """Raises WrongInput."""
    try:
        span = Span.parse(given)
    except ValueError:
        span = None
    length = (span.exact or timedelta(days=span.days)) if span else timedelta()
    if not length:
        raise WrongInput(f"--watch: '{given}' is not a length of time; write it like '30 seconds', '5 minutes' or '1 hour'")
    return length
