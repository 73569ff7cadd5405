"""Reps work from the top of a list that is counted when they look at it, and override for one lead what is planned for all."""

import html
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import anyio.to_thread
import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from commands.app import app
from local.town import Town
from nurture.kinds import Kind
from nurture.leadside import Acted, Downloaded, Replied
from store import tables
from store.leads.persons import Person
from tests.scenarios.telling import campaign, enrolled, reasons, rule, task, the_task, tracks
from tests.web.conftest import let_in
from web.app import create_app

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Result]]

LEARN = [{"email": "hello"}, {"wait": "400 days"}]


@pytest.fixture
def starter(town: Town) -> Starter:
    """Carries out a command, as somebody called Kim types it."""
    away = {"TEMPORAL_ADDRESS": "127.0.0.1:1", "TEMPORAL_CONFIG_FILE": os.devnull, "COLUMNS": "160", "USER": "Kim"}

    async def starter(*words: object) -> Result:
        def carry_out() -> Result:
            return CliRunner().invoke(app, [str(word) for word in words], env={"DATABASE_URL": town.database.url, **away}, obj=town.clock)

        return await anyio.to_thread.run_sync(carry_out)

    return starter


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps its cookies."""
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com") as browser:
        yield browser


async def listed(town: Town, browser: httpx.AsyncClient) -> list[tuple[str, int, int]]:
    """The list that reps see, from its top: the lead's given name, its recent points, and all its points."""
    answer = await browser.get("/inbox/leads", headers=await let_in(town.database, town.now, "Rei"))
    row = r'</meter> (-?\d+)</td><td class="number">(-?\d+)</td>\s*<td><a href="/leads/[^"]+"><strong>([^<]*)</strong>'
    return [(name.split()[0], int(recent), int(points)) for recent, points, name in re.findall(row, html.unescape(answer.text))]


async def in_the_terminal(starter: Starter) -> list[tuple[str, int, int]]:
    done = await starter("leads", "rank", "--json")
    return [(row["name"].split()[0], row["recent_score"], row["score"]) for row in json.loads(done.stdout)]


def grace() -> Person:
    return Person(email="grace@example.com", given_name="Grace", language="en", zone="Europe/London")


@pytest.mark.requirement("S4-121")
async def test_reps_work_from_the_top_and_nobody_calls_the_whole_list(
    town: Town, browser: httpx.AsyncClient, starter: Starter, ada: Person, hanako: Person
) -> None:
    plan = campaign(
        tracks={"learn": LEARN, "hot": [task("hot", deadline="1 working day")]},
        rules=[rule("hot", {"becomes": "recent_score >= 8"}, "hot")],
    )
    likely, warm, cold = [await enrolled(town, person, plan) for person in (ada, grace(), hanako)]

    await town.engage(warm, Downloaded(at=town.now, content="guide"))
    await town.engage(likely, Replied(at=town.now))
    await town.engage(likely, Acted(at=town.now, kind=Kind.ATTENDED, content="webinar"))

    seen = [("Ada", 8, 8), ("Grace", 1, 1), ("水沢", 0, 0)]
    assert await listed(town, browser) == await in_the_terminal(starter) == seen
    assert [await reasons(town, lead) for lead in (likely, warm, cold)] == [["hot"], [], []]
    page = html.unescape((await browser.get("/inbox/leads", headers=await let_in(town.database, town.now, "Rei"))).text)
    assert [page.count(words) for words in ("A task, due", "<td>good</td>")] == [1, 1]


@pytest.mark.requirement("S4-120")
async def test_the_points_of_the_last_weeks_stand_beside_those_of_all_time_and_grow_old_by_themselves(
    town: Town, browser: httpx.AsyncClient, starter: Starter, ada: Person
) -> None:
    plan = campaign(tracks={"learn": LEARN}, scoring={"recent": "14 days"})
    early, late = await enrolled(town, ada, plan), await enrolled(town, grace(), plan)

    for content in ("one", "two", "three"):
        await town.engage(early, Acted(at=town.now, kind=Kind.ATTENDED, content=content))
    await town.skip(days=13)
    await town.engage(late, Downloaded(at=town.now, content="guide"))
    assert await listed(town, browser) == [("Ada", 9, 9), ("Grace", 1, 1)]

    before = await town.timers_of(early)
    await town.skip(days=2)

    assert await listed(town, browser) == await in_the_terminal(starter) == [("Grace", 1, 1), ("Ada", 0, 9)]
    assert await town.timers_of(early) == before


@pytest.mark.requirement("S4-119")
async def test_a_document_asked_for_on_the_site_is_one_point_and_the_newsletter_two(
    town: Town, browser: httpx.AsyncClient, starter: Starter
) -> None:
    forms = {
        "guide": {"engagement": "downloaded", "contents": ["guide", "prices"]},
        "newsletter": {"engagement": "subscribed"},
    }
    await town.start(campaign(tracks={"learn": LEARN}, forms=forms))
    who = {"email": "grace@example.com", "given_name": "Grace"}

    for form, content, points in (("guide", "guide", 1), ("newsletter", "", 3), ("guide", "prices", 4), ("guide", "guide", 4)):
        await browser.post(f"/forms/{form}", data=who | {"content": content, "submission": f"{form}-{content}-{points}"})
        async with town.database.transaction() as session:
            lead = (await session.scalars(select(tables.Lead.id))).one()
        await town.settle([lead])
        assert await listed(town, browser) == await in_the_terminal(starter) == [("Grace", points, points)]


