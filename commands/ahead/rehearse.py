"""``rehearse``: everything that a campaign would do to a few made-up leads, on the production code, in a world that is thrown away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.ahead.staging import cast_of, first_day, fits, plan_of, played
from commands.console import Json, WrongInput, progress, run, say, say_json
from commands.front import clock_of

if TYPE_CHECKING:
    from rehearsal.diary import Rehearsal

_LONGEST_DAYS = 3660


def _list_personas(wanted: bool) -> None:
    if wanted:
        from rehearsal.personas import presets

        for name, persona in presets().items():
            say(f"{name:24} {persona.about}")
        raise typer.Exit


def rehearse_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The campaign file.", show_default=False)],
    years: Annotated[float | None, typer.Option(metavar="N", help="How long: years; two when nothing is said.", show_default=False)] = None,
    days: Annotated[int | None, typer.Option(metavar="N", help="How long: days.", show_default=False)] = None,
    persona: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who: a persona; several times for several.", show_default=False)
    ] = None,
    lead: Annotated[
        str | None, typer.Option(metavar="FILE.csv:LINE", help="Who: the person on this line of a lead file.", show_default=False)
    ] = None,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who, and what it does on which days: a script.", show_default=False)
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="DAY", help="The first day; tomorrow when left out.", show_default=False)] = None,
    compare: Annotated[
        Path | None, typer.Option(metavar="OLD", help="Another edition of FILE: show what comes otherwise.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Write a page to pass round and print, with every letter.", show_default=False)
    ] = None,
    letters: Annotated[bool, typer.Option("--letters", help="Show the text of every letter too, and not only its subject.")] = False,
    personas: Annotated[
        bool, typer.Option("--personas", callback=_list_personas, is_eager=True, help="List the personas that there are, and play nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Play a campaign with made-up leads, two years in seconds, and show the calendar of all that would happen, and why.

    It is the production code: workflow, letters, database; only the clock is skipped. Nothing can go out: it has a database, a Temporal
    and a post office of its own, which are thrown away. Without --persona, --lead and --script two personas that suit the campaign play.
    """
    if years is not None and days is not None:
        raise typer.BadParameter("say either --years or --days", ctx=context)
    length = days if days is not None else round((2 if years is None else years) * 365)
    if not 1 <= length <= _LONGEST_DAYS:
        raise typer.BadParameter("a rehearsal takes from 1 day to 10 years", ctx=context)
    now = clock_of(context)()

    async def work() -> "list[Rehearsal]":
        from rehearsal.stage import Part
        from rehearsal.world import house

        _may_be_written(html)
        plans = [plan_of(one) for one in (compare, file) if one]
        cast = cast_of(plans[-1], persona or [], lead, script, now)
        parts = [Part(persona=one, since=first_day(start, now), days=length) for one in cast]
        for plan in plans:
            fits(plan, parts)
        with _bar(len(plans)) as advance:
            async with house() as here:
                rehearsals = [await played(here, plan, parts, advance(place)) for place, plan in enumerate(plans)]
        _write(html, rehearsals)
        return rehearsals

    rehearsals = run(work())
    if json:
        say_json([asdict(one) for one in rehearsals] if compare else asdict(rehearsals[0]))
        return
    from commands.ahead.showing import show_calendar, show_differences

    if compare:
        show_differences(*rehearsals)
    else:
        show_calendar(rehearsals[0], letters=letters)
    if html:
        say(f"The page is {html}", "green")


@contextmanager
def _bar(rounds: int) -> Iterator[Callable[[int], Callable[[str, float], None]]]:
    """A bar over several rehearsals; it is asked for the place of one, and then hears how far that is."""
    with progress("a world of its own", total=rounds, counts=False) as bar:

        def of(place: int) -> Callable[[str, float], None]:
            return lambda what, share: bar.update(bar.task_ids[0], description=what, completed=place + share)

        yield of


def _may_be_written(page: Path | None) -> None:
    """Raises WrongInput before anything is played for nothing."""
    if page and page.is_dir():
        raise WrongInput(f"--html: {page} is a folder; name a file in it, like {page / 'rehearsal.html'}")
    if page and not page.absolute().parent.is_dir():
        raise WrongInput(f"--html: there is no folder {page.parent}; make it first, or name another")


def _write(page: Path | None, rehearsals: "list[Rehearsal]") -> None:
    if page:
        from rehearsal.page import write

        try:
            write(page, rehearsals)
        except OSError as error:
            raise WrongInput(f"--html: {page} cannot be written: {error.strerror}; name another file") from None
