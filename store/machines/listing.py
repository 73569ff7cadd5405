"""Leads, engagements, contracts and tasks for programs, page by page: behind a row that they have, never by counting off."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Account, Contract, Engagement, Lead, Standing, Task

_OPEN: Final = and_(Task.completed_at.is_(None), Task.withdrawn_at.is_(None))

_LEADS: Final[Select[*tuple[Any, ...]]] = (
    select(
        *(Lead.id, Lead.email, Lead.family_name, Lead.given_name, Lead.title, Lead.phone, Lead.language, Lead.country, Lead.zone),
        *(Lead.fit, Lead.segment, Lead.source, Lead.owner, Lead.created_at),
        *(Standing.stage, Standing.open, Standing.next_at, Standing.why, Standing.held_until),
        func.coalesce(Account.name, "").label("company"),
    )
    .outerjoin(Account, Account.id == Lead.account_id)
    .outerjoin(Standing, Standing.lead_id == Lead.id)
)

Rows = Sequence[Row[*tuple[Any, ...]]]


async def leads(session: AsyncSession, after: UUID | None, most: int, *, stage: str = "", segment: str = "", owner: str = "") -> Rows:
    """Leads with how they stand, in the order of their ids, which is that in which they became known; empty filters do not count."""
    # By the standing where a stage is asked for, so that the database goes along the index of both.
    id = Standing.lead_id if stage else Lead.id
    wanted = _LEADS.order_by(id).limit(most)
    for column, value in ((Standing.stage, stage), (Lead.segment, segment), (Lead.owner, owner)):
        wanted = wanted.where(column == value, column != "") if value else wanted  # the indexes are of those that have one
    wanted = wanted.where(id > after) if after else wanted
    return (await session.execute(wanted)).all()


async def lead(session: AsyncSession, id: UUID) -> Row[*tuple[Any, ...]] | None:
    """One lead in the same way."""
    return (await session.execute(_LEADS.where(Lead.id == id))).first()


async def lead_of(session: AsyncSession, address: str) -> Row[*tuple[Any, ...]] | None:
    """The lead of an address in its comparable form."""
    return (await session.execute(_LEADS.where(Lead.email == address))).first()


async def engagements(session: AsyncSession, lead_id: UUID, after: int, most: int) -> Rows:
    """What a lead did and what happened to it, in order. What is personal about it stays behind."""
    columns = (Engagement.seq, Engagement.kind, Engagement.at, Engagement.source, Engagement.facts)
    wanted: Select[*tuple[Any, ...]] = select(*columns).where(Engagement.lead_id == lead_id, Engagement.seq > after)
    return (await session.execute(wanted.order_by(Engagement.seq).limit(most))).all()


async def contracts(
    session: AsyncSession, after: UUID | None, most: int, *, ends_from: date | None = None, ends_before: date | None = None
) -> Rows:
    """Contracts as they stand, by lead; with an end from a day on, or before one, where that is asked for."""
    wanted: Select[*tuple[Any, ...]] = select(Contract.lead_id, Contract.ends_on, Contract.auto_renews, Contract.changed_at)
    wanted = wanted.where(Contract.lead_id > after) if after else wanted
    wanted = wanted.where(Contract.ends_on >= ends_from) if ends_from else wanted
    wanted = wanted.where(Contract.ends_on < ends_before) if ends_before else wanted
    return (await session.execute(wanted.order_by(Contract.lead_id).limit(most))).all()


async def tasks(
    session: AsyncSession,
    after: UUID | None,
    most: int,
    *,
    is_open: bool | None = None,
    lead_id: UUID | None = None,
    owner: str = "",
) -> list[Task]:
    """Tasks in the order of their ids, the open ones or the others where that is asked for."""
    wanted = select(Task).order_by(Task.id).limit(most)
    wanted = wanted.where(Task.id > after) if after else wanted
    wanted = wanted.where(_OPEN if is_open else ~_OPEN) if is_open is not None else wanted
    wanted = wanted.where(Task.lead_id == lead_id) if lead_id else wanted
    wanted = wanted.where(Task.owner == owner) if owner else wanted
    return list(await session.scalars(wanted))
