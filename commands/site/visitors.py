"""``visitors``: those who look at the site and have not said who they are."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from commands.console import Json, number, out, run, say, say_json, show, table
from commands.front import clock_of, database
from commands.moments import distance
from store.site import visitors
from store.site.visitors import Visitor

app = typer.Typer(no_args_is_help=True, help="See what those look at who have not said who they are.")


@app.callback()
def _visitors() -> None:
    """See what those look at who have not said who they are."""


@app.command("list")
def list_(
    context: typer.Context,
    content: Annotated[str | None, typer.Option(metavar="CONTENT", help="Only visitors who looked at this.", show_default=False)] = None,
    at_least: Annotated[int, typer.Option(metavar="N", min=1, help="Only visitors who came, or looked at it, at least so often.")] = 1,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many to show.")] = 50,
    json: Json = False,
) -> None:
    """List a segment of the visitors whom nobody knows, the latest first: who looked at something, or came often.

    A visitor is a random number that the site keeps in a browser whose owner agreed. Visits are kept for 90 days; once a visitor sends a
    form, they are the lead's, and the visitor is gone from this list.
    """
    now = clock_of(context)()
    found = run(_list(now, content, at_least, most))
    if json:
        say_json([asdict(visitor) for visitor in found])
    elif not found:
        say("No such visitor.", "green")
    else:
        rows = ([str(v.id)[:8], v.visits, ", ".join(v.contents), distance(v.first_at, now), distance(v.last_at, now)] for v in found)
        show(table("!visitor", "!visits", "looked at", "!first", "!last", title=number(len(found), "visitor")), rows)
        if len(found) == most:
            out().print(Text(f"These are the first {most}; --most shows more.", "dim"))


async def _list(now: datetime, content: str | None, at_least: int, most: int) -> list[Visitor]:
    async with database() as db, db.transaction() as session:
        return await visitors.segment(session, now, content=content, at_least=at_least, most=most)
