"""What comes back of a letter is a fact of its own on the ledger, once, whoever tells it and in whatever order."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from store import tables
from store.database import Database
from store.mail import deliveries, touches
from store.mail.deliveries import Fact, Sent

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]

KEY = UUID(int=1)
MESSAGE_ID = f"<{KEY}@example.com>"
FACTS = [Fact.DELIVERED, Fact.BOUNCED, Fact.COMPLAINED, Fact.REPLIED, Fact.OPENED]


async def send(database: Database, lead: UUID, at: datetime, *, provider_id: str = "", key: UUID = KEY, committed: bool = True) -> None:
    frozen = touches.Frozen(language="en", address="ada@example.com", message_id=f"<{key}@example.com>", message=b"letter")
    async with database.transaction() as session:
        await touches.claim(
            session, key=key, lead_id=lead, enrollment=1, campaign="welcome", letter="hello", topic="news", why="it is due", at=at
        )
        assert await touches.attempted(session, key, at, through="smtp", frozen=frozen)
        if committed:
            await touches.sent(session, key, provider_id, at)


async def row_of(database: Database) -> tables.Touch:
    async with database.transaction() as session:
        return await session.get_one(tables.Touch, KEY)


@pytest.mark.parametrize("fact", FACTS)
async def test_a_fact_is_written_once_with_the_moment_of_its_first_report(
    database: Database, registered: Registered, now: datetime, fact: Fact
) -> None:
    lead = await registered("ada")
    await send(database, lead, now)
    async with database.transaction() as session:
        news = await deliveries.told(session, KEY, fact, now + timedelta(minutes=1))
        again = await deliveries.told(session, KEY, fact, now + timedelta(minutes=2))

    assert news == Sent(key=KEY, lead_id=lead, campaign="welcome", letter="hello", topic="news", address="ada@example.com")
    assert again is None
    row = await row_of(database)
    expected = {name: now + timedelta(minutes=1) if name == fact else None for name in FACTS}
    assert {name: getattr(row, name) for name in FACTS} == expected
    assert row.sent_at == now


async def test_no_fact_forgets_another_whatever_their_order(database: Database, registered: Registered, now: datetime) -> None:
    await send(database, await registered("ada"), now)
    async with database.transaction() as session:
        for minute, fact in enumerate(reversed(FACTS)):
            assert await deliveries.told(session, KEY, fact, now + timedelta(minutes=minute))

    row = await row_of(database)
    assert [getattr(row, name) for name in reversed(FACTS)] == [now + timedelta(minutes=minute) for minute in range(len(FACTS))]


@pytest.mark.parametrize(
    "of", [KEY, MESSAGE_ID, f" {MESSAGE_ID[1:-1]} ", "0106018e-77-000000", "<0106018e-77-000000@eu-central-1.mail.example.net>"]
)
async def test_a_letter_is_known_by_its_key_its_message_id_and_the_providers_id(
    database: Database, registered: Registered, now: datetime, of: UUID | str
) -> None:
    """A provider that replaces the Message-ID makes its own of the id that it answered with."""
    await send(database, await registered("ada"), now, provider_id="0106018e-77-000000")
    async with database.transaction() as session:
        found, news = await deliveries.find(session, of), await deliveries.told(session, of, Fact.DELIVERED, now)

    assert found is not None
    assert found == news


@pytest.mark.parametrize("of", [UUID(int=2), "<another@example.com>", "", "<>", "@"])
async def test_what_nobody_sent_is_no_letter(database: Database, registered: Registered, now: datetime, of: UUID | str) -> None:
    await send(database, await registered("ada"), now)
    async with database.transaction() as session:
        assert await deliveries.find(session, of) is None
        assert await deliveries.told(session, of, Fact.BOUNCED, now) is None


async def test_of_two_letters_with_one_id_the_later_is_meant(database: Database, registered: Registered, now: datetime) -> None:
    """Small mail servers give the ids of their queue again after a while."""
    lead = await registered("ada")
    await send(database, lead, now - timedelta(days=9), provider_id="4F1B2C0D3E", key=UUID(int=2))
    await send(database, lead, now, provider_id="4F1B2C0D3E")
    async with database.transaction() as session:
        found = await deliveries.find(session, "4F1B2C0D3E")

    assert found is not None
    assert found.key == KEY


async def test_what_came_back_of_a_letter_in_doubt_proves_that_it_went(database: Database, registered: Registered, now: datetime) -> None:
    """The worker was killed after the server's yes; the next attempt must not send it again."""
    await send(database, await registered("ada"), now, committed=False)
    async with database.transaction() as session:
        await deliveries.told(session, MESSAGE_ID, Fact.DELIVERED, now + timedelta(seconds=9))
        await deliveries.told(session, MESSAGE_ID, Fact.BOUNCED, now + timedelta(seconds=5))
        sent_at = await session.scalar(select(tables.Touch.sent_at))

    assert sent_at == now + timedelta(seconds=9)


async def test_facts_of_many_letters_are_written_at_once_and_only_those_that_are_news_are_given(
    database: Database, registered: Registered, now: datetime
) -> None:
    lead, keys = await registered("ada"), [UUID(int=number) for number in range(1, 5)]
    for key in keys:
        await send(database, lead, now, key=key)
    later, unknown = now + timedelta(minutes=1), UUID(int=9)
    async with database.transaction() as session:
        await deliveries.told(session, keys[0], Fact.BOUNCED, now)
        news = await deliveries.came_back(
            session,
            [
                *((key, Fact.BOUNCED, later) for key in [*keys[:3], unknown]),
                (keys[1], Fact.BOUNCED, later + timedelta(minutes=1)),
                (keys[1], Fact.REPLIED, later + timedelta(minutes=2)),
            ],
        )
        rows = (await session.execute(select(tables.Touch.bounced_at, tables.Touch.replied_at).order_by(tables.Touch.key))).all()

    assert news == set(keys[1:3])
    assert [tuple(row) for row in rows] == [(now, None), (later, later + timedelta(minutes=2)), (later, None), (None, None)]


async def test_nothing_came_back_of_nothing(database: Database) -> None:
    async with database.transaction() as session:
        assert await deliveries.came_back(session, []) == set()
