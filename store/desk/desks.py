"""A rep's desk: which open tasks are on it and in which order, what is put off until later, and what was given to somebody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.kinds import Audience
from nurture.ourside import HandedOver
from store.bulk import lock_leads
from store.desk.tasks import OPEN, TaskRow, change, listed
from store.leads import engagements, scores
from store.leads.scores import Score
from store.tables import Handover, Standing, Task
from store.team import people
from store.team.reps import LEADER, SALES, TEAMS

MOST: Final = 100
"""Tasks that are shown at once: more than anybody works off in a week."""

LATEST: Final = timedelta(days=90)
"""How far ahead a task can be put off."""

_WITHIN: Final = (timedelta(0), timedelta(hours=2), timedelta(days=1), timedelta(days=7))
"""What is overdue, what is due at once, today, this week, and later: of tasks in one of these the likelier lead comes first."""

_AUDIENCE_OF: Final = {LEADER: Audience.LEADER, "service": Audience.SERVICE, "marketing": Audience.MARKETING, SALES: Audience.REPS}


class View(StrEnum):
    """What of the open tasks is wanted."""

    MINE = "mine"
    """What the rep has, and what is free for the rep's teams."""
    LATER = "later"
    """What the rep has put off."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDesk:
    """A task, and how likely its lead is to buy."""

    task: TaskRow
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The tasks that come first, and how many of which kind there are. ``put_off`` are the rep's own."""

    tasks: Sequence[OnDesk]
    total: int
    overdue: int
    put_off: int


async def desk(
    session: AsyncSession,
    rep: str,
    teams: Collection[str],
    now: datetime,
    *,
    view: View = View.MINE,
    stages: Collection[str] | None = None,
    own: bool = False,
) -> Desk:
    """What is on a rep's desk, at most 100 tasks, by deadline and likelihood; of all, or of leads in these stages.

    With ``own`` also what the rep has claimed or was handed, and what came to the rep as the leader, whatever its lead's stage.
    """
    later = and_(Task.claimed_by == rep, Task.snoozed_until > now)
    wanted: list[ColumnElement[bool]] = [OPEN]
    if view is View.MINE:
        wanted += [_is_theirs(rep, teams), or_(Task.claimed_by != rep, Task.snoozed_until.is_(None), Task.snoozed_until <= now)]
    elif view is View.LATER:
        wanted.append(later)
    if stages is not None:
        there = exists().where(Standing.lead_id == Task.lead_id, Standing.stage.in_(stages)).correlate(Task)
        wanted.append(or_(there, *_is_surely_theirs(rep, teams)) if own else there)
    overdue = func.count().filter(Task.deadline_at <= now)
    counted = (await session.execute(select(func.count().label("total"), overdue.label("overdue")).where(*wanted))).one()
    put_off = await session.scalar(select(func.count()).where(OPEN, later)) or 0
    rows = await listed(session, *wanted, most=MOST)
    points = await scores.scores(session, {row.lead_id for row in rows}, now)
    found = [OnDesk(task=row, score=points.get(row.lead_id, Score())) for row in rows]
    return Desk(tasks=sorted(found, key=lambda one: _rank(one, now)), total=counted.total, overdue=counted.overdue, put_off=put_off)


async def put_off(session: AsyncSession, id: UUID, rep: str, until: datetime, now: datetime) -> bool:
    """Take a task off a rep's desk until a moment, and give it to the rep if nobody has it; False where somebody has, or it is not open.

    Its deadline stays as it is.
    """
    values = {"claimed_by": rep, "claimed_at": func.coalesce(Task.claimed_at, now), "snoozed_until": until}
    return await change(session, Task.id == id, Task.claimed_by.in_(("", rep)), **values)


async def take_back(session: AsyncSession, id: UUID, rep: str) -> bool:
    """Put a task that a rep has put off onto the desk again; False where there is no such task."""
    return await change(session, Task.id == id, Task.claimed_by == rep, Task.snoozed_until.is_not(None), snoozed_until=None)


async def hand_over(session: AsyncSession, id: UUID, giver: str, taker: str, word: str, now: datetime, *, leads: bool = False) -> bool:
    """Give a task to another rep or to a team, who is told of it; False where somebody else has it, or it is not open.

    Who ``leads`` may give away what others have. ``taker`` is one of ``takers``.
    """
    lead_id = await session.scalar(select(Task.lead_id).where(Task.id == id))
    if lead_id is None:
        return False
    await lock_leads(session, [lead_id])
    has = () if leads else (Task.claimed_by.in_(("", giver)),)
    if not await change(session, Task.id == id, *has, owner=taker, claimed_by="", claimed_at=None, snoozed_until=None):
        return False
    handover = Handover(id=uuid7(), task_id=id, giver=giver, taker=taker, word=word, at=now)
    session.add(handover)
    await session.flush()
    told = HandedOver(at=now, handover=handover.id, to=_AUDIENCE_OF.get(taker, Audience.OWNER))
    await engagements.record(session, lead_id, told, source="inbox", details={"by": giver, "to": taker}, key=f"handover:{handover.id}")
    return True


async def takers(session: AsyncSession, but: str, today: date) -> list[str]:
    """Who can be given a task: the teams, and the reps and leaders who are not away, but for one."""
    team = await people.team(session)
    work = {people.Role.REP, people.Role.LEADER}
    here = [person for person in team if person.away_until is None or person.away_until <= today]
    there = [person.name for person in here if person.name != but and work & people.roles_of(person)]
    return [SALES, *sorted(TEAMS - {SALES}), *there]


async def handovers(session: AsyncSession, task_id: UUID) -> list[Handover]:
    """Who gave a task to whom, the latest first."""
    return list(await session.scalars(select(Handover).where(Handover.task_id == task_id).order_by(Handover.at.desc(), Handover.id.desc())))


def _is_theirs(rep: str, teams: Collection[str]) -> ColumnElement[bool]:
    free = and_(Task.claimed_by == "", Task.owner.in_([rep, *teams]))
    return or_(Task.claimed_by == rep, free, *([Task.owner == LEADER] if LEADER in teams else []))


def _is_surely_theirs(rep: str, teams: Collection[str]) -> list[ColumnElement[bool]]:
    late = [and_(Task.owner == LEADER, Task.escalated_at.is_not(None))] if LEADER in teams else []
    return [Task.claimed_by == rep, and_(Task.claimed_by == "", Task.owner == rep), *late]


def _rank(one: OnDesk, now: datetime) -> tuple[int, int, int, datetime, UUID]:
    left = one.task.deadline_at - now
    within = next((place for place, length in enumerate(_WITHIN) if left <= length), len(_WITHIN))
    return within, -one.score.recent, -one.score.points, one.task.deadline_at, one.task.id
