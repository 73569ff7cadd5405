"""A narrow way out: a large campaign takes its turns, an answer goes before it, and nothing that is changed or resumed goes twice."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from local.town import Town
from nurture.leadside import DemoRequested
from nurture.pace import Pace, WarmUp
from nurture.why.retelling import difference, retell
from store import tables
from store.journeys import enrollments
from store.journeys.retelling import history_of
from store.leads.persons import Person
from store.looks import timeline
from store.mail import pace, stops
from tests.scenarios.telling import campaign, rule, standing

pytestmark = pytest.mark.anyio

EVERY_DAY = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
PLAN: dict[str, Any] = {
    "tracks": {"educate": [{"email": "hello"}, {"wait": "90 days"}], "fast": [{"email": "check_in"}, {"wait": "90 days"}]},
    "rules": [rule("demo", "demo_requested", "fast")],
    "window": EVERY_DAY,
    "horizon": "700 days",
}


async def limit(town: Town, lane: str, **limits: Any) -> None:
    async with town.database.transaction() as session:
        await pace.set_(session, lane, Pace(**limits), town.now)


async def enrolled(town: Town, how_many: int) -> list[UUID]:
    """So many leads at once, in the one campaign."""
    plan = await town.start(campaign(**PLAN))
    leads = [await town.register(Person(email=f"lead{no}@example.com", language="en"), plan.topic) for no in range(how_many)]
    async with town.database.transaction() as session:
        assert await enrollments.enroll_all(session, leads, plan, town.now) == how_many
    await town.settle(leads)
    return leads


async def sent(town: Town) -> list[tuple[datetime, str]]:
    """When each letter went, and which."""
    async with town.database.transaction() as session:
        rows = await session.execute(select(tables.Touch.sent_at, tables.Touch.letter).where(tables.Touch.sent_at.is_not(None)))
        return sorted((row.sent_at, row.letter) for row in rows if row.sent_at is not None)


async def same_when_told_again(town: Town, lead: UUID) -> None:
    """``explain`` and ``whatif`` retell the same life."""
    async with town.database.transaction() as session:
        history = await history_of(session, lead)
    assert difference(history, retell(history, town.now)) is None


async def test_an_answer_goes_at_once_while_a_large_campaign_waits_for_its_turns(town: Town) -> None:
    await limit(town, "by smtp", per_hour=5)
    leads = await enrolled(town, 15)
    waiting = [lead for lead in leads if not await town.letters_to(lead)]
    assert len(waiting) == 11
    assert "waits: it is not its turn yet" in (await standing(town, waiting[0])).why

    await town.engage(waiting[-1], DemoRequested(at=town.now))
    assert await town.letters_to(waiting[-1]) == ["check_in"]

    await town.skip(hours=4)
    await town.settle(leads)
    assert [await town.letters_to(lead) for lead in waiting[:-1]] == [["hello"]] * 10
    await same_when_told_again(town, waiting[-1])
    by_hour = Counter(at.replace(minute=0, second=0, microsecond=0) for at, _ in await sent(town))
    assert max(by_hour.values()) <= 5


async def test_a_new_domain_warms_up_over_days_and_may_go_faster_while_letters_wait(town: Town) -> None:
    await limit(town, "from sodate.example.com", warm_up=WarmUp(began_at=town.now, first_day=2, doubles_in_days=1))
    leads = await enrolled(town, 16)
    await town.skip(days=3)
    await town.settle(leads)
    by_day = Counter(at.date() for at, _ in await sent(town))
    assert [by_day[day] for day in sorted(by_day)][:3] == [1, 3, 7]

    await limit(town, "from sodate.example.com", per_day=1000)
    await town.settle(leads)
    await town.skip(minutes=1)
    await town.settle(leads)
    assert [await town.letters_to(lead) for lead in leads] == [["hello"]] * 16


async def test_stopped_letters_wait_for_weeks_and_go_on_once_each_when_they_are_resumed(town: Town) -> None:
    async with town.database.transaction() as session:
        await stops.stop(session, "welcome", "the price is wrong", town.now)
    leads = await enrolled(town, 3)
    await town.skip(days=30)
    assert await sent(town) == []
    assert "letters of 'welcome' are stopped" in (await standing(town, leads[0])).why

    async with town.database.transaction() as session:
        assert await stops.lift(session, "welcome", town.now) == 3
    await town.settle(leads)
    assert [await town.letters_to(lead) for lead in leads] == [["hello"]] * 3
    async with town.database.transaction() as session:
        told = [entry.what for entry in await timeline.story(session, leads[0])]
    assert "what a letter waited for was changed by an operator" in told
    await town.skip(days=30)
    assert town.now - (await sent(town))[0][0] > timedelta(days=29)
    assert len(await sent(town)) == 3
    await same_when_told_again(town, leads[0])
