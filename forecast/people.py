"""Leads that are made up: who each of them is, and when it comes to us."""

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from forecast.luck import luck
from forecast.world import DAY, World
from nurture.frozen import dataclass
from nurture.plan.campaign import Campaign
from nurture.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One lead. Whatever is drawn about it belongs to ``number``; ``id`` is what the core knows it by. Without consent no letter goes."""

    number: int
    id: UUID
    profile: Profile
    size: str
    consents: bool
    campaign: Campaign
    arrives_at: datetime


def made_up(world: World, number: int) -> Person:
    """The lead of this number, the same in every forecast with this seed and these assumptions."""
    where, how_large, fits, segment, consents, begins, day, minute = luck(f"{world.seed}:{number}:who")
    place, found, assumed = world.places.at(where), world.companies.at(how_large), world.assumed
    assert place is not None
    assert found is not None
    companies, odds = found
    fit = odds.at(fits)
    campaign = world.beginnings.at(begins)
    assert fit is not None
    assert campaign is not None
    at_start = assumed.arrivals.at_start / 100
    arrives_at = world.starts_at
    if day >= at_start:
        later = world.arrival_days.at((day - at_start) / (1 - at_start)) or 0
        arrives_at += later * DAY + timedelta(minutes=int(minute * 24 * 60))
    return Person(
        number=number,
        id=UUID(bytes=blake2b(f"{world.seed}:{number}:id".encode(), digest_size=16).digest()),
        profile=Profile(zone=place.zone, country=place.country, language=place.language, fit=fit, segment=world.segments.at(segment) or ""),
        size=companies.size,
        consents=consents * 100 < assumed.consent,
        campaign=world.campaigns[campaign],
        arrives_at=arrives_at,
    )
