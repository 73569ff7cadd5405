"""What a campaign came to is counted from what was sent, decided and answered, and said as surely as the numbers allow."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from forecast.life import live
from forecast.people import Person, made_up
from forecast.rates import read_rates
from forecast.tally import Witness
from forecast.world import World
from nurture.actions import SendTouch
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign
from nurture.standing import Note
from store import tables
from store.campaigns import campaigns
from store.database import Database
from store.journeys import notes
from store.leads import engagements
from tests.commands.conftest import Said, caller
from tests.databases import Databases

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Said]]

LEADS = 100
SPLIT = """
campaign: trial
topic: insights
start: draw
horizon: 700 days
window: {always: true}
tracks:
  draw:
    steps:
      - {name: side, split: [{share: 1, go: with_letters}, {share: 1, go: quiet}]}
  with_letters:
    steps:
      - email: offer
      - wait: 20 days
      - email: reminder
      - wait: 300 days
  quiet:
    steps:
      - wait: 300 days
  talk:
    steps:
      - task: {reason: talk, say: Call., deadline: 2 working days, outcomes: [nurture]}
      - wait: 300 days
rules:
  - {name: reply, when: replied, go: talk}
"""
RATES = """
arrivals: {at_start: 100}
consent: 100
places: [{zone: Asia/Tokyo, country: JP, language: ja, share: 100}]
letters: {usual: {click: 0, reply: 50, download: 0, refuse: 0, bounce: 0, absence: 0}}
by_themselves: {demo_requested: 0, downloaded: 0, visited: 0, replied: 0}
"""


class Kept(Witness):
    """Keeps what happened in lives that the core was played over, so that it can be put where a town would have put it."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.people: list[Person] = []
        self.sent_: list[tuple[UUID, SendTouch]] = []
        self.heard: list[tuple[UUID, Engagement]] = []
        self.notes: list[tuple[UUID, tuple[Note, ...]]] = []

    def arrived(self, person: Person, stage: str) -> None:
        super().arrived(person, stage)
        self.people.append(person)

    def noted(self, notes: tuple[Note, ...]) -> None:
        super().noted(notes)
        self.notes.append((self.people[-1].id, notes))

    def sent(self, person: Person, touch: SendTouch, campaign: Campaign) -> None:
        super().sent(person, touch, campaign)
        self.sent_.append((person.id, touch))

    def happened(self, person: Person, engagement: Engagement, is_customer: bool) -> None:
        super().happened(person, engagement, is_customer)
        if engagement.kind is not Kind.ENROLLED:
            self.heard.append((person.id, engagement))


@pytest.fixture(scope="module")
def kept(databases: Databases) -> Iterator[tuple[str, Kept]]:
    """A database of leads of whom half were drawn to get no letter, and half of the others answer one."""
    url = databases.lend()
    yield url, asyncio.run(_lived(url))
    databases.take_back(url)


@pytest.fixture
def lived(kept: tuple[str, Kept]) -> Kept:
    return kept[1]


@pytest.fixture
def starter(kept: tuple[str, Kept], nothing_set: dict[str, str | None], now: datetime) -> Starter:
    """Carries out a command on that database, which it does not change."""
    return caller({**nothing_set, "DATABASE_URL": kept[0], "COLUMNS": "200"}, now)


