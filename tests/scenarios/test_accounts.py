"""Leads of one company on the real thing: what one of them does, the others hear of as their campaign says."""

import asyncio
import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from local.town import Town
from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, DemoRequested, Replied
from nurture.plan.campaign import Campaign
from nurture.plan.plots import with_stories
from nurture.profile import Contract
from store import tables
from store.desk.tasks import Answer, TaskRow
from store.journeys import standings
from store.leads import accounts, engagements
from store.leads.persons import Person
from tests.web.conftest import let_in
from web.app import create_app

pytestmark = pytest.mark.anyio

SELLING: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "insights",
    "start": "letters",
    "tracks": {
        "letters": {"steps": [{"email": "hello"}, {"wait": "7 days"}, {"email": "planning_basics"}, {"wait": "60 days"}]},
        "asked": {"steps": [{"task": {"reason": "asked", "deadline": "10 working days"}}]},
        "quiet": {"steps": [{"wait": "90 days"}, {"email": "check_in"}]},
        "bought": {"steps": [{"end": "company_bought"}]},
    },
    "rules": [
        {"name": "asked", "when": "replied", "go": "asked"},
        {"name": "demo", "when": "demo_requested", "go": "asked"},
        {"name": "meeting", "when": "meeting_booked", "go": "asked"},
    ],
}
FOR_COLLEAGUES: list[dict[str, Any]] = [
    {"name": "colleague_in_talks", "when": {"colleague": "replied"}, "in": ["letters"], "go": "quiet"},
    {"name": "colleague_wants_demo", "when": {"colleague": "demo_requested"}, "in": ["letters"], "go": "quiet"},
    {"name": "colleague_meets", "when": {"colleague": "meeting_booked"}, "in": ["letters"], "go": "quiet"},
    {"name": "colleague_bought", "when": {"colleague": "task_completed", "answered": "won"}, "go": "bought"},
]


def selling(*rules: dict[str, Any]) -> Campaign:
    return Campaign.model_validate(SELLING | {"rules": [*SELLING["rules"], *rules]})


@pytest.fixture
def grace(ada: Person) -> Person:
    return Person(email="grace@example.com", given_name="Grace", family_name="Lathewright", company=ada.company, zone="Europe/London")


async def both(town: Town, campaign: Campaign, *people: Person) -> list[UUID]:
    await town.start(campaign)
    leads = [await town.register(person, campaign.topic) for person in people]
    for lead in leads:
        await town.enroll(lead, campaign.name)
    return leads


async def track_of(town: Town, lead: UUID) -> str:
    async with town.database.transaction() as session:
        standing = await standings.of_lead(session, lead)
    assert standing is not None
    return ", ".join(position.track for position in standing.positions)


async def told(town: Town, lead: UUID) -> list[tuple[str, str]]:
    """What the lead heard of its colleagues: what they did, and what a rep answered about them."""
    async with town.database.transaction() as session:
        rows = await session.scalars(
            select(tables.Engagement)
            .where(tables.Engagement.lead_id == lead, tables.Engagement.kind == Kind.COLLEAGUE_ACTED)
            .order_by(tables.Engagement.seq)
        )
        return [(row.facts["what"], row.facts.get("outcome", "")) for row in rows]


async def answer(town: Town, lead: UUID, outcome: Outcome, **more: Any) -> TaskRow:
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=outcome, **more))
    return task


@pytest.mark.parametrize("act", [Kind.REPLIED, Kind.DEMO_REQUESTED, Kind.MEETING_BOOKED])
async def test_a_company_in_talks_with_us_gets_no_more_letters_to_its_others_where_the_campaign_says_so(
    town: Town, ada: Person, grace: Person, act: Kind
) -> None:
    first, second = await both(town, selling(*FOR_COLLEAGUES), ada, grace)
    await town.skip(days=3)
    done: dict[Kind, Engagement] = {
        Kind.REPLIED: Replied(at=town.now),
        Kind.DEMO_REQUESTED: DemoRequested(at=town.now),
        Kind.MEETING_BOOKED: Acted(at=town.now, kind=Kind.MEETING_BOOKED),
    }

    await town.engage(first, done[act])
    await town.settle([second])

    assert await told(town, second) == [(act, "")]
    assert await track_of(town, second) == "quiet"
    await town.skip(days=30)
    assert await town.letters_to(second) == ["hello"]
    assert await town.tasks_of(second) == []
    assert await told(town, first) == []


