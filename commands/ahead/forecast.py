"""``forecast``: what a campaign will do with very many leads, before anyone is in it."""

import asyncio
import os
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.console import Json, WrongInput, complain, progress, run, say, say_json
from commands.front import Clock, clock_of
from nurture.plan.campaign import Campaign
from nurture.plan.problems import CampaignError
from nurture.plan.source import LARGEST
from store.campaigns.files import read_campaign_file

if TYPE_CHECKING:
    from forecast.assumptions import Assumptions
    from forecast.findings import Forecast

_DAYS_A_YEAR = 365


def forecast(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Campaign files; leads begin in the first.", show_default=False)],
    leads: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many leads are made up.", show_default=False)],
    years: Annotated[float, typer.Option(min=0.05, max=10, help="How far ahead to look.")] = 2,
    assume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What to assume, like campaigns/assumptions/rates.yaml; usual values without it.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number gives another throw of the dice.")] = 1,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day, like 2027-04-01; today without it.", show_default=False)
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="How many processes; as many as there are cores without it.", show_default=False)
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the numbers into this folder, a CSV file a table.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with pictures, to be sent on or printed.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Foresee what campaigns will do: mails a day, work for reps, deadlines that will be missed, leads by stage, and what never happens.

    Leads that are made up go through the same decisions as real ones, while chance decides what they do and what reps answer, as often as
    is assumed. Nothing is started, nobody is written to, and no database is needed. The same seed, assumptions and first day give the same
    numbers.

    Give the campaigns that the first leads on to as well, such as campaigns/welcome.yaml campaigns/customer.yaml.
    """
    foretold = run(_foretell(clock_of(context), files, leads, years, assume, seed, since, workers or _cores()))
    if csv is not None:
        _write_numbers(csv, foretold)
    if html is not None:
        _write_page(html, foretold, [file.stem for file in files], assume)
    from commands.ahead.foretelling import as_json, show_forecast

    if json:
        say_json(as_json(foretold))
        return
    show_forecast(foretold)
    for place in filter(None, (csv, html)):
        say(f"Written: {place}", "green")


async def _foretell(
    clock: Clock, files: list[Path], leads: int, years: float, assume: Path | None, seed: int, since: str | None, workers: int
) -> "Forecast":
    from forecast.findings import findings
    from forecast.life import EndlessLife
    from forecast.many import all_lives
    from forecast.tally import Counts
    from forecast.world import World

    campaigns = _campaigns(files)
    world = World(
        campaigns=campaigns,
        assumed=_assumptions(assume, campaigns),
        seed=seed,
        begins_on=_day(since) if since else clock().date(),
        days=max(1, round(years * _DAYS_A_YEAR)),
    )
    counts = Counts()
    try:
        with progress("Lives", total=leads) as bar, closing(all_lives(world, leads, workers)) as parts:
            for part in parts:
                counts.add(part)
                bar.advance(bar.task_ids[0], part.lives)
                await asyncio.sleep(0)  # Ctrl-C is heeded here
    except EndlessLife as endless:
        raise WrongInput(f"{files[0]}: {endless}; see which track leads back to itself without a pause") from None
    return findings(world, counts, leads)


def _campaigns(files: list[Path]) -> dict[str, Campaign]:
    """The campaigns by name. Raises WrongInput with everything that is wrong with any of the files."""
    campaigns: dict[str, Campaign] = {}
    wrong: list[str] = []
    for file in dict.fromkeys(files):
        try:
            campaign, _ = read_campaign_file(file)
        except CampaignError as error:
            wrong += map(str, error.problems)
            continue
        if campaign.name in campaigns:
            wrong.append(f"{file}: '{campaign.name}' is also the name of another of these campaigns; give one of them another name")
        campaigns.setdefault(campaign.name, campaign)
    if wrong:
        raise WrongInput(*wrong)
    return campaigns


def _assumptions(file: Path | None, campaigns: dict[str, Campaign]) -> "Assumptions":
    from forecast.assumptions import Assumptions
    from forecast.rates import read_rates, unknown_campaigns

    if file is None:
        return Assumptions()
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST + 1).decode("utf-8")
    except OSError as error:
        raise WrongInput(f"{file}: {error.strerror or error}; give the name of a file that you may read") from None
    except UnicodeDecodeError:
        raise WrongInput(f"{file}: this is not UTF-8; save the file as UTF-8") from None
    try:
        assumed = read_rates(text, str(file))
    except CampaignError as error:
        raise WrongInput(*map(str, error.problems)) from None
    if problems := unknown_campaigns(assumed, campaigns, text, str(file)):
        raise WrongInput(*map(str, problems))
    return assumed


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise WrongInput(f"--from {written}: this is not a day; write it like 2027-04-01") from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write_numbers(folder: Path, foretold: "Forecast") -> None:
    from forecast.numbers import write_numbers

    try:
        write_numbers(folder, foretold)
    except OSError as error:
        raise _unwritable(folder, error, "--csv") from None


def _write_page(file: Path, foretold: "Forecast", names: list[str], assume: Path | None) -> None:
    from forecast.page import page

    try:
        file.write_text(page(foretold, names, assume.name if assume else ""), encoding="utf-8")
    except OSError as error:
        raise _unwritable(file, error, "--html") from None


def _unwritable(place: Path, error: OSError, option: str) -> typer.Exit:
    complain([f"{option} {place}: {error.strerror or error}; name a place where you may write"])
    return typer.Exit(WrongInput.code)