async def _lived(url: str) -> Kept:
    campaign = read_campaign(SPLIT, "trial.yaml")
    assumed = read_rates(RATES, "rates.yaml")
    world = World(campaigns={"trial": campaign}, assumed=assumed, seed=4, begins_on=date(2026, 11, 2), days=110)
    kept = Kept(world)
    for number in range(LEADS):
        live(world, made_up(world, number), kept)
    database = Database(url)
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, SPLIT, world.starts_at)
        for person in kept.people:
            session.add(tables.Lead(id=person.id, email=f"{person.number}@example.com", created_at=world.starts_at, zone="Asia/Tokyo"))
        await session.flush()
        for person in kept.people:
            begun = {"campaign": "trial", "ref": campaign.ref, "enrolled_at": person.arrives_at}
            session.add(tables.Enrollment(lead_id=person.id, number=1, **begun))
        for lead, touch in kept.sent_:
            facts = {"key": touch.key, "campaign": touch.campaign, "letter": touch.letter, "topic": "insights", "why": touch.why}
            session.add(tables.Touch(lead_id=lead, enrollment=1, claimed_at=touch.at, sent_at=touch.at, **facts))
        for lead, written in kept.notes:
            await notes.write(session, lead, written)
        for lead, engagement in kept.heard:
            await engagements.record(session, lead, engagement)
    await database.close()
    return kept


async def test_a_letter_beside_a_hold_out_is_told_to_work_where_it_does(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trial", "--within", "20", "--json")

    assert (said.code, said.err) == (0, "")
    (split,) = said.json["splits"]
    letters, quiet = split["sides"]
    assert (split["step"], split["base"]) == ("draw.side", 2)
    assert (letters["letters"], letters["is_hold_out"], quiet["is_hold_out"]) == (["offer", "reminder"], False, True)
    assert letters["leads"] + quiet["leads"] == LEADS
    assert quiet["outcomes"]["answered"]["count"] == 0
    assert letters["against"]["answered"]["is_told"]
    assert letters["against"]["answered"]["low"] > 0.2
    assert not letters["against"]["won"]["is_told"]


async def test_what_followed_a_letter_is_counted_for_that_letter_alone(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trial", "--within", "15", "--json")

    counted = {one["letter"]: one["outcomes"] for one in said.json["letters"]}
    sent = [touch.letter for _, touch in lived.sent_]
    assert {letter: found["answered"]["of"] for letter, found in counted.items()} == {name: sent.count(name) for name in counted}
    answers = [engagement for _, engagement in lived.heard if engagement.kind is Kind.REPLIED]
    assert sum(found["answered"]["count"] for found in counted.values()) <= len(answers)
    assert all(0.2 < found["answered"]["count"] / found["answered"]["of"] < 0.8 for found in counted.values())


async def test_those_who_have_not_had_the_whole_time_do_not_count(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trial", "--within", "200", "--json")

    assert said.json["enrolled"]["answered"] == {"count": 0, "of": 0, "low": 0.0, "high": 1.0}
    assert said.json["splits"] == []
    assert {one["letter"]: one["too_fresh"] for one in said.json["letters"]}["offer"] > 0


async def test_it_is_said_where_leads_left_the_plan_and_when_they_answer(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trial", "--json")

    by_rule = [one for one in said.json["leavings"] if one["by"] == "rule reply"]
    answered = {lead for lead, engagement in lived.heard if engagement.kind is Kind.REPLIED}
    assert {one["after"] for one in by_rule} <= {"offer", "reminder"}
    assert sum(one["leads"] for one in by_rule) == len(answered) == said.json["off_the_plan"]["count"]
    told = {(one["weekday"], one["hour"]): one["answers"] for one in said.json["hours"]}
    replies = [engagement.at + timedelta(hours=9) for _, engagement in lived.heard if engagement.kind is Kind.REPLIED]
    assert told == {(day, hour): sum((at.isoweekday(), at.hour) == (day, hour) for at in replies) for day, hour in told}
    assert sum(told.values()) == len(replies)


async def test_people_read_shares_with_their_intervals(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trial", "--within", "20")

    assert said.code == 0
    assert "Split at draw.side, against side 2" in said.out
    assert "a hold-out without letters" in said.out
    assert "a difference" in said.out
    assert "cannot be told" in said.out


async def test_a_campaign_that_was_never_started_is_refused_with_the_nearest_name(starter: Starter, lived: Kept) -> None:
    said = await starter("measure", "trail")

    assert said.code == 1
    assert "there is no campaign 'trail'" in said.err
    assert "trial" in said.err
