"""The outline of a campaign file: its tracks, steps and rules, as far as they can be made out while other things are still wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nurture.problems import Path, nearest
from nurture.wording import STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A step. ``kind`` is empty where it cannot be made out; ``name`` is how keys and reports call it."""

    path: Path
    kind: str
    value: Any
    name: str

    @property
    def leaves(self) -> bool:
        """Whether nothing after it in its track is ever reached."""
        return self.kind in ("go", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A rule. ``when`` is what sets it off, written out; ``within`` are the tracks that it is limited to."""

    path: Path
    name: str
    when: Mapping[str, Any]
    go: str
    within: tuple[str, ...]
    condition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a file says of the ways through its campaign."""

    start: str
    tracks: Mapping[str, tuple[Stop, ...]]
    stages: Mapping[str, str]
    rules: tuple[Turn, ...]

    def track(self, word: str) -> str | None:
        """The track that a word means, also when it is misspelt."""
        return word if word in self.tracks else nearest(word, self.tracks)

    def mentions(self) -> Iterator[tuple[Path, str]]:
        """Every place that names a track."""
        if self.start:
            yield ("start",), self.start
        for stops in self.tracks.values():
            yield from (((*stop.path, "go"), stop.value) for stop in stops if stop.kind == "go" and isinstance(stop.value, str))
        for rule in self.rules:
            yield from (((*rule.path, "in", place), word) for place, word in enumerate(rule.within))
            if rule.go:
                yield (*rule.path, "go"), rule.go


def outline(data: Mapping[str, Any]) -> Outline:
    """Read the outline from the plain data of a file."""
    tracks = {name: _mapping(track) for name, track in _mapping(data.get("tracks")).items()}
    return Outline(
        start=_word(data.get("start")),
        tracks={name: tuple(_stops(name, track)) for name, track in tracks.items()},
        stages={name: _word(track.get("stage")) for name, track in tracks.items()},
        rules=tuple(_turn(("rules", place), _mapping(rule)) for place, rule in enumerate(_list(data.get("rules")))),
    )


def _stops(track: str, raw: Mapping[str, Any]) -> Iterator[Stop]:
    for place, step in enumerate(_list(raw.get("steps"))):
        step = _mapping(step)
        kind = next((key for key in step if key in STEPS), "")
        value = step.get(kind)
        letter_or_reason = _word(value if kind == "email" else _mapping(value).get("reason"))
        name = _word(step.get("name")) or letter_or_reason or f"{kind}-{place + 1}"
        yield Stop(path=("tracks", track, "steps", place), kind=kind, value=value, name=name)


def _turn(path: Path, raw: Mapping[str, Any]) -> Turn:
    when = raw.get("when")
    return Turn(
        path=path,
        name=_word(raw.get("name")),
        when={"engagement": when} if isinstance(when, str) else _mapping(when),
        go=_word(raw.get("go")),
        within=tuple(_word(word) for word in _list(raw.get("in"))),
        condition=raw["if"] if isinstance(raw.get("if"), str) else None,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
