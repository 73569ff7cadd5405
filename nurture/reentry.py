"""Whether a lead that a campaign is over for may begin it again."""

from datetime import datetime

from nurture.calendar import add
from nurture.plan.campaign import Campaign
from nurture.profile import Profile


def may_begin_again(campaign: Campaign, over_at: datetime | None, profile: Profile, now: datetime) -> bool:
    """Whether the campaign takes this lead once more. ``over_at`` is when its last run through it ended; None while that is under way."""
    if over_at is None or campaign.again == "never":
        return False
    return campaign.again == "at once" or add(over_at, campaign.again, profile) <= now
