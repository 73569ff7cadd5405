"""What another edition of a campaign would change for the leads under way in every edition that there is."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.outlook import Outlook, Standpoint, outlook
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.journeys import selections


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A file beside the campaign of its name that runs: whether it is that very edition, and what is different from each other one."""

    is_known: bool = True
    is_current: bool = False
    outlooks: list[Outlook] = field(default_factory=list)

    @property
    def affected(self) -> int:
        """How many leads under way would do something else in this edition."""
        return sum(seen.leads for seen in self.outlooks if seen.effects)


async def compare(session: AsyncSession, campaign: Campaign) -> Comparison:
    """What this edition would change, against the current one and every other with leads under way."""
    current = await campaigns.current(session, campaign.name)
    if current is None:
        return Comparison(is_known=False)
    places = await selections.under_way(session, campaign.name)
    others = dict.fromkeys([current.ref, *(place.ref for place in places)])
    editions = await campaigns.load(session, [ref for ref in others if ref != campaign.ref])
    outlooks = [
        outlook(
            editions[ref],
            campaign,
            [Standpoint(track=place.track, step=place.step, leads=place.leads) for place in places if place.ref == ref],
        )
        for ref in editions
    ]
    return Comparison(is_current=current.ref == campaign.ref, outlooks=outlooks)
