"""``mail pace rate`` and ``mail pace share``: how fast Temporal hands letters out, and in which shares to campaigns."""

from typing import Annotated, Final

import typer

from commands.console import Json, WrongInput, run, say, say_json
from commands.front import Clock, clock_of, database, system_user, temporal
from commands.looking import started
from store.team import audit
from store.team.audit import Deed, On
from workflows import pacing
from workflows.connection import library_of

NONE: Final = "none"

_HOLDS: Final = "It holds from now on, also for letters that wait to be handed out."


def rate(
    context: typer.Context,
    per_second: Annotated[str, typer.Argument(metavar=f"N|{NONE}", help="Like 14, or 0.5.", show_default=False)],
    json: Json = False,
) -> None:
    """Have Temporal hand out so many letters a second at most, over all workers. Those that answer a lead go before all others."""
    wanted = run(_rate(per_second, clock_of(context)))
    if json:
        say_json({"per_second": wanted})
    else:
        say(_HOLDS, "green")


def share(
    context: typer.Context,
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name.", show_default=False)],
    weight: Annotated[str, typer.Argument(metavar=f"N|{NONE}", help="2 is twice as many as others.", show_default=False)],
    json: Json = False,
) -> None:
    """Have Temporal hand out more, or fewer, letters of one campaign than of the others, where letters of several wait."""
    wanted = run(_share(campaign, weight, clock_of(context)))
    if json:
        say_json({"campaign": campaign, "weight": wanted})
    else:
        say(_HOLDS, "green")


def number_between(option: str, written: str, least: float, most: float) -> float | None:
    """What was written, None for ``none``. Raises WrongInput."""
    if written == NONE:
        return None
    try:
        found = float(written)
    except ValueError:
        found = float("nan")
    if not least <= found <= most:
        raise WrongInput(f"{option}: '{written}' is not a number from {least:g} to {most:,.0f}; '{NONE}' takes the limit away")
    return found


async def _rate(per_second: str, now: Clock) -> float | None:
    wanted = number_between("N", per_second, 0.01, 10_000)
    async with database() as db, temporal(library_of(db)) as client, db.transaction() as session:
        await audit.note(session, system_user(), Deed.PACE_SET, On.SENDING, "*", now(), after={"handed_out_per_second": wanted})
        await pacing.limit(client, wanted)
    return wanted


async def _share(campaign: str, weight: str, now: Clock) -> float | None:
    wanted = number_between("N", weight, 0.001, 1000)
    async with database() as db, db.transaction() as session:
        await started(session, "CAMPAIGN", campaign)
        await audit.note(session, system_user(), Deed.PACE_SET, On.CAMPAIGN, campaign, now(), after={"weight": wanted})
        async with temporal(library_of(db)) as client:
            await pacing.share(client, campaign, wanted)
    return wanted
