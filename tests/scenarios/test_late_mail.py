"""The mail server is away for three days, or nobody knows what it took: every letter goes once, in its order, or as its campaign says."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from local.catcher import Catcher, catcher
from local.processes import free_port
from local.town import Town
from nurture.kinds import Outcome
from nurture.plan.campaign import Campaign
from store import tables
from store.desk.tasks import Answer
from store.journeys import enrollments
from store.leads.persons import Person
from tests.mail.conftest import open_post_office
from tests.scenarios.telling import campaign, enrolled

__all__ = ["open_post_office"]

pytestmark = pytest.mark.anyio

LETTERS = ["hello", "planning_basics", "webinar"]
STEPS: list[dict[str, Any]] = [{"email": LETTERS[0]}, {"wait": "1 day"}, {"email": LETTERS[1]}, {"wait": "1 day"}, {"email": LETTERS[2]}]
AROUND_THE_CLOCK = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}


@pytest.fixture
def port() -> int:
    """Where the mail server is, when it is there."""
    return free_port()


@pytest.fixture
def office_settings() -> dict[str, str]:
    return {}


@pytest.fixture
def town_settings(port: int, office_settings: dict[str, str]) -> dict[str, Any]:
    return {"MAIL_URL": f"smtp://127.0.0.1:{port}", **office_settings}


@asynccontextmanager
async def mail_server(town: Town, port: int) -> AsyncIterator[Catcher]:
    """The mail server is there while the block lasts, and what it catches is what the town sees."""
    async with catcher(port=port) as post:
        town.post = post
        yield post


async def begins(town: Town, person: Person, plan: Campaign) -> UUID:
    """A lead in this campaign, whose first letter may not be able to go."""
    await town.start(plan)
    lead = await town.register(person, plan.topic)
    async with town.database.transaction() as session:
        await enrollments.enroll(session, lead, plan, town.now)
    await town.delivered()
    return lead


async def ledger(town: Town, lead: UUID) -> list[tables.Touch]:
    async with town.database.transaction() as session:
        return list(
            await session.scalars(
                select(tables.Touch).where(tables.Touch.lead_id == lead).order_by(tables.Touch.sent_at, tables.Touch.claimed_at)
            )
        )


async def sent_at(town: Town, lead: UUID) -> list[datetime]:
    return [row.sent_at for row in await ledger(town, lead) if row.sent_at]


async def test_after_three_days_without_a_mail_server_everybody_gets_every_letter_once_in_order_in_the_window_and_under_the_cap(
    town: Town, ada: Person, hanako: Person, port: int
) -> None:
    plan = campaign(tracks={"letters": STEPS}, cap={"touches": 1, "per": "2 days"})
    people = [replace(person, email=f"{n}.{person.email}") for n in range(2) for person in (ada, hanako)]
    leads = [await begins(town, person, plan) for person in people]
    await town.skip(days=1)
    tried = [row.attempts for lead in leads for row in await ledger(town, lead)]
    assert len(tried) == len(people)
    assert min(tried) > 10
    await town.skip(days=2)
    back_at = town.now

    async with mail_server(town, port):
        await town.skip(days=12)
        await town.settle(leads)

        for person, lead in zip(people, leads, strict=True):
            assert await town.letters_to(lead) == LETTERS
            moments = await sent_at(town, lead)
            assert back_at < moments[0] < back_at + timedelta(days=1)
            assert all(later - earlier >= timedelta(days=2) for earlier, later in pairwise(moments))
            local = [moment.astimezone(ZoneInfo(person.zone)) for moment in moments]
            assert all(at.weekday() < 5 and 9 <= at.hour < 17 for at in local), local


async def test_what_is_too_late_after_an_outage_is_left_out_or_a_human_decides(town: Town, ada: Person, hanako: Person, port: int) -> None:
    first, second, third = (
        STEPS[0] | {"late": {"after": "1 day", "then": "skip"}},
        STEPS[2] | {"late": {"after": "1 day", "then": "human"}},
        STEPS[4],
    )
    plan = campaign(tracks={"letters": [first, second, third]}, window=AROUND_THE_CLOCK, cap={"touches": 0})
    async with mail_server(town, port):
        assert await town.letters_to(await enrolled(town, hanako, plan)) == LETTERS
    lead = await begins(town, ada, plan)
    await town.skip(days=3)

    [task] = await town.tasks_of(lead)
    assert (task.reason, list(task.outcomes)) == ("too_late", ["send", "skip"])
    assert [(row.letter, row.sent_at) for row in await ledger(town, lead)] == [("hello", None), ("planning_basics", None)]
    async with mail_server(town, port):
        await town.answer(task, Answer(outcome=Outcome.SEND))
        await town.skip(hours=1)
        await town.settle([lead])

        assert await town.letters_to(lead) == LETTERS[1:]


@pytest.mark.parametrize("office_settings", [{"MAIL_IN_DOUBT": "ask"}])
@pytest.mark.parametrize(("outcome", "copies"), [(Outcome.SENT, 1), (Outcome.SEND, 2)])
async def test_a_letter_of_which_nobody_knows_whether_it_went_waits_for_a_human(
    town: Town, ada: Person, open_post_office: Callable[..., Any], port: int, outcome: Outcome, copies: int
) -> None:
    office = await open_post_office(port=port, cut="after the message")
    plan = campaign(tracks={"letters": [STEPS[0], STEPS[2]]}, window=AROUND_THE_CLOCK, cap={"touches": 0})
    lead = await begins(town, ada, plan)
    await town.skip(days=1)

    [task] = await town.tasks_of(lead)
    assert (task.reason, list(task.outcomes), task.owner) == ("in_doubt", ["sent", "send"], "marketing")
    assert len(office.received) == 1
    office.cut = ""
    await town.answer(task, Answer(outcome=outcome))
    await town.skip(hours=1)
    await town.settle([lead])

    assert [row.sent_at is not None for row in await ledger(town, lead)] == [True, True]
    first, *others = office.received
    assert [other.content == first.content for other in others] == [True] * (copies - 1) + [False]
