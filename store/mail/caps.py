"""Whether the ledger and the lead's own wish have room for one more letter."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.calendar import add
from nurture.kinds import Purpose
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from nurture.wishes import Wished, wished
from store.consent import preferences
from store.mail import touches


async def free_at(
    session: AsyncSession, lead_id: UUID, campaign: Campaign, profile: Profile, at: datetime, *, sells: bool = False
) -> datetime:
    """From when on there is room for one more letter of a campaign; ``at`` where there is by then. Selling has a cap of its own."""
    selling = campaign.name, [letter for letter, purpose in campaign.purposes.items() if purpose is Purpose.SALES]
    freed = at
    for cap, among in ((campaign.cap, None), (campaign.sales_cap, selling)) if sells else ((campaign.cap, None),):
        recent = await touches.latest_sent(session, lead_id, cap.touches, among=among) if cap.touches else []
        if recent and len(recent) == cap.touches:
            freed = max(freed, add(recent[-1], cap.per, profile))
    wish = await wish_of(session, lead_id, campaign, profile)
    return max(freed, wish.at) if wish else freed


async def wish_of(session: AsyncSession, lead_id: UUID, campaign: Campaign, profile: Profile) -> Wished | None:
    """From when on the lead itself wants its next letter; None where it has chosen nothing."""
    last_at = next(iter(await touches.latest_sent(session, lead_id, 1)), None)
    return wished(await preferences.wish_of(session, lead_id), last_at, campaign.window, profile)
