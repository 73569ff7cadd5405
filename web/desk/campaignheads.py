"""What stands at the top of every page of a campaign: what it is called, whether its letters go, and where else one can look."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.campaigns.campaigns import Edition, short
from store.mail import stops
from store.mail.stops import EVERYTHING
from web.moments import in_zone
from web.words import words

_TABS: Final = ("overview", "flow", "letters", "versions", "start")
"""The pages of a campaign, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A campaign that was started, in the edition that is looked at. ``held`` says since when and why its letters wait; else empty."""

    campaign: Campaign
    editions: tuple[Edition, ...]
    held: tuple[str, ...] = ()
    is_held_alone: bool = False
    """By a stop of its own, which can be lifted here."""

    @property
    def name(self) -> str:
        return self.campaign.name

    @property
    def ref(self) -> str:
        return self.campaign.ref

    @property
    def refs(self) -> list[str]:
        return [edition.ref for edition in self.editions]

    @property
    def is_current(self) -> bool:
        return self.ref == self.editions[0].ref

    @property
    def short(self) -> str:
        return short(self.ref)

    @property
    def tabs(self) -> tuple[str, ...]:
        return _TABS

    def tab(self, tab: str) -> str:
        """Where a page of it is."""
        return f"/campaigns/{self.name}" + ("" if tab == "overview" else f"/{tab}")


async def head_of(session: AsyncSession, name: str, language: str, edition: str = "") -> Head | None:
    """The campaign of this name in its current edition or, where there is one, in the one asked for; None where none was started."""
    editions = await campaigns.editions(session, name)
    if not editions:
        return None
    wanted = f"{name}@{edition}"
    ref = next((one.ref for one in editions if one.ref == wanted), editions[0].ref)
    loaded = await campaigns.load(session, [ref])
    standing = {stop.campaign: stop for stop in await stops.all_standing(session)}
    w, held = words(language), list[str]()
    for which, key in ((EVERYTHING, "campaign_all_held"), (name, "campaign_held_text")):
        if stop := standing.get(which):
            held.append(w[key].format(at=in_zone(stop.stopped_at, "UTC", language)))
            held += [w["campaign_held_because"].format(because=stop.because)] if stop.because else []
    return Head(campaign=loaded[ref], editions=tuple(editions), held=tuple(held), is_held_alone=name in standing)


def edition_of(ref: str) -> str:
    """An edition as an address names it."""
    return ref.rpartition("@")[2]
