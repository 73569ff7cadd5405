"""Visitors of the site on the real thing: nobody knows them, until they send a form; then all that they looked at is theirs."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from local.town import Town
from nurture.campaign import Campaign
from nurture.kinds import Kind
from nurture.plots import with_stories
from store import tables, visits
from web.app import create_app

pytestmark = pytest.mark.anyio

SITE: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "forms": {
        "demo": {"engagement": "demo_requested", "consent": "Yes, write to me."},
        "guide": {"engagement": "downloaded", "contents": ["planning_guide"], "consent": "Yes, write to me."},
    },
    "tracks": {
        "letters": {"steps": [{"email": "hello"}, {"wait": "30 days"}]},
        "fast": {"steps": [{"task": {"reason": "demo", "deadline": "30 minutes"}}]},
    },
    "rules": [{"name": "demo", "when": "demo_requested", "go": "fast"}],
}
FORM = {"email": "Ada@Example.com", "given_name": "Ada", "company": "Quillfeather Pumps Ltd", "consent": "yes", "zone": "Europe/London"}


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps its cookies."""
    await town.start(Campaign.model_validate(SITE))
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com") as browser:
        yield browser


async def known(town: Town) -> tables.Lead:
    async with town.database.transaction() as session:
        lead: tables.Lead = (await session.scalars(select(tables.Lead))).one()
    await town.settle([lead.id])
    return lead


async def done_by(town: Town, lead: tables.Lead) -> list[tuple[str, str, int]]:
    """Everything that the lead did: what, with which content, and how many days ago."""
    async with town.database.transaction() as session:
        rows = list(
            await session.scalars(select(tables.Engagement).where(tables.Engagement.lead_id == lead.id).order_by(tables.Engagement.seq))
        )
    return [(row.kind, row.facts.get("content", ""), (town.now - row.at).days) for row in rows]


async def segment(town: Town, **wanted: Any) -> list[tuple[str, ...]]:
    async with town.database.transaction() as session:
        return [visitor.contents for visitor in await visits.visitors(session, town.now, **wanted)]


@pytest.mark.requirement("S1-43", "S2-55", "S2-57")
async def test_a_visitor_is_there_before_the_lead_and_becomes_one_by_saying_who_it_is(town: Town, browser: httpx.AsyncClient) -> None:
    await browser.get("/pricing")
    await browser.get("/guides/planning")
    async with httpx.AsyncClient(transport=browser._transport, base_url="https://sodate.example.com") as other:
        await other.get("/webinar")

    assert sorted(await segment(town)) == [("planning", "pricing"), ("webinar",)]
    assert await segment(town, content="pricing") == [("planning", "pricing")]
    assert await segment(town, at_least=2) == [("planning", "pricing")]
    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Lead))) == []

    await browser.post("/forms/guide", data=FORM | {"content": "planning_guide"})

    lead = await known(town)
    assert await segment(town) == [("webinar",)]
    assert await town.gateway.is_open(lead.id)
    await town.skip(days=3)
    assert await town.letters_to(lead.id) == ["hello"]


@pytest.mark.requirement("S0-20", "S2-56")
async def test_a_request_out_of_nowhere_comes_with_all_that_was_looked_at_before(town: Town, browser: httpx.AsyncClient) -> None:
    await town.start(Campaign.model_validate(with_stories(SITE | {"stories": {"out_of_nowhere": {}}})))
    await browser.get("/guides/planning")
    await browser.get("/pricing")
    await town.skip(days=9)
    await browser.post("/visits", json={"content": "product_video", "medium": "landing_page"})
    await town.skip(days=1)

    for _ in range(2):
        await browser.post("/forms/demo", data=FORM | {"submission": "one"})

    lead = await known(town)
    [task] = await town.tasks_of(lead.id)
    assert task.reason == "out_of_nowhere"
    assert await done_by(town, lead) == [
        (Kind.VISITED, "planning", 10),
        (Kind.VISITED, "pricing", 10),
        (Kind.VISITED, "product_video", 1),
        (Kind.ENROLLED, "", 0),
        (Kind.DEMO_REQUESTED, "", 0),
    ]
    brief = (await browser.get(f"/inbox/{task.id}", auth=("Rei", town.settings.inbox_password))).text
    assert brief.index("demo requested") < brief.index("visited product_video") < brief.index("visited pricing")
    assert "visited planning" in brief


