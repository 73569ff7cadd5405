"""Refusing letters is one click, works at once and for good, and happens only when somebody means it (RFC 8058)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from mail.links import unsubscribe_token
from nurture.kinds import Refusal
from settings import Settings
from store.consent import consents
from store.database import Database
from store.leads import leads
from web.app import create_app

pytestmark = pytest.mark.anyio

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def lead_id(database: Database, clock: Any) -> UUID:
    """A lead that speaks Japanese and agreed to two topics."""
    async with database.transaction() as session:
        id, _ = await leads.register(session, leads.Person(email="sato@example.co.jp", language="ja"), clock.now())
        for topic in ("maintenance", "events"):
            await consents.give(session, "sato@example.co.jp", topic, consents.Basis.OPT_IN, {"text": "yes"}, clock.now())
    return id


@pytest.fixture
def link(settings: Any, lead_id: UUID) -> str:
    return f"/u/{unsubscribe_token(settings.link_secret, lead_id, 'maintenance')}"


async def refusals(database: Database) -> list[Refusal | None]:
    async with database.transaction() as session:
        return [await consents.refusal(session, "sato@example.co.jp", topic) for topic in ("maintenance", "events")]


async def test_looking_at_the_link_changes_nothing(visitor: httpx.AsyncClient, database: Database, kept: Any, link: str) -> None:
    for method in ("GET", "HEAD", "GET"):
        answer = await visitor.request(method, link)
        assert answer.status_code == 200

    assert "メールの配信を停止しますか" in answer.text
    assert await refusals(database) == [None, None]
    assert await kept.kinds() == []


@pytest.mark.parametrize(
    "sent",
    [
        {"data": ONE_CLICK},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"json": ONE_CLICK},
        {"content": b""},
        {"content": b"x" * 100_000, "headers": {"Content-Type": "text/plain"}},
        {"data": {"scope": "topic"}},
    ],
    ids=["urlencoded", "multipart", "json", "empty", "too-large", "button"],
)
async def test_one_click_refuses_the_topic_at_once(
    visitor: httpx.AsyncClient, database: Database, kept: Any, link: str, sent: dict[str, Any]
) -> None:
    answer = await visitor.post(link, **sent)

    assert (answer.status_code, "location" in answer.headers, "set-cookie" in answer.headers) == (200, False, False)
    assert await refusals(database) == [Refusal.SUPPRESSED, None]
    assert [(e.kind, e.facts.get("topic")) for e in await kept.engagements()] == [("opted_out", "maintenance")]


async def test_refusing_again_changes_nothing_more(visitor: httpx.AsyncClient, kept: Any, link: str) -> None:
    answers = [await visitor.post(link, data=ONE_CLICK) for _ in range(3)]
    answers += await asyncio.gather(*(visitor.post(link, data=ONE_CLICK) for _ in range(5)))

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert await kept.suppressed_topics() == ["maintenance"]
    assert await kept.kinds() == ["opted_out"]


async def test_everything_can_be_refused_after_the_topic(visitor: httpx.AsyncClient, database: Database, kept: Any, link: str) -> None:
    await visitor.post(link, data=ONE_CLICK)
    answer = await visitor.post(link, data={"scope": "everything"})

    assert "一切お送りしません" in answer.text
    assert await refusals(database) == [Refusal.SUPPRESSED, Refusal.SUPPRESSED]
    assert [e.facts.get("topic") for e in await kept.engagements()] == ["maintenance", None]


async def test_a_link_that_is_not_complete_says_so_and_whom_to_write_to_and_changes_nothing(
    visitor: httpx.AsyncClient, settings: Any, kept: Any, link: str
) -> None:
    forged = unsubscribe_token("another-secret-of-16", uuid4(), "maintenance")
    for token in (forged, link[3:-2] + "AA", link[3:-1], "x", "日本", "%00", "a" * 3000):
        looked = await visitor.get(f"/u/{token}")
        pressed = await visitor.post(f"/u/{token}", data={"scope": "everything"})
        one_click = await visitor.post(f"/u/{token}", data=ONE_CLICK)

        assert [answer.status_code for answer in (looked, pressed, one_click)] == [404, 404, 404]
        for answer in (looked, pressed):
            assert "This link is not complete" in answer.text
            assert settings.sender_contact in answer.text
            assert "Done" not in answer.text
    assert await kept.suppressed_topics() == []


async def test_the_link_of_somebody_who_was_erased_gets_the_same_answer(visitor: httpx.AsyncClient, settings: Any, kept: Any) -> None:
    token = unsubscribe_token(settings.link_secret, uuid4(), "maintenance")

    assert (await visitor.post(f"/u/{token}", data=ONE_CLICK)).status_code == 200
    assert await kept.suppressed_topics() == []


async def test_the_page_speaks_english_to_somebody_who_speaks_neither(visitor: httpx.AsyncClient, settings: Any) -> None:
    token = unsubscribe_token(settings.link_secret, uuid4(), "maintenance")
    answer = await visitor.get(f"/u/{token}", headers={"Accept-Language": "fr, de;q=0.8"})

    assert "Stop these letters?" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_mail_programs_are_never_told_to_slow_down(settings: Settings, database: Database, clock: Any, link: str) -> None:
    strict = settings.model_copy(update={"form_posts_per_minute": 1})
    transport = httpx.ASGITransport(create_app(strict, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        assert [(await client.post(link, data=ONE_CLICK)).status_code for _ in range(5)] == [200] * 5
