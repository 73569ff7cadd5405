"""``reps``: who they are, who is away, and until when."""

from datetime import date
from typing import Annotated

import typer

from commands.console import Json, WrongInput, number, remark, run, say, say_json
from commands.front import Clock, clock_of, database
from commands.moments import read_day_ahead
from store import reps

app = typer.Typer(no_args_is_help=True, help="Say who the reps are and which are away, so that no task waits for them.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rep, as in the inbox and in --as.", show_default=False)]


@app.command()
def add(
    name: Name,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The address that this rep writes by.", show_default=False)],
    json: Json = False,
) -> None:
    """Introduce a rep, so that a campaign can write in the name of a lead's owner ('from: owner'); a known rep gets a new address."""
    rep = run(_add(name, address))
    if json:
        say_json({"rep": rep, "address": address})
    else:
        say(f"Letters in the name of {rep} come from {address}.", "green")


@app.command()
def away(
    context: typer.Context,
    name: Name,
    until: Annotated[str, typer.Option(metavar="DAY", help="The first day back.", show_default=False)],
    json: Json = False,
) -> None:
    """Have all reps look after the leads of one who is away.

    Tasks for the owner of a lead go to sales until that day, on the lead's calendar. What this rep has open goes to sales at once.
    """
    rep, day, handed = run(_away(name, until, clock_of(context)))
    if json:
        say_json({"rep": rep, "until": day, "handed_over": handed})
    else:
        say(f"{rep} is away until {day}. {number(handed, 'open task')} went to sales.", "green")


@app.command()
def back(context: typer.Context, name: Name, json: Json = False) -> None:
    """A rep is back early: tasks for the owner go to them again. What others were given meanwhile stays there."""
    rep, was_away = run(_back(name))
    if json:
        say_json({"rep": rep, "was_away": was_away})
    else:
        say(f"{rep} is back." if was_away else f"Nothing changed: {rep} was not away.", "green" if was_away else "yellow")


@app.command("list")
def list_(json: Json = False) -> None:
    """Show who is away, and who writes by an address of their own."""
    away_until, addresses = run(_list())
    known = sorted({*away_until, *addresses})
    if json:
        say_json([{"rep": rep, "until": away_until.get(rep), "address": addresses.get(rep, "")} for rep in known])
        return
    for rep in known:
        writes = f" writes by {addresses[rep]}" if rep in addresses else ""
        gone = f" is away until {away_until[rep]}" if rep in away_until else ""
        say(f"{rep}{writes}{' and' if writes and gone else ''}{gone}.")
    if not away_until:
        say("Nobody is away.")


async def _away(name: str, until: str, now: Clock) -> tuple[str, date, int]:
    rep, day = _read(name), read_day_ahead("--until", until, now().date())
    async with database() as db, db.transaction() as session:
        handed = await reps.away(session, rep, day)
        if not handed and not await reps.is_known(session, rep):
            remark(f"No lead and no task knows a rep '{rep}'; see that the name is written as in the inbox.")
        return rep, day, handed


async def _back(name: str) -> tuple[str, bool]:
    rep = _read(name)
    async with database() as db, db.transaction() as session:
        return rep, await reps.back(session, rep)


async def _list() -> tuple[dict[str, date], dict[str, str]]:
    async with database() as db, db.transaction() as session:
        return await reps.absences(session), await reps.addresses(session)


async def _add(name: str, address: str) -> str:
    rep = _read(name)
    try:
        async with database() as db, db.transaction() as session:
            await reps.introduce(session, rep, address)
    except ValueError as wrong:
        raise WrongInput(f"ADDRESS: {wrong}") from None
    return rep


def _read(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise WrongInput("NAME: is a name of at most 200 letters")
    return name.strip()
