"""A campaign changes while leads are asleep in it, and a lead comes into a campaign again: on the real thing."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from local.town import Town
from nurture.kinds import Outcome
from nurture.leadside import Replied
from nurture.ourside import Course
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from store import tables
from store.desk.tasks import Answer
from store.journeys import enrollments, standings
from store.leads.persons import Person

pytestmark = pytest.mark.anyio


def email(letter: str) -> dict[str, Any]:
    return {"email": letter}


def wait(days: int) -> dict[str, Any]:
    return {"wait": f"{days} days"}


def task(reason: str) -> dict[str, Any]:
    return {"task": {"reason": reason, "outcomes": ["done", "nurture"]}}


HELLO, BASICS, WEEK, CHECK = email("hello"), email("planning_basics"), email("example_week"), email("check_in")


def welcome(*steps: dict[str, Any], **more: Any) -> Campaign:
    tracks = {"educate": {"steps": [*steps]}, "talk": {"steps": [{"task": {"reason": "replied"}}, {"go": "educate"}]}}
    rules = [{"name": "replied", "when": "replied", "go": "talk"}]
    plan = {"campaign": "welcome", "topic": "insights", "start": "educate", "tracks": tracks, "rules": rules, "cap": {"touches": 0}}
    return Campaign.model_validate(plan | more)


OLD = welcome(HELLO, wait(7), BASICS, wait(14), WEEK, wait(60), CHECK)


async def under_way(town: Town, person: Person, campaign: Campaign = OLD) -> UUID:
    await town.start(campaign)
    lead = await town.register(person, campaign.topic)
    await town.enroll(lead, campaign.name)
    return lead


async def change(town: Town, campaign: Campaign, course: Course | None) -> int:
    """Start another edition; without a course those under way stay as they are."""
    await town.start(campaign)
    async with town.database.transaction() as session:
        changed = await enrollments.change_all(session, campaign, course, town.now) if course else 0
        rows = await session.scalars(select(tables.Enrollment.lead_id).where(tables.Enrollment.campaign == campaign.name))
        leads = list(rows)
    await town.settle(leads)
    return changed


async def place_of(town: Town, lead: UUID) -> tuple[str, str]:
    async with town.database.transaction() as session:
        standing = await standings.of_lead(session, lead)
    assert standing is not None
    return standing.positions[0].track, standing.positions[0].step


async def test_a_sleeping_lead_is_planned_again_at_once_and_keeps_its_place(town: Town, ada: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=10)
    assert await town.letters_to(lead) == ["hello", "planning_basics"]

    sooner = welcome(HELLO, wait(7), BASICS, wait(4), WEEK, wait(60), CHECK)
    assert await change(town, sooner, Course.MIGRATE) == 1
    assert await change(town, sooner, Course.MIGRATE) == 0
    await town.skip(days=4)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]


async def test_what_a_lead_has_behind_it_does_not_come_again_wherever_it_stands_in_the_new_edition(town: Town, ada: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=10)

    await change(town, welcome(WEEK, wait(7), BASICS, wait(14), HELLO, wait(7), CHECK), Course.MIGRATE)
    await town.skip(days=40)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "check_in"]


async def test_a_letter_of_a_track_that_was_left_long_ago_does_not_come_again_because_the_plan_was_changed(
    town: Town, ada: Person, hanako: Person
) -> None:
    lead, beginner = await under_way(town, ada), await under_way(town, hanako)
    await town.skip(days=10)
    await town.engage(lead, Replied(at=town.now))
    assert await place_of(town, lead) == ("talk", "replied")

    moved = {"educate": {"steps": [HELLO, wait(7), CHECK]}, "follow_up": {"steps": [task("call"), BASICS, wait(3), WEEK]}}
    rules = [{"name": "answered", "when": {"outcome": "nurture"}, "go": "follow_up"}]
    await change(town, welcome(tracks=moved, rules=rules), Course.MIGRATE)
    assert await place_of(town, lead) == ("educate", "hello")
    [talk] = await town.tasks_of(lead)
    await town.answer(talk, Answer(outcome=Outcome.NURTURE))
    [call] = await town.tasks_of(lead)
    await town.answer(call, Answer(outcome=Outcome.DONE))
    await town.skip(days=30)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]
    assert await town.letters_to(beginner) == ["hello", "planning_basics", "check_in"]


async def test_those_who_are_left_alone_finish_the_edition_that_they_are_in(town: Town, ada: Person, hanako: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=10)

    await change(town, welcome(HELLO, wait(7), CHECK), None)
    newcomer = await town.register(hanako, "insights")
    await town.enroll(newcomer, "welcome")
    await town.skip(days=20)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "example_week"]
    assert await town.letters_to(newcomer) == ["hello", "check_in"]


async def test_a_lead_whose_step_is_gone_goes_on_with_the_next_that_is_still_there(town: Town, ada: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=10)

    await change(town, welcome(HELLO, wait(7), BASICS, CHECK), Course.MIGRATE)
    await town.skip(days=4)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "check_in"]
    assert await place_of(town, lead) == ("educate", "rest")


async def test_restarted_a_lead_begins_again(town: Town, ada: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=10)

    await change(town, welcome(CHECK, wait(7), HELLO), Course.RESTART)
    await town.skip(days=14)

    assert await town.letters_to(lead) == ["hello", "planning_basics", "check_in", "hello"]


async def test_a_rep_keeps_the_task_while_its_campaign_changes_and_the_answer_counts(town: Town, ada: Person) -> None:
    lead = await under_way(town, ada)
    await town.skip(days=5)
    await town.engage(lead, Replied(at=town.now))
    [task] = await town.tasks_of(lead)

    await change(town, welcome(HELLO, wait(2), BASICS), Course.MIGRATE)
    await town.skip(days=1)
    assert [open_task.id for open_task in await town.tasks_of(lead)] == [task.id]
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.skip(days=8)

    assert await town.letters_to(lead) == ["hello", "hello", "planning_basics"]
    assert await town.tasks_of(lead) == []


DEAL = Campaign.model_validate(
    {
        "campaign": "deal",
        "topic": "insights",
        "start": "talk",
        "again": "at once",
        "tracks": {
            "talk": {"steps": [{"task": {"reason": "deal"}}, {"end": "nothing"}]},
            "won": {"steps": [{"enroll": "customer"}, {"end": "won"}]},
        },
        "rules": [{"name": "won", "when": {"outcome": "won"}, "go": "won"}],
    }
)
CUSTOMER = Campaign.model_validate(
    {
        "campaign": "customer",
        "topic": "customer",
        "start": "steady",
        "tracks": {
            "steady": {"steps": []},
            "renewal": {"steps": [{"task": {"reason": "renewal"}}, {"end": "left"}]},
        },
        "rules": [{"name": "renewal", "when": {"contract_ends_in": "90 days"}, "go": "renewal"}],
    }
)


async def test_a_former_customer_who_is_won_again_gets_a_renewal_again(town: Town, ada: Person) -> None:
    await town.start(CUSTOMER)
    await town.start(DEAL)
    lead = await town.register(ada)
    [first, second] = [date(2041, 3, 1), date(2043, 3, 1)]

    await town.enroll(lead, "deal")
    [deal] = await town.tasks_of(lead)
    await town.answer(deal, Answer(outcome=Outcome.WON, contract=Contract(ends_on=first)))
    await town.skip_to(town.now.replace(year=2041, month=1, day=15))
    [renewal] = await town.tasks_of(lead)
    await town.answer(renewal, Answer(outcome=Outcome.LOST))
    assert await in_campaigns(town, lead) == []

    await town.skip(days=60)
    await town.enroll(lead, "deal")
    [deal] = await town.tasks_of(lead)
    await town.answer(deal, Answer(outcome=Outcome.WON, contract=Contract(ends_on=second)))
    assert await in_campaigns(town, lead) == ["customer"]

    await town.skip_to(town.now.replace(year=2042, month=12, day=10))
    assert [task.reason for task in await town.tasks_of(lead)] == ["renewal"]


async def in_campaigns(town: Town, lead: UUID) -> list[str]:
    async with town.database.transaction() as session:
        return [row.campaign for row in await enrollments.of_lead(session, lead) if row.over_at is None]


async def test_a_campaign_takes_a_lead_again_after_the_time_that_it_names(town: Town, ada: Person) -> None:
    short = welcome(HELLO, {"end": "done"}, again="30 days", tracks={"educate": {"steps": [HELLO, {"end": "done"}]}}, rules=[])
    lead = await under_way(town, ada, short)
    await town.skip(days=3)
    [task] = await town.tasks_of(lead)
    await town.answer(task, Answer(outcome=Outcome.NURTURE))
    await town.skip(days=2)
    assert await town.letters_to(lead) == ["hello"]

    await town.skip(days=20)
    await town.enroll(lead, "welcome")
    await town.skip(days=3)
    too_soon = await town.letters_to(lead)
    await town.skip(days=10)
    await town.enroll(lead, "welcome")
    await town.skip(days=3)

    assert (too_soon, await town.letters_to(lead)) == (["hello"], ["hello", "hello"])
