"""Whose a message is that came in by mail: by the letter that it names, by its address, by the company."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.verdict import Verdict
from store.addresses import comparable
from store.mail import deliveries
from store.mail.deliveries import Sent
from store.tables import Colleague, Lead, Touch

_IDS_LOOKED_UP: Final = 20
_ANYBODYS: Final = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "live.jp",
        "icloud.com",
        "me.com",
        "aol.com",
    }
    | {"yahoo.com", "yahoo.co.jp", "ymail.ne.jp", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "nifty.com"}
)
"""Domains at which people have addresses who have nothing to do with each other."""


class By(StrEnum):
    """Who wrote an answer to a lead's letter."""

    LEAD = "lead"
    ALIAS = "alias"
    """The same person by another address, as far as name or address show it."""
    COLLEAGUE = "colleague"
    """Another lead that we know."""
    SAME_COMPANY = "same_company"
    """Somebody at the lead's company whom we do not know: a colleague, or the lead by an address of another name."""
    SOMEBODY_ELSE = "somebody_else"


async def is_a_reps(session: AsyncSession, address: str) -> bool:
    """Whether a rep of ours writes from this address."""
    return bool(await session.scalar(select(exists().where(Colleague.address == address, Colleague.address != ""))))


def written_by(verdict: Verdict, lead: Lead, answered: Sent, writer: Lead | None) -> By:
    if verdict.sender in (lead.email, comparable(answered.address)):
        return By.LEAD
    if writer is not None:
        return By.COLLEAGUE
    names = {name.casefold() for name in (lead.family_name, lead.given_name) if name}
    said = verdict.sender_name.casefold()
    if _base(verdict.sender) == _base(lead.email) or (names and all(name in said for name in names)):
        return By.ALIAS
    return By.SAME_COMPANY if _company(verdict.sender) in {_company(lead.email)} - {""} else By.SOMEBODY_ELSE


async def letter_of(session: AsyncSession, verdict: Verdict) -> Sent | None:
    """The letter of ours that a message names."""
    for named in verdict.about[:_IDS_LOOKED_UP]:
        if sent := await deliveries.find(session, named):
            return sent
    return None


async def last_letter_to(session: AsyncSession, address: str) -> Sent | None:
    lead = await lead_at(session, address)
    if lead is None:
        return None
    to_it = select(Touch.key).where(Touch.lead_id == lead.id, Touch.address == lead.email, Touch.sent_at.is_not(None))
    key = await session.scalar(to_it.order_by(Touch.sent_at.desc()).limit(1))
    return await deliveries.find(session, key) if key else None


async def lead_at(session: AsyncSession, address: str) -> Lead | None:
    found: Lead | None = await session.scalar(select(Lead).where(Lead.email == comparable(address))) if address else None
    return found


async def at_same_company(session: AsyncSession, address: str) -> list[UUID]:
    """Leads whose address is at the writer's domain, a few of them."""
    company = _company(address)
    if not company:
        return []
    there = select(Lead.id).where(Lead.email.endswith(f"@{company}", autoescape=True)).order_by(Lead.created_at).limit(20)
    return list(await session.scalars(there))


def _company(address: str) -> str:
    domain = address.rpartition("@")[2]
    return "" if domain in _ANYBODYS else domain


def _base(address: str) -> str:
    """The part before the @, without what follows a plus sign."""
    return address.rpartition("@")[0].partition("+")[0]


def may_be_same(said: str, address: str) -> bool:
    """Whether a report about one address may be about the other: servers rewrite them inside of a company."""
    return said.rpartition("@")[2] == address.rpartition("@")[2] or _base(said) == _base(address)