async def test_a_purchase_ends_the_selling_to_the_others(town: Town, ada: Person, grace: Person) -> None:
    first, second = await both(town, selling(*FOR_COLLEAGUES), ada, grace)
    await town.engage(first, DemoRequested(at=town.now))

    await answer(town, first, Outcome.WON, contract=Contract(ends_on=town.now.date() + timedelta(days=365)))
    await town.settle([second])

    assert await told(town, second) == [("demo_requested", ""), ("task_completed", "won")]
    assert not await town.gateway.is_open(second)
    await town.skip(days=60)
    assert await town.letters_to(second) == []


async def test_a_campaign_without_such_a_rule_goes_on_as_if_nothing_had_happened(town: Town, ada: Person, grace: Person) -> None:
    first, second = await both(town, selling(), ada, grace)
    await town.skip(days=3)

    await town.engage(first, Replied(at=town.now))
    await town.settle([second])
    await answer(town, first, Outcome.LOST)
    await town.settle([second])

    assert await told(town, second) == [("replied", ""), ("task_completed", "lost")]
    assert await track_of(town, second) == "letters"
    await town.skip(days=10)
    assert await town.letters_to(second) == ["hello", "planning_basics"]


async def test_what_a_colleague_does_breaks_no_silence(town: Town, ada: Person, grace: Person) -> None:
    silent = {"name": "silent", "when": {"silence": "10 days"}, "go": "asked"}
    first, second = await both(town, selling(silent), ada, grace)
    await town.skip(days=6)

    await town.engage(first, Replied(at=town.now))
    await town.settle([second])
    await town.skip(days=6)

    assert [task.reason for task in await town.tasks_of(second)] == ["asked"]


async def test_another_company_and_a_lead_without_anything_under_way_hear_nothing(
    town: Town, ada: Person, grace: Person, hanako: Person
) -> None:
    first, other = await both(town, selling(*FOR_COLLEAGUES), ada, hanako)
    idle = await town.register(grace)

    await town.engage(first, Replied(at=town.now))
    await town.settle([other])

    assert await told(town, other) == []
    assert await told(town, idle) == []


@pytest.mark.parametrize(
    "fails",
    [
        pytest.param("BEFORE INSERT ON engagements FOR EACH ROW WHEN (NEW.kind = 'colleague_acted')", id="before the others are told"),
        pytest.param("BEFORE UPDATE OF relayed_at ON engagements FOR EACH ROW WHEN (NEW.kind = 'replied')", id="after they are told"),
    ],
)
async def test_word_to_the_others_is_neither_lost_nor_said_twice_when_the_relay_is_cut_off(
    town: Town, ada: Person, grace: Person, fails: str
) -> None:
    first, second = await both(town, selling(*FOR_COLLEAGUES), ada, grace)
    async with town.database.transaction() as session:
        await session.execute(text("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$"))
        await session.execute(text(f"CREATE TRIGGER fail {fails} EXECUTE FUNCTION fail()"))
        await engagements.record(session, first, Replied(at=town.now))
    while [task.reason for task in await town.tasks_of(first)] != ["asked"]:
        await asyncio.sleep(0.05)
    async with town.database.transaction() as session:
        waiting = list(await session.scalars(select(tables.Engagement.kind).where(tables.Engagement.relayed_at.is_(None))))
        await session.execute(text("DROP TRIGGER fail ON engagements"))
    assert "replied" in waiting

    await town.settle([first])
    await town.settle([second])

    assert await told(town, second) == [("replied", "")]
    assert await track_of(town, second) == "quiet"
    assert len(await town.tasks_of(first)) == 1


@pytest.mark.requirement("S0-13", "S0-14")
async def test_after_silence_a_colleague_is_asked_and_whoever_is_interested_there_becomes_a_lead_of_its_own(
    town: Town, ada: Person, grace: Person
) -> None:
    data = SELLING | {"stories": {"everybody_gone": {"after": "7 days", "touches": 1}}}
    [first] = await both(town, Campaign.model_validate(with_stories(data)), ada)
    await town.skip(days=14)
    assert (await answer(town, first, Outcome.NO_ANSWER, learned={"relationship": 0})).reason == "everybody_gone"
    [task] = await town.tasks_of(first)
    assert task.reason == "ask_a_colleague"
    assert "colleague" in task.say

    await town.answer(task, Answer(outcome=Outcome.OTHER_CONTACT, other_contact=Person(email=grace.email, given_name="Grace")))

    assert await track_of(town, first) == "low_frequency"
    async with town.database.transaction() as session:
        known = {lead.email: lead for lead in await session.scalars(select(tables.Lead))}
    assert known[grace.email].account_id == known[ada.email].account_id is not None
    await town.enroll(known[grace.email].id, "welcome")
    assert await track_of(town, known[grace.email].id) == "letters"
    await town.skip(days=5)
    assert await town.letters_to(known[grace.email].id) == []


