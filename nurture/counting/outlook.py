"""What another edition of a campaign would change for how many of the leads under way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nurture.counting.difference import Change, difference
from nurture.edition import Landing, landing
from nurture.plan.campaign import Campaign
from nurture.plan.track import name_of_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """How many leads are at one step of the edition under way; both names are empty where their place is not known yet."""

    track: str
    step: str
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A change, and how many leads of its track have it before them, are at it, or have it behind them, so that it comes too late."""

    change: Change
    before: int = 0
    at: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """Leads whose step is gone, and where they go on when they are taken over."""

    track: str
    step: str
    leads: int
    landing: Landing
    to_track: str
    to_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the new edition means for the leads under way in the edition ``ref``."""

    ref: str
    leads: int
    effects: tuple[Effect, ...]
    onward: tuple[Onward, ...]


def outlook(old: Campaign, new: Campaign, standpoints: Iterable[Standpoint]) -> Outlook:
    """What is different, and for how many leads."""
    places: dict[tuple[str, int], int] = {}
    for standpoint in standpoints:
        place = _place(old, standpoint)
        places[place] = places.get(place, 0) + standpoint.leads
    return Outlook(
        ref=old.ref,
        leads=sum(places.values()),
        effects=tuple(_effect(change, places) for change in difference(old, new)),
        onward=tuple(_onward(old, new, places)),
    )


def _place(campaign: Campaign, standpoint: Standpoint) -> tuple[str, int]:
    """A lead that has not said where it is has not begun, or has just been taken over from an edition with other names."""
    track = campaign.tracks.get(standpoint.track)
    if track is None:
        return campaign.start, 0
    names = [name_of_step(track, place) for place in range(len(track.steps))]
    return standpoint.track, names.index(standpoint.step) if standpoint.step in names else len(names)


def _effect(change: Change, places: dict[tuple[str, int], int]) -> Effect:
    here = {step: leads for (track, step), leads in places.items() if track == change.track}
    if change.step is None:
        return Effect(change=change, at=sum(here.values()))
    # A new step comes before the step whose place it takes: who is there has it behind.
    behind = change.step if change.is_new else change.step + 1
    return Effect(
        change=change,
        before=sum(leads for step, leads in here.items() if step < change.step),
        at=0 if change.is_new else here.get(change.step, 0),
        after=sum(leads for step, leads in here.items() if step >= behind),
    )


def _onward(old: Campaign, new: Campaign, places: dict[tuple[str, int], int]) -> Iterator[Onward]:
    for (track, step), leads in places.items():
        there = landing(old, new, track, step)
        if there.landing is not Landing.KEPT:
            yield Onward(
                track=track,
                step=_called(old, track, step),
                leads=leads,
                landing=there.landing,
                to_track=there.track,
                to_step=_called(new, there.track, there.step),
            )


def _called(campaign: Campaign, track: str, step: int) -> str:
    steps = campaign.tracks[track]
    return name_of_step(steps, step) if step < len(steps.steps) else "rest"
