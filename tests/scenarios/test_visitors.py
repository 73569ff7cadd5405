"""Visitors of the site on the real thing: nobody knows them, until they send a form; then all that they looked at is theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from local.town import Town
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.plots import with_stories
from store import tables
from store.site import arrivals, visitors, visits
from tests.web.conftest import let_in
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


@dataclass(kw_only=True)
class Browser:
    """A browser whose owner agreed to be known again: the script of the site sends its number along with visits and forms."""

    http: httpx.AsyncClient
    number: str = field(default_factory=lambda: uuid4().hex)

    async def look(self, content: str, *, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        said = {"visitor": self.number, "content": content, "medium": "site"} | fields
        return await self.http.post("/visits", data=said, headers=headers)

    async def send(self, form: str, **fields: str) -> httpx.Response:
        return await self.http.post(f"/forms/{form}", data=FORM | {"visitor": self.number} | fields)


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[Browser]:
    await town.start(Campaign.model_validate(SITE))
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com") as http:
        yield Browser(http=http)


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
        return [visitor.contents for visitor in await visitors.segment(session, town.now, **wanted)]


@pytest.mark.requirement("S1-43", "S2-55", "S2-57")
async def test_a_visitor_is_there_before_the_lead_and_becomes_one_by_saying_who_it_is(town: Town, browser: Browser) -> None:
    await browser.look("pricing")
    await browser.look("planning")
    await Browser(http=browser.http).look("webinar")

    assert sorted(await segment(town)) == [("planning", "pricing"), ("webinar",)]
    assert await segment(town, content="pricing") == [("planning", "pricing")]
    assert await segment(town, at_least=2) == [("planning", "pricing")]
    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Lead))) == []

    await browser.send("guide", content="planning_guide")

    lead = await known(town)
    assert await segment(town) == [("webinar",)]
    assert await town.gateway.is_open(lead.id)
    await town.skip(days=3)
    assert await town.letters_to(lead.id) == ["hello"]


@pytest.mark.requirement("S0-20", "S2-56")
async def test_a_request_out_of_nowhere_comes_with_all_that_was_looked_at_before(town: Town, browser: Browser) -> None:
    await town.start(Campaign.model_validate(with_stories(SITE | {"stories": {"out_of_nowhere": {}}})))
    await browser.look("planning")
    await browser.look("pricing")
    await town.skip(days=9)
    await browser.look("product_video", medium="landing_page")
    await town.skip(days=1)

    for _ in range(2):
        await browser.send("demo", submission="one")

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
    brief = (await browser.http.get(f"/inbox/{task.id}", headers=await let_in(town.database, town.now, "Rei"))).text
    assert brief.index("demo requested") < brief.index("visited product_video") < brief.index("visited pricing")
    assert "visited planning" in brief


async def test_what_a_known_lead_looked_at_before_it_was_recognised_is_added_and_what_is_known_of_it_stays(
    town: Town, browser: Browser
) -> None:
    await browser.send("guide", content="planning_guide")
    elsewhere = Browser(http=browser.http)
    await elsewhere.look("pricing")

    await elsewhere.send("demo", given_name="Somebody")

    lead = await known(town)
    assert lead.given_name == "Ada"
    assert [kind for kind, _, _ in await done_by(town, lead)] == [Kind.ENROLLED, Kind.DOWNLOADED, Kind.VISITED, Kind.DEMO_REQUESTED]
    assert await segment(town) == []


async def test_what_is_looked_at_by_somebody_who_is_known_is_theirs_at_once(town: Town, browser: Browser) -> None:
    on_pricing = {"name": "pricing", "when": {"engagement": "visited", "content": "pricing"}, "go": "fast"}
    await town.start(Campaign.model_validate(SITE | {"rules": [on_pricing]}))
    await browser.send("guide", content="planning_guide")
    lead = await known(town)
    assert await town.tasks_of(lead.id) == []

    for _ in range(3):
        assert (await browser.look("pricing")).status_code == 204

    await town.settle([lead.id])
    assert [task.reason for task in await town.tasks_of(lead.id)] == ["demo"]
    assert [content for kind, content, _ in await done_by(town, lead) if kind == Kind.VISITED] == ["pricing"]
    assert await segment(town) == []


async def test_at_one_browser_each_has_what_was_looked_at_since_they_said_who_they_are(town: Town, browser: Browser) -> None:
    await browser.look("pricing", utm_source="fair")
    await browser.send("demo")
    await browser.look("webinar")

    await browser.send("demo", email="grace@example.com")
    await browser.look("help")

    async with town.database.transaction() as session:
        leads = list(await session.scalars(select(tables.Lead).order_by(tables.Lead.email)))
        came = list(await session.scalars(select(tables.LeadArrival.lead_id)))
    looked = [[content for kind, content, _ in await done_by(town, lead) if kind == Kind.VISITED] for lead in leads]
    assert looked == [["pricing", "webinar"], ["help"]]
    assert came == [leads[0].id]


async def test_visits_that_come_while_somebody_says_who_they_are_are_neither_lost_nor_counted_twice(town: Town, browser: Browser) -> None:
    pages = [f"page_{number}" for number in range(20)]
    sent = [browser.send("demo", submission="one"), browser.send("demo", submission="one")]

    await asyncio.gather(*map(browser.look, pages[:10]), *sent, *map(browser.look, pages[10:]))

    lead = await known(town)
    assert sorted(content for kind, content, _ in await done_by(town, lead) if kind == Kind.VISITED) == sorted(pages)
    assert await segment(town) == []


async def test_where_a_lead_came_from_first_and_last_is_kept_for_reports_and_stays_out_of_temporal(town: Town, browser: Browser) -> None:
    await browser.look("planning", utm_source="Trade News", utm_campaign="spring", page="https://www.example.com/guides/planning?x=ada")
    await town.skip(days=2)
    await browser.look("pricing", referrer="https://search.example.net/?q=ada")
    await browser.look("help")
    await browser.send("demo", utm_source="ada@example.com", referrer="javascript:alert(1)")
    await town.skip(days=2)
    elsewhere = Browser(http=browser.http)
    await elsewhere.look("webinar", utm_source="partner")
    await elsewhere.send("demo")

    lead = await known(town)
    async with town.database.transaction() as session:
        came = await session.get_one(tables.LeadArrival, lead.id)
        found = await arrivals.sources(session, "source", town.now - timedelta(days=9), 10)
    first = {"source": "trade news", "campaign": "spring", "page": "www.example.com/guides/planning"}
    assert {key: value for key, value in came.first.items() if key != "at"} == first
    assert came.last["source"] == "partner"
    assert [(source.name, source.first, source.last) for source in found] == [("trade news", 1, 0), ("partner", 0, 1)]


async def test_visits_of_who_stays_unknown_are_gone_after_ninety_days_and_so_is_a_number_that_nobody_has(
    town: Town, browser: Browser
) -> None:
    await Browser(http=browser.http).look("pricing")
    await browser.look("pricing")
    await town.skip(days=91)
    await browser.look("webinar")

    async with town.database.transaction() as session:
        assert list(await session.scalars(select(tables.Visit.content))) == ["webinar"]
        assert [visitor.hex for visitor in await session.scalars(select(tables.Visitor.id))] == [browser.number]


async def test_who_does_not_want_to_be_known_again_is_forgotten_and_what_a_lead_has_done_stays(town: Town, browser: Browser) -> None:
    await browser.look("pricing")
    assert (await browser.http.post("/visits/forget", data={"visitor": browser.number})).status_code == 204
    assert await segment(town) == []

    known_one = Browser(http=browser.http)
    await known_one.send("demo")
    await known_one.http.post("/visits/forget", data={"visitor": known_one.number})
    await known_one.look("pricing")

    lead = await known(town)
    assert [kind for kind, _, _ in await done_by(town, lead)] == [Kind.ENROLLED, Kind.DEMO_REQUESTED]
    assert await segment(town) == [("pricing",)]


async def test_nobody_is_noticed_against_their_will_or_from_elsewhere(town: Town, browser: Browser) -> None:
    for headers in ({"DNT": "1"}, {"Sec-GPC": "1"}):
        assert (await browser.look("pricing", headers=headers)).status_code == 204
    await browser.http.get("/pricing")
    refused = [
        await browser.look("pricing", headers={"Origin": "https://elsewhere.example.net"}),
        await browser.look("pricing", headers={"Origin": "null"}),
        await browser.look("pricing", headers={"Sec-Fetch-Site": "cross-site"}),
        await browser.look("<b>me</b>"),
        await browser.look("a" * 49),
        await browser.look("pricing", medium="Ada Quillfeather"),
        await browser.look("pricing", visitor="ada@example.com"),
        await browser.http.post("/visits", json={"content": "pricing"}),
        await browser.http.post("/visits", content=b"x" * 70_000, headers={"Content-Type": "application/json"}),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 403, 422, 422, 422, 422, 422, 413]
    assert await segment(town) == []
    assert not browser.http.cookies


async def test_a_flood_of_visits_is_slowed_and_one_visitor_keeps_only_so_many(town: Town, browser: Browser) -> None:
    answers = [(await browser.look(f"page_{n}")).status_code for n in range(130)]

    assert (answers[0], answers[-1]) == (204, 429)
    async with town.database.transaction() as session:
        assert len(list(await session.scalars(select(tables.Visit.id)))) == visits.MOST
