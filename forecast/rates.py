"""Reads a file of assumptions: right as a whole, or everything that is wrong with it is said at once, each with its line and the fix."""

import json
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forecast.assumptions import DOABLE, Assumptions
from nurture.kinds import Kind, Outcome, Purpose
from nurture.plan.problems import CampaignError, Fault, Path, Problem, did_you_mean
from nurture.plan.source import Source, read_source
from nurture.plan.spans import Span
from nurture.reading.wording import shown

_SPAN_LIKE: Final = "write it like '20 hours' or '2 days'"
_CHOICES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "purposes": ("what a letter can be for", tuple(Purpose)),
    "answers": ("an answer of a rep", tuple(Outcome)),
    "by_themselves": ("an engagement", tuple(Kind)),
    "customers": ("an engagement", tuple(Kind)),
}
_WANTED: Final = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a text",
    "tuple_type": "a list, like [1, 2]",
    "dict_type": "names with their numbers, indented below it",
    "model_type": "keys and values, indented below it",
    "time_parsing": 'a time of day in quotes, like "09:00"',
    "time_type": 'a time of day in quotes, like "09:00"',
}


def read_rates(text: str, file: str) -> Assumptions:
    """Read the text of a file of assumptions; ``file`` is how problems call it. What it does not say is as usual. Raises CampaignError."""
    if not any(line.split("#")[0].strip() for line in text.splitlines()):
        return Assumptions()
    source = read_source(text, file, noun="a file of assumptions", like="consent: 95")
    assumed, faults = None, list(_unknown(Assumptions, source.data, ()))
    try:
        assumed = Assumptions.model_validate_json(json.dumps(source.data), strict=True, by_alias=True, by_name=False)
    except ValidationError as wrong:
        faults += [fault for error in wrong.errors(include_url=False) if (fault := _fault(error, source.data))]
    if assumed is not None:
        faults += _impossible(assumed)
    if faults or source.problems or assumed is None:
        raise CampaignError([*source.problems, *_at_their_lines(faults, source, file)])
    return assumed


def unknown_campaigns(assumed: Assumptions, known: Mapping[str, object], text: str, file: str) -> list[Problem]:
    """The campaigns that the assumptions name and that were not given."""
    faults = [
        Fault(path=("campaigns", name), what=f"the campaign '{name}' is not among the files", fix=did_you_mean(name, known, "given are"))
        for name in assumed.campaigns
        if name not in known
    ]
    return _at_their_lines(faults, read_source(text, file), file) if faults else []


def _at_their_lines(faults: list[Fault], source: Source, file: str) -> list[Problem]:
    return [Problem(file=file, line=source.line_of(fault.path), what=fault.what, fix=fault.fix) for fault in faults]


def _unknown(model: type[BaseModel], data: object, path: Path) -> Iterator[Fault]:
    """Keys that no part has."""
    if not isinstance(data, dict):
        return
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    for key, value in data.items():
        if key not in known:
            free = [name for name in known if name not in data]
            fix = did_you_mean(str(key), free, "known here are") or "take it out"
            yield Fault(path=(*path, key), what=f"'{key}' is not known here", fix=fix)
            continue
        yield from _inside(known[key].annotation, value, (*path, key))


def _inside(kind: Any, value: object, path: Path) -> Iterator[Fault]:
    """What is unknown inside a value: a part, or a list or group of parts."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from _unknown(kind, value, path)
    elif get_origin(kind) is dict and isinstance(value, dict):
        for name, inner in value.items():
            yield from _inside(get_args(kind)[1], inner, (*path, name))
    elif get_origin(kind) is tuple and isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _inside(get_args(kind)[0], inner, (*path, place))
    elif isinstance(kind, UnionType):
        return


def _fault(error: ErrorDetails, data: Mapping[str, Any]) -> Fault | None:
    """What pydantic says, in a marketer's words; None for a key that is not known, which is said already."""
    loc, value, ctx = error["loc"], error["input"], error.get("ctx", {})
    path = _path_of(loc, data)
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    match error["type"]:
        case "extra_forbidden":
            return None
        case "missing":
            what, fix = f"'{loc[-1]}' is missing here", f"add '{loc[-1]}: …'"
        case "enum" if choice := next((_CHOICES[str(part)] for part in reversed(loc) if part in _CHOICES), None):
            noun, choices = choice
            what, fix = f"'{value}' is not {noun}", did_you_mean(str(value), choices, "it is one of")
        case "greater_than_equal" | "greater_than":
            least = ctx.get("ge", ctx.get("gt"))
            what, fix = f"{shown(value)} is too little for '{key}'", f"{least:g} at least" if "ge" in ctx else f"more than {least:g}"
        case "less_than_equal":
            what, fix = f"{shown(value)} is too much for '{key}'", f"{ctx['le']:g} at most"
        case "too_short" if len(value) >= ctx["min_length"]:
            return None  # what is in it is wrong, which is said already
        case "too_short" | "too_long":
            wanted = ctx.get("min_length", ctx.get("max_length"))
            what, fix = f"'{key}' has {ctx['actual_length']} entries", f"write {wanted}"
        case "string_pattern_mismatch":
            what, fix = f"{shown(value)} is not a language", "write its two small letters, like 'ja' or 'en'"
        case "value_error" if "length of time" in str(ctx.get("error")):
            what, fix = f"{shown(value)} is not a length of time", _SPAN_LIKE
        case "value_error":
            what, _, fix = str(ctx["error"]).partition("; ")
        case kind:
            what, fix = f"'{key}' cannot be {shown(value)}", f"write {_WANTED.get(kind, 'what the sample file shows')}"
    return Fault(path=path, what=what, fix=fix)


def _path_of(loc: tuple[int | str, ...], data: Any) -> Path:
    """The place in the file that pydantic means, as far as it is there."""
    path: Path = ()
    for part in loc:
        if part in data if isinstance(data, dict) else isinstance(data, list) and isinstance(part, int) and part < len(data):
            data, path = data[part], (*path, part)
    return path


def _impossible(assumed: Assumptions) -> Iterator[Fault]:
    """What each part takes and the whole does not."""
    for where, shares in (("by_themselves", assumed.by_themselves), ("customers", assumed.customers)):
        for kind in shares:
            if kind not in DOABLE:
                yield Fault(path=(where, kind), what=f"'{kind}' cannot be assumed here", fix=f"it is one of {', '.join(DOABLE)}")
    for where in ("places", "companies"):
        if not any(part.share for part in getattr(assumed, where)):
            yield Fault(path=(where,), what=f"no {where} have a share", fix="write 'share: 1' or more for at least one of them")
    ranges: dict[Path, tuple[int, int]] = {
        ("letters", "away_days"): assumed.letters.away_days,
        ("not_now_days",): assumed.not_now_days,
        ("issue_days",): assumed.issue_days,
    }
    for path, (least, most) in ranges.items():
        if not 1 <= least <= most <= 1500:
            what = f"[{least}, {most}] is not a range of days"
            yield Fault(path=path, what=what, fix="write the fewest and the most, like [3, 15], from 1 to 1500")
    works: dict[Path, tuple[Span, ...]] = {("letters", "within"): (assumed.letters.within,)}
    works |= {("tasks", "reasons", reason): (work.within, work.late_by) for reason, work in assumed.tasks.reasons.items()}
    works[("tasks", "usual")] = (assumed.tasks.usual.within, assumed.tasks.usual.late_by)
    for path, spans in works.items():
        if not all(span.amount for span in spans):
            yield Fault(path=path, what="a time of nothing cannot be halved", fix="write '1 minute' at least")
