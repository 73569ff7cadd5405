"""Leads in the order of their likelihood, and the ranges of stages that reps look after."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.kinds import Kind
from nurture.leadside import Acted, Clicked, Downloaded, Rated, Replied, Visited
from nurture.ourside import Held, Observed
from nurture.plan.campaign import Campaign
from nurture.stage_ranges import WrongRange, stages_between
from nurture.standing import Record, Standing
from nurture.state import newcomer
from store import tables
from store.campaigns import campaigns
from store.database import Database
from store.journeys import enrollments, standings
from store.leads import engagements, relaying
from store.leads.scores import Score, scores
from store.looks import ranking

pytestmark = pytest.mark.anyio

Registered = Callable[..., Awaitable[UUID]]


async def does(database: Database, lead: UUID, *done: Engagement) -> None:
    async with database.transaction() as session:
        for engagement in done:
            await engagements.record(session, lead, engagement)


async def stands(database: Database, lead: UUID, **standing: Any) -> None:
    async with database.transaction() as session:
        await standings.write(session, lead, Record(no=1, standing=Standing(**standing)))


@pytest.fixture
async def everyone(database: Database, registered: Registered, now: datetime) -> dict[str, UUID]:
    """Leads by name, with their stage, recent points and all points; ``gone`` is not open any more."""
    said = {
        "once": ("interest", 0, 4, True),
        "hot": ("consideration", 3, 3, True),
        "warm": ("interest", 2, 4, True),
        "fresh": ("aware", 2, 2, True),
        "gone": ("aware", 9, 9, False),
    }
    ids: dict[str, UUID] = {}
    for name, (stage, recent, points, is_open) in said.items():
        ids[name] = await registered(name, company="Engines")
        await stands(database, ids[name], stage=stage, next_at=now + timedelta(days=1), why="the next letter", open=is_open)
        days = [2] * recent + [90] * (points - recent)
        await does(database, ids[name], *(Downloaded(at=now - timedelta(days=ago), content=f"guide_{n}") for n, ago in enumerate(days)))
    return ids


async def ranks(database: Database, now: datetime, stages: tuple[str, ...] | None = None, most: int = 100) -> tuple[list[str], int]:
    async with database.transaction() as session:
        rows, total = await ranking.ranked(session, now, stages=stages, most=most)
    return [row.email.partition("@")[0] for row in rows], total


async def counted(database: Database, lead: UUID, now: datetime) -> Score:
    async with database.transaction() as session:
        return (await scores(session, [lead], now))[lead]


async def test_what_a_lead_did_lately_counts_before_what_it_ever_did(database: Database, everyone: dict[str, UUID], now: datetime) -> None:
    assert await ranks(database, now) == (["hot", "warm", "fresh", "once"], 4)
    assert await ranks(database, now, most=2) == (["hot", "warm"], 4)


async def test_the_order_changes_by_time_alone(database: Database, everyone: dict[str, UUID], now: datetime) -> None:
    """Nobody writes down that points grow old: the same engagements are looked at from another day."""
    assert await ranks(database, now + timedelta(days=60), most=3) == (["once", "warm", "hot"], 4)


async def test_a_role_sees_its_range_of_stages(database: Database, everyone: dict[str, UUID], now: datetime) -> None:
    assert await ranks(database, now, stages_between("interest..consideration")) == (["hot", "warm", "once"], 3)
    assert await ranks(database, now, stages_between("..aware")) == (["fresh"], 1)


async def test_points_are_those_of_the_oldest_campaign_under_way_and_then_of_the_last(
    database: Database, registered: Registered, welcome: Campaign, now: datetime
) -> None:
    def worth(name: str, points: int) -> Campaign:
        words = welcome.model_dump(mode="json", by_alias=True, exclude_none=True)
        return Campaign.model_validate(words | {"campaign": name, "scoring": {"points": {"replied": points}, "recent": "7 days"}})

    lead = await registered("ada")
    await does(database, lead, Replied(at=now - timedelta(days=10)))
    assert await counted(database, lead, now) == Score(points=5, recent=5)

    for name, points in (("first", 20), ("second", 40)):
        async with database.transaction() as session:
            await campaigns.keep(session, worth(name, points), "", now)
            await enrollments.enroll(session, lead, worth(name, points), now)
    assert await counted(database, lead, now) == Score(points=20, recent=0)

    for number, points in ((1, 40), (2, 40)):
        async with database.transaction() as session:
            row = await session.get_one(tables.Enrollment, (lead, number))
            row.over_at = now + timedelta(days=number)
        assert await counted(database, lead, now) == Score(points=points, recent=0)


def life(chance: random.Random, since: datetime) -> Sequence[Engagement]:
    """Forty things that happen to a lead, some of them again and not all in the order in which they are told."""
    contents = ("guide", "pricing", "fair", "")

    def one(at: datetime) -> Engagement:
        content = chance.choice(contents)
        return chance.choice(
            (
                Downloaded(at=at, content=content or "guide"),
                Visited(at=at, content=content or "guide"),
                Clicked(at=at, letter=content or "hello"),
                Replied(at=at),
                Acted(kind=chance.choice((Kind.ATTENDED, Kind.SUBSCRIBED, Kind.PRAISED)), at=at, content=content, medium="fair"),
                Observed(kind=Kind.USAGE_FELL, at=at),
                Rated(at=at, rating=9),
                Held(at=at, until=at.date()),
            )
        )

    return [one(since + timedelta(hours=chance.randrange(24 * 120))) for _ in range(40)]


@pytest.mark.parametrize("seed", range(12))
async def test_the_points_are_those_that_conditions_see(
    database: Database, registered: Registered, welcome: Campaign, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    points = {
        "downloaded": 2,
        "downloaded:pricing": 7,
        "visited": 1,
        "clicked:hello": 4,
        "attended": 3,
        "attended:fair": 0,
        "usage_fell": -6,
    }
    words = welcome.model_dump(mode="json", by_alias=True, exclude_none=True) | {"campaign": "scored"}
    plan = Campaign.model_validate(words | {"scoring": {"points": points, "recent": f"{chance.randrange(1, 90)} days"}})
    lead = await registered("ada")
    async with database.transaction() as session:
        await campaigns.keep(session, plan, "", now)
        await enrollments.enroll(session, lead, plan, now)
    await does(database, lead, *life(chance, now))

    async with database.transaction() as session:
        [delivery] = (await relaying.waiting(session, 1)).values()
    state = newcomer(lead)
    for engagement in delivery.engagements:
        state = fold(state, engagement)

    assert len(delivery.engagements) == 41
    for days in (0, 30, 60, 119, 150, 300):
        there = now + timedelta(days=days)
        recent = state.memory.recent(plan.scoring.recent.days, there.date())
        assert await counted(database, lead, there) == Score(points=state.memory.score, recent=recent)


def test_a_range_goes_from_one_stage_to_another_of_the_same_model() -> None:
    assert stages_between("interest..consideration")[:2] == ("interest", "consideration")
    assert stages_between(" Interest .. interest ") == ("interest",) == stages_between("interest")
    assert "unknown" not in stages_between("aware..")
    assert stages_between("..aware")[:2] == ("unknown", "aware")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("intrest..consideration", "did you mean 'interest'"),
        ("consideration..interest", "'interest' comes before 'consideration'"),
        ("discover..consideration", "no model of stages has both"),
        ("..", "two stages with two dots"),
        ("", "two stages with two dots"),
    ],
)
def test_a_range_that_does_not_exist_is_refused_with_the_fix(wanted: str, said: str) -> None:
    with pytest.raises(WrongRange, match=said):
        stages_between(wanted)
