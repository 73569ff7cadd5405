"""What the sides of a split came to: who was led to which, what they did after that, and whether it tells that one is better."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args, get_type_hints
from uuid import UUID

from nurture.counting.shares import Gap, Share, gap, share
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.track import Email, Split
from nurture.steps import side_of

_NO_ANSWER: Final = (Kind.FREQUENCY_CHOSEN, Kind.ISSUE_OPENED)

ACTS: Final[tuple[Kind, ...]] = tuple(
    kind
    for one in get_args(get_args(Engagement)[0])
    if one.by_lead
    for kind in get_args(get_type_hints(one)["kind"])
    if kind not in _NO_ANSWER
)
"""The kinds of engagements by which a lead answers. A wish for fewer letters is none, and no complaint."""

OUTCOMES: Final = ("answered", "won", "refused")
"""What is counted of a lead: it did something by itself; a rep wrote that it was won; it refused letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A lead that came to a split for the first time, in the edition ``ref``, and which outcomes it had by the end of its time."""

    lead: UUID
    by: str
    ref: str
    outcomes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a split: where it leads, with which letters, and what became of its leads. One without letters is a hold-out."""

    place: int
    go: str
    letters: tuple[str, ...]
    leads: int
    outcomes: Mapping[str, Share]
    against: Mapping[str, Gap | None]
    """By outcome, how it differs from the side that it is held against; empty for that one itself."""

    @property
    def is_hold_out(self) -> bool:
        return not self.letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One split and its sides. ``base`` is the place of the side that the others are held against: a hold-out, or else the first."""

    step: str
    base: int
    sides: tuple[Side, ...]


_Split = tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]
"""A step, and where each of its sides leads, with the letters there."""


def splits_of(campaign: Campaign) -> dict[str, tuple[str, str, Split]]:
    """The splits of an edition by what notes say of them, ``step TRACK.STEP``, each with its track and its name."""
    return {
        f"step {name}.{called}": (name, called, step)
        for name, track in campaign.tracks.items()
        for called, step in zip(track.step_names, track.steps, strict=True)
        if isinstance(step, Split)
    }


class Sides:
    """Counts those who are drawn, one after the other, and keeps nobody."""

    def __init__(self, editions: Mapping[str, Campaign]) -> None:
        self._editions = editions
        self._splits = {ref: splits_of(campaign) for ref, campaign in editions.items()}
        self._leads: Counter[tuple[_Split, int]] = Counter()
        self._had: Counter[tuple[_Split, int, str]] = Counter()

    def add(self, one: Drawn) -> None:
        """Count a lead on the side to which it was led. What its edition has no split for does not count."""
        found = self._splits.get(one.ref, {}).get(one.by)
        if found is None:
            return
        campaign, (track, step, split) = self._editions[one.ref], found
        place = side_of(one.lead, campaign.name, track, step, [way.share for way in split.split])
        key = one.by, _ways(campaign, track, step, split)
        self._leads[key, place] += 1
        self._had.update((key, place, outcome) for outcome in one.outcomes)

    def trials(self) -> list[Trial]:
        """The splits of all editions with what their sides came to. Those whose sides bring something else in another edition are apart."""
        keys = sorted({key for key, _ in self._leads}, key=lambda key: key[0])
        return [_trial(key, self._leads, self._had) for key in keys]


def _ways(campaign: Campaign, track: str, step: str, split: Split) -> tuple[tuple[str, tuple[str, ...]], ...]:
    after = campaign.tracks[track].step_names.index(step) + 1
    onward = tuple(one.email for one in campaign.tracks[track].steps[after:] if isinstance(one, Email))
    there = {name: tuple(one.email for one in found.steps if isinstance(one, Email)) for name, found in campaign.tracks.items()}
    return tuple((way.go, there[way.go]) if way.go else ("", onward) for way in split.split)


def _trial(key: _Split, leads: Mapping[tuple[_Split, int], int], had: Mapping[tuple[_Split, int, str], int]) -> Trial:
    step, ways = key
    counted = [{name: share(had[key, place, name], leads[key, place]) for name in OUTCOMES} for place in range(len(ways))]
    base = next((place for place, (_, letters) in enumerate(ways) if not letters), 0)
    comparisons = max(1, (len(ways) - 1) * len(OUTCOMES))
    sides = (
        Side(
            place=place + 1,
            go=go,
            letters=letters,
            leads=leads[key, place],
            outcomes=counted[place],
            against={name: gap(counted[place][name], counted[base][name], comparisons) for name in OUTCOMES} if place != base else {},
        )
        for place, (go, letters) in enumerate(ways)
    )
    return Trial(step=step.removeprefix("step "), base=base + 1, sides=tuple(sides))
