"""``retention``: who is kept no longer, and from when on."""

import os
from datetime import datetime, timedelta
from typing import Annotated

import typer

from commands.console import Json, WrongInput, number, progress, run, say, say_json, show, table
from commands.front import Clock, clock_of, database, temporal
from settings import Settings
from store.erasing import retention
from store.erasing.retention import Due
from workflows.connection import library_of
from workflows.keeping import AT_A_TIME, Keeper


def retention_(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list who would go, and when.")] = False,
    within: Annotated[int, typer.Option(metavar="DAYS", min=0, help="With --dry-run: also who is due in the days to come.")] = 90,
    most: Annotated[int, typer.Option(metavar="N", min=1, help="With --dry-run: how many to list.")] = 1000,
    json: Json = False,
) -> None:
    """Erase whom it is time to erase, as workers do every hour: nothing has happened with them for RETENTION_YEARS, and nothing is open.

    Customers are kept as long as their contract runs, and as long after it. Strays and unknown visitors go after the same time.
    """
    now = clock_of(context)
    if not dry_run:
        erased = run(_erase(now))
        if json:
            say_json({"erased": erased})
        else:
            say(f"{number(erased, 'person', 'people')} erased.", "green")
        return
    due = run(_due(now() + timedelta(days=within), most))
    if json:
        say_json(due)
    elif not due:
        say(f"Nobody is due within {number(within, 'day')}.", "green")
    else:
        rows = ([one.lead_id, f"{one.last_at:%Y-%m-%d}", f"{one.due_at:%Y-%m-%d}", "now" if one.due_at <= now() else ""] for one in due)
        show(table("!lead", "!last", "!goes on", "", title=number(len(due), "lead")), rows)


def years() -> int:
    """For how many years people are kept. Raises WrongInput."""
    said = os.environ.get("RETENTION_YEARS") or str(Settings.model_fields["retention_years"].default)
    if not said.isdecimal() or int(said) < 1:
        raise WrongInput("RETENTION_YEARS is wrong: it is a whole number of years, 1 or more")
    return int(said)


async def _due(until: datetime, most: int) -> list[Due]:
    kept = years()
    async with database() as db, db.transaction() as session:
        return list(await retention.due(session, kept, until, most))


async def _erase(now: Clock) -> int:
    kept, erased = years(), 0
    async with database() as db, temporal(library_of(db)) as client:
        keeper = Keeper(db, client, now, years=kept)
        with progress("Erasing", None, counts=False):
            while (done := await keeper.look()) == AT_A_TIME:
                erased += done
    return erased + done
