"""``tasks``: what waits for a rep, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from commands import answering
from commands.answering import OUTCOME_OF, Typed
from commands.console import Json, number, out, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from commands.moments import both, distance, there
from nurture.kinds import Outcome
from store import tasks
from store.tasks import TaskRow

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
        show(shown, ([str(row.id)[:8], *_due(row, now), row.reason, _who(row), row.claimed_by or f"({row.owner})"] for row in rows))
        out().print(Text("Deadlines are on the lead's clock. Take a task with: tasks claim TASK --as NAME", "dim"))


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
    notes: Annotated[str, typer.Option(metavar="TEXT", help="For colleagues. It stays in the database.", show_default=False)] = "",
    json: Json = False,
) -> None:
    """Answer a task. The answer steers the lead.

    won: a customer, with a contract. not_now: asked again from a day on. nurture: back to letters. lost, bad_fit: this campaign is over for
    the lead. other_contact: somebody else at the company is in charge.
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
        notes=notes,
    )
    row, is_first = run(_answer(task, typed, _name(context, by), clock_of(context)))
    if json:
        answered = {"id": row.id, "outcome": row.outcome, "completed_by": row.completed_by, "completed_at": row.completed_at}
        say_json(answered | {"recorded": is_first})
    elif is_first:
        say(f"'{row.outcome}' is recorded for the task {row.reason} about {_who(row)}; the workers carry it to its workflow.", "green")
    else:
        say(f"Nothing changed: {row.completed_by} answered this task before, with '{row.outcome}'.", "yellow")


async def _list() -> Sequence[TaskRow]:
    async with database() as db, db.transaction() as session:
        return await tasks.open_tasks(session)


async def _claim(task: str, by: str, now: Clock) -> TaskRow:
    async with database() as db:
        return await answering.claim(db, task, by, now)


async def _answer(task: str, typed: Typed, by: str, now: Clock) -> tuple[TaskRow, bool]:
    async with database() as db:
        return await answering.answer(db, task, typed, by, now)


def _name(context: typer.Context, by: str) -> str:
    if not by.strip() or not by.isprintable() or len(by) > 200:
        raise typer.BadParameter("--as needs a name of at most 200 letters", ctx=context)
    return by.strip()


def _due(row: TaskRow, now: datetime) -> tuple[Text, Text]:
    style = "bold red" if row.deadline_at <= now else ""
    return Text(there(row.deadline_at, row.zone), style), Text(distance(row.deadline_at, now), style)


def _who(row: TaskRow) -> str:
    return ", ".join(filter(None, [row.name or row.email, row.company]))
