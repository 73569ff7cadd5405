"""``reps``: who is away, and until when."""

from datetime import date
from typing import Annotated

import typer

from commands.console import Json, WrongInput, number, remark, run, say, say_json
from commands.front import Clock, clock_of, database, system_user
from commands.moments import read_day_ahead
from store.team import audit, people, reps
from store.team.audit import Deed, On

app = typer.Typer(no_args_is_help=True, help="Say which reps are away, so that no task waits for them. Who is of the team: people.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rep, as in the inbox and in --as.", show_default=False)]


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
    rep, was_away = run(_back(name, clock_of(context)))
    if json:
        say_json({"rep": rep, "was_away": was_away})
    else:
        say(f"{rep} is back." if was_away else f"Nothing changed: {rep} was not away.", "green" if was_away else "yellow")


@app.command("list")
def list_(json: Json = False) -> None:
    """Show who is away, and until when. Everybody of the team: people list."""
    away_until = run(_list())
    if json:
        say_json([{"rep": rep, "until": until} for rep, until in away_until.items()])
        return
    for rep, until in away_until.items():
        say(f"{rep} is away until {until}.")
    if not away_until:
        say("Nobody is away.")


async def _away(name: str, until: str, now: Clock) -> tuple[str, date, int]:
    typed, day = _read(name), read_day_ahead("--until", until, now().date())
    async with database() as db, db.transaction() as session:
        rep = await people.spelled(session, typed)
        handed = await reps.away(session, rep, day)
        await audit.note(session, system_user(), Deed.REP_AWAY, On.PERSON, rep, now(), after={"until": day.isoformat()})
        if not handed and not await reps.is_known(session, rep):
            remark(f"No lead and no task knows a rep '{rep}'; see that the name is written as in the inbox.")
        return rep, day, handed


async def _back(name: str, now: Clock) -> tuple[str, bool]:
    typed = _read(name)
    async with database() as db, db.transaction() as session:
        rep = await people.spelled(session, typed)
        was_away = await reps.back(session, rep)
        if was_away:
            await audit.note(session, system_user(), Deed.REP_BACK, On.PERSON, rep, now())
        return rep, was_away


async def _list() -> dict[str, date]:
    async with database() as db, db.transaction() as session:
        return await reps.absences(session)


def _read(name: str) -> str:
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise WrongInput("NAME: is a name of at most 200 letters")
    return name.strip()
