"""What leads of one company hear of each other, whom they bring, and the company at a look."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select

from nurture.engagements import Delivery, Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, ColleagueActed, DemoRequested, Downloaded, Replied
from nurture.ourside import TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.standing import Position, Record, Standing
from store import tables
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, standings
from store.leads import accounts, engagements, leads
from store.leads.persons import WrongPerson
from store.looks import rollups

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


async def enroll(database: Database, campaign: Campaign, now: datetime, *ids: UUID) -> None:
    async with database.transaction() as session:
        for id in ids:
            await enrollments.enroll(session, id, campaign, now)


async def heard(database: Database, lead: UUID) -> list[dict[str, Any]]:
    of_lead = select(tables.Engagement.facts).where(tables.Engagement.lead_id == lead, tables.Engagement.kind == Kind.COLLEAGUE_ACTED)
    async with database.transaction() as session:
        return [{k: v for k, v in facts.items() if k in ("colleague", "what", "outcome")} for facts in await session.scalars(of_lead)]


def delivery(*happened: Engagement) -> Delivery:
    return Delivery(engagements=happened)


async def test_the_others_hear_once_however_often_it_is_delivered(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, grace, joan = [await registered(name, company="Pumps") for name in ("ada", "grace", "joan")]
    await enroll(database, welcome, now, ada, grace, joan)
    replied = {ada: delivery(Replied(at=now, seq=2))}

    assert await accounts.tell_colleagues(database, replied) == 2
    assert await accounts.tell_colleagues(database, replied) == 0

    said = [{"colleague": str(ada), "what": "replied"}]
    assert [await heard(database, lead) for lead in (ada, grace, joan)] == [[], said, said]


async def test_an_answer_that_is_repeated_under_another_number_is_heard_once(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, grace = [await registered(name, company="Pumps") for name in ("ada", "grace")]
    await enroll(database, welcome, now, grace)
    task = uuid4()

    for seq in (4, 9):
        await accounts.tell_colleagues(database, {ada: delivery(TaskCompleted(at=now, seq=seq, task=task, outcome=Outcome.WON))})

    assert await heard(database, grace) == [{"colleague": str(ada), "what": "task_completed", "outcome": "won"}]


@pytest.mark.parametrize(
    "happened",
    [
        Downloaded(at=datetime.fromisoformat("2027-03-01T00:00Z"), content="guide", seq=2),
        TaskCompleted(at=datetime.fromisoformat("2027-03-01T00:00Z"), seq=2, task=uuid4(), outcome=Outcome.NURTURE),
        ColleagueActed(at=datetime.fromisoformat("2027-03-01T00:00Z"), seq=2, colleague=uuid4(), what=Kind.REPLIED),
        ColleagueActed(
            at=datetime.fromisoformat("2027-03-01T00:00Z"), seq=2, colleague=uuid4(), what=Kind.TASK_COMPLETED, outcome=Outcome.WON
        ),
    ],
    ids=lambda happened: f"{happened.kind}-{getattr(happened, 'outcome', '')}",
)
async def test_nobody_passes_on_what_it_was_told_nor_what_is_of_no_interest(
    database: Database, registered: Registered, welcome: Campaign, now: datetime, happened: Engagement
) -> None:
    ada, grace = [await registered(name, company="Pumps") for name in ("ada", "grace")]
    await enroll(database, welcome, now, ada, grace)

    assert await accounts.tell_colleagues(database, {ada: delivery(happened)}) == 0


async def test_a_lead_without_a_company_without_a_campaign_or_whose_campaign_is_over_hears_nothing(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, idle, over = [await registered(name, company="Pumps") for name in ("ada", "idle", "over")]
    alone, other = [await registered(name) for name in ("alone", "other")]
    await enroll(database, welcome, now, ada, over, alone, other)
    async with database.transaction() as session:
        ended = await session.get_one(tables.Enrollment, (over, 1))
        ended.over_at = now

    assert await accounts.tell_colleagues(database, {lead: delivery(Replied(at=now, seq=2)) for lead in (ada, alone)}) == 0
    assert [await heard(database, lead) for lead in (idle, over, other)] == [[], [], []]


async def test_two_relays_that_tell_a_company_of_each_other_at_once_do_not_block_each_other(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ids = [await registered(f"lead{n}", company="Pumps") for n in range(6)]
    await enroll(database, welcome, now, *ids)

    async def answers(lead: UUID) -> None:
        async with database.transaction() as session:
            seq = await engagements.record(session, lead, DemoRequested(at=now))
        await accounts.tell_colleagues(database, {lead: delivery(DemoRequested(at=now, seq=seq or 0))})

    async with asyncio.timeout(30):
        await asyncio.gather(*(answers(lead) for lead in reversed(ids)))

    assert [len(await heard(database, lead)) for lead in ids] == [5] * 6


async def test_who_is_referred_is_a_lead_with_its_referrer_and_without_consent(
    database: Database, registered: Registered, now: datetime
) -> None:
    ada = await registered("ada", company="Pumps")
    joan = leads.Person(email="joan@example.net", given_name="Joan", source=accounts.REFERRAL)

    async with database.transaction() as session:
        first = await accounts.refer(session, ada, joan, now, now)
        again = await accounts.refer(session, ada, joan, now, now)

    assert first[1] is not None
    assert again == (first[0], None)
    async with database.transaction() as session:
        row = await session.get_one(tables.Lead, first[0])
        consents = list(await session.scalars(select(tables.Consent)))
        told = list(await session.scalars(select(tables.Engagement).where(tables.Engagement.lead_id == ada)))
    assert (row.referred_by, row.source, row.account_id, consents) == (ada, "referral", None, [])
    assert [engagement.kind for engagement in told] == ["referred"]


async def test_a_lead_that_was_known_is_nobodys_discovery_and_nobody_refers_itself(
    database: Database, registered: Registered, now: datetime
) -> None:
    ada, grace = await registered("ada"), await registered("grace")

    async with database.transaction() as session:
        found, seq = await accounts.refer(session, ada, leads.Person(email="grace@example.com", source="referral"), now, now)
        with pytest.raises(WrongPerson, match="is the lead's own"):
            await accounts.refer(session, ada, leads.Person(email="ada@example.com"), now, now)

    async with database.transaction() as session:
        assert (await session.get_one(tables.Lead, grace)).referred_by is None
    assert (found, seq) == (grace, 1)


async def test_a_company_is_shown_with_every_lead_what_is_due_first_on_top(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, grace, joan = [await registered(name, company="Pumps", given_name=name.title()) for name in ("ada", "grace", "joan")]
    await registered("stranger", company="Valves")
    await enroll(database, welcome, now, ada, grace)
    async with database.transaction() as session:
        for lead, days in ((ada, 9), (grace, 2)):
            standing = Standing(
                open=True,
                stage="interest",
                next_at=now + timedelta(days=days),
                why="a pause",
                positions=(Position(enrollment=1, track="hello", step="wait-2"),),
            )
            await standings.write(session, lead, Record(no=1, standing=standing, notes=(), seen=1))
        await tasks.open_task(
            session,
            id=uuid4(),
            lead_id=ada,
            enrollment=1,
            campaign="welcome",
            reason="demo",
            why="asked",
            at=now,
            deadline_at=now + timedelta(days=1),
        )
        await engagements.record(session, grace, Acted(kind=Kind.ATTENDED, at=now + timedelta(hours=1), content="seminar"))
        account = (await session.get_one(tables.Lead, ada)).account_id
        assert account is not None
        seen = await rollups.of_account(session, account, now)

    assert seen is not None
    assert (seen.name, seen.leads) == ("Pumps", 3)
    assert [member.id for member in seen.members] == [grace, ada, joan]
    first, second, third = seen.members
    assert (first.stage, first.places, first.why, first.is_open) == ("interest", ("hello",), "a pause", True)
    assert [task.reason for task in second.tasks] == ["demo"]
    assert [entry.what for entry in first.last] == ["attended seminar", "enrolled in welcome"]
    assert (third.name, third.stage, third.tasks, third.last) == ("Joan", "", (), ())


async def test_a_company_of_many_takes_no_more_queries_than_one_of_two(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    for company, people in (("Small", 2), ("Large", 12)):
        ids = [await registered(f"{company}{n}".lower(), company=company) for n in range(people)]
        await enroll(database, welcome, now, *ids)

    asked: dict[str, int] = {}
    async with database.transaction() as session:
        connection = (await session.connection()).sync_connection
        assert connection is not None
        for company in ("Small", "Large"):
            [account] = await accounts.find(session, company)
            statements: list[str] = []

            def count(*what: Any, statements: list[str] = statements) -> None:
                statements.append(what[2])

            event.listen(connection, "before_cursor_execute", count)
            seen = await rollups.of_account(session, account.id, now)
            event.remove(connection, "before_cursor_execute", count)
            assert seen is not None
            asked[company] = len(statements)

    assert asked["Small"] == asked["Large"]
    assert asked["Large"] <= 10


async def test_a_company_is_found_by_id_by_name_and_by_a_part_of_its_name(database: Database, registered: Registered) -> None:
    for name, company in (("ada", "Pumps"), ("grace", "Pumps and Valves"), ("joan", "100% Gears")):
        await registered(name, company=company)

    async with database.transaction() as session:

        async def names(wanted: str) -> list[str]:
            return [account.name for account in await accounts.find(session, wanted)]

        [pumps] = await accounts.find(session, "Pumps")
        assert await names(str(pumps.id)) == ["Pumps"]
        assert await names("pumps") == ["Pumps"]
        assert await names("ump") == ["Pumps", "Pumps and Valves"]
        assert await names("%") == ["100% Gears"]
        assert await names(str(uuid4())) == []
