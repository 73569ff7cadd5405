"""A consent that a campaign wants confirmed is none before the person says so; looking is not saying so, and nobody is asked in vain."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from mail.links import confirm_token, unsubscribe_token
from nurture.kinds import Refusal
from nurture.plan.campaign import Campaign
from settings import Settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import EVERYTHING, Basis
from store.database import Database
from web.words import words
from web.words.choosing_english import WORDS as ENGLISH
from web.words.choosing_japanese import WORDS as JAPANESE

pytestmark = pytest.mark.anyio

ADA = "ada@example.com"
TEXT = "Yes, write to me about <maintenance>."
FORM = {"email": ADA, "consent": "yes"}


@pytest.fixture
async def campaign(database: Database, clock: Any) -> Campaign:
    """A campaign that wants consents confirmed within a week."""
    started = Campaign.model_validate(
        {
            "campaign": "careful",
            "topic": "maintenance",
            "double_opt_in": "7 days",
            "start": "hello",
            "forms": {"demo": {"engagement": "demo_requested", "consent": TEXT}},
            "tracks": {"hello": {"steps": [{"wait": "1 day"}]}},
        }
    )
    async with database.transaction() as session:
        await campaigns.keep(session, started, "", clock.now())
    return started


async def asked(database: Database) -> list[tables.Confirmation]:
    async with database.transaction() as session:
        return list(await session.scalars(select(tables.Confirmation).order_by(tables.Confirmation.asked_at)))


async def refusal(database: Database) -> Refusal | None:
    async with database.transaction() as session:
        return await consents.refusal(session, ADA, "maintenance")


async def link_of(visitor: httpx.AsyncClient, database: Database, settings: Settings, **more: str) -> str:
    """Where somebody confirms who has just sent the form."""
    await visitor.post("/forms/demo", data=FORM | more, headers={"Referer": "https://www.example.com/demo", "User-Agent": "First"})
    return f"/confirm/{confirm_token(settings.link_secret, (await asked(database))[-1].id)}"


async def test_a_tick_is_no_ground_to_write_but_makes_somebody_asked(
    visitor: httpx.AsyncClient, database: Database, kept: Any, clock: Any
) -> None:
    await visitor.post("/forms/demo", data=FORM, headers={"Referer": "https://www.example.com/demo"})

    assert (await refusal(database), await kept.consents()) == (Refusal.NO_CONSENT, [])
    [one] = await asked(database)
    assert (one.address, one.topic, one.evidence["text"], one.evidence["form"]) == (ADA, "maintenance", TEXT, "demo")
    assert one.expires_at - one.asked_at == timedelta(days=7)
    told = {e.kind: e.facts for e in await kept.engagements()}
    assert told["consent_asked"]["confirmation"] == str(one.id)
    assert ADA not in str(told)


async def test_a_browser_is_told_to_look_for_the_letter_whoever_it_is(visitor: httpx.AsyncClient, database: Database, clock: Any) -> None:
    async with database.transaction() as session:
        await consents.suppress(session, "eve@example.com", EVERYTHING, "unsubscribed", clock.now())
    told = {(await visitor.post("/forms/demo", data=FORM | {"email": email})).headers["location"] for email in (ADA, "eve@example.com")}

    assert told == {"/thanks/confirm"}
    assert "please confirm by its link" in (await visitor.get("/thanks/confirm")).text
    assert (await visitor.post("/forms/demo", data={"email": "bob@example.com"})).headers["location"] == "/thanks?next=answer"


async def test_looking_confirms_nothing_and_shows_the_very_words(
    visitor: httpx.AsyncClient, database: Database, settings: Settings, kept: Any
) -> None:
    link = await link_of(visitor, database, settings)
    before = await kept.kinds()
    for method in ("GET", "HEAD", "GET"):
        answer = await visitor.request(method, link)
        assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")

    assert "Yes, write to me about &lt;maintenance&gt;." in answer.text
    assert ADA in answer.text
    assert (await refusal(database), await kept.kinds()) == (Refusal.NO_CONSENT, before)


async def test_pressing_the_button_confirms_once_with_both_proofs(
    visitor: httpx.AsyncClient, database: Database, settings: Settings, kept: Any, clock: Any
) -> None:
    link = await link_of(visitor, database, settings)
    then, clock.at = clock.at, clock.at + timedelta(days=2)
    answers = await asyncio.gather(*(visitor.post(link, headers={"User-Agent": "Second"}) for _ in range(4)))

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert await refusal(database) is None
    [consent] = await kept.consents()
    assert (consent.basis, consent.given_at, consent.evidence["asked_at"]) == ("opt_in", clock.at, then.isoformat())
    assert (consent.evidence["user_agent"], consent.evidence["page"]) == ("First", "https://www.example.com/demo")
    assert consent.evidence["confirmed"] == {
        "text": TEXT,
        "page": "/confirm",
        "ip": "127.0.0.1",
        "user_agent": "Second",
        "at": clock.at.isoformat(),
    }
    assert (await kept.kinds()).count("opted_in") == 1


async def test_after_its_time_the_link_confirms_nothing(
    visitor: httpx.AsyncClient, database: Database, settings: Settings, clock: Any
) -> None:
    link = await link_of(visitor, database, settings, language="ja")
    clock.at += timedelta(days=7)

    for answer in (await visitor.get(link), await visitor.post(link)):
        assert (answer.status_code, "リンクの有効期限が切れています" in answer.text) == (410, True)
    assert await refusal(database) is Refusal.NO_CONSENT


@pytest.mark.parametrize("topic", ["maintenance", EVERYTHING])
async def test_no_form_and_no_link_of_a_form_lifts_a_refusal(
    visitor: httpx.AsyncClient, database: Database, settings: Settings, clock: Any, topic: str
) -> None:
    link = await link_of(visitor, database, settings)
    async with database.transaction() as session:
        await consents.suppress(session, ADA, topic, "unsubscribed", clock.now())
    clock.at += timedelta(days=2)

    for answer in (await visitor.get(link), await visitor.post(link)):
        assert (answer.status_code, "No letters go to this address" in answer.text) == (409, True)
    await visitor.post("/forms/demo", data=FORM)
    assert (await refusal(database), len(await asked(database))) == (Refusal.SUPPRESSED, 1)


async def test_nobody_is_asked_more_than_once_a_day_and_the_last_link_still_holds_later(
    visitor: httpx.AsyncClient, database: Database, settings: Settings, clock: Any
) -> None:
    first = await link_of(visitor, database, settings)
    for hours in (1, 22):
        clock.at += timedelta(hours=hours)
        await visitor.post("/forms/demo", data=FORM)
    assert len(await asked(database)) == 1

    clock.at += timedelta(hours=1)
    second = await link_of(visitor, database, settings)
    assert first != second
    assert (await visitor.post(first)).status_code == 200
    assert await refusal(database) is None


async def test_who_has_agreed_already_or_does_not_tick_is_not_asked(
    visitor: httpx.AsyncClient, database: Database, clock: Any, campaign: Campaign
) -> None:
    await visitor.post("/forms/demo", data={"email": ADA})
    async with database.transaction() as session:
        await consents.give(session, ADA, "maintenance", Basis.BUSINESS_CARD, {"text": "card"}, clock.now())
    clock.at += timedelta(hours=1)
    await visitor.post("/forms/demo", data=FORM)

    assert await asked(database) == []


async def test_a_consent_that_comes_from_elsewhere_meanwhile_is_told_to_who_waits_for_one(
    visitor: httpx.AsyncClient, database: Database, kept: Any, clock: Any
) -> None:
    await visitor.post("/forms/demo", data=FORM)
    async with database.transaction() as session:
        await consents.give(session, ADA, "maintenance", Basis.BUSINESS_CARD, {"text": "card"}, clock.now())

    assert [(e.kind, e.facts["topic"]) for e in (await kept.engagements())[-1:]] == [("opted_in", "maintenance")]


async def test_a_link_of_another_kind_confirms_nothing_and_says_whom_to_write_to(
    visitor: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    link = await link_of(visitor, database, settings)
    id = (await asked(database))[0].id
    for token in (unsubscribe_token(settings.link_secret, id, ""), confirm_token("another-secret-of-16", id), link[9:-1], "x", "日本"):
        for answer in (await visitor.get(f"/confirm/{token}"), await visitor.post(f"/confirm/{token}")):
            assert (answer.status_code, settings.sender_contact in answer.text) == (404, True)
    assert await refusal(database) is Refusal.NO_CONSENT


async def test_the_link_of_somebody_who_was_erased_says_that_it_is_too_old(visitor: httpx.AsyncClient, settings: Settings) -> None:
    link = f"/confirm/{confirm_token(settings.link_secret, uuid4())}"

    assert [(await visitor.get(link)).status_code, (await visitor.post(link)).status_code] == [410, 410]


def test_the_pages_say_the_same_in_both_languages() -> None:
    def values(text: str) -> list[str]:
        return re.findall(r"{(\w+)}", text)

    assert list(ENGLISH) == list(JAPANESE)
    for code, said in ENGLISH.items():
        assert values(said) == values(words("ja")[code])
