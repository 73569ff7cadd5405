"""``tasks``: what waits for a rep, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from commands.console import WRONG_INPUT, Json, complain, number, out, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from commands.moments import both, distance, there
from commands.team import answering
from commands.team.answering import OUTCOME_OF, Taken, Typed
from nurture.kinds import Outcome
from store.desk import tasks
from store.desk.tasks import TaskRow

app = typer.Typer(no_args_is_help=True, help="See the open tasks of reps, take one, and record what came of it.")

Id = Annotated[
    str, typer.Argument(metavar="ID", help="The task's id, or its first letters as 'tasks list' shows them.", show_default=False)
]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="Who does this.", show_default=False)]


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """Show every open task, the next deadline first."""
    rows = run(_list())
    now = clock_of(context)()
    if json:
        say_json([asdict(row) for row in rows])
    elif not rows:
        say("No task is open.", "green")
    else:
        shown = table("!task", "!deadline", "!", "reason", "lead", "taken by", title=number(len(rows), "open task"))
        show(shown, ([str(row.id)[:8], *_due(row, now), row.reason, _lead(row), row.claimed_by or f"({row.owner})"] for row in rows))
        out().print(
            Text("Deadlines are on the lead's clock. See a task with: tasks show TASK; take it with: tasks claim TASK --as NAME", "dim")
        )


@app.command("show")
def show_(context: typer.Context, task: Id, json: Json = False) -> None:
    """Show a task: what to do, why, about whom, and what its answer has to say."""
    row, wanted = run(_show(task))
    if json:
        say_json(asdict(row))
        return
    say(f"{row.reason} · {_who(row)} <{row.email}> · due {both(row.deadline_at, row.zone)}", "bold")
    for line in filter(None, [row.say, row.why, row.because, f"lead {row.lead_id}", row.phone, row.channel and f"on {row.channel}"]):
        say(f"  {line}")
    if not row.is_open:
        say(f"Not open any more: {answering.closed(row)}.", "yellow")
        for line, said in zip(row.checklist, row.answers, strict=False):
            say(f"  {line} {said}")
        learned = [f"{name}: {value}" for name, value in row.learned.items()]
        for line in filter(None, (*learned, row.artefact, row.notes)):
            say(f"  {line}")
    else:
        say(f"Answer it with: tasks complete {str(row.id)[:8]} --as NAME and")
        for line in wanted:
            say(f"  {line}")


@app.command()
def claim(context: typer.Context, task: Id, by: As, json: Json = False) -> None:
    """Take a task, so that colleagues see who has it."""
    row = run(_claim(task, _name(context, by), clock_of(context)))
    if json:
        say_json({"id": row.id, "claimed_by": row.claimed_by, "claimed_at": row.claimed_at})
    else:
        say(f"{row.claimed_by} has the task {row.reason} about {_who(row)}, due {both(row.deadline_at, row.zone)}.", "green")
        say(row.say or row.why)


@app.command()
def complete(
    context: typer.Context,
    task: Id,
    outcome: Annotated[Outcome, typer.Option(metavar="OUTCOME", help=f"What came of it: {', '.join(Outcome)}.", show_default=False)],
    by: As,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="not_now: the day from which the lead may be asked again.", show_default=False)
    ] = None,
    contract_ends_on: Annotated[
        str | None, typer.Option(metavar="DAY", help="won: the last day of the contract, in the lead's zone.", show_default=False)
    ] = None,
    open_ended: Annotated[bool, typer.Option("--open-ended", help="won: the contract has no last day.")] = False,
    auto_renews: Annotated[bool, typer.Option("--auto-renews", help="won: it goes on by itself unless somebody ends it.")] = False,
    contact_email: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="other_contact: the person to talk to instead.", show_default=False)
    ] = None,
    contact_family_name: Annotated[str | None, typer.Option(metavar="NAME", help="other_contact: likewise.", show_default=False)] = None,
    contact_given_name: Annotated[str | None, typer.Option(metavar="NAME", help="other_contact: likewise.", show_default=False)] = None,
    contact_title: Annotated[str | None, typer.Option(metavar="TITLE", help="other_contact: likewise.", show_default=False)] = None,
    contact_phone: Annotated[str | None, typer.Option(metavar="NUMBER", help="other_contact: likewise.", show_default=False)] = None,
    campaign: Annotated[
        str, typer.Option(metavar="NAME", help="other_project: the campaign that begins for this lead.", show_default=False)
    ] = "",
    check: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="The answer to a line of the task's checklist; one for each, in order.", show_default=False),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="A field that the task asks for; a day as 2027-03-01.", show_default=False),
    ] = None,
    artefact: Annotated[str, typer.Option(metavar="URL", help="A link to what was made for this lead.", show_default=False)] = "",
    notes: Annotated[str, typer.Option(metavar="TEXT", help="For colleagues. It stays in the database.", show_default=False)] = "",
    json: Json = False,
) -> None:
    """Answer a task. The answer steers the lead.

    won: a customer, with a contract. not_now: asked again from a day on. nurture: back to letters. lost, bad_fit: this campaign is over for
    the lead. other_contact: somebody else at the company is in charge. other_project: a second opportunity, in a campaign of its own.
    no_answer, meeting_set, declined, done, and of a letter sent, send, skip: what a task may take instead; 'tasks show' says what it
    takes, and what else it needs.
    """
    given = [name for name in OUTCOME_OF if context.params[name]]
    for name in given:
        if outcome is not OUTCOME_OF[name]:
            option = f"--{name.replace('_', '-')}"
            raise typer.BadParameter(f"{option} belongs to --outcome {OUTCOME_OF[name]}, not to {outcome}", ctx=context)
    if open_ended and (contract_ends_on or auto_renews):
        raise typer.BadParameter("--open-ended goes without --contract-ends-on and --auto-renews", ctx=context)
    typed = Typed(
        outcome=outcome,
        until=until,
        contract_ends_on=contract_ends_on,
        open_ended=open_ended,
        auto_renews=auto_renews,
        contact={name.removeprefix("contact_"): context.params[name] for name in given if name.startswith("contact_")},
        campaign=campaign,
        checks=check or (),
        sets=set_ or (),
        artefact=artefact,
        notes=notes,
    )
    taken = run(_answer(task, typed, _name(context, by), clock_of(context)))
    _tell(taken, json)


def _tell(taken: Taken, json: bool) -> None:
    """Say what became of an answer. One that came too late and says something else is an error: the rep has to know."""
    row = taken.row
    if json:
        answered = {"id": row.id, "outcome": row.outcome, "completed_by": row.completed_by, "completed_at": row.completed_at}
        say_json(answered | {"recorded": taken.is_first})
    elif taken.is_first:
        say(f"'{row.outcome}' is recorded for the task {row.reason} about {_who(row)}; the workers carry it to its workflow.", "green")
    elif taken.is_same:
        say(f"Nothing changed: {answering.closed(row)}.", "yellow")
    if not taken.is_same:
        complain([f"ID: task {str(row.id)[:8]} is not open any more: {answering.closed(row)}; your answer was not recorded"])
        raise typer.Exit(WRONG_INPUT)


async def _list() -> Sequence[TaskRow]:
    async with database() as db, db.transaction() as session:
        return await tasks.open_tasks(session)


async def _claim(task: str, by: str, now: Clock) -> TaskRow:
    async with database() as db:
        return await answering.claim(db, task, by, now)


async def _show(task: str) -> tuple[TaskRow, list[str]]:
    async with database() as db:
        row = await answering.found(db, task)
        return row, await answering.wanted(db, row)


async def _answer(task: str, typed: Typed, by: str, now: Clock) -> Taken:
    async with database() as db:
        return await answering.answer(db, task, typed, by, now)


def _name(context: typer.Context, by: str) -> str:
    if not by.strip() or not by.isprintable() or len(by) > 200:
        raise typer.BadParameter("--as needs a name of at most 200 letters", ctx=context)
    return by.strip()


def _due(row: TaskRow, now: datetime) -> tuple[Text, Text]:
    style = "bold red" if row.deadline_at <= now else ""
    return Text(f"{there(row.deadline_at, row.zone)}\n{row.zone or 'UTC'}", style), Text(distance(row.deadline_at, now), style)


def _who(row: TaskRow) -> str:
    return row.who or row.email


def _lead(row: TaskRow) -> str:
    return f"{row.who}\n{row.email}".strip()
