"""A forecast tells of the production code: the same people, doing the same at the same moments, get the same letters from it."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from forecast.life import live
from forecast.people import Person, made_up
from forecast.rates import read_rates
from forecast.tally import Witness
from forecast.world import World
from local.town import Town, town
from nurture.actions import HandOff, SendTouch
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.ourside import TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign
from store import tables
from store.consent import consents
from store.consent.consents import Basis, Grant
from store.desk import tasks
from store.desk.tasks import Answer
from store.journeys import enrollments
from store.leads import engagements, persons

pytestmark = pytest.mark.anyio

LEADS = 200
DAYS = 12
SHORT = Path(__file__).parent / "short.yaml"
RATES = """
arrivals: {at_start: 100}
letters:
  usual: {click: 8, reply: 4, download: 6, refuse: 3, bounce: 2, absence: 4}
by_themselves: {demo_requested: 4, downloaded: 4, visited: 4}
"""

ON_ITS_WAY = timedelta(minutes=1)
"""The server that skips time lets its clock run on while somebody works: a letter leaves moments after it was due, never before."""


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """The loop that production runs on: so many leads are a tenth quicker on it."""
    return "asyncio", {"use_uvloop": True}


class Diary(Witness):
    """Keeps what happened in a forecast, life by life."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.letters: list[tuple[UUID, str, datetime]] = []
        self.tasks: Counter[tuple[UUID, str]] = Counter()
        self.happenings: list[tuple[datetime, Person, Engagement]] = []

    def sent(self, person: Person, touch: SendTouch, campaign: Campaign) -> None:
        super().sent(person, touch, campaign)
        self.letters.append((person.id, touch.letter, touch.at))

    def handed_off(self, person: Person, task: HandOff) -> None:
        super().handed_off(person, task)
        self.tasks[person.id, task.reason] += 1

    def happened(self, person: Person, engagement: Engagement, is_customer: bool) -> None:
        super().happened(person, engagement, is_customer)
        if engagement.kind is not Kind.ENROLLED:
            self.happenings.append((engagement.at, person, engagement))


async def test_the_same_people_get_the_same_letters_from_the_real_workflow(database_url: str) -> None:
    campaign = read_campaign(SHORT.read_text(encoding="utf-8"), SHORT.name)
    assumed = read_rates(RATES, "rates.yaml")
    world = World(campaigns={campaign.name: campaign}, assumed=assumed, seed=7, begins_on=date(2040, 3, 5), days=DAYS)
    people, diary = [made_up(world, number) for number in range(LEADS)], Diary(world)
    for person in people:
        live(world, person, diary)

    async with town(database_url, since=world.starts_at, sandboxed=False) as here:
        await here.start(campaign)
        await _arrive(here, people, campaign, world.starts_at)
        for at, at_once in groupby(sorted(diary.happenings, key=lambda one: one[0]), key=lambda one: one[0]):
            await here.skip_to(at)
            for _, person, engagement in at_once:
                await _happens(here, person, engagement)
            await here.delivered()
        await here.skip_to(world.ends_at)
        await here.settle(person.id for person in people)
        async with here.database.transaction() as session:
            rows = await session.execute(select(tables.Touch.lead_id, tables.Touch.letter, tables.Touch.sent_at))
            letters = [(lead, letter, at) for lead, letter, at in rows if at is not None]
            opened = Counter((task.lead_id, task.reason) for task in await session.scalars(select(tables.Task)))

    real, foretold = sorted(letters), sorted(diary.letters)
    assert [(lead, letter) for lead, letter, _ in real] == [(lead, letter) for lead, letter, _ in foretold]
    assert {foretold_at for (_, _, at), (_, _, foretold_at) in zip(real, foretold, strict=True) if not _is_that(at, foretold_at)} == set()
    assert opened == diary.tasks
    assert _kinds(diary) >= {"hello", "example_week", "after_talk", "still_helpful", "warm", "talk", "unreachable"}


def _is_that(at: datetime, foretold_at: datetime) -> bool:
    return timedelta() <= at - foretold_at < ON_ITS_WAY


def _kinds(diary: Diary) -> set[str]:
    return {letter for _, letter, _ in diary.letters} | {reason for _, reason in diary.tasks}


async def _arrive(here: Town, people: list[Person], campaign: Campaign, now: datetime) -> None:
    """They come in all at once, under the ids that they have in the forecast: splits, and who goes first in a herd, depend on them."""
    async with here.database.transaction() as session:
        for person in people:
            who = person.profile
            steered = {"zone": who.zone, "country": who.country, "language": who.language, "fit": who.fit, "segment": who.segment}
            session.add(tables.Lead(id=person.id, email=_address(person), created_at=now, **steered))
        await session.flush()
        agreed = [_address(person) for person in people if person.consents]
        text = {"text": "Yes, write to me."}
        await consents.give_all(
            session, [Grant(address=address, topic=campaign.topic, basis=Basis.OPT_IN, evidence=text) for address in agreed], now
        )
        await enrollments.enroll_all(session, [person.id for person in people], campaign, now)
    await here.delivered()


async def _happens(here: Town, person: Person, engagement: Engagement) -> None:
    """At the moment that the forecast gave it; what a rep answers goes through the door of the inbox."""
    async with here.database.transaction() as session:
        if not isinstance(engagement, TaskCompleted):
            await engagements.record(session, person.id, engagement)
            return
        answer = Answer(
            outcome=engagement.outcome,
            until=engagement.until,
            contract=engagement.contract,
            other_contact=persons.Person(email=f"colleague-of-{_address(person)}") if engagement.other_lead else None,
            learned=dict(engagement.learned),
        )
        assert await tasks.complete(session, engagement.task, "Rep", answer, engagement.at)


def _address(person: Person) -> str:
    return f"lead-{person.number}@example.com"