@pytest.mark.requirement("S4-127")
async def test_what_visitors_looked_at_shows_how_likely_they_are_as_soon_as_they_are_leads(
    town: Town, browser: httpx.AsyncClient, starter: Starter
) -> None:
    points = {"visited": 1, "visited:pricing": 6, "demo_requested": 9, "subscribed": 2}
    forms = {"demo": {"engagement": "demo_requested"}, "newsletter": {"engagement": "subscribed"}}
    await town.start(campaign(tracks={"learn": LEARN}, forms=forms, scoring={"points": points}))
    number = uuid4().hex
    for content in ("pricing", "planning", "webinar"):
        await browser.post("/visits", data={"visitor": number, "content": content, "medium": "site"})
    assert await listed(town, browser) == []

    await browser.post("/forms/newsletter", data={"email": "grace@example.com", "given_name": "Grace", "visitor": number})
    await browser.post("/forms/demo", data={"email": "ada@example.com", "given_name": "Ada"})

    async with town.database.transaction() as session:
        await town.settle(list(await session.scalars(select(tables.Lead.id))))
    assert await listed(town, browser) == await in_the_terminal(starter) == [("Grace", 10, 10), ("Ada", 9, 9)]


@pytest.mark.requirement("S0-35")
async def test_a_human_overrides_plan_time_channel_and_owner_for_one_lead_and_the_story_says_who_and_why(
    town: Town, starter: Starter, ada: Person, hanako: Person
) -> None:
    personal: list[dict[str, Any]] = [
        {"message": {"channel": "telephone", "say": "Ring her."}},
        task("visit", to="owner"),
        {"email": "after_talk"},
    ]
    plan = campaign(tracks={"learn": [{"email": "hello"}, {"wait": "5 days"}, {"email": "planning_basics"}], "personal": personal})
    lead, other = await enrolled(town, ada, plan), await enrolled(town, hanako, plan)

    async def says(*words: object) -> None:
        done = await starter("lead", words[0], ada.email, *words[1:])
        assert done.exit_code == 0, done.output
        await town.settle([lead])

    later = town.now + timedelta(days=20)
    await says("move", "--not-before", later.isoformat(), "--because", "She moves house")
    await town.skip(days=19)
    assert (await town.letters_to(lead), await town.letters_to(other)) == ([], ["hello", "planning_basics"])
    await town.skip(days=3)
    assert await town.letters_to(lead) == ["hello"]

    await says("owner", "Mori", "--because", "They know each other", "--by", "Rei")
    await says("move", "personal", "--because", "She asked to be called")
    assert await tracks(town, lead) == ["personal"]
    assert (await the_task(town, lead)).channel == "telephone"
    assert (await tracks(town, other), await reasons(town, other)) == (["learn"], [])
    await starter("people", "add", "Mori", "mori@team.example.com", "--role", "rep")
    await starter("tasks", "complete", (await the_task(town, lead)).id, "--as", "Mori", "--outcome", "done")
    await town.settle([lead])
    assert ((await the_task(town, lead)).reason, (await the_task(town, lead)).owner) == ("visit", "Mori")

    shown = " ".join((await starter("lead", "show", ada.email)).stdout.split())
    for told in (
        f"Kim decided: no letter before {later:%Y-%m-%d %H:%M} UTC She moves house",
        "Rei decided: Mori looks after it They know each other",
        "Kim decided: into track personal She asked to be called",
    ):
        assert told in shown
    assert "decided:" not in (await starter("lead", "show", hanako.email)).stdout


async def test_an_override_that_cannot_be_carried_out_is_refused_with_the_fix(town: Town, starter: Starter, ada: Person) -> None:
    lead = await enrolled(town, ada, campaign(tracks={"learn": LEARN, "personal": LEARN}), campaign("news", tracks={"learn": LEARN}))
    because = ("--because", "She asked")
    for words, said in (
        (("move", ada.email, "persnal", "--campaign", "welcome", *because), "did you mean 'personal'?"),
        (("move", ada.email, "personal", *because), "add --campaign with one of welcome, news"),
        (("move", ada.email, "personal", "--campaign", "newz", *because), "did you mean 'news'?"),
        (("move", ada.email, "--campaign", "news", "--not-before", "2001-01-01T00:00Z", *because), "is not ahead"),
        (("move", ada.email, "personal", "--campaign", "welcome", "--because", " "), "--because: say it in a line"),
        (("move", ada.email, "personal", "--campaign", "welcome", "--by", "", *because), "--by: say it in a line"),
        (("owner", ada.email, "", *because), "NAME: say it in a line"),
        (("move", ada.email, *because), "say a TRACK"),
    ):
        done = await starter("lead", *words)
        assert done.exit_code in (1, 2), words
        assert said in " ".join(done.stderr.split()), words

    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Engagement.kind).where(tables.Engagement.lead_id == lead))) == ["enrolled"] * 2