async def test_what_a_known_lead_looked_at_before_it_was_recognised_is_added_and_what_is_known_of_it_stays(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await browser.post("/forms/guide", data=FORM | {"content": "planning_guide"})
    browser.cookies.clear()
    await browser.get("/pricing")

    await browser.post("/forms/demo", data=FORM | {"given_name": "Somebody"})

    lead = await known(town)
    assert lead.given_name == "Ada"
    assert [kind for kind, _, _ in await done_by(town, lead)] == [Kind.ENROLLED, Kind.DOWNLOADED, Kind.VISITED, Kind.DEMO_REQUESTED]
    assert await segment(town) == []


async def test_two_people_at_one_browser_each_have_what_they_looked_at_themselves(town: Town, browser: httpx.AsyncClient) -> None:
    await browser.get("/pricing")
    await browser.post("/forms/demo", data=FORM)
    await browser.get("/webinar")

    await browser.post("/forms/demo", data=FORM | {"email": "grace@example.com"})

    async with town.database.transaction() as session:
        leads = list(await session.scalars(select(tables.Lead).order_by(tables.Lead.email)))
    looked = [[content for kind, content, _ in await done_by(town, lead) if kind == Kind.VISITED] for lead in leads]
    assert looked == [["pricing"], ["webinar"]]


async def test_visits_of_who_stays_unknown_are_gone_after_ninety_days(town: Town, browser: httpx.AsyncClient) -> None:
    await browser.get("/pricing")
    await town.skip(days=91)
    await browser.get("/webinar")

    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Visit.content))) == ["webinar"]


async def test_nobody_is_noticed_against_their_will_or_from_elsewhere(town: Town, browser: httpx.AsyncClient) -> None:
    for headers in ({"DNT": "1"}, {"Sec-GPC": "1"}):
        assert (await browser.get("/pricing", headers=headers)).status_code == 200
    seen = {"content": "pricing"}
    refused = [
        await browser.post("/visits", json=seen, headers={"Origin": "https://elsewhere.example.net"}),
        await browser.post("/visits", json=seen, headers={"Sec-Fetch-Site": "cross-site"}),
        await browser.post("/visits", json={"content": "<b>me</b>"}),
        await browser.post("/visits", json={"content": "a" * 49}),
        await browser.post("/visits", json={"content": "pricing", "medium": "Ada Quillfeather"}),
        await browser.post("/visits", content=b"x" * 70_000, headers={"Content-Type": "application/json"}),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 422, 422, 422, 413]
    assert await segment(town) == []
    assert not browser.cookies


async def test_a_flood_of_visits_is_slowed_and_one_visitor_keeps_only_so_many(town: Town, browser: httpx.AsyncClient) -> None:
    answers = [(await browser.post("/visits", json={"content": f"page_{n}"})).status_code for n in range(130)]

    assert (answers[0], answers[-1]) == (204, 429)
    async with town.database.transaction() as session:
        assert len(list(await session.scalars(select(tables.Visit.id)))) == visits.MOST


async def test_the_number_of_a_visitor_is_random_and_no_script_can_read_it(town: Town, browser: httpx.AsyncClient) -> None:
    first = (await browser.get("/pricing")).headers["set-cookie"].lower()
    browser.cookies.clear()
    second = (await browser.get("/pricing")).headers["set-cookie"].lower()

    assert first != second
    assert all(sign in first for sign in ("httponly", "samesite=lax", "secure", "max-age=7776000"))
