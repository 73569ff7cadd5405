"""Consents that are to be confirmed (double opt-in): asked for by a form, and no ground to write before the person confirms them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.calendar import add
from nurture.kinds import Refusal
from nurture.leadside import ConsentAsked, OptedIn
from nurture.plan.campaign import Campaign
from store.addresses import comparable
from store.bulk import lock_leads
from store.consent import consents
from store.consent.consents import Basis, Grant
from store.leads import engagements
from store.leads.leads import profile_of
from store.tables import Confirmation, Lead

ONCE_IN: Final = timedelta(days=1)
"""How often a person is asked at most, so that nobody can fill another's mailbox with a form."""


class Answer(StrEnum):
    """What came of a link that confirms."""

    CONFIRMED = "confirmed"
    TOO_LATE = "too_late"
    REFUSED = "refused"
    """The address is suppressed: no form lifts a refusal."""
    UNKNOWN = "unknown"


async def ask(session: AsyncSession, lead_id: UUID, campaign: Campaign, evidence: Mapping[str, Any], now: datetime) -> bool:
    """Let the lead be asked to confirm what it agreed to in a form of a campaign with ``double_opt_in``.

    False where there is nothing to ask: there is a consent in force, the address is suppressed, or the lead was asked less than a day ago.
    """
    assert campaign.double_opt_in is not None
    await lock_leads(session, [lead_id])
    lead = await session.get_one(Lead, lead_id)
    if await consents.refusal(session, lead.email, campaign.topic) is not Refusal.NO_CONSENT:
        return False
    lately = exists().where(Confirmation.address == lead.email, Confirmation.topic == campaign.topic, Confirmation.asked_at > now - ONCE_IN)
    if await session.scalar(select(lately)):
        return False
    until = add(now, campaign.double_opt_in, profile_of(lead))
    confirmation = Confirmation(
        id=uuid7(),
        lead_id=lead_id,
        address=lead.email,
        topic=campaign.topic,
        evidence=dict(evidence),
        asked_at=now,
        expires_at=until,
    )
    session.add(confirmation)
    await session.flush()
    asked = ConsentAsked(at=now, confirmation=confirmation.id, edition=campaign.ref, topic=campaign.topic, until=until)
    await engagements.record(session, lead_id, asked, source="double_opt_in")
    return True


async def find(session: AsyncSession, id: UUID) -> Confirmation | None:
    """The consent of this id that is or was to be confirmed."""
    return await session.get(Confirmation, id)


async def refusal(session: AsyncSession, id: UUID, address: str, now: datetime) -> Refusal | None:
    """Why the letter that asks may not go to this address; None only while there is something to confirm."""
    asked = await session.get(Confirmation, id, populate_existing=True)
    if asked is None or asked.confirmed_at is not None or asked.expires_at <= now or asked.address != comparable(address):
        return Refusal.NO_CONSENT
    refused = await consents.refusal(session, address, asked.topic)
    return None if refused is Refusal.NO_CONSENT else refused or Refusal.NO_CONSENT


async def state_of(session: AsyncSession, asked: Confirmation, now: datetime) -> Answer | None:
    """What the link would say at ``now``; None while the consent waits to be confirmed."""
    if await consents.refusal(session, asked.address, asked.topic) is Refusal.SUPPRESSED:
        return Answer.REFUSED
    if asked.confirmed_at is not None:
        return Answer.CONFIRMED
    return Answer.TOO_LATE if asked.expires_at <= now else None


async def confirm(session: AsyncSession, id: UUID, evidence: Mapping[str, Any], now: datetime) -> Answer:
    """The person confirms: from now on there is a consent, with both proofs, and the lead's campaign goes on. Repeated, nothing changes."""
    lead_id = await session.scalar(select(Confirmation.lead_id).where(Confirmation.id == id))
    if lead_id is None:
        return Answer.UNKNOWN
    await lock_leads(session, [lead_id])
    asked = await session.get_one(Confirmation, id, populate_existing=True)
    answer = await state_of(session, asked, now)
    if answer is not None:
        return answer
    asked.confirmed_at = now
    await session.flush()
    proof = {**asked.evidence, "asked_at": asked.asked_at.isoformat(), "confirmed": {**evidence, "at": now.isoformat()}}
    grant = Grant(address=asked.address, topic=asked.topic, basis=Basis.OPT_IN, evidence=proof)
    await consents.keep_all(session, [grant], now)
    await engagements.record(session, lead_id, OptedIn(at=now, topic=asked.topic), source="double_opt_in")
    return Answer.CONFIRMED
