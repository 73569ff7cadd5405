"""``audit``: what people changed, by person, thing and day."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from commands.console import Json, number, run, say, say_json, show, table
from commands.front import database
from commands.moments import read_day
from store.tables import Audit
from store.team import audit
from store.team.audit import Asked, On

_MOST = 100_000


def audit_command(
    who: Annotated[str, typer.Option(metavar="NAME", help="Only what this person changed.", show_default=False)] = "",
    on: Annotated[On | None, typer.Option(metavar="KIND", help=f"Only changes of this kind of thing: {', '.join(On)}.")] = None,
    subject: Annotated[str, typer.Option(metavar="ID|NAME", help="Only changes of this one.", show_default=False)] = "",
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on, in UTC.", show_default=False)] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="Up to this day, in UTC.", show_default=False)] = "",
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=_MOST, help="At most so many, the last ones.")] = 50,
    json: Json = False,
) -> None:
    """Show what people changed, by the pages, the API and this command: who, what, on which thing, before and after."""
    found = run(_lines(Asked(who=who, on=on or "", subject=subject), since, until, most))
    if json:
        say_json([_as_values(line) for line in found])
    elif not found:
        say("Nothing was changed.")
    else:
        rows = ([f"{line.at:%Y-%m-%d %H:%M}", line.who, line.what, f"{line.kind} {line.subject}", _values(line)] for line in found)
        show(table("!at (UTC)", "who", "what", "on", "before → after", title=number(len(found), "change")), rows)


async def _lines(asked: Asked, since: str, until: str, most: int) -> list[Audit]:
    first, last = (read_day(option, day) if day else None for option, day in (("--since", since), ("--until", until)))
    async with database() as db, db.transaction() as session:
        return await audit.lines(session, replace(asked, since=first, until=last), limit=most)


def _values(line: Audit) -> str:
    before, after = line.before or {}, line.after or {}
    names = dict.fromkeys([*before, *after])
    return "\n".join(f"{name}: {f'{before[name]} → ' if name in before else ''}{after.get(name, '')}" for name in names)


def _as_values(line: Audit) -> dict[str, Any]:
    names = ("id", "at", "who", "what", "kind", "subject", "before", "after")
    return {name: getattr(line, name) for name in names}
