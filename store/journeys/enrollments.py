"""Who is in which campaign, since when, in which edition. Nobody is in a campaign twice at a time."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.ourside import Course, EditionChanged, Enrolled
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from nurture.reentry import may_begin_again
from store.bulk import chunks, lock_leads
from store.leads import engagements
from store.leads.engagements import UnknownLead
from store.leads.leads import profile_of
from store.tables import Contract, Enrollment, Lead

BY_CAMPAIGN = "campaign"
"""The source of an enrollment that a step of another campaign asks for."""


async def enroll(session: AsyncSession, lead_id: UUID, campaign: Campaign, now: datetime, *, source: str = "") -> bool:
    """Enroll a lead in this edition, which has been kept; False when it is in that campaign, or was and may not be again.

    A customer whom another campaign leads on to this one is always taken again, because nobody else would renew the contract. Raises
    UnknownLead.
    """
    lead = await session.scalar(
        select(Lead).where(Lead.id == lead_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if lead is None:
        raise UnknownLead(f"no lead {lead_id}")
    if not await _may_begin(session, lead, campaign, now, source):
        return False
    number = lead.enrollments + 1
    session.add(Enrollment(lead_id=lead_id, number=number, campaign=campaign.name, ref=campaign.ref, enrolled_at=now))
    enrolled = Enrolled(at=now, campaign=campaign, enrollment=number, profile=profile_of(lead))
    await engagements.record(session, lead_id, enrolled, source=source)
    return True


async def _may_begin(session: AsyncSession, lead: Lead, campaign: Campaign, now: datetime, source: str) -> bool:
    before = (await session.execute(_LAST_RUN, {"lead": lead.id, "campaign": campaign.name})).first()
    if before is None or may_begin_again(campaign, before.over_at, profile_of(lead), now):
        return True
    return before.over_at is not None and source == BY_CAMPAIGN and await session.get(Contract, lead.id) is not None


async def enroll_all(session: AsyncSession, lead_ids: Iterable[UUID], campaign: Campaign, now: datetime, *, source: str = "") -> int:
    """Enroll many leads in this edition, which has been kept, and say how many of them came into that campaign by this."""
    return await engagements.record_all(session, await begin_all(session, lead_ids, campaign, now), source=source)


async def begin_all(session: AsyncSession, lead_ids: Iterable[UUID], campaign: Campaign, now: datetime) -> list[tuple[UUID, Enrolled]]:
    """The same, without recording it: gives the engagement of each lead that came into the campaign."""
    wanted = list(lead_ids)
    await lock_leads(session, wanted)
    said: dict[tuple[Profile, int], Enrolled] = {}
    rows, happened = list[dict[str, Any]](), list[tuple[UUID, Enrolled]]()
    async for lead in _beginners(session, wanted, campaign, now):
        number, profile = lead.enrollments + 1, profile_of(lead)
        if (profile, number) not in said:
            said[profile, number] = Enrolled(at=now, campaign=campaign, enrollment=number, profile=profile)
        rows.append({"lead_id": lead.id, "number": number})
        happened.append((lead.id, said[profile, number]))
    for chunk in chunks(rows):
        await session.execute(_ENROLL, {"rows": chunk, "campaign": campaign.name, "ref": campaign.ref, "now": now})
    return happened


async def count_beginners(session: AsyncSession, lead_ids: Iterable[UUID], campaign: Campaign, now: datetime) -> int:
    """How many of these leads ``enroll_all`` would enroll. Nothing is written."""
    return len([True async for _ in _beginners(session, list(lead_ids), campaign, now)])


async def _beginners(session: AsyncSession, lead_ids: Sequence[UUID], campaign: Campaign, now: datetime) -> AsyncIterator[Row[Any]]:
    """Those of these leads that are not in the campaign and may be."""
    wanted = {"ids": lead_ids, "campaign": campaign.name, "again": campaign.again != "never"}
    for lead in await session.execute(_CANDIDATES, wanted):
        if lead.over_at is None or may_begin_again(campaign, lead.over_at, profile_of(lead), now):
            yield lead


async def count_in_others(session: AsyncSession, campaign: Campaign) -> int:
    """How many leads ``change_all`` would take over. Nothing is written."""
    return len((await session.execute(_LEADS_IN_OTHERS, {"campaign": campaign.name, "ref": campaign.ref})).all())


async def change_all(session: AsyncSession, campaign: Campaign, course: Course, now: datetime, *, source: str = "") -> int:
    """Take every lead under way in another edition of the campaign over into this one, which has been kept, and say how many they are.

    Done twice, it changes nobody twice. An enrollment whose workflow has not begun yet is taken over as soon as it begins.
    """
    in_others = {"campaign": campaign.name, "ref": campaign.ref}
    await lock_leads(session, list(await session.scalars(_LEADS_IN_OTHERS, in_others)))
    had = {(row.lead_id, row.number): tuple(row.letters) for row in await session.execute(_LETTERS_HAD, in_others)}
    rows = (await session.execute(_TAKE_OVER, in_others)).all()
    said: dict[tuple[int, tuple[str, ...]], EditionChanged] = {}
    left = []
    for row in sorted(rows, key=lambda row: row.number):
        letters = had.get((row.lead_id, row.number), ())
        change = EditionChanged(at=now, enrollment=row.number, campaign=campaign, course=course, had=letters)
        left.append((row.lead_id, said.setdefault((row.number, letters), change)))
    while left:
        # One engagement a lead at a time: the rest of a lead that came back while it was enrolled anew follows.
        first = dict(reversed(left))
        await engagements.record_all(session, list(first.items()), source=source)
        left = [(lead_id, change) for lead_id, change in left if first[lead_id] is not change]
    return len({row.lead_id for row in rows})


async def keep_endings(session: AsyncSession, lead_id: UUID, under_way: Collection[int], seen: int, at: datetime) -> None:
    """The lead's workflow says which enrollments are under way, of those that it knows of, having ``seen`` so many engagements."""
    said = {"lead": lead_id, "under_way": list(under_way), "seen": seen, "at": at}
    if (await session.execute(_OTHERWISE, said)).first():
        await lock_leads(session, [lead_id])  # before its enrollments, as everyone does
        await session.execute(_KEEP_ENDINGS, said)


