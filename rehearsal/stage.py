"""Sets the stage for a rehearsal: what is played, by whom, from when until when; and plays it in a world that is thrown away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from nurture.plan.campaign import Campaign
from rehearsal.personas import Persona
from rehearsal.world import House

if TYPE_CHECKING:
    from rehearsal.diary import Rehearsal

MORNING: Final = time(9)
"""When a persona comes, on its own clock."""

Advance = Callable[[str, float], None]
"""Hears what is done, and the share of the time that has passed, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A persona in a rehearsal of a campaign, from a day on its own clock for so many days."""

    persona: Persona
    since: date
    days: int

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.since, MORNING, ZoneInfo(self.persona.person.zone or "UTC")).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A campaign to be rehearsed, the ones that it leads on to, and its letters."""

    file: str
    campaign: Campaign
    others: Sequence[Campaign]
    templates: Path

    @property
    def all(self) -> Mapping[str, Campaign]:
        return {one.name: one for one in (self.campaign, *self.others)}


async def rehearse(
    house: House, plan: Plan, parts: Sequence[Part], advance: Advance = lambda what, share: None, *, own_sender: bool = True
) -> "Rehearsal":
    """Play all parts beside one another, from the first day to the last. Raises NotThrownAway and SettingsError.

    Parts have names, addresses and companies of their own: colleagues hear of one another. ``own_sender`` is that of ``House.world``.
    """
    begun = monotonic()
    since = min(part.begins_at for part in parts)
    until = max(part.ends_at for part in parts)
    async with house.world(plan.templates, since, own_sender=own_sender) as town:
        from rehearsal.diary import Rehearsal, stories_of
        from rehearsal.play import Play

        for campaign in plan.all.values():
            await town.start(campaign)

        def told(now: datetime) -> None:
            advance(f"{now:%B %Y}", min(1.0, (now - since) / (until - since)))

        play = Play(town, plan.campaign, frozenset(one.topic for one in plan.all.values()), told)
        await play.play((part.persona, part.begins_at, part.ends_at) for part in parts)
        stories = await stories_of(town, play)
        return Rehearsal(
            file=plan.file,
            campaign=plan.campaign.name,
            ref=plan.campaign.ref,
            since=since,
            until=until,
            stories=stories,
            seconds=monotonic() - begun,
        )
