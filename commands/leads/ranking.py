"""The list of leads that reps work from the top."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from commands.console import Json, WrongInput, number, out, run, say, say_json, show, table
from commands.front import clock_of, database
from commands.moments import distance
from nurture.stage_ranges import WrongRange, stages_between
from store.looks.ranking import Ranked, ranked


def rank(
    context: typer.Context,
    stages: Annotated[
        str | None,
        typer.Option(metavar="FROM..TO", help="Only leads in these stages, such as interest..consideration.", show_default=False),
    ] = None,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many to show.")] = 50,
    json: Json = False,
) -> None:
    """Rank the open leads by how likely they are to buy: by the points of the last weeks, and then by all points.

    What a lead did earns points, as its campaign says. The first of the list is the first to be called.
    """
    now = clock_of(context)()
    rows, total = run(_ranked(stages, most, now))
    if json:
        say_json([asdict(row) for row in rows])
    elif not rows:
        say("No lead is open here." if stages else "No lead is open.", "green")
    else:
        shown = table("!", "!recent", "!all", "lead", "stage", "fit", "next", title=number(total, "open lead"))
        show(
            shown,
            ([place, row.recent_score, row.score, _who(row), row.stage, row.fit, _next(row, now)] for place, row in enumerate(rows, 1)),
        )
        if total > len(rows):
            out().print(Text(f"These are the first {len(rows)}; --most shows more.", "dim"))


async def _ranked(stages: str | None, most: int, now: datetime) -> tuple[list[Ranked], int]:
    try:
        wanted = None if stages is None else stages_between(stages)
    except WrongRange as wrong:
        raise WrongInput(f"--stages: {wrong}") from None
    async with database() as db, db.transaction() as session:
        return await ranked(session, now, stages=wanted, most=most)


def _who(row: Ranked) -> str:
    return "\n".join(filter(None, [", ".join(filter(None, [row.name, row.company])), row.email]))


def _next(row: Ranked, now: datetime) -> str:
    if row.deadline_at is not None:
        return f"a task, due {distance(row.deadline_at, now)}"
    return f"{row.why} ({distance(row.next_at, now)})" if row.next_at else row.why
