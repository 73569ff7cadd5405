"""``lead export``: everything that is known of one person, for the person, who may ask for it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_json

from commands.console import Json, WrongInput, number, run, say, say_json
from commands.front import Clock, clock_of, database, system_user
from commands.looking import found
from store.erasing import export
from store.team import audit
from store.team.audit import Deed, On


def export_(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Write it here instead.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Export everything that is known of one person, as JSON: every row of every table, with letters and messages as base64.

    Other people's rows are not exported; where they name the person is said, for a human to look at.
    """
    known = run(_export(lead, clock_of(context)))
    if file is None:
        say_json(known)
        return
    try:
        file.touch(mode=0o600)
        file.write_bytes(to_json(known, indent=2) + b"\n")
    except OSError as wrong:
        run(_refuse(f"--file: {file} cannot be written ({wrong.strerror}); name a file in a folder that you may write to"))
    rows = {name: len(rows) for name, rows in known.items() if isinstance(rows, list) and rows}
    if json:
        say_json({"file": str(file), "rows": rows})
    else:
        say(f"{file}: {number(sum(rows.values()), 'row')} of {number(len(rows), 'table')}", "green")


async def _export(name: str, now: Clock) -> dict[str, Any]:
    async with database() as db:
        lead_id = await found(db, name)
        async with db.transaction() as session:
            await audit.note(session, system_user(), Deed.LEAD_EXPORTED, On.LEAD, lead_id, now())
            return await export.everything(session, lead_id, now())


async def _refuse(line: str) -> None:
    raise WrongInput(line)
