"""Says in a marketer's words what the models of a campaign refuse, and what would be right."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nurture.campaign import (
    Campaign,
    Cap,
    Email,
    End,
    EnrollIn,
    Form,
    Go,
    Part,
    Pause,
    Rule,
    Task,
    TaskPlan,
    Track,
    Weekday,
    When,
    Window,
)
from nurture.kinds import Kind, Outcome
from nurture.problems import Fault, Path, did_you_mean, nearest
from nurture.spans import Unit

STEPS: Final[Mapping[str, type[Part]]] = {"email": Email, "wait": Pause, "task": Task, "go": Go, "enroll": EnrollIn, "end": End}
"""What a step can begin with."""

SPANS: Final = frozenset({"wait", "deadline", "per", "horizon", "silence", "contract_ends_in"})
"""The keys that hold a length of time."""

_SPAN_LIKE: Final = "write it like '3 days', '2 working days', '4 hours' or '1 week'"
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_CHOICES: Final = {
    "outcome": ("an outcome", tuple(Outcome)),
    "engagement": ("an engagement", tuple(Kind)),
    "days": ("a day of the week", tuple(Weekday)),
}
_KINDS: Final = {
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "tuple_type": "a list",
    "dict_type": "names with what belongs to them, indented below it",
    "model_type": "keys and values, indented below it",
}


def faults_of(wrong: ValidationError, data: Mapping[str, Any]) -> Iterator[Fault]:
    """What the models refuse in ``data``. A key that is only misspelt is not also said to be missing."""
    errors = [(path_of(error["loc"]), error) for error in wrong.errors(include_url=False)]
    meant = {
        (*path[:-1], near)
        for path, error in errors
        if error["type"] == "extra_forbidden" and (near := nearest(str(path[-1]), _free_keys(path, error, data)))
    }
    for path, error in errors:
        if not (error["type"] == "missing" and path in meant):
            yield _fault(path, error, data)


def path_of(loc: tuple[str | int, ...]) -> Path:
    """The place in the file that pydantic means: it also names the kind of a step, and the keys of mappings."""
    if len(loc) > 4 and loc[0] == "tracks" and loc[2] == "steps":
        loc = loc[:4] + loc[5:]
    return loc[:-1] if loc and loc[-1] == "[key]" else loc


def without_wrong_hours(data: dict[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The data without opening hours that are not plain times of day: the models would take '09:00Z' and trip over it."""
    window = data.get("window")
    if not isinstance(window, dict):
        return data, []
    faults = []
    for key in ("from", "to"):
        value = window.get(key, "09:00")
        if not (isinstance(value, str) and _TIME.fullmatch(value)):
            early = isinstance(value, str) and _TIME.fullmatch(f"0{value}")
            fix = f"did you mean '0{value}'?" if early else "write it like '09:00' or '17:30'"
            faults.append(Fault(path=("window", key), what=f"{_shown(value)} is not a time of day", fix=fix))
    if faults:
        data = {**data, "window": {key: value for key, value in window.items() if key not in ("from", "to")}}
    return data, faults


def keys_at(path: Path, step: str = "") -> list[str]:
    """The keys that are known at a place of a campaign file; ``step`` is the kind of step that the place is in."""
    match path:
        case ():
            return _keys(Campaign)
        case ("window" | "cap" as key,):
            return _keys(Window if key == "window" else Cap)
        case ("forms", _):
            return _keys(Form)
        case ("tracks", _):
            return _keys(Track)
        case ("tracks", _, "steps", _):
            return _keys(STEPS[step]) if step in STEPS else [*STEPS]
        case ("tracks", _, "steps", _, "task"):
            return _keys(TaskPlan)
        case ("rules", _):
            return _keys(Rule)
        case ("rules", _, "when"):
            return _keys(When)
        case _:
            return []


def _keys(part: type[Part]) -> list[str]:
    return [field.alias or name for name, field in part.model_fields.items()]


