"""Contracts that nobody would open the renewal of: their leads are in no track of a campaign that has a rule for it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.campaign import Campaign
from store import campaigns, lookups, selections


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """A contract that ends, and the campaign that would plan its renewal; empty where none was started."""

    lead_id: UUID
    ends_on: date
    campaign: str


async def unwatched(session: AsyncSession, now: datetime) -> list[Unwatched]:
    """Every contract that is to end without anybody coming back to it in time."""
    places = await lookups.contract_places(session, now)
    editions = await campaigns.load(session, {place.ref for place in places if place.ref})
    watched = {place.lead_id for place in places if place.ref and _watches(editions[place.ref], place.track)}
    ends_on = {place.lead_id: place.ends_on for place in places if place.lead_id not in watched}
    if not ends_on:
        return []
    current = await campaigns.load(session, [row.ref for row in await selections.started_campaigns(session)])
    names = [campaign.name for campaign in current.values() if any(rule.when.contract_ends_in for rule in campaign.rules)]
    return [Unwatched(lead_id=lead_id, ends_on=day, campaign=names[0] if names else "") for lead_id, day in ends_on.items()]


def _watches(campaign: Campaign, track: str) -> bool:
    """Whether a lead in this track is moved, or was moved, by the nearing end of its contract."""
    return any(
        rule.when.contract_ends_in is not None and (track == rule.go or not rule.within or track in rule.within) for rule in campaign.rules
    )
