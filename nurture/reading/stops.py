"""A step as far as it can be made out: where it may lead, whether that takes time, and what it asks about the lead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nurture.plan.problems import Path

WEEKDAY_AND_HOUR: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun) (?:[01]\d|2[0-3]):[0-5]\d")
"""How a step waits for the next such moment on the lead's clock."""

_WORK: Final = ("task", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way from a step into another track; ``at_once`` where a lead may take it in the moment in which it comes to the step."""

    path: Path
    go: str
    at_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A step. ``kind`` is empty where it cannot be made out; ``name`` is how keys and reports call it.

    ``goes_on`` says whether the step after it may be reached, ``takes_time`` whether that needs more than a moment.
    A letter takes no time: for a lead who refused, or whose address bounced, it is passed over at once.
    """

    path: Path
    kind: str
    value: Any
    name: str
    ways: tuple[Way, ...]
    conditions: tuple[tuple[Path, str], ...]
    goes_on: bool
    takes_time: bool

    @property
    def passes_over(self) -> bool:
        """Whether it may leave the next step out."""
        return self.kind == "wait" and mapped(self.value).get("late") == "skip"


def stop(path: Path, kind: str, step: Mapping[str, Any]) -> Stop:
    """Read a step of that kind from the plain data of a file."""
    value = step.get(kind)
    said = {"email": value, "task": mapped(value).get("reason"), "message": mapped(value).get("channel")}
    ways = tuple(_ways((*path, kind), kind, value))
    asked: dict[Path, Any] = {}
    match kind:
        case "email":
            asked = {(*path, "if"): step.get("if")}
        case "wait_for":
            asked = {(*path, kind, "if"): mapped(value).get("if")}
        case "branch":
            asked = {(*path, kind, place, "if"): mapped(way).get("if") for place, way in enumerate(listed(value))}
    return Stop(
        path=path,
        kind=kind,
        value=value,
        name=word(step.get("name")) or word(said.get(kind)) or f"{kind}-{path[-1] + 1 if isinstance(path[-1], int) else 1}",
        ways=ways,
        conditions=tuple((place, condition) for place, condition in asked.items() if isinstance(condition, str)),
        goes_on=_goes_on(kind, value, len(ways)),
        takes_time=_takes_time(kind, value),
    )


def is_unconditional(way: Any) -> bool:
    """Whether a way of a branch is for everyone."""
    return isinstance(way, dict) and way.get("if") is None


def _ways(path: Path, kind: str, value: Any) -> Iterator[Way]:
    match kind:
        case "go" if word(value):
            yield Way(path=path, go=value)
        case "branch" | "split":
            for place, way in enumerate(map(mapped, listed(value))):
                if word(way.get("go")):
                    yield Way(path=(*path, place, "go"), go=way["go"])
        case "wait_for":
            for key in ("then", "silence"):
                if go := word(mapped(value).get(key)):
                    yield Way(path=(*path, key), go=go, at_once=key == "then" and "if" in value)


def _goes_on(kind: str, value: Any, ways: int) -> bool:
    match kind:
        case "go" | "end":
            return False
        case "branch":
            return ways < len(listed(value)) or not any(map(is_unconditional, listed(value)))
        case "split":
            return any(not word(mapped(way).get("go")) and mapped(way).get("share") != 0 for way in listed(value)) or len(listed(value)) < 2
        case "wait_for":
            return ways < 2
        case _:
            return True


def _takes_time(kind: str, value: Any) -> bool:
    match kind:
        case "wait" if isinstance(value, dict):
            # A date may have passed; then only a human takes time.
            return value.get("late") == "human" or bool(WEEKDAY_AND_HOUR.fullmatch(word(value.get("until"))))
        case "wait_for":
            return "if" not in mapped(value) or bool(word(mapped(value).get("then")))
        case _:
            return kind in ("", "wait", *_WORK)


def mapped(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def word(value: Any) -> str:
    """The value where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""
