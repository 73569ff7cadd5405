"""``site``: what a site pastes into its pages, and where those who came by it came from."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from commands.console import Json, WrongInput, number, run, say, say_json, show, table
from commands.front import clock_of, database
from nurture.plan.snippet import SCRIPT, form_lines, integrity_of, script_lines
from store.campaigns import campaigns
from store.site import arrivals
from store.site.arrivals import Source

app = typer.Typer(no_args_is_help=True, help="Put forms on any site, and see where leads come from.")

_SCRIPT: Final = Path(__file__).parents[2] / "web" / SCRIPT.removeprefix("/")


class Language(StrEnum):
    """In which languages there are words for a form."""

    EN = "en"
    JA = "ja"


class Part(StrEnum):
    """What a link says of itself, and the page that it stood on."""

    SOURCE = "source"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    TERM = "term"
    CONTENT = "content"
    REFERRER = "referrer"
    PAGE = "page"


@app.callback()
def _site() -> None:
    """Put forms on any site, and see where leads come from."""


@app.command()
def snippet(
    form: Annotated[str, typer.Argument(metavar="FORM", help="A form of a campaign that was started, like 'download'.")],
    language: Annotated[Language, typer.Option(help="The language of the page that it is pasted into.")] = Language.EN,
    json: Json = False,
) -> None:
    """Print the few lines that a site pastes for a form.

    The form works as it is, without any script. With the script it says what is wrong before it is sent, and visitors who agree are known
    again. Name the site in SITE_ORIGINS. After an upgrade that changes the script, paste its line again; until then forms are plain forms.
    """
    name, lines = run(_lines(form, language))
    if json:
        say_json(lines)
        return
    say(f"<!-- Where the form is to be, of the campaign {name}: -->", "dim")
    say(lines["form"])
    say("<!-- On every page, once: -->", "dim")
    say(lines["script"])
    say(f"<!-- A site with a Content-Security-Policy adds: {lines['policy']} -->", "dim")


@app.command()
def sources(
    context: typer.Context,
    by: Annotated[Part, typer.Option(help="What of a link is counted: utm_source and so on, or the page that it stood on.")] = Part.SOURCE,
    days: Annotated[int, typer.Option(metavar="N", min=1, help="Leads that were taken in within so many days.")] = 365,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="How many to show.")] = 50,
    json: Json = False,
) -> None:
    """Show where leads came from, first and last, and how many of those who first came from there are customers."""
    found = run(_sources(by, clock_of(context)() - timedelta(days=days), most))
    if json:
        say_json([asdict(source) for source in found])
    elif not found:
        say("No lead was taken in in this time.", "green")
    else:
        rows = ([source.name or "(unknown)", source.first, source.last, source.customers] for source in found)
        show(table(f"!{by}", "!came first", "!came last", "!customers", title=number(sum(s.first for s in found), "lead")), rows)


async def _lines(name: str, language: Language) -> tuple[str, dict[str, str]]:
    """The campaign that has the form, and what is pasted."""
    base = os.environ.get("BASE_URL", "").rstrip("/")
    if urlsplit(base).scheme not in ("http", "https"):
        raise WrongInput("BASE_URL is missing; it says where the web app is reached from outside, like https://nurture.example.com")
    async with database() as db, db.transaction() as session:
        forms = await campaigns.forms(session)
    if name not in forms:
        known = ", ".join(sorted(forms)) or "none; start a campaign that has one"
        raise WrongInput(f"no campaign that was started has a form '{name}'; there are: {known}")
    campaign, form = forms[name]
    ours = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    return campaign.name, {
        "form": form_lines(base, name, form, campaign.fields, language),
        "script": script_lines(base, integrity_of(_SCRIPT.read_bytes()), language),
        "policy": f"script-src {ours}; connect-src {ours}; form-action {ours}",
    }


async def _sources(by: Part, since: datetime, most: int) -> Sequence[Source]:
    async with database() as db, db.transaction() as session:
        return await arrivals.sources(session, by, since, most)
