"""A link of a letter leads a person where it was written to lead, whatever is away, and nobody anywhere else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from mail.links import click_token, unsubscribe_token
from nurture.clicks import SETTLES_AFTER, TRAP
from settings import Settings
from store.database import Database
from store.leads import leads
from store.mail import clicks, touches
from store.tables import LetterClick
from web.app import create_app
from workflows.counting import Counting

pytestmark = pytest.mark.anyio

TOUCH = UUID(int=7)
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ja,en;q=0.8",
    "Sec-Fetch-Mode": "navigate",
}


@pytest.fixture
async def lead(database: Database, clock: Any) -> UUID:
    """Somebody who got a letter an hour ago."""
    sent_at = clock.now() - timedelta(hours=1)
    async with database.transaction() as session:
        id, _ = await leads.register(session, leads.Person(email="sato@example.co.jp"), sent_at)
        claimed: dict[str, Any] = {
            "lead_id": id,
            "enrollment": 1,
            "campaign": "welcome@1",
            "letter": "hello",
            "topic": "news",
            "why": "it is due",
        }
        await touches.claim(session, key=TOUCH, **claimed, at=sent_at)
        await touches.sent(session, TOUCH, "", sent_at, carried_at=sent_at)
    return id


@pytest.fixture
def link(settings: Settings) -> Any:
    return lambda target: f"/c/{click_token(settings.link_secret, TOUCH, target)}"


async def kept_clicks(database: Database) -> list[tuple[str, str]]:
    async with database.transaction() as session:
        rows = await session.scalars(select(LetterClick).order_by(LetterClick.at, LetterClick.target))
        return [(row.target, row.machine if row.settled_at else "waits") for row in rows]


async def count(database: Database, clock: Any) -> int:
    async with database.transaction() as session:
        return await clicks.count(session, clock.now())


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/guides/planning?a=1", "https://letters.example.com/guides/planning?a=1"),
        ("https://www.example.org/x", "https://www.example.org/x"),
        (TRAP, "https://letters.example.com/"),
    ],
)
async def test_a_link_leads_where_its_letter_says(visitor: httpx.AsyncClient, lead: UUID, link: Any, target: str, leads_to: str) -> None:
    for method in ("GET", "HEAD"):
        answer = await visitor.request(method, link(target), params={"to": "https://www.example.net/"}, headers=BROWSER)

        assert (answer.status_code, answer.headers["location"]) == (302, leads_to)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in answer.headers


async def test_a_link_that_we_did_not_make_leads_nowhere_and_says_so(
    visitor: httpx.AsyncClient, settings: Settings, database: Database, lead: UUID, link: Any
) -> None:
    forged = click_token("another-secret-of-16", TOUCH, "https://www.example.net/")
    script = click_token(settings.link_secret, TOUCH, "javascript:alert(1)")
    refusal = unsubscribe_token(settings.link_secret, TOUCH, "/x")
    for token in (forged, script, refusal, link("/x")[3:-1], link("/x")[3:] + "A", "x", "日本", "%00", "a" * 5000):
        answer = await visitor.get(f"/c/{token}", headers=BROWSER | {"Accept-Language": "en"})

        assert (answer.status_code, "location" in answer.headers) == (404, False)
        assert "This link leads nowhere" in answer.text
        assert settings.sender_contact in answer.text
    assert await kept_clicks(database) == []


async def test_a_person_who_clicks_is_counted_once_a_day_for_each_link(
    visitor: httpx.AsyncClient, database: Database, clock: Any, kept: Any, lead: UUID, link: Any
) -> None:
    for later in (0, 1, 300, 86_400):
        clock.at += timedelta(seconds=later)
        await visitor.get(link("/guides/planning"), headers=BROWSER)
    clock.at += timedelta(minutes=5)
    await visitor.get(link("/pricing"), headers=BROWSER)
    assert await kept.kinds() == []

    clock.at += SETTLES_AFTER
    assert await count(database, clock) == 5
    assert await count(database, clock) == 0

    told = await kept.engagements()
    assert [(e.kind, e.facts["letter"], e.details["target"]) for e in told] == [
        ("clicked", "hello", "/guides/planning"),
        ("clicked", "hello", "/guides/planning"),
        ("clicked", "hello", "/pricing"),
    ]
    assert told[0].at == clock.at - SETTLES_AFTER - timedelta(minutes=5, days=1, seconds=301)


async def test_workers_count_by_themselves_and_each_click_once(
    visitor: httpx.AsyncClient, database: Database, clock: Any, kept: Any, lead: UUID, link: Any
) -> None:
    for target in ("/pricing", "/guides/planning"):
        await visitor.get(link(target), headers=BROWSER)
        clock.at += timedelta(minutes=1)
    clock.at += SETTLES_AFTER
    workers = [asyncio.create_task(Counting(database, clock.now).run()) for _ in range(3)]
    async with asyncio.timeout(60):
        while len(await kept.kinds()) < 2:
            await asyncio.sleep(0.01)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)

    assert await kept.kinds() == ["clicked", "clicked"]


async def test_a_browser_that_asks_not_to_be_tracked_is_no_machine(
    visitor: httpx.AsyncClient, database: Database, clock: Any, kept: Any, lead: UUID, link: Any
) -> None:
    await visitor.get(link("/pricing"), headers=BROWSER | {"DNT": "1", "Sec-GPC": "1"})
    clock.at += SETTLES_AFTER
    await count(database, clock)

    assert await kept.kinds() == ["clicked"]


@pytest.mark.parametrize(
    ("method", "said", "reason"),
    [
        ("HEAD", {}, "head"),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ("GET", {"User-Agent": "Microsoft Office/16.0 (Microsoft Outlook; Pro) Existence Discovery"}, "program"),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Barracuda Sentinel)"}, "program"),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, "program"),
        ("GET", {"User-Agent": ""}, "program"),
        ("GET", {"Accept": "*/*"}, "program"),
        ("GET", {"Accept-Language": ""}, "program"),
        ("GET", {"Sec-Fetch-Mode": "no-cors"}, "program"),
    ],
)
async def test_a_machine_that_gives_itself_away_is_led_on_and_not_counted(
    visitor: httpx.AsyncClient, database: Database, clock: Any, kept: Any, lead: UUID, link: Any, method: str, said: Any, reason: str
) -> None:
    answer = await visitor.request(method, link("/pricing"), headers=BROWSER | said)
    clock.at += SETTLES_AFTER

    assert (answer.status_code, await count(database, clock)) == (302, 0)
    assert await kept_clicks(database) == [("/pricing", reason)]
    assert await kept.kinds() == []


async def test_a_gateway_with_a_browsers_manners_is_not_counted_and_whoever_reads_the_letter_afterwards_is(
    visitor: httpx.AsyncClient, database: Database, clock: Any, kept: Any, lead: UUID, link: Any
) -> None:
    for target in (TRAP, "/guides/planning", "/pricing"):
        clock.at += timedelta(seconds=2)
        await visitor.get(link(target), headers=BROWSER)
    clock.at += timedelta(hours=3)
    await visitor.get(link("/pricing"), headers=BROWSER)
    clock.at += SETTLES_AFTER
    await count(database, clock)

    assert await kept_clicks(database) == [
        ("", "trap"),
        ("/guides/planning", "beside_trap"),
        ("/pricing", "beside_trap"),
        ("/pricing", ""),
    ]
    assert await kept.kinds() == ["clicked"]


async def test_a_link_leads_on_with_the_database_away_and_with_the_letter_erased(
    visitor: httpx.AsyncClient, settings: Settings, database: Database, clock: Any, link: Any, caplog: pytest.LogCaptureFixture
) -> None:
    erased = await visitor.get(link("/pricing"), headers=BROWSER)
    away = Database("postgresql://127.0.0.1:1/nowhere")
    transport = httpx.ASGITransport(create_app(settings, away, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        answer = await client.get(link("/pricing"), headers=BROWSER)
    await away.close()

    assert {(each.status_code, each.headers["location"]) for each in (erased, answer)} == {(302, "https://letters.example.com/pricing")}
    assert await kept_clicks(database) == []
    assert "is not written down" in caplog.text
    assert "pricing" not in caplog.text
