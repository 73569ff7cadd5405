"""The reps of the team: who has which task, who is away until when, and who writes by which address."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Audience
from nurture.places import zone
from store.leads.leads import profile_of
from store.tables import Colleague, Lead, Task

SALES: Final = "sales"
"""Who owns a task that any rep may take."""

LEADER: Final = "leader"
"""Who owns a task that is the leader's, and every task once its deadline has passed."""

_TEAM_OF: Final = {Audience.LEADER: LEADER, Audience.SERVICE: "service", Audience.MARKETING: "marketing"}

TEAMS: Final = frozenset({SALES, *_TEAM_OF.values()})
"""Who owns a task and is nobody in particular."""


async def owner_for(session: AsyncSession, lead_id: UUID, to: Audience, at: datetime) -> str:
    """Who gets a task.

    One for the lead's owner goes to the reps while nobody is named, while that rep is away on the lead's day, or once they left the team.
    """
    if to is not Audience.OWNER:
        return _TEAM_OF.get(to, SALES)
    lead = await session.get_one(Lead, lead_id)
    rep = await session.get(Colleague, lead.owner) if lead.owner else None
    is_away = rep is not None and rep.away_until is not None and at.astimezone(zone(profile_of(lead).zone)).date() < rep.away_until
    has_left = rep is not None and rep.left_at is not None
    return SALES if is_away or has_left or not lead.owner else lead.owner


async def away(session: AsyncSession, rep: str, until: date) -> int:
    """A rep is away; ``until`` is the first day back. What is open and theirs goes to all reps; says how many tasks that are."""
    upsert = insert(Colleague).values(name=rep, away_until=until)
    await session.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"away_until": until}))
    return await hand_over(session, rep)


async def hand_over(session: AsyncSession, rep: str) -> int:
    """What is open and a rep's goes to all reps; says how many tasks that are."""
    is_open = (Task.completed_at.is_(None), Task.withdrawn_at.is_(None))
    handed = update(Task).where(*is_open, Task.owner == rep).values(owner=SALES).returning(Task.id)
    freed = (
        update(Task).where(*is_open, Task.claimed_by == rep).values(claimed_by="", claimed_at=None, snoozed_until=None).returning(Task.id)
    )
    directly = {"synchronize_session": False}
    return len({id for change in (handed, freed) for id in await session.scalars(change, execution_options=directly)})


async def back(session: AsyncSession, rep: str) -> bool:
    """A rep is back; False when they were not away."""
    ended = (
        update(Colleague).where(Colleague.name == rep, Colleague.away_until.is_not(None)).values(away_until=None).returning(Colleague.name)
    )
    return await session.scalar(ended, execution_options={"synchronize_session": False}) is not None


async def absences(session: AsyncSession) -> dict[str, date]:
    """The first day back of every rep who said so, by name."""
    gone = select(Colleague.name, Colleague.away_until).where(Colleague.away_until.is_not(None)).order_by(Colleague.name)
    return {name: until for name, until in await session.execute(gone) if until is not None}


async def writer(session: AsyncSession, rep: str) -> str:
    """The address that a rep writes by; empty where nobody said one, or once they left the team."""
    return await session.scalar(select(Colleague.address).where(Colleague.name == rep, Colleague.left_at.is_(None))) or ""


async def is_known(session: AsyncSession, rep: str) -> bool:
    """Whether somebody of the team is called so, a lead is this rep's, or a task ever was."""
    of_the_team = exists().where(Colleague.name == rep, Colleague.came_at.is_not(None), Colleague.left_at.is_(None))
    of_tasks = exists().where(or_(Task.owner == rep, Task.claimed_by == rep, Task.completed_by == rep))
    return bool(await session.scalar(select(or_(of_the_team, exists().where(Lead.owner == rep), of_tasks))))
