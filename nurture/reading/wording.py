"""Says in a marketer's words what the models of a campaign refuse, and what would be right."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nurture.kinds import Kind
from nurture.plan.problems import Fault, Path, did_you_mean, nearest
from nurture.plan.spans import Unit
from nurture.plan.track import STEPS
from nurture.plan.vocabulary import opens_fault
from nurture.reading.keys import SPANS, choices_at, keys_at, path_of
from nurture.reading.stops import WEEKDAY_AND_HOUR

_SPAN_LIKE: Final = "write it like '3 days', '2 working days', '4 hours' or '1 week'"
_TIME: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_DATE_OR_HOUR: Final = "write it like '3 days', or '{until: contract_end}', or '{until: tue 09:30}'"
_FIELD_LIKE: Final = "write its choices, like [small, large], or one of number, yes_no, date"
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
    errors = [*_meant(wrong, data)]
    meant = {
        (*path[:-1], near)
        for path, error in errors
        if error["type"] == "extra_forbidden" and (near := nearest(str(path[-1]), _free_keys(path, error, data)))
    }
    for path, error in errors:
        if not (error["type"] == "missing" and path in meant):
            yield _fault(path, error, data)


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
            faults.append(Fault(path=("window", key), what=f"{shown(value)} is not a time of day", fix=fix))
    if faults:
        data = {**data, "window": {key: value for key, value in window.items() if key not in ("from", "to")}}
    return data, faults


def _meant(wrong: ValidationError, data: Mapping[str, Any]) -> Iterator[tuple[Path, ErrorDetails]]:
    """The errors with their places. Where a value could be right in several ways, pydantic says what it lacks for each: one is enough."""
    seen: set[tuple[Path, bool]] = set()
    for error in wrong.errors(include_url=False):
        path, value = path_of(error["loc"], data, missing=error["type"] == "missing"), error["input"]
        is_other_way = (
            (error["type"] == "value_error" and str(error["loc"][-1]).startswith("function-plain") and isinstance(value, dict))
            or (error["type"] == "too_short" and len(value) >= error["ctx"]["min_length"])
            or (error["type"] == "literal_error" and isinstance(value, list) and len(path) == 2 and path[0] == "fields" and bool(value))
        )
        place = path, error["loc"][-1] == "[key]"
        if not is_other_way and place not in seen:
            seen.add(place)
            yield path, error


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
    what, fix = f"{shown(value)} cannot stand here", ""
    match error["type"]:
        case "extra_forbidden":
            what, fix = f"'{key}' is not known here", _fix_of_key(path, error, data)
        case "missing":
            what, fix = f"'{key}' is missing here", f"add '{key}: …'"
        case "unknown_step":
            what, fix = _wrong_step(value)
        case "enum" | "literal_error" if choice := choices_at(path):
            what, fix = _wrong_choice(path, value, *choice)
        case "tuple_type" if path[0] == "fields" and (choice := choices_at(path)):
            what, fix = _wrong_choice(path, value, *choice)
        case "string_pattern_mismatch":
            what, fix = _wrong_pattern(path, str(value))
        case "string_too_long":
            what, fix = f"'{key}' is too long", f"{ctx['max_length']} characters at most"
        case "string_too_short":
            what, fix = f"'{key}' cannot be empty", "write something, or take it out"
        case "too_long":
            what, fix = f"'{key}' has {ctx['actual_length']} entries", f"{ctx['max_length']} at most"
        case "too_short":
            what = f"'{key}' has {ctx['actual_length'] or 'no'} {'entry' if ctx['actual_length'] == 1 else 'entries'}"
            fix = _FIELD_LIKE if path[0] == "fields" else f"{ctx['min_length']} at least"
        case "greater_than_equal":
            what, fix = f"{value} is too little for '{key}'", f"{ctx['ge']} at least"
        case "less_than_equal":
            what, fix = f"{value} is too much for '{key}'", f"{ctx['le']} at most"
        case "value_error" if key in SPANS:
            what, fix = f"{shown(value)} is not a length of time", _fix_of_span(value, key)
        case "value_error":
            what = str(ctx["error"])
        case "bool_type" if error["loc"][-1] == "bool":
            what, fix = f"'{key}' cannot be {shown(value)}", "write a text, a whole number, true or false"
        case kind if kind in _KINDS:
            what = f"'{key}' cannot be {shown(value)}"
            fix = f"write a list, [{value}]" if kind == "tuple_type" and isinstance(value, str) else f"write {_KINDS[kind]}"
    return Fault(path=path, what=what, fix=fix)


def _wrong_choice(path: Path, value: object, noun: str, choices: tuple[str, ...]) -> tuple[str, str]:
    if noun == "an engagement" and (fault := opens_fault(str(value))):
        return fault
    near = nearest(value, choices) if isinstance(value, str) else None
    fix = did_you_mean(str(value), choices, "it is one of")
    if not near and path[0] == "fields":
        fix = _FIELD_LIKE
    if not near and path == ("again",):
        fix = _fix_of_span(value, "again").replace("write it like", "write never, at once, or a time like")
    return f"{shown(value)} is not {noun}", fix


def _wrong_pattern(path: Path, value: str) -> tuple[str, str]:
    match path:
        case ("language",):
            return f"{shown(value)} is not a language", "write its two small letters, like 'ja' or 'en'"
        case ("window", "quiet", _):
            return f"{shown(value)} is no stretch of days", "write it as months and days, like '12-28 to 01-04'"
        case (*_, "any", int()):
            return opens_fault(value) or (f"{shown(value)} is not an engagement", did_you_mean(value, Kind, "it is one of"))
        case ("fields", _) | (*_, "set", _) | (*_, "asks", _) | (*_, "date"):
            return f"{shown(value)} is not a name for a field", _fix_of_name(value, "_")
        case _:
            return f"{shown(value)} is not a name", _fix_of_name(value, "-")


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
    return f"{shown(value)} is not a step", f"a step begins with one of {', '.join(STEPS)}"


def _fix_of_name(value: str, join: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", join, value.lower()).strip("-_")[:48]
    rule = (
        f"a name has small letters, digits{', - and _' if join == '-' else ' and _'}, begins with a letter, and has 48 characters at most"
    )
    return f"did you mean '{name}'?" if re.match("[a-z]", name) and len(name) > 1 else rule


def _fix_of_span(value: object, key: str) -> str:
    found = re.fullmatch(r"\s*(\d{1,5})\s*([A-Za-z ]+?)s?\s*", value) if isinstance(value, str) else None
    unit = nearest(found[2], Unit) if found else None
    if found and unit:
        return f"did you mean '{int(found[1])} {unit}{'' if int(found[1]) == 1 else 's'}'?"
    if key == "wait" and isinstance(value, str) and not found:
        return f"write '{{until: {value}}}'" if WEEKDAY_AND_HOUR.fullmatch(value) else _DATE_OR_HOUR
    return _SPAN_LIKE


def shown(value: object) -> str:
    """A value of a file as a message shows it."""
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
