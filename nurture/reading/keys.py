"""Which keys are known at each place of a campaign file, and what may stand there where the choice is closed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from nurture.kinds import Audience, Depth, Hours, Kind, Outcome, Purpose
from nurture.plan.campaign import Campaign, Scoring
from nurture.plan.form import Form
from nurture.plan.parts import Cap, Part, Weekday, Window
from nurture.plan.problems import Path
from nurture.plan.rule import Rule, When
from nurture.plan.stories import STORIES, Stories
from nurture.plan.track import STEPS, Awaited, Late, Lateness, MessagePlan, NoticePlan, Share, TaskPlan, Track, Until, Way
from nurture.stages import FOCUS

SPANS: Final = frozenset(
    (
        "wait",
        "plus",
        "minus",
        "at_most",
        "deadline",
        "per",
        "horizon",
        "least",
        "again",
        "double_opt_in",
        "recent",
        "silence",
        "for",
        "contract_ends_in",
        "ahead",
        "after",
        "every",
    )
)
"""The keys that hold a length of time."""

_PARTS: Final[Mapping[str, type[Part]]] = {"window": Window, "cap": Cap, "sales_cap": Cap, "late": Lateness, "scoring": Scoring}
_IN_STEPS: Final[Mapping[str, type[Part]]] = {
    "late": Lateness,
    "wait": Until,
    "wait_for": Awaited,
    "task": TaskPlan,
    "message": MessagePlan,
    "notify": NoticePlan,
}
_IN_LISTS: Final[Mapping[str, type[Part]]] = {"branch": Way, "split": Share}
_CHOICES: Final[Mapping[str, tuple[str, type[StrEnum]]]] = {
    "outcome": ("an outcome", Outcome),
    "outcomes": ("an outcome", Outcome),
    "engagement": ("an engagement", Kind),
    "when": ("an engagement", Kind),
    "answered": ("an outcome", Outcome),
    "colleague": ("an engagement", Kind),
    "quiet_after": ("an engagement", Kind),
    "any": ("an engagement", Kind),
    "days": ("a day of the week", Weekday),
    "to": ("somebody of us", Audience),
}


def keys_at(path: Path, step: str = "") -> list[str]:
    """The keys that are known at a place of a campaign file; ``step`` is the kind of step that the place is in."""
    match path:
        case ():
            return _keys(Campaign)
        case (str() as key,) if key in _PARTS:
            return _keys(_PARTS[key])
        case ("stories",):
            return _keys(Stories)
        case ("stories", str() as story) if story in Stories.model_fields:
            return _keys(STORIES[story])
        case ("forms", _):
            return _keys(Form)
        case ("tracks", _):
            return _keys(Track)
        case ("tracks", _, "steps", _):
            return _keys(STEPS[step]) if step in STEPS else [*STEPS]
        case ("tracks", _, "steps", _, str() as key) if key in _IN_STEPS:
            return _keys(_IN_STEPS[key])
        case ("tracks", _, "steps", _, str() as key, _) if key in _IN_LISTS:
            return _keys(_IN_LISTS[key])
        case ("rules", _):
            return _keys(Rule)
        case ("rules", _, "when"):
            return _keys(When)
        case _:
            return []


def choices_at(path: Path) -> tuple[str, tuple[str, ...]] | None:
    """What may stand at a place with a closed choice, and what one calls it; None where the choice is open."""
    match path:
        case ("purposes", _):
            return "a purpose", tuple(Purpose)
        case ("contents", _):
            return "a depth", tuple(Depth)
        case ("fields", _):
            return "what a field can be", ("number", "yes_no", "date")
        case ("again",):
            return "a time after which a lead may come again", ("never", "at once")
        case ("focus",):
            return "a focus", tuple(FOCUS)
        case (*_, "hours"):
            return "a half of the window", (*Hours, "flip")
        case (*_, "wait", "late") | (*_, "late", "then"):
            return "a way to be late", tuple(Late)
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    noun, choices = _CHOICES.get(key, ("", ()))
    return (noun, tuple(choices)) if noun else None


def path_of(loc: tuple[Any, ...], data: Any, *, missing: bool = False) -> Path:
    """The place in the file that pydantic means: it also names the kind of a step, the ways to read a value, and the keys of mappings."""
    if len(loc) > 4 and loc[0] == "tracks" and loc[2] == "steps":
        loc = loc[:4] + loc[5:]
    path: Path = ()
    for part in loc:
        if part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int) and part < len(data):
            data, path = data[part], (*path, part)
    return (*path, loc[-1]) if missing else path


def _keys(part: type[Part]) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]
