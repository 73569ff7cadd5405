"""Everything about one lead that its page shows, in as many queries however long its life is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.profile import Contract
from nurture.standing import Standing
from nurture.wishes import Wish
from store.consent import preferences
from store.desk import tasks
from store.desk.tasks import TaskRow
from store.journeys import enrollments, standings
from store.leads import contracts, leads, lookups
from store.looks import lives, timeline
from store.looks.lives import Life
from store.looks.timeline import Entry
from store.site import arrivals
from store.site.arrivals import Arrival
from store.tables import Confirmation, Consent, Enrollment, Lead, Suppression

LINES: Final = 40
"""How much of its story is shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One lead. ``waiting`` engagements are on their way to its workflow. ``story`` is the latest first; there is more before ``earlier``.

    ``letters`` are those of its campaigns, as ``CAMPAIGN/NAME``; ``referred_by`` is the lead that brought it, by id and name.
    """

    lead: Lead
    name: str
    company: str
    standing: Standing | None
    enrollments: Sequence[Enrollment]
    waiting: int
    tasks: Sequence[TaskRow]
    contract: Contract | None
    consents: Sequence[Consent]
    asked: Sequence[Confirmation]
    suppressions: Sequence[Suppression]
    wish: Wish
    life: Life
    letters: Sequence[str]
    story: Sequence[Entry]
    earlier: datetime | None
    referred_by: tuple[UUID, str] | None
    came: tuple[Arrival, Arrival] | None
    """Where it came from, first and last."""


async def of_lead(session: AsyncSession, lead_id: UUID, now: datetime, before: datetime | None = None) -> Dossier | None:
    """What there is to show of a lead, its story from ``before`` on back; None where there is none of this id."""
    lead = await session.get(Lead, lead_id)
    if lead is None:
        return None
    story, earlier = await timeline.page(session, lead_id, LINES, before)
    campaigns = await enrollments.of_lead(session, lead_id)
    brought_by = await session.get(Lead, lead.referred_by) if lead.referred_by else None
    unconfirmed = select(Confirmation).where(
        Confirmation.lead_id == lead_id, Confirmation.confirmed_at.is_(None), Confirmation.expires_at > now
    )
    return Dossier(
        lead=lead,
        name=leads.name_of(lead),
        company=await leads.company_of(session, lead),
        standing=await standings.of_lead(session, lead_id),
        enrollments=campaigns,
        waiting=await lookups.waiting_engagements(session, lead_id),
        tasks=await tasks.open_tasks(session, lead_id=lead_id),
        contract=await contracts.of_lead(session, lead_id),
        consents=await lookups.consents_of(session, lead.email),
        asked=list(await session.scalars(unconfirmed.order_by(Confirmation.asked_at))),
        suppressions=await lookups.suppressions_of(session, lead.email),
        wish=await preferences.wish_of(session, lead_id),
        life=await lives.of_lead(session, lead_id, lead.created_at, now),
        letters=list(await session.scalars(_LETTERS, {"refs": sorted({one.ref for one in campaigns})})),
        story=story,
        earlier=earlier,
        referred_by=(brought_by.id, leads.name_of(brought_by)) if brought_by else None,
        came=await arrivals.of_lead(session, lead_id),
    )


_LETTERS = text("""
    SELECT DISTINCT name || '/' || (letter #>> '{}') AS letter
    FROM campaign_editions
    CROSS JOIN LATERAL jsonb_path_query(CAST(snapshot AS jsonb), '$.tracks.*.steps[*].email') AS letter
    WHERE ref = ANY(CAST(:refs AS text[])) ORDER BY letter
""")
