"""The town of the scenarios, and a lead that lives through letters, a stall, a handoff, a hold and a renewal in it."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from local.town import Town
from local.town import town as a_town
from nurture.kinds import Fit, Outcome
from nurture.leadside import DemoRequested, Downloaded
from nurture.ourside import FactsLearned, Held, Released
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Standing
from store.database import Database
from store.leads.persons import Person
from tests.commands.conftest import NOWHERE, caller
from tests.databases import Databases
from tests.scenarios.telling import answer, campaign, enrolled, letters_in, rule, task

ADA: Final = Person(
    email="ada.quillfeather@example.com",
    given_name="Ada",
    family_name="Quillfeather",
    country="GB",
    zone="Europe/London",
    fit=Fit.GOOD,
    segment="plants",
)
LETTERS = "hello basics for_plants for_offices offer check_in after_talk shutdown wide narrow"
STEPS: list[dict[str, Any]] = [
    {"email": "hello"},
    {"wait": "7 days"},
    {"branch": [{"if": "segment == 'offices' and downloads < 5", "go": "offices"}]},
    {"email": "basics"},
    {"wait": "7 days"},
    {"email": "for_plants", "if": "segment == 'plants'"},
    {"email": "for_offices", "if": "segment == 'offices'"},
    {"split": [{"share": 0, "go": "narrow"}, {"share": 1}]},
    {"wait": "60 days"},
    {"email": "check_in"},
]


def welcome(**changes: Any) -> Campaign:
    """Letters, a branch, a split, a stall, and rules that call a human."""
    tracks: dict[str, Any] = {
        "educate": STEPS,
        "offices": [{"email": "for_offices"}],
        "narrow": [{"email": "narrow"}],
        "keen": [{"email": "offer"}],
        "silent": [task("unresponsive"), {"wait": "60 days"}, {"email": "shutdown"}],
        "fast": [task("demo", deadline="4 hours"), {"email": "after_talk"}],
        "won": [{"enroll": "customer"}, {"end": "won"}],
    }
    rules = [
        rule("won", {"outcome": "won"}, "won"),
        rule("demo", "demo_requested", "fast", **{"if": "fit != 'poor'"}),
        rule("silent", {"silence": "21 days", "touches": 3}, "silent", **{"in": ["educate"]}),
        rule("keen", {"becomes": "downloads >= 3"}, "keen", **{"if": "fit == 'good' and seats > 10"}),
    ]
    plan: dict[str, Any] = {"tracks": tracks, "rules": rules, "fields": {"seats": "number"}} | changes
    return campaign("welcome", **plan)


def customer() -> Campaign:
    """From the first letter to the renewal."""
    steady = [{"email": "hello"}, {"wait": "90 days"}, {"email": "check_in"}]
    rules = [rule("renewed", {"outcome": "won"}, "steady"), rule("renewal", {"contract_ends_in": "90 days"}, "renewal")]
    return campaign("customer", tracks={"steady": steady, "renewal": [{"email": "offer"}, task("renewal")]}, rules=rules)


@dataclass(frozen=True)
class Lived:
    """A life that is over for the tests: its database, the lead, the moment, and what the lead's workflow said of itself then."""

    database_url: str
    lead: UUID
    now: datetime
    standing: Standing | None


@pytest.fixture(scope="session")
def lived(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """One life in a town, which every test here asks about: letters, a stall, a handoff, a hold, a deal and a renewal."""
    url = databases.lend()
    yield asyncio.run(_live(url, tmp_path_factory.mktemp("letters")))
    databases.take_back(url)


@pytest.fixture
async def kept(lived: Lived, anyio_backend: str) -> AsyncIterator[Database]:
    """The database of that life, opened."""
    opened = Database(lived.database_url)
    yield opened
    await opened.close()


@pytest.fixture
def starter(lived: Lived, anyio_backend: str) -> Callable[..., Awaitable[Any]]:
    """Carries out a command on that life where no Temporal is to be found."""
    nothing_else = {"TEMPORAL_ADDRESS": NOWHERE, "TEMPORAL_CONFIG_FILE": os.devnull, "COLUMNS": "200"}
    return caller({**nothing_else, "DATABASE_URL": lived.database_url}, lived.now)


async def _live(url: str, folder: Path) -> Lived:
    for name in ("welcome", "customer"):
        letters_in(folder, name, *LETTERS.split())
    async with a_town(url, TEMPLATES_DIR=str(folder)) as town:
        await town.start(customer())
        lead = await enrolled(town, ADA, welcome())
        await _through_it_all(town, lead)
        return Lived(database_url=url, lead=lead, now=town.now, standing=await town.gateway.standing(lead))


async def _through_it_all(town: Town, lead: UUID) -> None:
    """Three letters without an answer, a call, a hold that a human lifts, a demo request, a deal, a year, a renewal."""
    await town.skip(hours=4)
    await town.engage(lead, Downloaded(at=town.now, content="guide"))
    await town.engage(lead, FactsLearned(at=town.now, learned=(("seats", 40),)))
    await town.skip(days=46)
    await answer(town, lead, Outcome.NURTURE)
    await town.skip(days=3)
    await town.engage(lead, Held(at=town.now, until=town.now.date() + timedelta(days=80)))
    await town.skip(days=20)
    await town.engage(lead, Released(at=town.now))
    await town.skip(days=12)
    await town.engage(lead, DemoRequested(at=town.now))
    await town.skip(days=3)
    await answer(town, lead, Outcome.WON, contract=Contract(ends_on=town.now.date() + timedelta(days=365)))
    await town.skip(days=290)
    await answer(town, lead, Outcome.WON, contract=Contract(ends_on=town.now.date() + timedelta(days=500)))
    await town.skip(days=30)
