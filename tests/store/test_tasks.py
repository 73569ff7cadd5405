"""Reps' tasks: one at a time, escalated when late, answered once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from nurture.kinds import Audience, Outcome
from nurture.ourside import ContractChanged, TaskCompleted
from nurture.profile import Contract
from store.database import Database
from store.desk import notifications, tasks
from store.desk.tasks import Answer, TaskRow, WrongAnswer
from store.leads import contracts, leads, relaying
from store.leads.leads import Person
from store.tables import Account, Consent, Lead

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]
Opened = Callable[..., Awaitable[bool]]

TASK, LATER_TASK = UUID(int=1), UUID(int=2)


@pytest.fixture
async def ada(registered: Registered) -> UUID:
    return await registered("ada", given_name="Ada", family_name="Lovelace", company="Engines", phone="+81 3 0000 0000", zone="Asia/Tokyo")


@pytest.fixture
def opened(database: Database, ada: UUID, now: datetime) -> Opened:
    async def open_task(id: UUID = TASK, **fields: Any) -> bool:
        row: dict[str, Any] = {"lead_id": ada, "enrollment": 1, "campaign": "welcome", "reason": "replied", "why": "it replied", "at": now}
        async with database.transaction() as session:
            return await tasks.open_task(session, id=id, deadline_at=now + timedelta(days=2), **(row | fields))

    return open_task


async def answered(database: Database, now: datetime, answer: Answer, task: UUID = TASK) -> bool:
    async with database.transaction() as session:
        return await tasks.complete(session, task, "kim", answer, now)


async def heard_of(database: Database, lead: UUID) -> list[object]:
    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 10)
    return list(waiting[lead].engagements) if lead in waiting else []


async def open_ones(database: Database, lead: UUID | None = None) -> list[TaskRow]:
    async with database.transaction() as session:
        return await tasks.open_tasks(session, lead_id=lead)


async def test_a_task_says_who_the_lead_is(database: Database, opened: Opened, ada: UUID) -> None:
    assert await opened(say="Call back today.")
    assert not await opened()

    (task,) = await open_ones(database)

    assert (task.name, task.company, task.phone, task.email) == ("Ada Lovelace", "Engines", "+81 3 0000 0000", "ada@example.com")
    assert (task.id, task.lead_id, task.say, task.owner, task.is_open) == (TASK, ada, "Call back today.", "sales", True)


async def test_a_later_task_of_the_same_enrollment_takes_the_place_of_the_older(database: Database, opened: Opened, now: datetime) -> None:
    await opened()
    await opened(UUID(int=3), enrollment=2)
    await opened(LATER_TASK)

    assert {task.id for task in await open_ones(database)} == {LATER_TASK, UUID(int=3)}
    with pytest.raises(WrongAnswer, match="withdrawn"):
        await answered(database, now, Answer(outcome=Outcome.NURTURE))


async def test_the_next_deadline_comes_first(database: Database, registered: Registered, opened: Opened, ada: UUID, now: datetime) -> None:
    eve = await registered("eve")
    await opened()
    async with database.transaction() as session:
        row: dict[str, Any] = {"enrollment": 1, "campaign": "welcome", "reason": "stalled", "why": "nothing moved", "at": now}
        await tasks.open_task(session, id=LATER_TASK, lead_id=eve, deadline_at=now + timedelta(hours=1), **row)

    assert [task.id for task in await open_ones(database)] == [LATER_TASK, TASK]
    assert [task.id for task in await open_ones(database, ada)] == [TASK]


async def test_one_rep_claims_a_task(database: Database, opened: Opened, now: datetime) -> None:
    await opened()

    async def claim(rep: str) -> bool:
        async with database.transaction() as session:
            return await tasks.claim(session, TASK, rep, now)

    assert sum(await asyncio.gather(claim("kim"), claim("lee"), claim("mori"))) == 1
    (task,) = await open_ones(database)
    assert await claim(task.claimed_by)
    await answered(database, now, Answer(outcome=Outcome.NURTURE))
    assert not await claim(task.claimed_by)


async def test_a_passed_deadline_makes_a_task_the_leaders_once(database: Database, opened: Opened, now: datetime) -> None:
    await opened()
    late, next_deadline = now + timedelta(days=2), now + timedelta(days=3)

    async def escalate() -> bool:
        async with database.transaction() as session:
            return await tasks.escalate(session, TASK, next_deadline, late)

    assert [await escalate(), await escalate()] == [True, False]
    (task,) = await open_ones(database)
    assert (task.owner, task.deadline_at, task.escalated_at) == ("leader", next_deadline, late)


async def test_answering_twice_is_one_answer(database: Database, opened: Opened, ada: UUID, now: datetime) -> None:
    await opened()
    answers = [Answer(outcome=outcome, notes="As she said.") for outcome in (Outcome.NURTURE, Outcome.LOST)]

    taken = await asyncio.gather(*(answered(database, now, answer) for answer in answers * 3))

    assert sum(taken) == 1
    (engagement,) = await heard_of(database, ada)
    outcome = answers[taken.index(True) % 2].outcome
    assert engagement == TaskCompleted(at=now, seq=1, task=TASK, outcome=outcome)
    async with database.transaction() as session:
        task = await tasks.get(session, TASK)
    assert task is not None
    assert (task.completed_by, task.completed_at, task.outcome, task.is_open) == ("kim", now, outcome, False)


@pytest.mark.parametrize("ends_on", [date(2028, 2, 29), date(2027, 3, 1), None])
async def test_won_makes_a_customer_with_a_contract(
    database: Database, opened: Opened, ada: UUID, now: datetime, ends_on: date | None
) -> None:
    await opened()
    contract = Contract(ends_on=ends_on, auto_renews=True)

    assert await answered(database, now, Answer(outcome=Outcome.WON, contract=contract, until=date(1999, 1, 1)))

    assert await heard_of(database, ada) == [TaskCompleted(at=now, seq=1, task=TASK, outcome=Outcome.WON, contract=contract)]
    async with database.transaction() as session:
        assert await contracts.of_lead(session, ada) == contract


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(outcome=Outcome.WON), "contract"),
        (Answer(outcome=Outcome.WON, contract=Contract(ends_on=date(2027, 2, 28))), "contract"),
        (Answer(outcome=Outcome.NOT_NOW), "until"),
        (Answer(outcome=Outcome.NOT_NOW, until=date(2027, 3, 1)), "until"),
        (Answer(outcome=Outcome.NOT_NOW, until=date(2032, 3, 5)), "until"),
        (Answer(outcome=Outcome.OTHER_CONTACT), "other_contact"),
        (Answer(outcome=Outcome.OTHER_CONTACT, other_contact=Person(email="ada@example.com")), "other_contact"),
        (Answer(outcome=Outcome.LOST, notes="x" * 4001), "notes"),
        (Answer(outcome=Outcome.LOST, notes="turned \u202e around"), "notes"),
        (Answer(outcome=Outcome.DONE), "outcome"),
    ],
)
async def test_an_answer_that_lacks_what_its_outcome_needs_changes_nothing(
    database: Database, opened: Opened, ada: UUID, now: datetime, answer: Answer, field: str
) -> None:
    await opened()

    with pytest.raises(WrongAnswer) as wrong:
        await answered(database, now, answer)

    assert wrong.value.field == field
    assert await heard_of(database, ada) == []
    assert [task.id for task in await open_ones(database)] == [TASK]


async def test_the_first_rep_who_is_named_stays_the_owner(database: Database, opened: Opened, ada: UUID, now: datetime) -> None:
    await opened(named=True)
    await answered(database, now, Answer(outcome=Outcome.NURTURE))
    await opened(LATER_TASK, to=Audience.OWNER, named=True)

    (task,) = await open_ones(database, ada)
    async with database.transaction() as session:
        await tasks.complete(session, LATER_TASK, "lee", Answer(outcome=Outcome.NURTURE), now)
        lead = await session.get_one(Lead, ada)

    assert (task.owner, task.lead_owner, lead.owner) == ("kim", "kim", "kim")


async def test_the_leader_acknowledges_what_was_told(database: Database, opened: Opened, ada: UUID, now: datetime) -> None:
    await opened(to=Audience.LEADER, outcomes=(Outcome.DONE,))

    (task,) = await open_ones(database, ada)
    assert await answered(database, now, Answer(outcome=Outcome.DONE))

    assert task.owner == "leader"
    assert await heard_of(database, ada) == [TaskCompleted(at=now, seq=1, task=TASK, outcome=Outcome.DONE)]


async def test_a_task_for_the_owner_is_everybodys_while_nobody_is_named(database: Database, opened: Opened, ada: UUID) -> None:
    await opened(to=Audience.OWNER)

    assert [task.owner for task in await open_ones(database, ada)] == ["sales"]


async def test_a_lead_that_does_not_fit_is_known_to_fit_poorly(database: Database, opened: Opened, ada: UUID, now: datetime) -> None:
    await opened()

    await answered(database, now, Answer(outcome=Outcome.BAD_FIT))

    async with database.transaction() as session:
        assert (await session.get_one(Lead, ada)).fit == "poor"


async def test_the_day_of_an_answer_is_the_leads(database: Database, opened: Opened, now: datetime) -> None:
    """At 16:00 UTC on 1 March it is 2 March in Tokyo already."""
    await opened()
    evening = now.replace(hour=16)

    with pytest.raises(WrongAnswer):
        await answered(database, evening, Answer(outcome=Outcome.NOT_NOW, until=date(2027, 3, 2)))

    assert await answered(database, evening, Answer(outcome=Outcome.NOT_NOW, until=date(2027, 3, 3)))


async def test_another_contact_is_registered_in_the_same_account_without_consent(
    database: Database, opened: Opened, ada: UUID, now: datetime
) -> None:
    await opened()
    colleague = Person(email="grace@example.com", family_name="Hopper", company="Somewhere else")

    await answered(database, now, Answer(outcome=Outcome.OTHER_CONTACT, other_contact=colleague))

    async with database.transaction() as session:
        grace = await leads.find(session, "grace@example.com")
        assert grace is not None
        companies = [
            await session.scalar(select(Account.name).where(Account.id == lead.account_id))
            for lead in (grace, await session.get_one(Lead, ada))
        ]
        assert companies == ["Engines", "Engines"]
        assert (await session.scalars(select(Consent))).all() == []
    assert await heard_of(database, ada) == [TaskCompleted(at=now, seq=1, task=TASK, outcome=Outcome.OTHER_CONTACT, other_lead=grace.id)]


async def test_a_contract_that_changes_is_told_once(database: Database, ada: UUID, now: datetime) -> None:
    contract = Contract(ends_on=date(2028, 2, 29))
    async with database.transaction() as session:
        changed = [await contracts.change(session, ada, contract, now) for _ in range(2)]

    assert changed == [1, None]
    assert await heard_of(database, ada) == [ContractChanged(at=now, seq=1, contract=contract)]


async def test_nobody_is_told_twice(database: Database, opened: Opened, now: datetime) -> None:
    """Neither by attempts at once, nor after one that claimed it and broke off before it told."""
    await opened()
    told = []
    together = asyncio.Barrier(6)
    async with database.transaction() as session:
        assert await notifications.claim(session, f"{TASK}:opened", TASK, "rep", now)

    async def tell(number: int) -> None:
        async with database.transaction() as session:
            await session.connection()
            await together.wait()
            if await notifications.claim(session, f"{TASK}:opened", TASK, "rep", now):
                told.append(number)
                await notifications.told(session, f"{TASK}:opened", now)

    await asyncio.gather(*(tell(number) for number in range(6)))

    assert len(told) == 1
