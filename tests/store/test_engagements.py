"""What comes in is numbered per lead, kept once, and relayed in order by one relay at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from nurture.engagements import Delivery
from nurture.leadside import DemoRequested, Downloaded, Replied
from nurture.ourside import Enrolled, Held
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from store.database import Database
from store.journeys import enrollments
from store.leads import engagements, relaying

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


async def seqs(database: Database, lead_id: UUID) -> list[int]:
    async with database.transaction() as session:
        found = await session.scalars(text("SELECT seq FROM engagements WHERE lead_id = :lead ORDER BY seq"), {"lead": lead_id})
        return list(found)


async def test_twenty_at_once_are_numbered_without_a_gap(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")

    async def write(number: int) -> int | None:
        async with database.transaction() as session:
            return await engagements.record(session, lead, Replied(at=now + timedelta(seconds=number)))

    given = await asyncio.gather(*(write(number) for number in range(20)))

    assert sorted(number or 0 for number in given) == list(range(1, 21))
    assert await seqs(database, lead) == list(range(1, 21))


async def test_what_is_rolled_back_leaves_no_gap(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")

    async def fail() -> None:
        async with database.transaction() as session:
            await engagements.record(session, lead, Replied(at=now))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()

    async with database.transaction() as session:
        assert await engagements.record(session, lead, Replied(at=now)) == 1
        assert await engagements.latest_seq(session, lead) == 1


async def test_a_repeated_key_records_nothing(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")

    async def post() -> int | None:
        async with database.transaction() as session:
            return await engagements.record(session, lead, Downloaded(at=now, content="guide"), key="form:1")

    assert sorted(await asyncio.gather(*(post() for _ in range(5))), key=bool) == [None, None, None, None, 1]
    async with database.transaction() as session:
        assert await engagements.record(session, lead, Replied(at=now)) == 2


async def test_an_unknown_lead_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(engagements.UnknownLead):
        async with database.transaction() as session:
            await engagements.record(session, UUID(int=7), Replied(at=now))


async def test_what_waits_comes_back_as_it_happened(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    lead = await registered("ada", zone="Asia/Tokyo", language="ja", country="JP")
    async with database.transaction() as session:
        await enrollments.enroll(session, lead, welcome, now)
        await engagements.record(session, lead, Held(at=now, until=date(2027, 4, 1)), details={"note": "asked by telephone"})

    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 10)

    profile = Profile(zone="Asia/Tokyo", language="ja", country="JP")
    assert waiting == {
        lead: Delivery(
            engagements=(
                Enrolled(at=now, seq=1, campaign=welcome, enrollment=1, profile=profile),
                Held(at=now, seq=2, until=date(2027, 4, 1)),
            )
        )
    }


async def test_what_was_relayed_does_not_wait(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    async with database.transaction() as session:
        for _ in range(2):
            await engagements.record(session, lead, Replied(at=now))
    async with database.transaction() as session:
        taken = await relaying.waiting(session, 10)
        await engagements.record(session, lead, Replied(at=now))
        await relaying.relayed(session, taken, now)

    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 10)

    assert [e.seq for e in waiting[lead].engagements] == [3]


async def test_two_relays_never_share_a_lead(database: Database, registered: Registered, now: datetime) -> None:
    ids = [await registered(f"lead{number}") for number in range(6)]
    async with database.transaction() as session:
        for lead in ids:
            await engagements.record(session, lead, Replied(at=now))

    async with database.transaction() as first, database.transaction() as second:
        mine = await relaying.waiting(first, 4)
        yours = await relaying.waiting(second, 4)

        assert (len(mine), len(yours)) == (4, 2)
        assert set(mine) | set(yours) == set(ids)


async def test_relays_and_writers_at_once_deliver_everything_once_and_in_order(
    database: Database, registered: Registered, now: datetime
) -> None:
    ids = [await registered(f"lead{number}") for number in range(4)]
    delivered: dict[UUID, list[int]] = {lead: [] for lead in ids}
    writing = 3

    async def write() -> None:
        nonlocal writing
        for number in range(40):
            async with database.transaction() as session:
                await engagements.record(session, ids[number % 4], Replied(at=now))
        writing -= 1

    async def relay() -> None:
        while True:
            done = not writing
            async with database.transaction() as session:
                taken = await relaying.waiting(session, 2)
                for lead, delivery in taken.items():
                    delivered[lead] += [e.seq for e in delivery.engagements]
                await relaying.relayed(session, taken, now)
            if done and not taken:
                return

    await asyncio.gather(write(), write(), write(), relay(), relay(), relay())

    assert delivered == {lead: list(range(1, 31)) for lead in ids}


async def test_more_is_recorded_while_a_relay_is_at_work(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    async with database.transaction() as session:
        await engagements.record(session, lead, Replied(at=now))

    async with database.transaction() as relay:
        taken = await relaying.waiting(relay, 1)
        async with asyncio.timeout(20), database.transaction() as session:
            assert await engagements.record(session, lead, DemoRequested(at=now)) == 2
        await relaying.relayed(relay, taken, now)

    async with database.transaction() as session:
        assert [e.seq for e in (await relaying.waiting(session, 1))[lead].engagements] == [2]


async def test_what_one_lead_does_goes_before_bulk(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    many = [await registered(f"lead{number}") for number in range(5)]
    visitor = await registered("visitor")
    async with database.transaction() as session:
        await enrollments.enroll_all(session, many, welcome, now)
        await engagements.record(session, visitor, DemoRequested(at=now + timedelta(hours=1)))

    async with database.transaction() as session:
        assert list(await relaying.waiting(session, 1)) == [visitor]


async def test_a_row_that_cannot_be_read_holds_up_no_other_lead(
    database: Database, registered: Registered, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await registered("broken"), await registered("sound")
    async with database.transaction() as session:
        await engagements.record(session, broken, Replied(at=now))
        await engagements.record(session, broken, Replied(at=now))
        await engagements.record(session, sound, Replied(at=now))
        await session.execute(text("UPDATE engagements SET facts = '{}' WHERE lead_id = :lead AND seq = 2"), {"lead": broken})

    async with database.transaction() as session:
        assert list(await relaying.waiting(session, 1)) == [sound]

    assert str(broken) in caplog.text


async def test_a_delivery_stays_small(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    async with database.transaction() as session:
        for _ in range(relaying.AT_A_TIME + 5):
            await engagements.record(session, lead, Replied(at=now))

    async with database.transaction() as session:
        first = await relaying.waiting(session, 3)
        await relaying.relayed(session, first, now)
        rest = await relaying.waiting(session, 3)

    assert [e.seq for e in first[lead].engagements + rest[lead].engagements] == list(range(1, relaying.AT_A_TIME + 6))


async def test_a_transaction_wakes_the_relay_once(database: Database, database_url: str, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    woken: asyncio.Queue[str] = asyncio.Queue()
    ear = await asyncpg.connect(database_url)
    await ear.add_listener(engagements.CHANNEL, lambda *heard: woken.put_nowait(heard[2]))
    await ear.add_listener("end", lambda *heard: woken.put_nowait("end"))

    async with database.transaction() as session:
        await engagements.record(session, lead, Replied(at=now))
        await engagements.record(session, lead, Replied(at=now))
    async with database.transaction() as session:
        await session.execute(text('NOTIFY "end"'))

    async with asyncio.timeout(20):
        assert [await woken.get(), await woken.get()] == [engagements.CHANNEL, "end"]
    await ear.close()
