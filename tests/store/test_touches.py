"""A letter goes out once, as the ledger proves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Refusal
from store.database import Database
from store.mail import touches
from store.mail.touches import Frozen, TouchRow

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]

KEY = UUID(int=1)
LETTER = Frozen(language="en", address="ada@example.com", message_id="<1@example.com>", message=b"first")


async def claim(session: AsyncSession, lead: UUID, at: datetime, key: UUID = KEY) -> TouchRow:
    return await touches.claim(
        session, key=key, lead_id=lead, enrollment=1, campaign="welcome", letter="hello", topic="news", why="it is due", at=at
    )


async def test_a_letter_is_frozen_with_its_key(database: Database, registered: Registered, now: datetime) -> None:
    """Every attempt sends the same bytes, whatever the templates say by then."""
    lead = await registered("ada")
    async with database.transaction() as session:
        claimed = await claim(session, lead, now)
        assert await touches.attempted(session, KEY, now, through="smtp", frozen=LETTER)
    async with database.transaction() as session:
        again = await claim(session, lead, now + timedelta(hours=1))
        other = Frozen(language="ja", address="eve@example.com", message_id="<2@example.com>", message=b"second")
        assert not await touches.attempted(session, KEY, now, through="smtp", frozen=other)
        assert await touches.attempted(session, KEY, now + timedelta(hours=1), through="smtp")
        held = await touches.hold(session, KEY)

    assert (claimed.message, claimed.attempts, claimed.claimed_at) == (None, 0, now)
    assert again == replace(claimed, **asdict(LETTER), attempts=1, attempted_at=now)
    assert held == replace(again, attempts=2, attempted_at=now + timedelta(hours=1))


async def test_attempts_at_once_hand_the_letter_over_once(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    handed_over = []
    together = asyncio.Barrier(8)

    async def send(number: int) -> None:
        async with database.transaction() as session:
            await claim(session, lead, now)
            await touches.attempted(session, KEY, now, through="smtp", frozen=LETTER if number == 0 else None)
        async with database.transaction() as session:
            await session.connection()
            await together.wait()
            if (await touches.hold(session, KEY)).sent_at is None:
                handed_over.append(number)
                assert await touches.sent(session, KEY, f"250 {number}", now)

    await asyncio.gather(*(send(number) for number in range(8)))

    assert len(handed_over) == 1
    async with database.transaction() as session:
        assert (await touches.hold(session, KEY)).provider_id == f"250 {handed_over[0]}"
        assert not await touches.sent(session, KEY, "again", now)


async def test_a_refusal_stands_until_the_letter_may_go(database: Database, registered: Registered, now: datetime) -> None:
    lead = await registered("ada")
    async with database.transaction() as session:
        await claim(session, lead, now)
        await touches.refused(session, KEY, Refusal.CAPPED, now)
        capped = await touches.hold(session, KEY)
        await touches.attempted(session, KEY, now, through="smtp", frozen=LETTER)
        free = await touches.hold(session, KEY)
        await touches.sent(session, KEY, "250", now)
        await touches.refused(session, KEY, Refusal.SUPPRESSED, now)
        sent = await touches.hold(session, KEY)

    assert [(row.refusal, row.refused_at) for row in (capped, free, sent)] == [("capped", now), ("", None), ("", None)]


async def test_a_cap_counts_letters_that_were_sent_and_no_others(database: Database, registered: Registered, now: datetime) -> None:
    ada, eve = await registered("ada"), await registered("eve")
    async with database.transaction() as session:
        for lead, days_ago, sent in ((ada, 8, True), (ada, 2, True), (ada, 1, True), (ada, 1, False), (eve, 1, True)):
            key, at = uuid4(), now - timedelta(days=days_ago)
            await claim(session, lead, at, key)
            if sent:
                await touches.sent(session, key, "250", at)

        assert await touches.latest_sent(session, ada, 3) == [now - timedelta(days=days) for days in (1, 2, 8)]
        assert await touches.latest_sent(session, ada, 2) == [now - timedelta(days=1), now - timedelta(days=2)]


async def test_letters_that_sell_are_counted_by_themselves_and_by_campaign(
    database: Database, registered: Registered, now: datetime
) -> None:
    ada = await registered("ada")
    async with database.transaction() as session:
        for campaign, letter, days_ago in (("welcome@1", "offer", 9), ("welcome@2", "hello", 5), ("welcome_x@1", "offer", 3)):
            key, at = uuid4(), now - timedelta(days=days_ago)
            await touches.claim(
                session, key=key, lead_id=ada, enrollment=1, campaign=campaign, letter=letter, topic="news", why="it is due", at=at
            )
            await touches.sent(session, key, "250", at)

        assert await touches.latest_sent(session, ada, 2, among=("welcome", ["offer"])) == [now - timedelta(days=9)]
