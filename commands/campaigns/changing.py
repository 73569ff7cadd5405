"""A campaign that runs is changed: what is different, for how many leads under way, and what becomes of them."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.prompt import Prompt

from commands.console import Json, WrongInput, aside, number, remark, run, say, say_json, show, table
from commands.front import database, templates_dir
from mail.checking import Checked, check
from mail.letters import Letters
from nurture.counting.outlook import Onward
from nurture.edition import Landing
from nurture.plan.campaign import Campaign
from store.campaigns.campaigns import short
from store.database import Database
from store.journeys.comparing import Comparison, compare
from store.journeys.starting import UnderWay

CHOICES = (
    "keep: they finish the edition they are in · migrate: they go on in the new one from where they are, and nothing comes twice · "
    "restart: they begin the new one from its start"
)


def diff_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A campaign file, like campaigns/welcome.yaml.", show_default=False)],
    json: Json = False,
) -> None:
    """Show what starting a changed campaign file would change, and for how many leads under way. Nothing is started.

    'before' have the change before them, 'at' stand at it, 'after' have it behind them: a new letter does not reach those.
    """
    campaign, found = run(_look(file))
    if json:
        say_json({"campaign": campaign.name, "ref": campaign.ref, "differences": as_values(found)})
    elif not found.is_known:
        say(f"'{campaign.name}' was not started yet: there is nothing to compare with. Begin with: campaign start {file}")
    else:
        tell(found, campaign)


def right(file: Path) -> Checked:
    """Read a campaign file in which nothing is wrong. Raises WrongInput with everything that is."""
    checked = check(file, Letters(templates_dir()))
    if checked.campaign is None or checked.problems:
        raise WrongInput(*map(str, checked.problems), f"nothing was started; {file} has {number(len(checked.problems), 'problem')}")
    for doubt in checked.doubts:
        remark(str(doubt))
    return checked


def campaign_of(checked: Checked) -> Campaign:
    """The campaign of a file in which nothing is wrong."""
    assert checked.campaign is not None
    return checked.campaign


async def look(database: Database, campaign: Campaign) -> Comparison:
    """What this edition would change for leads under way."""
    async with database.transaction() as session:
        return await compare(session, campaign)


def tell(found: Comparison, campaign: Campaign) -> None:
    """Show what is different, and for how many leads."""
    for seen in found.outlooks:
        said = f"Edition {short(seen.ref)} has {number(seen.leads, 'lead')} under way"
        if not seen.effects:
            say(f"{said}. This file does the same.")
            continue
        say(f"{said}. This file, edition {short(campaign.ref)}, changes {number(len(seen.effects), 'thing')}:", "bold")
        shown = table("where", "what", "!before", "!at", "!after")
        for column in shown.columns[2:]:
            column.justify = "right"
        rows = ((effect.change, (effect.before, effect.at, effect.after)) for effect in seen.effects)
        show(shown, ([change.where, change.what, *(f"{n:,}" if change.track else "" for n in counts)] for change, counts in rows))
        for onward in seen.onward:
            say(f"  {_lost(onward)}", "yellow")
    if not found.outlooks:
        say(f"'{campaign.name}' runs in this very edition, and nobody is under way in another.")


def choose(wish: UnderWay | None, found: Comparison, *, may_ask: bool) -> UnderWay:
    """What becomes of the leads under way: as wished, or asked for when the edition is new to them. Raises WrongInput."""
    affected = found.affected
    if wish is not None or not affected or found.is_current:
        return wish or UnderWay.KEEP
    if not may_ask or not sys.stdin.isatty():
        raise WrongInput(
            f"{number(affected, 'lead')} {'is' if affected == 1 else 'are'} under way in another edition, and nothing was started; "
            "say what becomes of them with --under-way keep, migrate or restart"
        )
    say(f"What becomes of the {number(affected, 'lead')} under way? {CHOICES}")
    return UnderWay(Prompt.ask("Under way", console=aside(), choices=[way.value for way in UnderWay], default=UnderWay.KEEP.value))


async def _look(file: Path) -> tuple[Campaign, Comparison]:
    campaign = campaign_of(right(file))
    async with database() as db:
        return campaign, await look(db, campaign)


def _lost(onward: Onward) -> str:
    said = number(onward.leads, "lead")
    match onward.landing:
        case Landing.START:
            return f"{said} in track '{onward.track}', which is gone: migrated, they begin again in track '{onward.to_track}'"
        case Landing.END_OF_TRACK:
            return f"{said} at step '{onward.step}' of '{onward.track}', which is gone: migrated, they are at the end of that track"
        case _:
            return f"{said} at step '{onward.step}' of '{onward.track}', which is gone: migrated, they go on with '{onward.to_step}'"


def as_values(found: Comparison) -> list[dict[str, Any]]:
    """The same for programs."""
    return [asdict(seen) for seen in found.outlooks]
