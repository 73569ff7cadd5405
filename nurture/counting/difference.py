"""What is different in another edition of a campaign, in words that a marketer reads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nurture.edition import matches
from nurture.plan.campaign import Campaign
from nurture.plan.parts import Part
from nurture.plan.spans import Span
from nurture.plan.track import Email, Pause, Step, Task, Track, name_of_step

_TOLD_APART: Final = ("campaign", "tracks", "rules", "forms")
"""Keys that are compared piece by piece."""

_SECONDS: Final = re.compile(r"^(\d\d:\d\d):00$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference and where it is. ``step`` is its place in the ``track`` of the old edition; of a step that ``is_new``, the place that
    it takes."""

    where: str
    what: str
    track: str = ""
    step: int | None = None
    is_new: bool = False


def difference(old: Campaign, new: Campaign) -> list[Change]:
    """Everything that is different, in the order of the file; empty when both editions do the same."""
    changes = [
        *(Change(where="the campaign", what=what) for what in _slips(_rest_of(old), _rest_of(new))),
        *_in_forms(old, new),
        *_in_tracks(old, new),
        *_in_rules(old, new),
    ]
    return changes


def _in_tracks(old: Campaign, new: Campaign) -> Iterator[Change]:
    for name, track in old.tracks.items():
        if name not in new.tracks:
            yield Change(where=f"track '{name}'", what="the track is gone", track=name)
            continue
        if track.stage != new.tracks[name].stage:
            what = f"stage was {_said(track.stage)}, is {_said(new.tracks[name].stage)}"
            yield Change(where=f"track '{name}'", what=what, track=name)
        yield from _in_steps(name, track, new.tracks[name])
    for name, track in new.tracks.items():
        if name not in old.tracks:
            steps = f"{len(track.steps)} step{'' if len(track.steps) == 1 else 's'}"
            yield Change(where=f"track '{name}'", what=f"the track is new, with {steps}")


def _in_steps(name: str, old: Track, new: Track) -> Iterator[Change]:
    found = matches(old, new)
    kept = _in_order([place for place in found if place is not None])
    for place, (step, there) in enumerate(zip(old.steps, found, strict=True)):
        where = f"track '{name}', step '{name_of_step(old, place)}'"
        if there is None:
            yield Change(where=where, what=f"{_in_words(step)} is gone", track=name, step=place)
            continue
        if there not in kept:
            after = f"after '{name_of_step(new, there - 1)}'" if there else "at the beginning"
            yield Change(where=where, what=f"moved: it stands {after}", track=name, step=place)
        for what in _slips(_values(step), _values(new.steps[there])):
            yield Change(where=where, what=what, track=name, step=place)
    for there, step in enumerate(new.steps):
        if there not in found:
            before = [place for place, known in enumerate(found) if known is not None and known < there and known in kept]
            where = f"track '{name}', step '{name_of_step(new, there)}'"
            yield Change(where=where, what=f"{_in_words(step)} is new", track=name, step=before[-1] + 1 if before else 0, is_new=True)


def _in_rules(old: Campaign, new: Campaign) -> Iterator[Change]:
    was = {rule.name: _values(rule) for rule in old.rules}
    now = {rule.name: _values(rule) for rule in new.rules}
    yield from _pieces("rule", was, now)
    if [name for name in was if name in now] != [name for name in now if name in was]:
        yield Change(where="the rules", what=f"they stand in another order, and the first that fits wins: {', '.join(now)}")


def _in_forms(old: Campaign, new: Campaign) -> Iterator[Change]:
    was = {name: _values(form) for name, form in old.forms.items()}
    now = {name: _values(form) for name, form in new.forms.items()}
    yield from _pieces("form", was, now)


def _pieces(kind: str, was: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]) -> Iterator[Change]:
    for name in was:
        if name not in now:
            yield Change(where=f"{kind} '{name}'", what=f"the {kind} is gone")
        else:
            yield from (Change(where=f"{kind} '{name}'", what=what) for what in _slips(was[name], now[name]))
    yield from (Change(where=f"{kind} '{name}'", what=f"the {kind} is new") for name in now if name not in was)


def _slips(old: Mapping[str, Any], new: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """Each key whose value is another, as ``deadline was 2 working days, is 4 hours``."""
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _slips(was, now, f"{within}{key} ")
        elif was != now:
            yield f"{within}{key} was {_said(was)}, is {_said(now)}"


def _said(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return "not given"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_said(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _SECONDS.sub(r"\1", str(value))


def _in_words(step: Step) -> str:
    match step:
        case Email(email=letter):
            return f"the letter '{letter}'"
        case Task(task=plan):
            return f"the task '{plan.reason}'"
        case Pause(wait=Span() as span):
            return f"the pause of {span}"
        case _:
            key, value = next((key, value) for key, value in _values(step).items() if key != "name")
            return f"'{key}: {_said(value)}'"


def _rest_of(campaign: Campaign) -> dict[str, Any]:
    return {key: value for key, value in _values(campaign).items() if key not in _TOLD_APART}


def _values(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_none=True)


def _in_order(places: list[int]) -> set[int]:
    """The most of these places that stand in rising order: what else there is was moved past them."""
    ways: list[tuple[int, ...]] = [()]
    for place in places:
        before = max((way for way in ways if not way or way[-1] < place), key=lambda way: len(way))
        ways.append((*before, place))
    longest = max(ways, key=lambda way: len(way))
    return set(longest)