async def of_lead(session: AsyncSession, lead_id: UUID) -> list[Enrollment]:
    """The lead's enrollments in their order."""
    return list(await session.scalars(select(Enrollment).where(Enrollment.lead_id == lead_id).order_by(Enrollment.number)))


_LAST_RUN = text("SELECT over_at FROM enrollments WHERE lead_id = :lead AND campaign = :campaign ORDER BY over_at DESC NULLS FIRST LIMIT 1")

_CANDIDATES = text("""
    SELECT id, enrollments, zone, country, language, fit, segment, before.over_at
    FROM leads LEFT JOIN LATERAL (
        SELECT true AS is_there, over_at FROM enrollments
        WHERE lead_id = leads.id AND campaign = :campaign ORDER BY over_at DESC NULLS FIRST LIMIT 1
    ) AS before ON true
    WHERE id = ANY(CAST(:ids AS uuid[])) AND (is_there IS NULL OR (:again AND over_at IS NOT NULL))
    ORDER BY id
""")

_ENROLL = text("""
    INSERT INTO enrollments (lead_id, number, campaign, ref, enrolled_at)
    SELECT lead_id, number, :campaign, :ref, :now FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (lead_id uuid, number int)
""")

_LEADS_IN_OTHERS = text("SELECT DISTINCT lead_id FROM enrollments WHERE campaign = :campaign AND ref <> :ref AND over_at IS NULL")

_LETTERS_HAD = text("""
    SELECT touches.lead_id, number, array_agg(DISTINCT letter ORDER BY letter) AS letters
    FROM enrollments JOIN touches ON touches.lead_id = enrollments.lead_id AND enrollment = number
    WHERE enrollments.campaign = :campaign AND ref <> :ref AND over_at IS NULL AND sent_at IS NOT NULL
    GROUP BY touches.lead_id, number
""")

_TAKE_OVER = text("""
    UPDATE enrollments SET ref = :ref WHERE campaign = :campaign AND ref <> :ref AND over_at IS NULL RETURNING lead_id, number
""")

_OTHERWISE = text("""
    SELECT number FROM enrollments
    WHERE lead_id = :lead AND (over_at IS NULL) <> (number = ANY(CAST(:under_way AS int[]))) AND EXISTS (
        SELECT FROM engagements
        WHERE engagements.lead_id = :lead AND kind = 'enrolled' AND seq <= :seen AND CAST(facts ->> 'enrollment' AS int) = number
    )
""")

_KEEP_ENDINGS = text("""
    UPDATE enrollments SET over_at = CASE WHEN over_at IS NULL THEN CAST(:at AS timestamptz) END
    WHERE lead_id = :lead AND (over_at IS NULL) <> (number = ANY(CAST(:under_way AS int[]))) AND EXISTS (
        SELECT FROM engagements
        WHERE engagements.lead_id = :lead AND kind = 'enrolled' AND seq <= :seen AND CAST(facts ->> 'enrollment' AS int) = number
    )
""")
