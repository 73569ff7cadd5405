"""The stages in which a customer may be.

A preset is one model of how customers come to buy, in three phases: they learn, they choose, they have bought. What we did ourselves, such
as a proposal, is in no preset. Without a contract or a deal that is won nobody comes to have bought, whatever they do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from nurture.kinds import Kind

_SEEN: Final = (Kind.VISITED, Kind.CLICKED, Kind.FOLLOWED)
_READ: Final = (Kind.DOWNLOADED, Kind.ATTENDED)
_TRIED: Final = (Kind.DEMO_REQUESTED, Kind.TRIAL_STARTED)
_TALKED: Final = (Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED)
_DECIDED: Final = (Kind.BUDGETED, Kind.VENDOR_SELECTED)
_CHOSE: Final = (*_TRIED, *_TALKED, *_DECIDED)
_TOLD_OTHERS: Final = (Kind.PRAISED, Kind.REFERRED)
_USED: Final = (Kind.MILESTONE_REACHED,)

_Evidence = tuple[tuple[str, tuple[Kind, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Each phase's stages in order, with what is evidence of each, and where a rep's answer puts a lead whose deal is lost or delayed."""

    learning: _Evidence
    choosing: _Evidence
    bought: _Evidence
    """Evidence here counts for customers only; the first stage is also that of a new contract."""
    after_loss: str
    after_delay: str
    again: str
    """Of a customer who buys again."""
    always_on: tuple[str, ...] = ()
    """Of the stages of those who have bought, the ones that bring new customers."""
    sold_by_hand: tuple[str, ...] = ()
    """Of the stages of those who have bought, the ones that a team with few marketers leaves to its reps."""


PRESETS: Final = {
    "btob": Preset(
        learning=(("unknown", ()), ("aware", _SEEN), ("interest", (Kind.SUBSCRIBED, *_READ))),
        choosing=(("consideration", _CHOSE),),
        bought=(("purchase", ()), ("repeat", (*_USED, *_TOLD_OTHERS))),
        after_loss="aware",
        after_delay="interest",
        again="repeat",
    ),
    "btob_fine": Preset(
        learning=(("unknown", ()), ("aware", _SEEN), ("interest", (Kind.SUBSCRIBED,)), ("gathering", _READ)),
        choosing=(("consideration", _TRIED), ("negotiation", _TALKED), ("budgeting", _DECIDED)),
        bought=(("purchase", ()), ("repeat", (*_USED, *_TOLD_OTHERS))),
        after_loss="aware",
        after_delay="gathering",
        again="repeat",
    ),
    "lifecycle": Preset(
        learning=(("discover", _SEEN), ("educate", (Kind.SUBSCRIBED, *_READ))),
        choosing=(("convert", _CHOSE),),
        bought=(("retain", _USED), ("advocate", _TOLD_OTHERS)),
        after_loss="discover",
        after_delay="educate",
        again="retain",
        always_on=("advocate",),
    ),
    "cloud": Preset(
        learning=(("explore", (*_SEEN, Kind.SUBSCRIBED, *_READ)),),
        choosing=(("evaluate", _CHOSE),),
        bought=(("purchase", ()), ("expand", (*_USED, *_CHOSE)), ("renew", ()), ("advocate", _TOLD_OTHERS)),
        after_loss="explore",
        after_delay="explore",
        again="renew",
        always_on=("advocate",),
        sold_by_hand=("purchase",),
    ),
    "internet": Preset(
        learning=(("awareness", _SEEN), ("interest", (Kind.SUBSCRIBED,)), ("search", _READ)),
        choosing=(("comparison", (Kind.QUOTE_REQUESTED,)), ("examination", (*_TRIED, Kind.MEETING_BOOKED, *_DECIDED))),
        bought=(("action", ()), ("share", _TOLD_OTHERS)),
        after_loss="awareness",
        after_delay="search",
        again="action",
        always_on=("share",),
    ),
    "aidma": Preset(
        learning=(("awareness", _SEEN), ("interest", (Kind.SUBSCRIBED, *_READ))),
        choosing=(("desire", (*_TRIED, *_TALKED)), ("memory", _DECIDED)),
        bought=(("action", ()),),
        after_loss="awareness",
        after_delay="interest",
        again="action",
    ),
}
"""By name, as campaign files write it."""


def _phases(preset: str) -> tuple[tuple[str, ...], ...]:
    parts = PRESETS[preset]
    return tuple(tuple(stage for stage, _ in phase) for phase in (parts.learning, parts.choosing, parts.bought))


STAGE_SETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({name: sum(_phases(name), ()) for name in PRESETS})
"""The stages of each preset in order: S1-38 (the default), S1-41, S2-53, S3-88, and the two of S4-128."""

STAGES: Final = STAGE_SETS["btob"]
"""The six stages of S1-38, in order."""

FOCUS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "all": dict.fromkeys(PRESETS, ()),
        "new_customers": {
            name: tuple(stage for stage, _ in preset.bought if stage not in preset.always_on) for name, preset in PRESETS.items()
        },
        "existing_customers": {
            name: tuple(stage for stage, _ in (*preset.learning, *preset.choosing)) + preset.sold_by_hand
            for name, preset in PRESETS.items()
        },
    }
)
"""By focus and preset, the stages that are off (S3-102), so that few marketers do the rest well."""

_PLACE: Final = {name: {stage: place for place, stage in enumerate(stages)} for name, stages in STAGE_SETS.items()}


def stage_is_at_least(stage: str, other: str, preset: str = "btob") -> bool:
    """Whether a stage is ``other`` or comes after it; both may be of another preset."""
    return _PLACE[preset][translated(stage, preset)] >= _PLACE[preset][translated(other, preset)]


@lru_cache(maxsize=1024)
def translated(stage: str, preset: str) -> str:
    """The stage of the preset that stands for ``stage``: itself, or in the same phase of buying the one that lies as far along.

    So nobody becomes a customer or stops being one because a company changed its model. A stage that no preset has is the first.
    """
    if stage in _PLACE[preset]:
        return stage
    for name in STAGE_SETS:
        for phase, here in zip(_phases(name), _phases(preset), strict=True):
            if stage in phase:
                along = phase.index(stage) / max(len(phase) - 1, 1)
                return here[int(along * (len(here) - 1) + 0.5)]
    return STAGE_SETS[preset][0]


def selling_begins(preset: str) -> str:
    """The first stage in which sales letters may go; before it the customer learns (S2-60)."""
    return PRESETS[preset].choosing[0][0]


def purchase_of(preset: str) -> str:
    """The first stage of those who have bought, in which onboarding begins."""
    return PRESETS[preset].bought[0][0]


def stages_off(focus: str, preset: str = "btob") -> tuple[str, ...]:
    """The stages in which leads get no letters under a focus: ``all``, ``new_customers`` or ``existing_customers`` (S3-102)."""
    return FOCUS[focus][preset]
