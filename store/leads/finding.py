"""Leads as somebody of the team looks for them: by name, address or company, by stage, campaign and owner, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads.leads import name_of
from store.tables import Account, Enrollment, Lead, Standing

PAGE: Final = 50
"""Leads that are shown at once."""

_MOST_WORDS: Final = 5
_MANY: Final = 500
"""Companies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which leads are looked for; what is empty does not matter. Each word is the beginning of a name or an address, or in a company."""

    words: tuple[str, ...] = ()
    stage: str = ""
    campaign: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lead in the list. ``stage`` and ``why`` are empty before its workflow said anything."""

    id: UUID
    name: str
    email: str
    company: str
    account_id: UUID | None
    owner: str
    zone: str
    is_open: bool
    stage: str
    why: str
    next_at: datetime | None
    deadline_at: datetime | None
    held_until: date | None


def words_of(typed: str) -> tuple[str, ...]:
    """What somebody typed to find a lead, as words in small letters."""
    return tuple(typed.lower().replace("　", " ").split()[:_MOST_WORDS])


async def found(session: AsyncSession, wanted: Wanted, before: UUID | None = None) -> tuple[list[Found], bool]:
    """At most a page of leads that became known before the lead ``before``, and whether there are more."""
    id: Any = Standing.lead_id if wanted.stage else Lead.id  # along the index of both
    query = (
        select(Lead, Standing, Account.name)
        .outerjoin(Account, Account.id == Lead.account_id)
        .join(Standing, Standing.lead_id == Lead.id, isouter=not wanted.stage)
        .order_by(id.desc())
        .limit(PAGE + 1)
    )
    query = query.where(id < before) if before else query
    query = query.where(Standing.stage == wanted.stage) if wanted.stage else query
    query = query.where(Lead.owner == wanted.owner) if wanted.owner else query
    if wanted.campaign:
        members = select(Enrollment.lead_id).where(Enrollment.campaign == wanted.campaign, Enrollment.over_at.is_(None))
        query = query.where(id.in_(members))
    for word in wanted.words:
        query = query.where(await _meant(session, word))
    rows = (await session.execute(query)).all()
    return [_found(*row) for row in rows[:PAGE]], len(rows) > PAGE


async def owners(session: AsyncSession) -> Sequence[str]:
    """Everybody who is named for a lead."""
    return list(await session.scalars(_OWNERS))


async def campaigns(session: AsyncSession) -> Sequence[str]:
    """Every campaign that was started, by name."""
    return list(await session.scalars(_CAMPAIGNS))


async def _meant(session: AsyncSession, word: str) -> ColumnElement[bool]:
    """What holds for the leads that one word may mean.

    As long as it stands in the names of few companies, an index leads to them. Else so many leads are meant that they are soon met.
    """
    begins, contains = f"{_literally(word)}%", f"%{_literally(word)}%"
    own = or_(func.lower(Lead.family_name).like(begins), func.lower(Lead.given_name).like(begins), Lead.email.like(begins))
    of_company = func.lower(Account.name).like(contains)
    companies = list(await session.scalars(select(Account.id).where(of_company).limit(_MANY + 1)))
    if len(companies) > _MANY:
        return or_(own, of_company)
    return Lead.id.in_(select(Lead.id).where(own).union_all(select(Lead.id).where(Lead.account_id.in_(companies))))


def _literally(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _found(lead: Lead, standing: Standing | None, company: str | None) -> Found:
    return Found(
        id=lead.id,
        name=name_of(lead),
        email=lead.email,
        company=company or "",
        account_id=lead.account_id,
        owner=lead.owner,
        zone=lead.zone,
        is_open=standing is not None and standing.open,
        stage=standing.stage if standing else "",
        why=standing.why if standing else "",
        next_at=standing.next_at if standing else None,
        deadline_at=standing.deadline_at if standing else None,
        held_until=standing.held_until if standing else None,
    )


# One step along the index for each owner, however many leads they have.
_OWNERS = text("""
    WITH RECURSIVE known AS (
        (SELECT owner FROM leads WHERE owner <> '' ORDER BY owner LIMIT 1)
        UNION ALL
        SELECT (SELECT owner FROM leads WHERE owner <> '' AND leads.owner > known.owner ORDER BY owner LIMIT 1) FROM known
        WHERE known.owner IS NOT NULL
    )
    SELECT owner FROM known WHERE owner IS NOT NULL
""")

_CAMPAIGNS = text("SELECT DISTINCT name FROM campaign_editions ORDER BY name")
