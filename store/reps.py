"""The reps: who has which task, and who is away until when."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.calendar import zone
from nurture.kinds import Audience
from store.addresses import normal
from store.leads import profile_of
from store.tables import Lead, Rep, Task

SALES: Final = "sales"
"""Who owns a task that any rep may take."""

LEADER: Final = "leader"
"""Who owns a task that is the leader's, and every task once its deadline has passed."""

_TEAMS: Final = {Audience.LEADER: LEADER, Audience.SERVICE: "service", Audience.MARKETING: "marketing"}


async def owner_for(session: AsyncSession, lead_id: UUID, to: Audience, at: datetime) -> str:
    """Who gets a task. One for the lead's owner goes to the reps while nobody is named, or while that rep is away on the lead's day."""
    if to is not Audience.OWNER:
        return _TEAMS.get(to, SALES)
    lead = await session.get_one(Lead, lead_id)
    until = await session.scalar(select(Rep.away_until).where(Rep.name == lead.owner)) if lead.owner else None
    is_away = until is not None and at.astimezone(zone(profile_of(lead).zone)).date() < until
    return SALES if is_away or not lead.owner else lead.owner


async def away(session: AsyncSession, rep: str, until: date) -> int:
    """A rep is away; ``until`` is the first day back. What is open and theirs goes to all reps; says how many tasks that are."""
    upsert = insert(Rep).values(name=rep, away_until=until)
    await session.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"away_until": until}))
    is_open = (Task.completed_at.is_(None), Task.withdrawn_at.is_(None))
    handed = update(Task).where(*is_open, Task.owner == rep).values(owner=SALES).returning(Task.id)
    freed = update(Task).where(*is_open, Task.claimed_by == rep).values(claimed_by="", claimed_at=None).returning(Task.id)
    directly = {"synchronize_session": False}
    return len({id for change in (handed, freed) for id in await session.scalars(change, execution_options=directly)})


async def back(session: AsyncSession, rep: str) -> bool:
    """A rep is back; False when they were not away."""
    ended = update(Rep).where(Rep.name == rep, Rep.away_until.is_not(None)).values(away_until=None).returning(Rep.name)
    return await session.scalar(ended, execution_options={"synchronize_session": False}) is not None


async def absences(session: AsyncSession) -> dict[str, date]:
    """The first day back of every rep who said so, by name."""
    gone = select(Rep.name, Rep.away_until).where(Rep.away_until.is_not(None)).order_by(Rep.name)
    return {name: until for name, until in await session.execute(gone) if until is not None}


async def introduce(session: AsyncSession, rep: str, address: str) -> None:
    """Say by which address a rep writes; letters in the rep's name come from there from now on. Raises ValueError for no address."""
    upsert = insert(Rep).values(name=rep, address=(known := normal(address)))
    await session.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"address": known}))


async def addresses(session: AsyncSession) -> dict[str, str]:
    """The address of every rep who has one, by name."""
    rows = (await session.execute(select(Rep.name, Rep.address).where(Rep.address != "").order_by(Rep.name))).all()
    return {row.name: row.address for row in rows}


async def writer(session: AsyncSession, rep: str) -> str:
    """The address that a rep writes by; empty where nobody said one."""
    return await session.scalar(select(Rep.address).where(Rep.name == rep)) or ""


async def is_known(session: AsyncSession, rep: str) -> bool:
    """Whether a lead is this rep's, or a task ever was."""
    of_tasks = exists().where(or_(Task.owner == rep, Task.claimed_by == rep, Task.completed_by == rep))
    return bool(await session.scalar(select(or_(exists().where(Lead.owner == rep), of_tasks))))
