"""Judges a rehearsal: what was expected and did not happen, what happened and must not, and what differs from its recording."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from difflib import unified_diff
from typing import Final

from nurture.calendar import add
from nurture.plan.problems import Problem
from nurture.profile import Profile
from rehearsal.diary import Entry, Rehearsal, Sort, Story
from rehearsal.expectations import Expectation, Want
from rehearsal.goldens import Golden
from rehearsal.paper import day, recorded

_UPDATE: Final = "accept it with --update"
_SORTS: Final = {"letter": (Sort.LETTER,), "task": (Sort.TASK, Sort.MESSAGE)}


def judge(golden: Golden, story: Story) -> Iterator[Problem]:
    """Every expectation that was not met, at its line."""
    for expectation in golden.expectations:
        if said := _wrong(expectation, story):
            yield Problem(file=expectation.file, line=expectation.line, what=f"{golden.name}: {said}")


def differences(golden: Golden, rehearsal: Rehearsal, story: Story) -> list[str]:
    """What is not as it was recorded, as lines after ``-`` and ``+``; none where it is, or where nothing is recorded."""
    if golden.recording is None:
        return []
    before = golden.recording.read_text(encoding="utf-8").splitlines() if golden.recording.is_file() else []
    now = recorded(rehearsal, story)
    if not before:
        return [f"not recorded yet: {golden.recording}; {_UPDATE}"]
    return [*unified_diff(before, now, str(golden.recording), "this rehearsal", lineterm="", n=2)]


def update(golden: Golden, rehearsal: Rehearsal, story: Story) -> None:
    """Record the rehearsal as it is."""
    if golden.recording is not None:
        golden.recording.parent.mkdir(parents=True, exist_ok=True)
        golden.recording.write_text("\n".join(recorded(rehearsal, story)) + "\n", encoding="utf-8")


def _wrong(expected: Expectation, story: Story) -> str:
    """Why an expectation is not met; empty when it is."""
    name = expected.names[0] if expected.names else ""
    match expected.want:
        case Want.LETTERS | Want.TASKS:
            what = "letter" if expected.want is Want.LETTERS else "task"
            return _order(expected, what, [entry.name for entry in story.of(*_SORTS[what])])
        case Want.ONLY_LETTERS:
            came = [entry.name for entry in story.of(Sort.LETTER)]
            return "" if came == [*expected.names] else f"the letters are {_list(expected.names)}, but they were {_list(came)}"
        case Want.LETTER | Want.TASK:
            return _came(expected, story, [entry for entry in story.of(*_SORTS[expected.want]) if entry.name == name])
        case Want.ENTERS:
            arrived = [entry for entry in story.of(Sort.MOVE) if entry.what.endswith(f" → {name}")]
            if expected.within and expected.must:
                return _came(expected, story, arrived)
            return _yes_or_no(expected, name in story.entered, f"enters the track '{name}'", f"was in {_list(story.entered)}")
        case Want.ENDS_IN:
            return _yes_or_no(expected, name in story.tracks, f"ends in the track '{name}'", f"ended in {_list(story.tracks) or 'none'}")
        case Want.STAGE:
            return _yes_or_no(
                expected, story.stage in expected.names, f"ends in the stage {_or(expected.names)}", f"ended in '{story.stage}'"
            )
        case Want.OPEN:
            is_open = "nothing was left to do" if not story.open else f"it was still open: {story.why}"
            return "" if str(story.open).lower() == name else f"at the end {is_open}"
        case Want.AT_MOST:
            return _too_many(expected, story, story.of(*_SORTS[name]))


def _order(expected: Expectation, what: str, came: Sequence[str]) -> str:
    rest = iter(came)
    missing = next((name for name in expected.names if name not in rest), None)
    if (missing is None) is expected.must:
        return ""
    if not expected.must:
        return f"the {what}s {_list(expected.names)} must not come one after the other, and did"
    return f"the {what} '{missing}' does not come in the order {_list(expected.names)}; what came was {_list(came) or 'nothing'}"


def _came(expected: Expectation, story: Story, found: Sequence[Entry]) -> str:
    name, want = expected.names[0], "track" if expected.want is Want.ENTERS else expected.want
    latest = add(story.began_at, expected.within, Profile(zone=story.zone, country=story.country)) if expected.within else None
    in_time = [entry for entry in found if latest is None or entry.at <= latest]
    within = f" within {expected.within}" if expected.within else ""
    if expected.must and not in_time:
        after = f"it came on {day(found[0].at, story)}, after {(found[0].at - story.began_at).days} days" if found else "it never did"
        return f"the {want} '{name}' must come{within}, but {after}"
    if not expected.must and in_time:
        return f"the {want} '{name}' must not come{within}, but did on {day(in_time[0].at, story)}: {in_time[0].why}"
    return ""


def _yes_or_no(expected: Expectation, happened: bool, what: str, instead: str) -> str:
    if happened is expected.must:
        return ""
    return f"the lead {'never ' if expected.must else 'wrongly '}{what}{f'; it {instead}' if expected.must else ''}"


def _too_many(expected: Expectation, story: Story, found: Sequence[Entry]) -> str:
    what, most = expected.names[0], expected.most
    length = (expected.within.exact or timedelta(days=expected.within.days)) if expected.within else None
    for place, first in enumerate(found):
        near = [entry for entry in found[place:] if length is None or entry.at - first.at < length]
        if len(near) > most:
            when = f" in {expected.within}" if expected.within else ""
            which = _list([f"{entry.name} ({day(entry.at, story)})" for entry in near])
            return f"at most {most} {what}s{when}, but there were {len(near)} from {day(first.at, story)} on: {which}"
    return ""


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)


def _or(names: Sequence[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)
