"""The outline of a campaign file: its tracks, steps and rules, as far as they can be made out while other things are still wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nurture.plan.problems import Path, nearest
from nurture.plan.track import STEPS
from nurture.plan.vocabulary import UNREADABLE, FieldPlan, Known
from nurture.reading.stops import Stop, listed, mapped, stop, word
from nurture.stages import STAGE_SETS, STAGES

_EVENTS: Final = ("enters", "leaves")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A rule. ``when`` is what sets it off, written out; ``within`` are the tracks that it is limited to."""

    path: Path
    name: str
    when: Mapping[str, Any]
    go: str
    within: tuple[str, ...]
    condition: str | None

    @property
    def at(self) -> tuple[str, ...]:
        """The tracks in which it may have its turn; empty for any."""
        return self.within or tuple(word(self.when[event]) for event in _EVENTS if event in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a file says of the ways through its campaign. ``model`` is the preset of its stages; ``stages`` says which each track has."""

    start: str
    model: str
    tracks: Mapping[str, tuple[Stop, ...]]
    stages: Mapping[str, str]
    rules: tuple[Turn, ...]
    fields: Mapping[str, FieldPlan]

    @property
    def known(self) -> Known:
        """What its conditions may ask for."""
        return Known(tracks=self.tracks, fields=self.fields, stages=STAGE_SETS.get(self.model, STAGES))

    def track(self, name: str) -> str | None:
        """The track that a word means, also when it is misspelt."""
        return name if name in self.tracks else nearest(name, self.tracks)

    def stops(self) -> Iterator[tuple[str, Stop]]:
        """Every step, with its track."""
        for track, stops in self.tracks.items():
            yield from ((track, stop) for stop in stops)

    def mentions(self) -> Iterator[tuple[Path, str]]:
        """Every place that names a track."""
        if self.start:
            yield ("start",), self.start
        for _, here in self.stops():
            yield from ((way.path, way.go) for way in here.ways)
        for rule in self.rules:
            yield from (((*rule.path, "in", place), name) for place, name in enumerate(rule.within))
            yield from (((*rule.path, "when", event), word(rule.when.get(event))) for event in _EVENTS)
            if rule.go:
                yield (*rule.path, "go"), rule.go

    def conditions(self) -> Iterator[tuple[Path, str]]:
        """Every condition, of steps and of rules."""
        for _, here in self.stops():
            yield from here.conditions
        for rule in self.rules:
            if rule.condition is not None:
                yield (*rule.path, "if"), rule.condition
            if isinstance(rule.when.get("becomes"), str):
                yield (*rule.path, "when", "becomes"), rule.when["becomes"]


def outline(data: Mapping[str, Any]) -> Outline:
    """Read the outline from the plain data of a file."""
    tracks = {name: mapped(track) for name, track in mapped(data.get("tracks")).items()}
    return Outline(
        start=word(data.get("start")),
        model=word(data.get("stages", "btob")),
        tracks={name: tuple(_stops(name, track)) for name, track in tracks.items()},
        stages={name: word(track.get("stage")) for name, track in tracks.items()},
        rules=tuple(_turn(("rules", place), mapped(rule)) for place, rule in enumerate(listed(data.get("rules")))),
        fields={name: _field(plan) for name, plan in mapped(data.get("fields")).items()},
    )


def _stops(track: str, raw: Mapping[str, Any]) -> Iterator[Stop]:
    for place, step in enumerate(listed(raw.get("steps"))):
        step = mapped(step)
        kind = next((key for key in step if key in STEPS), "")
        yield stop(("tracks", track, "steps", place), kind, step)


def _turn(path: Path, raw: Mapping[str, Any]) -> Turn:
    when = raw.get("when")
    return Turn(
        path=path,
        name=word(raw.get("name")),
        when={"engagement": when} if isinstance(when, str) else mapped(when),
        go=word(raw.get("go")),
        within=tuple(word(name) for name in listed(raw.get("in"))),
        condition=raw["if"] if isinstance(raw.get("if"), str) else None,
    )


def _field(plan: Any) -> FieldPlan:
    if isinstance(plan, list) and plan:
        return tuple(word(choice) for choice in plan)
    return plan if plan in ("number", "yes_no", "date") else UNREADABLE
