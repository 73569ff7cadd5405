"""Checks the ways through a campaign: names that do not exist, tracks that nobody reaches, circles without time, customers forgotten."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nurture.conditions import fault_in
from nurture.kinds import Outcome
from nurture.outline import Outline, Stop, Turn, outline
from nurture.problems import Fault, Path, did_you_mean
from nurture.spans import Span, Unit
from nurture.stages import STAGES
from nurture.wording import SPANS

_TAKES_TIME: Final = ("wait", "task")
"""A letter is not among them: for a lead who refused, or whose address bounced, it is passed over at once."""


def faults_of_plan(data: Mapping[str, Any], *, whole: bool) -> Iterator[Fault]:
    """What is wrong with the ways through the campaign in ``data``.

    Without ``whole`` there are parts that could not be made out. Then nothing is said to be absent: it might be in them.
    """
    plan = outline(data)
    yield from _unknown_tracks(plan)
    yield from _unknown_stages(plan)
    yield from _wrong_conditions(plan)
    yield from _wrong_spans(data, ())
    yield from _same_names(plan)
    yield from _steps_after_the_end(plan)
    yield from _circles_without_time(plan)
    yield from _rules_behind_others(plan)
    if whole:
        yield from _tracks_never_reached(plan)
        yield from _customers_forgotten(plan)


def _unknown_tracks(plan: Outline) -> Iterator[Fault]:
    for path, word in plan.mentions():
        if word and word not in plan.tracks:
            yield Fault(path=path, what=f"there is no track '{word}'", fix=did_you_mean(word, plan.tracks, "the tracks are"))


def _unknown_stages(plan: Outline) -> Iterator[Fault]:
    for track, stage in plan.stages.items():
        if stage and stage not in STAGES:
            fix = did_you_mean(stage, STAGES, "a stage is one of")
            yield Fault(path=("tracks", track, "stage"), what=f"'{stage}' is not a stage", fix=fix)


def _wrong_conditions(plan: Outline) -> Iterator[Fault]:
    for rule in plan.rules:
        if rule.condition is not None and (wrong := fault_in(rule.condition, plan.tracks)):
            yield Fault(path=(*rule.path, "if"), what=wrong[0], fix=wrong[1])


def _wrong_spans(part: Any, path: Path) -> Iterator[Fault]:
    """Nothing lasts no time at all, and the end of a contract is a date, so that only days and weeks can be counted back from it."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key not in SPANS or not isinstance(value, str):
            yield from _wrong_spans(value, (*path, key))
            continue
        try:
            span = Span.parse(value)
        except ValueError:
            continue
        if key == "contract_ends_in":
            if span.unit not in (Unit.DAY, Unit.WEEK):
                what = f"'{value}' cannot be counted back from the end of a contract"
                yield Fault(path=(*path, key), what=what, fix="write days or weeks, like '90 days'")
        elif span.amount == 0:
            yield Fault(path=(*path, key), what=f"'{value}' is no time at all", fix="write 1 or more, or take it out")


def _same_names(plan: Outline) -> Iterator[Fault]:
    for track, stops in plan.tracks.items():
        seen: set[str] = set()
        for stop in stops:
            if stop.kind and stop.name in seen:
                fix = f"give this one a name of its own, like 'name: {stop.name}-2'"
                yield Fault(path=stop.path, what=f"'{stop.name}' comes twice in track '{track}'", fix=fix)
            seen.add(stop.name)
    named: set[str] = set()
    for rule in plan.rules:
        if rule.name and rule.name in named:
            what, fix = f"there is a rule '{rule.name}' already", "give this one a name of its own"
            yield Fault(path=(*rule.path, "name"), what=what, fix=fix)
        named.add(rule.name)


def _way_out(stops: tuple[Stop, ...]) -> int:
    """The place of the step that leaves the track; one past the last when there is none."""
    return next((place for place, stop in enumerate(stops) if stop.leaves), len(stops))


def _steps_after_the_end(plan: Outline) -> Iterator[Fault]:
    for stops in plan.tracks.values():
        out = _way_out(stops)
        if out + 1 < len(stops):
            fix = f"move it above '{stops[out].kind}', or take it out"
            yield Fault(path=stops[out + 1].path, what=f"this step is never reached, after '{stops[out].kind}'", fix=fix)


def _circles_without_time(plan: Outline) -> Iterator[Fault]:
    onward: dict[str, str] = {}
    for name, stops in plan.tracks.items():
        out = _way_out(stops)
        if out < len(stops) and stops[out].kind == "go" and not any(stop.kind in ("", *_TAKES_TIME) for stop in stops[:out]):
            onward[name] = str(stops[out].value)
    walked: set[str] = set()
    for track in onward:
        way: list[str] = []
        while track in onward and track not in walked:
            walked.add(track)
            way.append(track)
            track = onward[track]
        if track in way:
            circle = way[way.index(track) :]
            stops = plan.tracks[circle[0]]
            mails = any(stop.kind == "email" for each in circle for stop in plan.tracks[each])
            what = f"{' -> '.join([*circle, track])} goes round without taking time{' when its letters may not be sent' if mails else ''}"
            yield Fault(path=stops[_way_out(stops)].path, what=what, fix="put a 'wait' or a 'task' before 'go'")


def _rules_behind_others(plan: Outline) -> Iterator[Fault]:
    """Of two rules that one engagement sets off the first wins, so the wider one must not stand above the narrower."""
    for place, rule in enumerate(plan.rules):
        for above in plan.rules[:place]:
            if _always_wins(above, rule):
                what = f"rule '{rule.name}' never has its turn: '{above.name}' above it always wins"
                yield Fault(path=rule.path, what=what, fix=f"move it above '{above.name}', or take it out")
                break


def _always_wins(above: Turn, below: Turn) -> bool:
    if not above.when.keys() & {"engagement", "outcome"} or not above.when.items() <= below.when.items() or above.condition is not None:
        return False
    if above.within and not (below.within and set(below.within) <= set(above.within)):
        return False
    # A rule leaves a lead alone that is in its track already; there the rule below has its turn.
    return above.go == below.go or (bool(below.within) and above.go not in below.within)


def _tracks_never_reached(plan: Outline) -> Iterator[Fault]:
    turns = [(plan.track(rule.go), {plan.track(word) for word in rule.within}) for rule in plan.rules]
    onward = {track: [plan.track(str(stop.value)) for stop in stops if stop.kind == "go"] for track, stops in plan.tracks.items()}
    onward |= {track: onward[track] + [go for go, within in turns if track in within] for track in onward}
    reached: set[str] = set()
    coming = [plan.track(plan.start), *(go for go, within in turns if not within)]
    while coming:
        track = coming.pop()
        if track is not None and track not in reached:
            reached.add(track)
            coming += onward[track]
    for track in plan.tracks:
        if track not in reached:
            fix = f"lead to it with a step 'go: {track}' or a rule, or take it out"
            yield Fault(path=("tracks", track), what=f"track '{track}' is never reached", fix=fix)


def _customers_forgotten(plan: Outline) -> Iterator[Fault]:
    if any(rule.when.get("outcome") == Outcome.WON for rule in plan.rules):
        return
    for stop in (stop for stops in plan.tracks.values() for stop in stops if stop.kind == "task"):
        what = "a rep may answer 'won' to this task, and no rule says what happens then"
        yield Fault(path=stop.path, what=what, fix="add a rule with 'when: {outcome: won}'")
        return
