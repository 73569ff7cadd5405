"""Campaigns keep every edition; a lead is in a campaign once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments
from store.leads import engagements, leads, relaying
from store.leads.leads import Person

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


def edition(welcome: Campaign, letter: str, **more: object) -> Campaign:
    tracks = {"hello": {"steps": [{"email": letter}]}}
    return Campaign.model_validate({"campaign": "welcome", "topic": "news", "start": "hello", "tracks": tracks, **more})


async def test_enrolling_twice_enrolls_nobody_twice(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    ada, eve = await registered("ada"), await registered("eve")
    async with database.transaction() as session:
        assert await enrollments.enroll(session, ada, welcome, now)
        assert not await enrollments.enroll(session, ada, welcome, now)
        assert await enrollments.enroll_all(session, [ada, eve, eve, UUID(int=7)], welcome, now) == 1
        assert await enrollments.enroll_all(session, [ada, eve], welcome, now) == 0

    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 10)
        rows = [row for lead in (ada, eve) for row in await enrollments.of_lead(session, lead)]

    assert {lead: len(delivery.engagements) for lead, delivery in waiting.items()} == {ada: 1, eve: 1}
    assert [(row.lead_id, row.number, row.ref) for row in rows] == [(ada, 1, welcome.ref), (eve, 1, welcome.ref)]


async def test_enrolling_at_once_enrolls_once(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    ids = [await registered(f"lead{number}") for number in range(5)]

    async def one(lead: UUID) -> int:
        async with database.transaction() as session:
            return await enrollments.enroll(session, lead, welcome, now)

    async def all_of(them: list[UUID]) -> int:
        async with database.transaction() as session:
            return await enrollments.enroll_all(session, them, welcome, now)

    counts = await asyncio.gather(*(one(lead) for lead in ids), all_of(ids), all_of(ids[::-1]), all_of(ids))

    assert sum(counts) == 5


async def test_many_are_told_the_same_as_one(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    """Enrolled one by one or all at once, with other engagements before: the workflow hears the same."""
    plain: dict[str, str] = {}
    details = {"zone": "Asia/Tokyo", "language": "ja", "country": "JP", "fit": "good", "segment": "large"}
    ids = [await registered(name, **more) for name, more in (("a", plain), ("b", details), ("c", plain), ("d", details))]
    first = edition(welcome, "first", campaign="first")
    async with database.transaction() as session:
        await campaigns.keep(session, first, "", now)
        for lead in ids[1::2]:
            await enrollments.enroll(session, lead, first, now)
        for lead in ids[:2]:
            await enrollments.enroll(session, lead, welcome, now)
        await enrollments.enroll_all(session, ids[2:], welcome, now)

    async with database.transaction() as session:
        heard = await relaying.waiting(session, 10)

    assert heard[ids[0]] == heard[ids[2]]
    assert heard[ids[1]] == heard[ids[3]]
    assert [e.seq for e in heard[ids[3]].engagements] == [1, 2]


async def test_an_unknown_lead_is_not_enrolled(database: Database, welcome: Campaign, now: datetime) -> None:
    with pytest.raises(engagements.UnknownLead):
        async with database.transaction() as session:
            await enrollments.enroll(session, UUID(int=7), welcome, now)


async def test_the_edition_started_last_is_current(database: Database, welcome: Campaign, now: datetime) -> None:
    newer = edition(welcome, "newer")
    async with database.transaction() as session:
        await campaigns.keep(session, newer, "", now)
        after_newer = await campaigns.current(session, "welcome")
        await campaigns.keep(session, newer, "", now + timedelta(days=1))
        await campaigns.keep(session, welcome, "", now + timedelta(days=2))
        after_going_back = await campaigns.current(session, "welcome")
        editions = await campaigns.load(session, [welcome.ref, newer.ref, "unknown@0"])

    assert after_newer == newer
    assert after_going_back == welcome
    assert editions == {welcome.ref: welcome, newer.ref: newer}
    assert editions[newer.ref].ref == newer.ref


async def test_a_form_is_answered_for_as_long_as_the_current_edition_has_it(database: Database, welcome: Campaign, now: datetime) -> None:
    async with database.transaction() as session:
        assert await campaigns.form(session, "guide") == (welcome, welcome.forms["guide"])
        assert await campaigns.form(session, "nothing") is None

        await campaigns.keep(session, edition(welcome, "newer"), "", now)

        assert await campaigns.form(session, "guide") is None


async def test_a_file_of_many_goes_in_at_once(database: Database, welcome: Campaign, now: datetime) -> None:
    """More rows than one statement takes."""
    persons = [Person(email=f"lead{number}@example.com") for number in range(10_500)]
    async with database.transaction() as session:
        ids = [lead_id for lead_id, _ in await leads.register_all(session, persons, now)]

        assert await enrollments.enroll_all(session, ids, welcome, now) == 10_500
        assert await engagements.latest_seq(session, ids[-1]) == 1
