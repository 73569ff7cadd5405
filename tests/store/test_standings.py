"""Where leads stand, what happened to them, and that none is forgotten."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.kinds import Outcome, Refusal
from nurture.leadside import DemoRequested, Downloaded, OptedOut
from nurture.ourside import Held
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Note, Position, Record, Standing
from store.database import Database
from store.desk import tasks
from store.desk.tasks import Answer
from store.journeys import enrollments, notes, standings
from store.leads import engagements, relaying
from store.looks.timeline import story
from store.mail import touches

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


def waiting_until(at: datetime | None) -> Standing:
    return Standing(stage="interest", next_at=at, why="it waits", positions=(Position(enrollment=1, track="hello", step="wait-2"),))


async def test_a_late_writer_changes_nothing(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    task = Position(enrollment=1, track="sales", step="replied", task_deadline_at=now)
    newer = Standing(stage="demo", next_at=None, why="a rep has it", positions=(task,), held_until=date(2027, 4, 1))
    async with database.transaction() as session:
        assert await standings.of_lead(session, lead) is None
        await standings.write(session, lead, Record(no=2, standing=newer))
        await standings.write(session, lead, Record(no=1, standing=waiting_until(now)))
        after_late = await standings.of_lead(session, lead)
        await standings.write(session, lead, Record(no=2, standing=replace(newer, why="a rep still has it")))
        after_again = await standings.of_lead(session, lead)

    assert after_late == newer
    assert after_again == replace(newer, why="a rep still has it")


async def test_a_note_is_kept_once(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    first, second = (Note(no=number, at=now, what=f"decision {number}", why="a rule") for number in (1, 2))
    async with database.transaction() as session:
        await standings.write(session, lead, Record(no=1, standing=waiting_until(now), notes=(first,)))
        await standings.write(session, lead, Record(no=2, standing=waiting_until(now), notes=(replace(first, what="rewritten"), second)))

        assert await notes.of_lead(session, lead) == [first, second]


async def test_leads_are_counted_by_stage(database: Database, registered: Registered, now: datetime) -> None:
    sooner, later, with_rep, done = [await registered(name) for name in ("sooner", "later", "rep", "done")]
    in_an_hour = Position(enrollment=1, track="sales", step="call", task_deadline_at=now + timedelta(hours=1))
    stood = {
        later: waiting_until(now + timedelta(hours=2)),
        with_rep: replace(waiting_until(now + timedelta(days=9)), positions=(in_an_hour,), stage="demo"),
        sooner: waiting_until(now),
        done: replace(waiting_until(None), open=False),
    }
    async with database.transaction() as session:
        for lead, standing in stood.items():
            await standings.write(session, lead, Record(no=1, standing=standing))

        assert await standings.by_stage(session) == {"demo": 1, "interest": 3}


async def test_the_doctor_names_every_lead_that_would_be_forgotten(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    names = ("well", "closed", "with_rep", "just_in", "without_next", "overslept", "silent", "late_task", "not_relayed")
    lead = {name: await registered(name) for name in names}
    long_ago = now - timedelta(hours=2)
    task: dict[str, Any] = {"enrollment": 1, "campaign": "welcome", "reason": "replied", "why": "it replied", "at": long_ago}
    deadline = Position(enrollment=1, track="sales", step="call", task_deadline_at=now)
    stood = {
        "well": waiting_until(now - timedelta(minutes=59)),
        "closed": replace(waiting_until(None), open=False),
        "with_rep": replace(waiting_until(None), positions=(deadline,)),
        "without_next": waiting_until(None),
        "overslept": waiting_until(long_ago),
        "late_task": waiting_until(now),
        "not_relayed": waiting_until(now),
    }
    async with database.transaction() as session:
        for name, standing in stood.items():
            await standings.write(session, lead[name], Record(no=1, standing=standing))
        for name, deadline_at in (("with_rep", now), ("late_task", long_ago)):
            await tasks.open_task(session, id=UUID(int=len(name)), lead_id=lead[name], deadline_at=deadline_at, **task)
        await enrollments.enroll(session, lead["silent"], welcome, long_ago)
        await relaying.relayed(session, await relaying.waiting(session, 10), long_ago)
        await enrollments.enroll(session, lead["just_in"], welcome, now)
        await engagements.record(session, lead["not_relayed"], DemoRequested(at=long_ago))
        await engagements.record(session, lead["well"], DemoRequested(at=now))

    async with database.transaction() as session:
        found = {orphan.lead_id: orphan.why for orphan in await standings.orphans(session, now)}

    assert found == {
        lead["without_next"]: "it is open, but has neither a next wake-up nor a task with a deadline",
        lead["overslept"]: "its next wake-up was due at 2027-03-01 07:30 UTC and did not come",
        lead["silent"]: "it was enrolled more than 5 minutes ago, but its workflow has said nothing yet",
        lead["late_task"]: "the deadline of its task passed more than 1 hour ago, and the task was not passed on to the leader",
        lead["not_relayed"]: "an engagement has waited since 2027-03-01 07:30 UTC to be relayed to its workflow",
    }


async def test_a_leads_story_is_told_in_the_order_of_time(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    lead, task = await registered("ada"), UUID(int=1)

    def day(number: int) -> datetime:
        return now + timedelta(days=number)

    async with database.transaction() as session:
        await enrollments.enroll(session, lead, welcome, now, source="form")
        for number, letter in ((1, "hello"), (2, "offer")):
            key = UUID(int=number)
            await touches.claim(
                session,
                key=key,
                lead_id=lead,
                enrollment=1,
                campaign=welcome.ref,
                letter=letter,
                topic="news",
                why="it is due",
                at=day(number),
            )
        await touches.sent(session, UUID(int=1), "250", day(1))
        await touches.refused(session, UUID(int=2), Refusal.CAPPED, day(2))
        await engagements.record(session, lead, Downloaded(at=day(3), content="guide"), source="form")
        await standings.write(
            session, lead, Record(no=1, standing=waiting_until(now), notes=(Note(no=1, at=day(4), what="to sales", why="it is keen"),))
        )
        await tasks.open_task(
            session, id=task, lead_id=lead, enrollment=1, campaign="welcome", reason="keen", why="it is keen", at=day(5), deadline_at=day(6)
        )
        await tasks.escalate(session, task, day(8), day(6))
        await tasks.claim(session, task, "kim", day(7))
        won = Answer(outcome=Outcome.WON, contract=Contract(ends_on=date(2028, 3, 31), auto_renews=True), notes="Signed.")
        await tasks.complete(session, task, "kim", won, day(8))
        await engagements.record(session, lead, Held(at=day(9), until=date(2027, 5, 1)))
        await engagements.record(session, lead, OptedOut(at=day(10)))

        told = await story(session, lead)

    assert [(entry.at, entry.what, entry.why) for entry in told] == [
        (day(0), "enrolled in welcome", "from form"),
        (day(1), "sent welcome/hello", "it is due"),
        (day(2), "did not send welcome/offer: capped", "it is due"),
        (day(3), "downloaded guide", "from form"),
        (day(4), "to sales", "it is keen"),
        (day(5), "asked sales: keen", "it is keen"),
        (day(6), "passed the task keen to the leader", "its deadline had passed"),
        (day(7), "kim took the task keen", ""),
        (day(8), "a rep answered won, contract until 2028-03-31, renews by itself", "from task"),
        (day(8), "kim answered keen: won", "Signed."),
        (day(9), "held until 2027-05-01", ""),
        (day(10), "opted out of everything", ""),
    ]
