"""Consent on the real thing: nothing goes before it is confirmed, and what people choose on their page holds from that moment on."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from local.town import Town
from nurture.plan.campaign import Campaign
from nurture.why.answering import about
from nurture.why.decisions import decisions
from nurture.why.retelling import difference, retell
from store import tables
from store.journeys.retelling import history_of
from store.leads.persons import Person
from tests.scenarios.telling import campaign, enrolled
from web.app import create_app

pytestmark = pytest.mark.anyio

SITE = "https://sodate.example.com"
TICKED = "Please send me letters about maintenance planning. I can refuse them at any time."
TRACKS = {
    "educate": {
        "steps": [
            {"email": "hello"},
            {"wait": "7 days"},
            {"email": "planning_basics"},
            {"wait": "7 days"},
            {"email": "example_week"},
        ]
    }
}


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as browser:
        yield browser


def confirmed_first() -> Campaign:
    form = {"engagement": "downloaded", "contents": ["planning_guide"], "consent": TICKED}
    return campaign(tracks=TRACKS, double_opt_in="7 days", forms={"guide": form})


async def fill_in(town: Town, browser: httpx.AsyncClient, person: Person) -> tables.Lead:
    """The lead of a form that this person sent, once everything that follows at once has happened."""
    fields = {"email": person.email, "given_name": person.given_name, "family_name": person.family_name, "language": person.language}
    sent = await browser.post(
        "/forms/guide", data=fields | {"consent": "yes", "content": "planning_guide"}, headers={"Referer": f"{SITE}/guides"}
    )
    assert sent.status_code == 303
    async with town.database.transaction() as session:
        lead = (await session.scalars(select(tables.Lead).where(tables.Lead.email == person.email))).one()
    await town.settle([lead.id])
    return lead


def link(message: EmailMessage, path: str) -> str:
    """Where the plain part of a letter leads on our site."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"{re.escape(SITE)}(/{path}/[\w-]+)", body.get_content())
    assert found is not None
    return found[1]


async def consents_of(town: Town, lead: tables.Lead) -> list[tables.Consent]:
    async with town.database.transaction() as session:
        return list(await session.scalars(select(tables.Consent).where(tables.Consent.address == lead.email)))


async def is_retold(town: Town, lead: UUID) -> None:
    """The life can be told again from what is kept, and is the same."""
    async with town.database.transaction() as session:
        history = await history_of(session, lead)
    turns = retell(history, town.now)
    assert difference(history, turns) is None
    sent = [decision.what for decision in decisions(turns) if decision.of == "letter"]
    assert sent == [f"sent '{letter}'" for letter in await town.letters_to(lead)]


async def explained(town: Town, lead: UUID) -> str:
    """What is answered about the letter that asks."""
    async with town.database.transaction() as session:
        history = await history_of(session, lead)
    [answer] = about("confirm", history, retell(history, town.now), {}, {}, town.now)
    return f"{answer.verdict}: {answer.says[-1]}"


async def test_nothing_but_the_letter_that_asks_goes_before_the_consent_is_confirmed(
    town: Town, browser: httpx.AsyncClient, hanako: Person
) -> None:
    await town.start(confirmed_first())
    lead = await fill_in(town, browser, hanako)
    [asks] = town.post.letters(to=hanako.email)
    there = link(asks.message, "confirm")

    await town.skip(days=3)
    looked = await browser.get(there)
    assert (looked.status_code, TICKED in looked.text, await consents_of(town, lead)) == (200, True, [])
    assert await town.letters_to(lead.id) == ["confirm"]
    assert "お申し込みをご確認ください" in asks.message["Subject"]
    assert asks.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    for _ in range(2):
        assert "ありがとうございます" in (await browser.post(there, headers={"User-Agent": "A Browser"})).text
    await town.settle([lead.id])
    await town.skip(days=1)

    assert await town.letters_to(lead.id) == ["confirm", "hello"]
    [consent] = await consents_of(town, lead)
    proof = consent.evidence
    assert (consent.basis, proof["text"], proof["form"], proof["page"]) == ("opt_in", TICKED, "guide", f"{SITE}/guides")
    assert (proof["confirmed"]["text"], proof["confirmed"]["user_agent"]) == (TICKED, "A Browser")
    assert proof["asked_at"] < proof["confirmed"]["at"] == consent.given_at.isoformat()
    await town.skip(days=30)
    assert await town.letters_to(lead.id) == ["confirm", "hello", "planning_basics", "example_week"]
    await is_retold(town, lead.id)
    assert (await explained(town, lead.id)).startswith("sent: The lead confirmed on ")


async def test_who_does_not_confirm_in_time_gets_nothing_more_and_a_rep_hears_of_it(
    town: Town, browser: httpx.AsyncClient, ada: Person
) -> None:
    await town.start(confirmed_first())
    lead = await fill_in(town, browser, ada)
    there = link(town.post.letters(to=ada.email)[0].message, "confirm")

    await town.skip(days=10)

    assert await town.letters_to(lead.id) == ["confirm"]
    assert [task.reason for task in await town.tasks_of(lead.id)] == ["unreachable"]
    assert (await explained(town, lead.id)).startswith("sent: It was not confirmed by ")
    for late in (await browser.get(there), await browser.post(there)):
        assert (late.status_code, "This link is too old" in late.text) == (410, True)
    assert await consents_of(town, lead) == []


async def test_a_lead_steers_from_the_footer_of_a_letter_how_often_it_hears_from_us(
    town: Town, browser: httpx.AsyncClient, ada: Person
) -> None:
    lead = await enrolled(town, ada, campaign(tracks=TRACKS))
    await town.skip(days=2)
    page = link(town.post.letters(to=ada.email)[0].message, "preferences")
    assert (await browser.get(page)).status_code == 200

    until = (town.now + timedelta(days=20)).date()
    paused = await browser.post(page, follow_redirects=True, data={"frequency": "pause", "until": until.isoformat()})
    assert paused.status_code == 200
    await town.settle([lead])
    await town.skip(days=17)
    assert await town.letters_to(lead) == ["hello"]

    await town.skip(days=6)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]
    await browser.post(page, data={"frequency": "monthly"})
    await town.settle([lead])
    await town.skip(days=25)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]
    await is_retold(town, lead)
