"""What is on a rep's desk: their own tasks and the free ones, ranked, put off and handed over."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Audience
from nurture.leadside import Downloaded
from nurture.ourside import HandedOver
from nurture.stage_ranges import stages_between
from nurture.standing import Record, Standing
from store.database import Database
from store.desk import desks, tasks
from store.desk.desks import LATEST, Desk, View
from store.journeys import standings
from store.leads import engagements, relaying
from store.looks import timeline
from store.tables import Lead, Task
from store.team import people, reps
from store.team.people import Role, WrongColleague
from store.team.reps import LEADER, SALES, TEAMS

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
SELLS = frozenset({SALES, "service"})


@pytest.fixture
def opened(database: Database, registered: Callable[..., Awaitable[UUID]], now: datetime) -> Callable[..., Awaitable[UUID]]:
    """Opens a task about a lead of its own, with so many downloads of it."""

    async def open_task(name: str, due: timedelta, *, owner: str = SALES, downloads: int = 0, **values: Any) -> UUID:
        lead = await registered(name)
        id = UUID(int=lead.int + 1)
        row: dict[str, Any] = {"id": id, "lead_id": lead, "enrollment": 1, "campaign": "welcome", "reason": name, "why": "it asks"}
        async with database.transaction() as session:
            (await session.get_one(Lead, lead)).owner = owner if owner not in TEAMS else ""
            await tasks.open_task(session, **row, at=now, deadline_at=now + due, to=Audience.OWNER)
            for number in range(downloads):
                await engagements.record(session, lead, Downloaded(at=now, content=f"guide_{number}"))
            await tasks.change(session, Task.id == id, owner=owner, **values)
        return id

    return open_task


@pytest.fixture
def seen(database: Database, now: datetime) -> Callable[..., Awaitable[list[str]]]:
    async def reasons(rep: str = "Mika", *, view: View = View.MINE, teams: frozenset[str] = SELLS, at: datetime = now) -> list[str]:
        return [one.task.reason for one in (await desk_of(database, rep, at, view=view, teams=teams)).tasks]

    return reasons


async def desk_of(database: Database, rep: str, at: datetime, *, view: View = View.MINE, teams: frozenset[str] = SELLS) -> Desk:
    async with database.transaction() as session:
        return await desks.desk(session, rep, teams, at, view=view)


async def test_what_is_overdue_comes_first_and_of_those_alike_the_likelier_lead(opened: Any, seen: Any) -> None:
    await opened("next_week", 200 * HOUR, downloads=9)
    await opened("cold_today", 5 * HOUR)
    await opened("hot_today", 20 * HOUR, downloads=3)
    await opened("warm_today", 20 * HOUR, downloads=2)
    await opened("at_once", HOUR)
    await opened("cold_overdue", -5 * HOUR)
    await opened("hot_overdue", -HOUR, downloads=1)

    assert await seen() == ["hot_overdue", "cold_overdue", "at_once", "hot_today", "warm_today", "cold_today", "next_week"]


async def test_a_rep_sees_their_own_and_what_is_free_for_their_teams(opened: Any, seen: Any) -> None:
    await opened("free", HOUR)
    await opened("mine", HOUR, owner="Mika")
    await opened("taken_by_me", HOUR, claimed_by="Mika")
    await opened("taken", HOUR, claimed_by="Jon")
    await opened("of_jon", HOUR, owner="Jon")
    await opened("escalated", HOUR, owner=LEADER, claimed_by="Jon")

    assert set(await seen()) == {"free", "mine", "taken_by_me"}
    assert set(await seen("Rei", teams=frozenset({LEADER}))) == {"escalated"}
    assert len(await seen(view=View.ALL)) == 6


async def test_in_their_stages_a_rep_sees_what_is_free_and_in_all_stages_what_is_theirs(
    database: Database, opened: Any, now: datetime
) -> None:
    at = {
        "free": "interest",
        "too_early": "aware",
        "taken_by_me": "aware",
        "handed_to_me": "purchase",
        "taken": "interest",
        "late": "aware",
    }
    has: dict[str, dict[str, Any]] = {
        "taken_by_me": {"claimed_by": "Mika"},
        "handed_to_me": {"owner": "Mika"},
        "taken": {"claimed_by": "Jon"},
        "late": {"owner": LEADER, "escalated_at": now},
    }
    async with database.transaction() as session:
        await people.take_in(session, "Mika", "mika@example.com", {Role.REP}, now)
        mika = await people.give_stages(session, "Mika", " Interest .. consideration ")
        assert mika is not None
        for name, stage in at.items():
            id = await opened(name, HOUR, **has.get(name, {}))
            await standings.write(session, UUID(int=id.int - 1), Record(no=1, standing=Standing(stage=stage, next_at=now, why="a task")))

        async def seen(view: View = View.MINE, *, own: bool = True, teams: frozenset[str] = SELLS) -> tuple[set[str], int]:
            desk = await desks.desk(session, "Mika", teams, now, view=view, stages=stages_between(mika.stages), own=own)
            return {one.task.reason for one in desk.tasks}, desk.total

        assert await seen() == ({"free", "taken_by_me", "handed_to_me"}, 3)
        assert await seen(View.ALL) == ({"free", "taken", "taken_by_me", "handed_to_me"}, 4)
        assert await seen(own=False) == ({"free"}, 1)
        assert await seen(teams=frozenset({LEADER})) == ({"late", "taken_by_me", "handed_to_me"}, 3), "what is late comes to leaders"

        with pytest.raises(WrongColleague, match="did you mean 'interest'"):
            await people.give_stages(session, "Mika", "intrest..")
        assert mika.stages == "interest..consideration"
        await people.take_out(session, "Mika", now)
        assert mika.stages == "", "who comes back begins with all"


async def test_what_is_put_off_is_off_the_list_until_its_moment_and_is_the_reps(
    database: Database, opened: Any, seen: Any, now: datetime
) -> None:
    id = await opened("call", 5 * HOUR)
    async with database.transaction() as session:
        assert await desks.put_off(session, id, "Mika", now + 2 * HOUR, now)
        assert not await desks.put_off(session, id, "Jon", now + HOUR, now), "it is Mika's"

    assert (await seen(), await seen(view=View.LATER), await seen(view=View.ALL)) == ([], ["call"], ["call"])
    assert (await desk_of(database, "Mika", now)).put_off == 1
    assert await seen("Jon") == []
    assert await seen(at=now + 2 * HOUR) == ["call"]
    async with database.transaction() as session:
        row = await tasks.get(session, id)
        assert row is not None
        assert (row.deadline_at, row.claimed_by) == (now + 5 * HOUR, "Mika"), "the deadline stays"
        assert await desks.take_back(session, id, "Mika")
    assert await seen() == ["call"]


async def test_a_passed_deadline_brings_back_what_was_put_off(database: Database, opened: Any, seen: Any, now: datetime) -> None:
    id = await opened("call", 5 * HOUR)
    async with database.transaction() as session:
        await desks.put_off(session, id, "Mika", now + LATEST, now)
        await tasks.escalate(session, id, now + 48 * HOUR, now + 5 * HOUR)

    assert await seen(at=now + 5 * HOUR) == ["call"]
    assert await seen("Rei", teams=frozenset({LEADER})) == ["call"]


async def test_a_task_that_is_handed_over_is_the_takers_and_they_are_told(
    database: Database, opened: Any, seen: Any, now: datetime
) -> None:
    id = await opened("call", HOUR, claimed_by="Mika", snoozed_until=now + HOUR)
    async with database.transaction() as session:
        assert await desks.hand_over(session, id, "Mika", "Jon", "You know them.", now)
        row = await tasks.get(session, id)
        assert row is not None
        [given] = await desks.handovers(session, id)
        told = (await relaying.waiting(session, 10))[row.lead_id].engagements[-1]

    assert (row.owner, row.claimed_by, row.snoozed_until) == ("Jon", "", None)
    assert (given.giver, given.taker, given.word) == ("Mika", "Jon", "You know them.")
    assert told == HandedOver(at=now, seq=told.seq, handover=given.id, to=Audience.OWNER)
    assert (await seen(), await seen("Jon")) == ([], ["call"])


async def test_the_history_tells_who_was_asked_first_whoever_has_the_task_since(database: Database, opened: Any, now: datetime) -> None:
    id = await opened("call", HOUR, owner="Mika")
    async with database.transaction() as session:
        await desks.hand_over(session, id, "Rei", "Jon", "", now + HOUR / 4, leads=True)
        await desks.hand_over(session, id, "Jon", "Ann", "", now + HOUR / 2)
        handed = await first_asked(session, id)
        await tasks.escalate(session, id, now + 5 * HOUR, now + HOUR)
        await desks.hand_over(session, id, "Rei", "Jon", "", now + 2 * HOUR, leads=True)
        escalated = await first_asked(session, id)

    assert handed == [["asked Mika: call"]] * 3
    assert escalated == [["asked Mika: call", "passed the task call to the leader"]] * 3


async def test_whose_it_was_at_first_stays_when_they_are_away_and_it_goes_to_the_leader(
    database: Database, opened: Any, now: datetime
) -> None:
    ids = [await opened("call", HOUR), await opened("visit", HOUR, owner="Mika")]
    async with database.transaction() as session:
        await reps.away(session, "Mika", now.date() + timedelta(days=3))
        for id in ids:
            await tasks.escalate(session, id, now + 5 * HOUR, now + HOUR)
        await desks.hand_over(session, ids[0], "Rei", "Jon", "", now + 2 * HOUR, leads=True)
        told = [await first_asked(session, id) for id in ids]

    assert told[0] == [["asked sales: call", "passed the task call to the leader"]] * 3
    assert told[1] == [["asked Mika: visit", "passed the task visit to the leader"]] * 3


async def first_asked(session: AsyncSession, id: UUID) -> list[list[str]]:
    """What a lead's story, the latest page of it, and the list of leads tell of a task, in the order of time."""
    row = await tasks.get(session, id)
    assert row is not None
    told = [await timeline.story(session, row.lead_id), (await timeline.page(session, row.lead_id, 9))[0][::-1]]
    told.append((await timeline.latest(session, [row.lead_id], 9))[row.lead_id][::-1])
    return [[entry.what for entry in entries if entry.of == "task"] for entries in told]


async def test_what_somebody_else_has_only_a_leader_gives_away(database: Database, opened: Any, now: datetime) -> None:
    id = await opened("call", HOUR, claimed_by="Jon")
    async with database.transaction() as session:
        assert not await desks.hand_over(session, id, "Mika", "Ann", "", now)
        assert await desks.hand_over(session, id, "Rei", "Ann", "", now, leads=True)
        assert not await desks.hand_over(session, UUID(int=5), "Rei", "Ann", "", now, leads=True), "there is no such task"


async def test_who_can_be_given_a_task_is_a_team_or_somebody_who_works_and_is_there(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        for name, role in (("Mika", Role.REP), ("Jon", Role.REP), ("Ann", Role.REP), ("Rei", Role.LEADER), ("Max", Role.MARKETING)):
            await people.take_in(session, name, f"{name.lower()}@example.com", [role], now)
        await reps.away(session, "Ann", now.date() + timedelta(days=1))

        assert await desks.takers(session, "Mika", now.date()) == ["sales", "leader", "marketing", "service", "Jon", "Rei"]
        assert "Ann" in await desks.takers(session, "Mika", now.date() + timedelta(days=1))