def _free_keys(path: Path, error: ErrorDetails, data: Any) -> list[str]:
    """The keys that could stand in the place of a wrong one: those that are not there already."""
    for part in path[:-1]:
        data = data[part]
    return [key for key in keys_at(path[:-1], _step_of(error)) if key not in data]


def _step_of(error: ErrorDetails) -> str:
    return str(error["loc"][4]) if len(error["loc"]) > 4 and error["loc"][2] == "steps" else ""


def _fault(path: Path, error: ErrorDetails, data: Mapping[str, Any]) -> Fault:
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    value, ctx = error["input"], error.get("ctx", {})
    what, fix = f"{_shown(value)} cannot stand here", ""
    match error["type"]:
        case "extra_forbidden":
            what, fix = f"'{key}' is not known here", _fix_of_key(path, error, data)
        case "missing":
            what, fix = f"'{key}' is missing here", f"add '{key}: …'"
        case "unknown_step":
            what, fix = _wrong_step(value)
        case "enum" if key in _CHOICES:
            noun, choices = _CHOICES[key]
            what, fix = f"{_shown(value)} is not {noun}", did_you_mean(str(value), choices, "it is one of")
        case "string_pattern_mismatch" if path == ("language",):
            what, fix = f"{_shown(value)} is not a language", "write its two small letters, like 'ja' or 'en'"
        case "string_pattern_mismatch":
            what, fix = f"{_shown(value)} is not a name", _fix_of_name(str(value))
        case "string_too_long":
            what, fix = f"'{key}' is too long", f"{ctx['max_length']} characters at most"
        case "greater_than_equal":
            what, fix = f"{value} is too little for '{key}'", f"{ctx['ge']} at least"
        case "less_than_equal":
            what, fix = f"{value} is too much for '{key}'", f"{ctx['le']} at most"
        case "value_error" if key in SPANS:
            what, fix = f"{_shown(value)} is not a length of time", _fix_of_span(value)
        case "value_error":
            what = str(ctx["error"])
        case kind if kind in _KINDS:
            what = f"'{key}' cannot be {_shown(value)}"
            fix = f"write a list, [{value}]" if kind == "tuple_type" and isinstance(value, str) else f"write {_KINDS[kind]}"
    return Fault(path=path, what=what, fix=fix)


def _fix_of_key(path: Path, error: ErrorDetails, data: Mapping[str, Any]) -> str:
    key = str(path[-1])
    if key == "<<":
        return "write out what belongs here"
    if len(path) == 5 and path[2] == "steps" and key in STEPS:
        return f"begin a step of its own with '- {key}: …'"
    return did_you_mean(key, _free_keys(path, error, data), "known here are") or "take it out"


def _wrong_step(value: object) -> tuple[str, str]:
    if isinstance(value, dict) and value:
        key = next((key for key in value if nearest(key, STEPS)), next(iter(value)))
        return f"'{key}' is not known here", did_you_mean(key, STEPS, "a step begins with one of")
    if isinstance(value, str) and value in STEPS:
        return f"the step '{value}' says nothing", f"write '{value}: …'"
    return f"{_shown(value)} is not a step", f"a step begins with one of {', '.join(STEPS)}"


def _fix_of_name(value: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", "-", value.lower()).strip("-_")[:48]
    rule = "a name has small letters, digits, - and _, begins with a letter, and has 48 characters at most"
    return f"did you mean '{name}'?" if re.match("[a-z]", name) and len(name) > 1 else rule


def _fix_of_span(value: object) -> str:
    found = re.fullmatch(r"\s*(\d{1,5})\s*([A-Za-z ]+?)s?\s*", value) if isinstance(value, str) else None
    unit = nearest(found[2], Unit) if found else None
    return f"did you mean '{int(found[1])} {unit}{'' if int(found[1]) == 1 else 's'}'?" if found and unit else _SPAN_LIKE


def _shown(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}…'"
        case dict():
            return "a group of keys"
        case list():
            return "a list"
        case _:
            return str(value)
