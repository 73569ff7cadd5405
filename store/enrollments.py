"""Who is in which campaign, since when, in which edition. Nobody is in a campaign twice."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.campaign import Campaign
from nurture.engagements import Enrolled
from nurture.profile import Profile
from store import engagements
from store.bulk import chunks, lock_leads
from store.engagements import UnknownLead
from store.leads import profile_of
from store.tables import Enrollment, Lead


async def enroll(session: AsyncSession, lead_id: UUID, campaign: Campaign, now: datetime, *, source: str = "") -> bool:
    """Enroll a lead in this edition, which has been kept; False when it is in that campaign already. Raises UnknownLead."""
    lead = await session.scalar(
        select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if lead is None:
        raise UnknownLead(f"no lead {lead_id}")
    if await session.scalar(select(Enrollment.number).where(Enrollment.lead_id == lead_id, Enrollment.campaign == campaign.name)):
        return False
    number = lead.enrollments + 1
    session.add(Enrollment(lead_id=lead_id, number=number, campaign=campaign.name, ref=campaign.ref, enrolled_at=now))
    enrolled = Enrolled(at=now, campaign=campaign, enrollment=number, profile=profile_of(lead))
    await engagements.record(session, lead_id, enrolled, source=source)
    return True


async def enroll_all(session: AsyncSession, lead_ids: Iterable[UUID], campaign: Campaign, now: datetime, *, source: str = "") -> int:
    """Enroll many leads in this edition, which has been kept, and say how many of them were not in that campaign yet."""
    wanted = list(lead_ids)
    await lock_leads(session, wanted)
    said: dict[tuple[Profile, int], Enrolled] = {}
    rows, happened = [], []
    for lead in await session.execute(_NOT_YET_IN, {"ids": wanted, "campaign": campaign.name}):
        number, profile = lead.enrollments + 1, profile_of(lead)
        if (profile, number) not in said:
            said[profile, number] = Enrolled(at=now, campaign=campaign, enrollment=number, profile=profile)
        rows.append({"lead_id": lead.id, "number": number})
        happened.append((lead.id, said[profile, number]))
    for chunk in chunks(rows):
        await session.execute(_ENROLL, {"rows": chunk, "campaign": campaign.name, "ref": campaign.ref, "now": now})
    return await engagements.record_all(session, happened, source=source)


async def of_lead(session: AsyncSession, lead_id: UUID) -> list[Enrollment]:
    """The lead's enrollments in their order."""
    return list(await session.scalars(select(Enrollment).where(Enrollment.lead_id == lead_id).order_by(Enrollment.number)))


_NOT_YET_IN = text("""
    SELECT id, enrollments, zone, country, language, fit, segment FROM leads
    WHERE id = ANY(CAST(:ids AS uuid[]))
    AND NOT EXISTS (SELECT FROM enrollments WHERE lead_id = leads.id AND campaign = :campaign)
    ORDER BY id
""")

_ENROLL = text("""
    INSERT INTO enrollments (lead_id, number, campaign, ref, enrolled_at)
    SELECT lead_id, number, :campaign, :ref, :now FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (lead_id uuid, number int)
""")
