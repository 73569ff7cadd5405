"""Leads whose data a letter can be looked at with: real ones, the latest first."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads import leads
from store.tables import Lead

MOST: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A lead as a letter sees it."""

    id: UUID
    given_name: str
    family_name: str
    company: str
    title: str
    language: str


async def latest(session: AsyncSession, campaign: str) -> list[Specimen]:
    """The latest leads of a campaign; of all leads where nobody is in it yet."""
    for wanted in (_OF_CAMPAIGN, _OF_ALL):
        rows = (await session.execute(wanted, {"campaign": campaign, "most": MOST})).all()
        if rows:
            return [Specimen(**row._asdict()) for row in rows]
    return []


async def of_lead(session: AsyncSession, lead_id: UUID) -> Specimen | None:
    """This lead; None where there is none."""
    lead = await session.get(Lead, lead_id)
    if lead is None:
        return None
    company = await leads.company_of(session, lead)
    return Specimen(
        id=lead.id,
        given_name=lead.given_name,
        family_name=lead.family_name,
        company=company,
        title=lead.title,
        language=lead.language,
    )


_COLUMNS: Final = "leads.id, given_name, family_name, coalesce(accounts.name, '') AS company, title, language"

_OF_CAMPAIGN: Final = text(f"""
    SELECT {_COLUMNS} FROM leads LEFT JOIN accounts ON accounts.id = account_id
    WHERE EXISTS (SELECT FROM enrollments WHERE lead_id = leads.id AND campaign = :campaign)
    ORDER BY leads.created_at DESC LIMIT :most
""")

_OF_ALL: Final = text(f"""
    SELECT {_COLUMNS} FROM leads LEFT JOIN accounts ON accounts.id = account_id
    WHERE :campaign <> '' ORDER BY leads.created_at DESC LIMIT :most
""")
