"""``strays``: mail that came in and that only a human can make something of."""

from datetime import datetime
from typing import Annotated, Any

import typer

from commands.console import Json, WrongInput, number, out, printable, run, say, say_json, show, table
from commands.front import clock_of, database, system_user
from commands.moments import distance
from store.mail import strays
from store.tables import Stray
from store.team import audit
from store.team.audit import Deed, On

app = typer.Typer(no_args_is_help=True, help="Look after mail that came in and that nobody could be found for.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The message, as the list names it; its first letters will do.", show_default=False)]


@app.callback()
def _strays() -> None:
    """Look after mail that came in and that nobody could be found for."""


@app.command("list")
def list_(
    context: typer.Context,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=5000, help="How many to show.")] = 50,
    json: Json = False,
) -> None:
    """List the messages that wait for a human, the newest first, each with what it seems to be and why it is here."""
    now = clock_of(context)()
    found = run(_list(most))
    if json:
        say_json([_as_data(stray) for stray in found])
    elif not found:
        say("No message waits for a human.", "green")
    else:
        rows = ([s.digest[:8], s.sort, s.sender, s.subject, s.reason, distance(s.arrived_at, now)] for s in found)
        show(table("!message", "!sort", "from", "subject", "why", "!came", title=number(len(found), "message")), rows)


@app.command("show")
def show_(message: Id, json: Json = False) -> None:
    """Show one message: what was written, and which leads it may be from."""
    stray = run(_one(message))
    if json:
        say_json(_as_data(stray) | {"said": stray.said})
        return
    say(f"{stray.sort} from {stray.sender or 'nobody'}: {stray.subject}", "bold")
    say(f"It is here because: {stray.reason}.")
    out().print(printable(stray.said), markup=False)
    for lead in stray.candidates:
        say(f"It may be from lead {lead}; if so, say it by 'lead signal {lead} replied'.")


@app.command()
def settle(context: typer.Context, message: Id, json: Json = False) -> None:
    """Say that a message is looked after. It no longer waits; what it means for a lead is recorded by 'lead signal'."""
    stray = run(_settle(message, clock_of(context)()))
    if json:
        say_json(_as_data(stray))
    else:
        say(f"{stray.digest[:8]} is settled.", "green")


def _as_data(stray: Stray) -> dict[str, Any]:
    shown = ("digest", "arrived_at", "sort", "reason", "sender", "subject", "candidates", "settled_at")
    return {name: getattr(stray, name) for name in shown}


async def _list(most: int) -> list[Stray]:
    async with database() as db, db.transaction() as session:
        return await strays.waiting(session, most)


async def _one(message: str) -> Stray:
    async with database() as db, db.transaction() as session:
        return _only(await strays.find(session, message), message)


async def _settle(message: str, now: datetime) -> Stray:
    async with database() as db, db.transaction() as session:
        stray = _only(await strays.find(session, message), message)
        if stray.settled_at is None:
            stray.settled_at = now
            await audit.note(session, system_user(), Deed.STRAY_SETTLED, On.STRAY, stray.digest, now)
        return stray


def _only(found: list[Stray], message: str) -> Stray:
    if len(found) != 1:
        raise WrongInput(
            f"ID: {'several messages begin' if found else 'no message begins'} with '{message}'; 'strays list' names those there are"
        )
    return found[0]