@pytest.mark.requirement("S2-76")
async def test_a_customer_asked_for_a_referral_brings_a_linked_lead_that_nobody_writes_to_without_its_consent(
    town: Town, ada: Person
) -> None:
    asking: dict[str, Any] = {
        "campaign": "customer",
        "topic": "insights",
        "start": "ask",
        "tracks": {
            "ask": {"steps": [{"email": "using_it_well"}, {"wait": "365 days"}]},
            "thank": {"steps": [{"task": {"reason": "say_thanks"}}]},
        },
        "rules": [{"name": "thank", "when": "referred", "go": "thank"}],
    }
    [customer] = await both(town, Campaign.model_validate(asking), ada)
    await town.skip(days=3)
    assert await town.letters_to(customer) == ["using_it_well"]

    friend = Person(email="joan@example.net", given_name="Joan", source=accounts.REFERRAL)
    async with town.database.transaction() as session:
        referred, seq = await accounts.refer(session, customer, friend, town.now, town.now)
    await town.settle([customer])

    assert seq is not None
    assert [task.reason for task in await town.tasks_of(customer)] == ["say_thanks"]
    async with town.database.transaction() as session:
        lead = await session.get_one(tables.Lead, referred)
    assert (lead.referred_by, lead.source) == (customer, "referral")
    await town.enroll(referred, "customer")
    await town.skip(days=10)
    assert await town.letters_to(referred) == []


@pytest.mark.requirement("S1-48")
async def test_a_rep_sees_from_a_task_all_of_the_company_over_its_people_and_campaigns(town: Town) -> None:
    company = "Pumps & <b>Valves</b>"
    ada = Person(email="ada@example.com", given_name="Ada", company=company, zone="Europe/London")
    grace = Person(email="grace@example.com", given_name="<script>Grace</script>", company=company, zone="Asia/Tokyo")
    [first] = await both(town, selling(), ada)
    customers = {"campaign": "customer", "topic": "customer", "start": "steady", "tracks": {"steady": {"steps": [{"wait": "90 days"}]}}}
    [second] = await both(town, Campaign.model_validate(customers), grace)
    await town.engage(first, DemoRequested(at=town.now))
    await town.settle([second])
    [task] = await town.tasks_of(first)

    transport = httpx.ASGITransport(create_app(town.settings, town.database, town.clock))
    rep = await let_in(town.database, town.now, "Rei")
    async with httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com", headers=rep) as browser:
        brief = (await browser.get(f"/inbox/{task.id}")).text
        [link] = re.findall(r'href="(/accounts/[^"]+)"', brief)
        page = (await browser.get(link)).text
        alone = await browser.get(f"/leads/{first}")
        astray = [(await browser.get(f"/leads/{id}")).status_code for id in ("nothing", task.id)]
        nobody = await httpx.AsyncClient(transport=transport, base_url="https://sodate.example.com").get(link)
        elsewhere = [(await browser.get(f"/accounts/{id}")).status_code for id in ("nothing", first)]

    assert (nobody.status_code, elsewhere, astray) == (303, [404, 404], [404, 404])
    assert all(said in alone.text for said in (html.escape(company), "Ada", "demo requested", f'href="/inbox/{task.id}"'))
    assert "Grace" not in alone.text.replace("a colleague", "")
    assert html.escape(company) in page
    assert "<script>" not in page
    of_first, of_second = page.split('<section class="card member">')[1:]
    assert f'href="/inbox/{task.id}"' in of_first
    assert "Letters" not in of_first
    assert all(said in of_first for said in ("Ada", "Consideration", "Asked", "demo requested"))
    assert all(said in of_second for said in ("&lt;script&gt;Grace", "Steady", "a pause of 90 days", "a colleague asked for a demo"))
