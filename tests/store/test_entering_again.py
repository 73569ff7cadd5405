"""A campaign that is over for a lead may take it again; one that changes takes over whom it is told to; neither does so twice."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from nurture.ourside import Course, EditionChanged
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.standing import Note, Position, Record, Standing
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import contracts, relaying

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


def edition(welcome: Campaign, **more: object) -> Campaign:
    return Campaign.model_validate(welcome.model_dump(mode="json", by_alias=True, exclude_none=True) | more)


async def says(database: Database, lead: UUID, no: int, at: datetime, *numbers: int, seen: int = 100) -> None:
    """The lead's workflow says which enrollments are under way."""
    positions = tuple(Position(enrollment=number, track="educate", step="hello") for number in numbers)
    standing = Standing(stage="unknown", next_at=None, why="it was played", positions=positions)
    async with database.transaction() as session:
        await standings.write(
            session, lead, Record(no=no, standing=standing, notes=(Note(no=no, at=at, what="moved", why="a rule"),), seen=seen)
        )


async def enroll(database: Database, lead: UUID, campaign: Campaign, now: datetime, source: str = "") -> bool:
    async with database.transaction() as session:
        return await enrollments.enroll(session, lead, campaign, now, source=source)


async def enroll_all(database: Database, lead: UUID, campaign: Campaign, now: datetime) -> int:
    async with database.transaction() as session:
        return await enrollments.enroll_all(session, [lead], campaign, now)


async def kept(database: Database, campaign: Campaign, now: datetime) -> Campaign:
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, "", now)
    return campaign


async def test_a_campaign_that_is_over_takes_a_lead_again_only_when_it_says_so(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    later = await kept(database, edition(welcome, again="30 days"), now)
    at_once = await kept(database, edition(welcome, again="at once"), now)
    ada, day = await registered("ada"), timedelta(days=1)
    assert await enroll(database, ada, welcome, now)

    under_way = await enroll(database, ada, at_once, now + day), await enroll_all(database, ada, at_once, now + day)
    await says(database, ada, 1, now + day)
    never = await enroll(database, ada, welcome, now + 400 * day), await enroll_all(database, ada, welcome, now + 400 * day)
    too_soon = await enroll(database, ada, later, now + 30 * day), await enroll_all(database, ada, later, now + 30 * day)
    in_time = await enroll_all(database, ada, later, now + 31 * day)
    await says(database, ada, 2, now + 32 * day)
    again = await enroll(database, ada, at_once, now + 32 * day)

    assert (under_way, never, too_soon, in_time, again) == ((False, 0), (False, 0), (False, 0), 1, True)
    async with database.transaction() as session:
        rows = await enrollments.of_lead(session, ada)
        waiting = await relaying.waiting(session, 10)
    assert [(row.number, row.over_at) for row in rows] == [(1, now + day), (2, now + 32 * day), (3, None)]
    assert [getattr(happened, "enrollment", 0) for happened in waiting[ada].engagements] == [1, 2, 3]


async def test_a_customer_who_is_won_again_is_taken_by_the_campaign_that_renews_its_contract(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, eve = await registered("ada"), await registered("eve")
    for lead in (ada, eve):
        await enroll(database, lead, welcome, now)
    async with database.transaction() as session:
        await contracts.write(session, ada, Contract(ends_on=None), now)
    by_campaign = enrollments.BY_CAMPAIGN

    while_in_it = await enroll(database, ada, welcome, now, by_campaign)
    for lead in (ada, eve):
        await says(database, lead, 1, now)

    assert not while_in_it
    assert not await enroll(database, ada, welcome, now, "form:guide")
    assert not await enroll(database, eve, welcome, now, by_campaign)
    assert await enroll(database, ada, welcome, now, by_campaign)
    assert not await enroll(database, ada, welcome, now, by_campaign)


async def test_enrolling_again_at_once_enrolls_once(database: Database, registered: Registered, welcome: Campaign, now: datetime) -> None:
    at_once = await kept(database, edition(welcome, again="at once"), now)
    ada = await registered("ada")
    await enroll(database, ada, at_once, now)
    await says(database, ada, 1, now)

    one_by_one = (enroll(database, ada, at_once, now) for _ in range(4))
    counts = await asyncio.gather(*one_by_one, *(enroll_all(database, ada, at_once, now) for _ in range(4)))

    assert sum(counts) == 1


async def test_a_workflow_ends_only_what_it_knows_of_and_a_later_word_counts(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada = await registered("ada")
    await enroll(database, ada, welcome, now)

    async def over_at() -> datetime | None:
        async with database.transaction() as session:
            (row,) = await enrollments.of_lead(session, ada)
        return row.over_at

    await says(database, ada, 1, now, seen=0)
    not_heard_of = await over_at()
    await says(database, ada, 3, now)
    ended = await over_at()
    await says(database, ada, 2, now, 1)
    from_an_earlier_writer = await over_at()
    await says(database, ada, 4, now + timedelta(days=1))
    still_ended = await over_at()
    await says(database, ada, 5, now, 1)
    taken_up_again = await over_at()

    assert (not_heard_of, ended, from_an_earlier_writer, still_ended, taken_up_again) == (None, now, now, now, None)


async def test_a_change_reaches_everyone_under_way_in_another_edition_and_nobody_twice(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    ada, eve, joe = await registered("ada"), await registered("eve"), await registered("joe")
    for lead in (ada, eve):
        await enroll(database, lead, welcome, now)
    await says(database, eve, 1, now)
    new = await kept(database, edition(welcome, horizon="10 days"), now)
    await enroll(database, joe, new, now)

    async def change() -> int:
        async with database.transaction() as session:
            return await enrollments.change_all(session, new, Course.MIGRATE, now)

    counts = await asyncio.gather(*(change() for _ in range(4)))

    assert sum(counts) == 1
    assert await change() == 0
    async with database.transaction() as session:
        refs = [(await enrollments.of_lead(session, lead))[0].ref for lead in (ada, eve, joe)]
        waiting = await relaying.waiting(session, 10)
    assert refs == [new.ref, welcome.ref, new.ref]
    assert waiting[ada].engagements[1:] == (EditionChanged(at=now, seq=2, enrollment=1, campaign=new, course=Course.MIGRATE),)
    assert [len(waiting[lead].engagements) for lead in (eve, joe)] == [1, 1]
