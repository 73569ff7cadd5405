"""Each letter passes the turnstile: limits are exact whoever sends at once, order is kept, and a stop holds before the next letter."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from temporalio.exceptions import ApplicationError

from activities.pace import Turnstile
from mail.answers import TryLater
from nurture.actions import Receipt, SendTouch, Status
from nurture.kinds import Refusal
from nurture.pace import Pace, Urgency, WarmUp
from store import tables
from store.mail import blocks, pace, stops, touches
from tests.activities.conftest import CAMPAIGN, NOW, Desk

pytestmark = pytest.mark.anyio

HOUR = NOW.replace(minute=0)
MANY = 24
ONE_WAITS = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')")


@pytest.fixture
async def desk(post_office: Any, open_desk: Any) -> Desk:
    opened: Desk = await open_desk(post_office.url)
    return opened


async def limit(desk: Desk, lane: str, **limits: Any) -> int:
    async with desk.database.transaction() as session:
        return await pace.set_(session, lane, Pace(**limits), NOW)


async def leads(desk: Desk, how_many: int, prefix: str = "lead") -> list[UUID]:
    return [await desk.lead(f"{prefix}{number}") for number in range(how_many)]


async def counted(desk: Desk) -> dict[str, tuple[int, int]]:
    async with desk.database.transaction() as session:
        return {lane: (count.in_hour, count.in_day) for lane, count in (await pace.counts(session)).items()}


async def asked_again(desk: Desk) -> list[UUID]:
    """The leads whose letters were told to ask again, in the order in which they are told."""
    async with desk.database.transaction() as session:
        told = select(tables.Engagement.lead_id).where(tables.Engagement.kind == "redirected").order_by(tables.Engagement.at)
        return list(await session.scalars(told))


async def one_waits(desk: Desk) -> bool:
    async with desk.database.transaction() as session:
        return bool(await session.scalar(ONE_WAITS))


def put_off(receipts: list[Receipt]) -> list[datetime]:
    """When the letters that wait ask again, in the order of the letters."""
    assert all(one == Receipt() or (one.status, one.reason) == (Status.SUPERSEDED, Refusal.PACED) for one in receipts)
    return [one.until for one in receipts if one.until is not None]


async def test_without_a_limit_nothing_is_counted(desk: Desk, post_office: Any) -> None:
    assert await desk.send(await desk.lead("ada")) == Receipt()
    assert (len(post_office.received), await counted(desk)) == (1, {})


@pytest.mark.parametrize("lane", ["by smtp", "to example.com", "to *", "from sodate.example.com"])
async def test_a_limit_is_exact_however_many_letters_go_at_once(desk: Desk, post_office: Any, lane: str) -> None:
    await limit(desk, lane, per_hour=10)
    receipts = await asyncio.gather(*(desk.send(lead) for lead in await leads(desk, MANY)))

    assert len(post_office.received) == 9
    assert await counted(desk) == {lane.replace("*", "example.com"): (9, 9)}
    assert len(put_off(receipts)) == MANY - 9
    assert all(until >= HOUR + timedelta(hours=1) for until in put_off(receipts))


async def test_a_lane_of_its_own_stands_before_the_one_for_everybody_else(desk: Desk, post_office: Any) -> None:
    await limit(desk, "to *", per_hour=1)
    await limit(desk, "to example.com", per_hour=5)
    await asyncio.gather(*(desk.send(lead) for lead in await leads(desk, MANY)))

    assert (len(post_office.received), await counted(desk)) == (4, {"to example.com": (4, 4)})


async def test_the_rest_of_a_limit_is_for_answers_and_no_answer_waits_behind_a_campaign(desk: Desk, post_office: Any) -> None:
    await limit(desk, "by smtp", per_hour=10)
    for lead in await leads(desk, MANY):
        await desk.send(lead)
    ada, grace = await leads(desk, 2, "asked")

    assert await desk.send(ada, urgency=Urgency.ANSWER) == Receipt()
    [until] = put_off([await desk.send(grace, urgency=Urgency.ANSWER)])

    assert len(post_office.received) == 10
    assert HOUR + timedelta(hours=1) <= until <= HOUR + timedelta(hours=1, minutes=4)


async def test_letters_that_wait_go_in_their_order_and_none_overtakes_them(desk: Desk, post_office: Any) -> None:
    await limit(desk, "by smtp", per_hour=5)
    first, *waiting = await leads(desk, 9)
    receipts = [await desk.send(lead, at=NOW + timedelta(seconds=no)) for no, lead in enumerate((first, *waiting))]
    turns = put_off(receipts)
    assert turns == sorted(turns)
    assert len(turns) == 5

    newcomer = await desk.lead("newcomer")
    late = timedelta(hours=1, minutes=1)
    assert put_off([await desk.send(newcomer, later=late, at=NOW + late)])[0] > turns[-1]
    for lead, until in zip(waiting[-5:-1], turns, strict=False):
        assert await desk.send(lead, later=until - NOW, at=until) == Receipt()
    assert len(post_office.received) == 8


async def test_a_letter_whose_lead_never_asks_again_holds_nobody_back_for_longer_than_a_day(desk: Desk) -> None:
    await limit(desk, "by smtp", per_day=2)
    for lead in await leads(desk, 4):
        await desk.send(lead)
    late = timedelta(days=5)

    assert await desk.send(await desk.lead("newcomer"), later=late, at=NOW + late) == Receipt()


async def test_a_domain_that_warms_up_sends_more_from_day_to_day(desk: Desk, post_office: Any) -> None:
    await limit(desk, "from sodate.example.com", warm_up=WarmUp(began_at=NOW, first_day=2, doubles_in_days=1))
    everybody, sent = await leads(desk, 12), list[int]()
    for day in range(3):
        later = timedelta(days=day)
        for lead in everybody:
            await desk.send(lead, later=later, at=NOW + later)
        sent.append(len(post_office.received))
    assert sent == [1, 4, 11]


async def test_a_limit_that_is_changed_has_all_who_wait_for_it_ask_again_in_their_order(desk: Desk, post_office: Any) -> None:
    await limit(desk, "by smtp", per_day=1)
    everybody = await leads(desk, 5)
    async with desk.database.transaction() as session:
        session.add_all(
            tables.Enrollment(lead_id=lead, number=1, campaign="welcome", ref=CAMPAIGN.ref, enrolled_at=NOW) for lead in everybody
        )
    for no, lead in enumerate(reversed(everybody)):
        await desk.send(lead, at=NOW + timedelta(seconds=no))
    waiting = everybody[-2::-1]

    assert await limit(desk, "by ses", per_day=1) == 0
    assert await limit(desk, "by smtp", per_day=100) == 4
    assert await asked_again(desk) == waiting
    for lead in waiting:
        assert await desk.send(lead, seen=1) == Receipt()
    assert len(post_office.received) == 5
    assert await limit(desk, "by smtp") == 0


@pytest.mark.parametrize("campaign", [stops.EVERYTHING, "welcome"])
async def test_a_stop_holds_before_the_next_letter_and_resumes_with_every_letter_once(desk: Desk, post_office: Any, campaign: str) -> None:
    ada, grace = await leads(desk, 2)
    async with desk.database.transaction() as session:
        session.add(tables.Enrollment(lead_id=grace, number=1, campaign="welcome", ref=CAMPAIGN.ref, enrolled_at=NOW))
        assert await stops.stop(session, campaign, "the wrong price", NOW)
    receipts = [await desk.send(lead, urgency=Urgency.ANSWER) for lead in (ada, grace)]
    assert put_off(receipts) == [NOW + timedelta(days=7)] * 2
    assert (post_office.received, (await desk.row(ada)).attempts) == ([], 0)

    async with desk.database.transaction() as session:
        assert await stops.lift(session, campaign, NOW) == 1  # the other is in the campaign no more
        assert await stops.lift(session, campaign, NOW) is None
    assert await asked_again(desk) == [grace]
    for _ in range(2):
        assert await desk.send(grace, seen=1) == Receipt()
    assert len(post_office.received) == 1


async def test_a_stop_of_one_campaign_leaves_the_letters_of_others_alone(desk: Desk, post_office: Any) -> None:
    async with desk.database.transaction() as session:
        await stops.stop(session, "renewal", "", NOW)

    assert await desk.send(await desk.lead("ada")) == Receipt()
    assert len(post_office.received) == 1


async def test_a_letter_that_waits_for_its_stop_to_be_lifted_is_found_by_whoever_lifts_it(desk: Desk) -> None:
    """The stop is read, and lifted before the letter's transaction ends: it waits for that."""
    ada = await desk.lead("ada")
    async with desk.database.transaction() as session:
        session.add(tables.Enrollment(lead_id=ada, number=1, campaign="welcome", ref=CAMPAIGN.ref, enrolled_at=NOW))
        await stops.stop(session, stops.EVERYTHING, "", NOW)

    async def lift() -> int | None:
        async with desk.database.transaction() as session:
            return await stops.lift(session, stops.EVERYTHING, NOW)

    async with desk.database.transaction() as session:
        assert await stops.of_letter(session, "welcome") == stops.EVERYTHING
        lifting = asyncio.create_task(lift())
        while not await one_waits(desk):
            await asyncio.sleep(0.01)
        key = UUID(int=9)
        await touches.claim(
            session, key=key, lead_id=ada, enrollment=1, campaign=CAMPAIGN.ref, letter="hello", topic="news", why="it is due", at=NOW
        )
        await touches.waits(session, key, stops.lane_of(stops.EVERYTHING), NOW + timedelta(days=7))
    assert await lifting == 1


async def test_a_letter_that_cannot_go_because_the_transport_is_blocked_is_not_counted(desk: Desk) -> None:
    await limit(desk, "by smtp", per_day=100)
    async with desk.database.transaction() as session:
        await blocks.block(session, "smtp", UUID(int=1), code=535, status="5.7.8", at=NOW)
        await blocks.probe(session, "smtp", UUID(int=2), NOW)
    with pytest.raises(ApplicationError, match="refuses this sender"):
        await desk.send(await desk.lead("ada"))

    assert await counted(desk) == {}


async def test_a_letter_that_is_stopped_after_its_attempt_was_counted_is_not_handed_over(desk: Desk) -> None:
    turnstile = Turnstile("smtp", "sodate.example.com")
    touch = SendTouch(
        lead=UUID(int=1), enrollment=1, visit=1, step="1", campaign=CAMPAIGN.ref, letter="hello", at=NOW, seen=0, why="it is due"
    )
    async with desk.database.transaction() as session:
        await turnstile.stay_open(session, touch)
        await stops.stop(session, "welcome", "", NOW)
        with pytest.raises(TryLater):
            await turnstile.stay_open(session, touch)
