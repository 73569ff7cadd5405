"""``account``: one company, and every lead of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from commands.console import Json, WrongInput, number, out, printable, run, say_json, show, table
from commands.front import clock_of, database
from commands.moments import both, distance, there
from store.leads import accounts
from store.looks import rollups
from store.looks.rollups import Member, RollUp

app = typer.Typer(no_args_is_help=True, help="See a company, with every lead of it.")


@app.callback()
def _account() -> None:
    """See a company, with every lead of it."""


@app.command("show")
def show_(
    context: typer.Context,
    account: Annotated[
        str, typer.Argument(metavar="NAME|ID", help="The company's name, or a part of it that no other has, or its id.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Show every lead of a company: its stage, what comes next, its open tasks, its owner, and what happened last."""
    now = clock_of(context)()
    seen = run(_look(account, now))
    if json:
        say_json(asdict(seen))
    else:
        _draw(seen, now)


async def _look(account: str, now: datetime) -> RollUp:
    async with database() as db, db.transaction() as session:
        found = await accounts.find(session, account)
        if len(found) > 1:
            lines = (f"  {one.name} ({one.id})" for one in found)
            raise WrongInput(f"'{account}' is the name of more than one company; give one of these:", *lines)
        seen = await rollups.of_account(session, found[0].id, now) if found else None
    if seen is None:
        raise WrongInput(f"there is no company '{account}'; give the name or the id of one that a lead belongs to")
    return seen


def _draw(seen: RollUp, now: datetime) -> None:
    console = out()
    console.print()
    console.print(Text(printable(seen.name), "bold"))
    console.print(Text(str(seen.id), "dim"), soft_wrap=True)
    people = table("lead", "stage", "next", "open tasks", "owner", title=number(seen.leads, "lead"))
    show(people, ([_who(member), member.stage, _next(member, now), _tasks(member, now), member.owner] for member in seen.members))
    if seen.leads > len(seen.members):
        console.print(Text(f"These are the first {len(seen.members)}.", "dim"))
    last = table("!UTC", "lead", "what happened last", "why")
    entries = sorted(((entry, member) for member in seen.members for entry in member.last), key=lambda told: told[0].at, reverse=True)
    show(last, ([there(entry.at, "UTC"), member.name or member.email, entry.what, entry.why] for entry, member in entries))


def _who(member: Member) -> str:
    return "\n".join(filter(None, [member.name, member.title, member.email]))


def _next(member: Member, now: datetime) -> str:
    if not member.is_open:
        return "nothing, until the lead comes back" if member.stage else "it is in no campaign"
    when = f"{both(member.next_at, member.zone)}, {distance(member.next_at, now)}" if member.next_at else ""
    return "\n".join(filter(None, [when, member.why]))


def _tasks(member: Member, now: datetime) -> str:
    return "\n".join(f"{task.reason}: {task.claimed_by or task.owner}, due {distance(task.deadline_at, now)}" for task in member.tasks)
