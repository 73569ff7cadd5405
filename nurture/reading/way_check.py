"""Checks the ways through a campaign: steps and tracks that nobody reaches, circles without time, customers forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nurture.kinds import Outcome
from nurture.plan.problems import Fault, Path
from nurture.reading.outline import Outline, Turn
from nurture.reading.stops import Stop, is_unconditional, listed, mapped

_HAPPENS: Final = frozenset(("engagement", "outcome", "colleague", "enters", "leaves", "reaches"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    """A way that a lead may go in the moment in which it comes into a track. ``past`` are the kinds of the steps before it."""

    path: Path
    go: str
    past: frozenset[str] = frozenset()


def faults_of_ways(plan: Outline, *, whole: bool) -> Iterator[Fault]:
    """What is wrong with the ways. Without ``whole`` nothing is said to be absent: it might be in what could not be made out."""
    yield from _steps_after_the_end(plan)
    yield from _ways_behind_others(plan)
    yield from _circles_without_time(plan)
    yield from _rules_behind_others(plan)
    if whole:
        if plan.start in plan.tracks:
            yield from _tracks_never_reached(plan)
        yield from _customers_forgotten(plan)


def _way_out(stops: tuple[Stop, ...]) -> int:
    """The place of the step that leaves the track; one past the last when there is none."""
    for place, stop in enumerate(stops):
        if not stop.goes_on and not (place and stops[place - 1].passes_over):
            return place
    return len(stops)


def _steps_after_the_end(plan: Outline) -> Iterator[Fault]:
    for stops in plan.tracks.values():
        out = _way_out(stops)
        if out + 1 < len(stops):
            fix = f"move it above '{stops[out].kind}', or take it out"
            yield Fault(path=stops[out + 1].path, what=f"this step is never reached, after '{stops[out].kind}'", fix=fix)


def _ways_behind_others(plan: Outline) -> Iterator[Fault]:
    for _, stop in plan.stops():
        ways = listed(stop.value) if stop.kind == "branch" else []
        place = next((place for place, way in enumerate(ways) if is_unconditional(way)), len(ways))
        if place + 1 < len(ways):
            what, fix = "this way is never gone: the one above is for everyone", "move it above that one, or take it out"
            yield Fault(path=(*stop.path, "branch", place + 1), what=what, fix=fix)


def _circles_without_time(plan: Outline) -> Iterator[Fault]:
    onward = {name: [*_passages(stops)] for name, stops in plan.tracks.items()}
    for rule in plan.rules:
        for event, into in (("enters", True), ("leaves", False)):
            track = rule.when.get(event)
            if isinstance(track, str) and (into or onward.get(track)) and rule.go != track:
                onward.setdefault(track, []).append(_Passage(path=rule.path, go=rule.go))
    done: set[str] = set()
    for start in onward:
        way: list[tuple[str, Iterator[_Passage]]] = [(start, iter(onward[start]))] if start not in done else []
        taken: list[_Passage] = []
        while way:
            if passage := next(way[-1][1], None):
                tracks = [track for track, _ in way]
                if passage.go in tracks:
                    since = tracks.index(passage.go)
                    yield _circle(tracks[since:], [*taken[since:], passage])
                elif passage.go in onward and passage.go not in done:
                    way.append((passage.go, iter(onward[passage.go])))
                    taken.append(passage)
            else:
                done.add(way.pop()[0])
                del taken[len(way) - 1 :]


def _passages(stops: tuple[Stop, ...]) -> Iterator[_Passage]:
    past: set[str] = set()
    passed_over = False
    for stop in stops:
        yield from (_Passage(path=way.path, go=way.go, past=frozenset((*past, stop.kind))) for way in stop.ways if way.at_once)
        if (stop.takes_time or not stop.goes_on) and not passed_over:
            return
        past.add(stop.kind)
        passed_over = stop.passes_over


def _circle(tracks: list[str], passages: list[_Passage]) -> Fault:
    past = frozenset[str]().union(*(passage.past for passage in passages))
    when = {
        "email": " when its letters may not be sent",
        "wait": " when its dates have passed",
        "wait_for": " when what it waits for is so already",
    }
    said = next((said for kind, said in when.items() if kind in past), "")
    what = f"{' -> '.join([*tracks, tracks[0]])} goes round without taking time{said}"
    if passages[-1].path[0] == "rules":
        return Fault(path=passages[-1].path, what=what, fix="lead to a track that does not lead back")
    return Fault(path=passages[-1].path, what=what, fix=f"put a 'wait' or a 'task' before '{passages[-1].path[4]}'")


def _rules_behind_others(plan: Outline) -> Iterator[Fault]:
    """Of two rules that one engagement sets off the first wins, so the wider one must not stand above the narrower."""
    for place, rule in enumerate(plan.rules):
        for above in plan.rules[:place]:
            if _always_wins(above, rule):
                what = f"rule '{rule.name}' never has its turn: '{above.name}' above it always wins"
                yield Fault(path=rule.path, what=what, fix=f"move it above '{above.name}', or take it out")
                break


def _always_wins(above: Turn, below: Turn) -> bool:
    if not above.when.keys() & _HAPPENS or not above.when.items() <= below.when.items() or above.condition is not None:
        return False
    if above.within and not (below.within and set(below.within) <= set(above.within)):
        return False
    # A rule leaves a lead alone that is in its track already; there the rule below has its turn.
    return above.go == below.go or (bool(below.within) and above.go not in below.within)


def _tracks_never_reached(plan: Outline) -> Iterator[Fault]:
    turns = [(plan.track(rule.go), {plan.track(word) for word in rule.at}) for rule in plan.rules]
    onward = {track: [plan.track(way.go) for stop in stops for way in stop.ways] for track, stops in plan.tracks.items()}
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
    for _, stop in plan.stops():
        if stop.kind == "task" and Outcome.WON in (mapped(stop.value).get("outcomes") or [Outcome.WON]):
            what = "a rep may answer 'won' to this task, and no rule says what happens then"
            yield Fault(path=stop.path, what=what, fix="add a rule with 'when: {outcome: won}'")
            return
