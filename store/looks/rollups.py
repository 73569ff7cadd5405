"""A whole company at a look: every lead of it, where each is, what comes next, what is open, and what happened last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.desk.tasks import TaskRow, open_tasks
from store.leads.leads import name_of
from store.leads.scores import Score, scores
from store.looks.timeline import Entry, latest
from store.tables import Account, Lead, Standing

MOST: Final = 200
"""Leads of one company that are shown."""

_LAST: Final = 5
"""How many things that happened to each of them are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One lead of a company. ``stage`` and ``why`` are empty before its workflow said anything; ``places`` are the tracks that it is in.

    ``last`` is what happened last, the latest first; ``tasks`` are open.
    """

    id: UUID
    name: str
    title: str
    email: str
    zone: str
    owner: str
    referred_by: UUID | None
    is_open: bool
    stage: str
    places: tuple[str, ...]
    next_at: datetime | None
    why: str
    score: int
    recent_score: int
    tasks: tuple[TaskRow, ...]
    last: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """A company. ``members`` are at most 200 of its ``leads``: those with something open come first, by what is due first."""

    id: UUID
    name: str
    leads: int
    members: tuple[Member, ...]


async def of_account(session: AsyncSession, id: UUID, now: datetime) -> RollUp | None:
    """The company with everything about its leads, in as many queries for one lead as for all; None when there is none of this id."""
    account = await session.get(Account, id)
    if account is None:
        return None
    leads = await session.scalar(select(func.count()).where(Lead.account_id == id)) or 0
    soonest = func.least(Standing.next_at, Standing.deadline_at)
    rows = (
        await session.execute(
            select(Lead, Standing)
            .outerjoin(Standing, Standing.lead_id == Lead.id)
            .where(Lead.account_id == id)
            .order_by(func.coalesce(Standing.open, False).desc(), soonest.asc().nulls_last(), Lead.id)
            .limit(MOST)
            .execution_options(populate_existing=True)
        )
    ).all()
    shown = [lead.id for lead, _ in rows]
    tasks: dict[UUID, list[TaskRow]] = {}
    for task in await open_tasks(session, account_id=id):
        tasks.setdefault(task.lead_id, []).append(task)
    last = await latest(session, shown, _LAST)
    points = await scores(session, shown, now)
    members = [_member(lead, standing, points[lead.id], tasks.get(lead.id, []), last.get(lead.id, [])) for lead, standing in rows]
    return RollUp(id=id, name=account.name, leads=leads, members=tuple(members))


def _member(lead: Lead, standing: Standing | None, score: Score, tasks: list[TaskRow], last: list[Entry]) -> Member:
    return Member(
        id=lead.id,
        name=name_of(lead),
        title=lead.title,
        email=lead.email,
        zone=lead.zone,
        owner=lead.owner,
        referred_by=lead.referred_by,
        is_open=standing is not None and standing.open,
        stage=standing.stage if standing else "",
        places=tuple(str(place["track"]) for place in standing.positions) if standing else (),
        next_at=standing.next_at if standing else None,
        why=standing.why if standing else "",
        score=score.points,
        recent_score=score.recent,
        tasks=tuple(tasks),
        last=tuple(last),
    )
