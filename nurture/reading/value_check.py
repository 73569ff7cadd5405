"""Checks the values of a campaign that belong together: fields, dates, engagements with their contents, letters with their purposes."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, get_args

from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.plan.form import OF_FORM, OF_PERSON
from nurture.plan.problems import Fault, Path, did_you_mean, nearest
from nurture.plan.vocabulary import FACTS, RESERVED, UNREADABLE, FieldPlan, language_fault, opens_fault
from nurture.reading.outline import Outline
from nurture.reading.stops import WEEKDAY_AND_HOUR, Stop, listed, mapped, word

_WITH_CONTENT: Final = frozenset(
    str(kind)
    for happened in get_args(get_args(Engagement)[0])
    if "content" in happened.__dataclass_fields__
    for kind in get_args(happened.__dataclass_fields__["kind"].type)
)
"""The engagements that say what they are about."""

_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_ONE_MORE_BLANK: Final = re.compile(r"([a-z]+)\s+(\d?\d:\d\d)")
_WEEKDAYS: Final = {name[:3]: name for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
_LEAP_DAYS: Final = tuple(date(2024, 1, 1) + timedelta(days=day) for day in range(366))
_LEAST_OPEN: Final = 14
_WANTED: Final = {
    "number": "write a whole number, like 3",
    "yes_no": "write true or false",
    "date": "write it like '2027-03-31'",
}


def faults_of_values(data: Mapping[str, Any], plan: Outline, *, whole: bool) -> Iterator[Fault]:
    """What is wrong with the values. Without ``whole`` nothing is said to be absent: it might be in what could not be made out."""
    if (language := word(data.get("language"))) and (wrong := language_fault(language)):
        yield Fault(path=("language",), what=wrong[0], fix=wrong[1])
    yield from _wrong_fields(plan.fields)
    yield from _wrong_quiet_days(mapped(data.get("window")))
    for key in mapped(mapped(data.get("scoring")).get("points")):
        yield from _wrong_engagement(("scoring", "points", key), key, _WITH_CONTENT | {Kind.CLICKED})
    for name, form in mapped(data.get("forms")).items():
        yield from _wrong_asks(("forms", name, "asks"), listed(mapped(form).get("asks")), plan.fields)
    for rule in plan.rules:
        yield from _wrong_date((*rule.path, "when", "date"), word(rule.when.get("date")), plan.fields, in_rule=True)
    for _, stop in plan.stops():
        yield from _wrong_values(stop, plan.fields)
    if whole:
        yield from _absent_letters_and_contents(data, plan)


def _wrong_fields(fields: Mapping[str, FieldPlan]) -> Iterator[Fault]:
    for name, plan in fields.items():
        if name in FACTS or name in RESERVED:
            has = "is a fact of every lead" if name in FACTS else "means something else in a campaign"
            yield Fault(path=("fields", name), what=f"'{name}' {has}", fix=f"give the field another name, like 'our_{name}'")
        for place, choice in enumerate(plan if isinstance(plan, tuple) else ()):
            if choice and choice in plan[:place]:
                yield Fault(path=("fields", name, place), what=f"'{choice}' stands twice in '{name}'", fix="keep one of them")


def _wrong_asks(path: Path, asks: Collection[Any], fields: Mapping[str, FieldPlan]) -> Iterator[Fault]:
    """A form asks for what is known of every person, and for fields of its campaign."""
    known = [*OF_PERSON, *(field for field in fields if field not in OF_FORM)]
    for place, name in enumerate(map(word, asks)):
        if name and name not in known:
            fix = did_you_mean(name, known, "it asks for")
            yield Fault(path=(*path, place), what=f"a form cannot ask for '{name}'", fix=fix)


def _wrong_values(stop: Stop, fields: Mapping[str, FieldPlan]) -> Iterator[Fault]:
    at, value = (*stop.path, stop.kind), mapped(stop.value)
    match stop.kind:
        case "task":
            for place, name in enumerate(listed(value.get("asks"))):
                yield from _unknown_field((*at, "asks", place), word(name), fields)
        case "set":
            if not value and isinstance(stop.value, dict):
                yield Fault(path=at, what="nothing is set here", fix="write a field and its value, like 'size: large'")
            for name, given in value.items():
                yield from _unknown_field((*at, name), name, fields) if name not in fields else _misfit((*at, name), given, fields[name])
        case "wait_for":
            for place, entry in enumerate(listed(value.get("any"))):
                yield from _wrong_engagement((*at, "any", place), word(entry), _WITH_CONTENT)
        case "wait" if until := word(value.get("until")):
            yield from _wrong_until(at, until, value, fields)


def _unknown_field(path: Path, name: str, fields: Mapping[str, FieldPlan]) -> Iterator[Fault]:
    if name and name not in fields:
        fix = did_you_mean(name, fields, "the fields are") or f"add it to the file's 'fields', like '{name}: yes_no'"
        yield Fault(path=path, what=f"there is no field '{name}'", fix=fix)


def _misfit(path: Path, value: Any, plan: FieldPlan) -> Iterator[Fault]:
    """A choice may also be forgotten again, with an empty text."""
    if isinstance(plan, tuple):
        fits, fix = value == "" or value in plan, did_you_mean(str(value), plan, "it is one of")
    else:
        fix = _WANTED.get(plan, "")
        fits = not fix or {
            "number": isinstance(value, int) and not isinstance(value, bool),
            "yes_no": isinstance(value, bool),
            "date": isinstance(value, str) and _is_date(value),
        }.get(plan, True)
    if not fits and isinstance(value, bool | int | str):
        said = str(value).lower() if isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else value
        yield Fault(path=path, what=f"'{path[-1]}' cannot be {said}", fix=fix)


def _wrong_date(path: Path, name: str, fields: Mapping[str, FieldPlan], *, in_rule: bool) -> Iterator[Fault]:
    if not name or fields.get(name) in ("date", UNREADABLE):
        return
    dates = [field for field, plan in fields.items() if plan == "date"]
    if in_rule and name == "contract_end":
        yield Fault(
            path=path, what="'contract_end' has a key of its own", fix="write 'contract_ends_in: 90 days' instead of 'date' and 'ahead'"
        )
    elif name in fields:
        fix = f"use a field that is one, like '{dates[0]}'" if dates else f"write '{name}: date' in the file's 'fields'"
        yield Fault(path=path, what=f"'{name}' is not a date", fix=fix)
    else:
        known = dates if in_rule else ["contract_end", *dates]
        fix = did_you_mean(name, known, "the dates are") or f"add it to the file's 'fields', like '{name}: date'"
        yield Fault(path=path, what=f"there is no date '{name}'", fix=fix)


def _wrong_until(at: Path, until: str, value: Mapping[str, Any], fields: Mapping[str, FieldPlan]) -> Iterator[Fault]:
    offsets = [key for key in ("plus", "minus") if key in value]
    if len(offsets) == 2:
        yield Fault(path=(*at, "minus"), what="'plus' and 'minus' exclude each other", fix="keep one of them")
    if WEEKDAY_AND_HOUR.fullmatch(until):
        for key in [*offsets, *(["late"] if "late" in value else [])]:
            yield Fault(path=(*at, key), what=f"'{key}' does nothing beside a weekday", fix="take it out")
    elif re.search(r"[\s:]", until) or until in _WEEKDAYS or until in _WEEKDAYS.values():
        written = _ONE_MORE_BLANK.fullmatch(until.strip().lower())
        day = nearest(written[1], (*_WEEKDAYS, *_WEEKDAYS.values())) if written else None
        meant = f"{day[:3]} {written[2]:0>5}" if written and day else ""
        fix = (
            f"did you mean '{meant}'?"
            if WEEKDAY_AND_HOUR.fullmatch(meant)
            else "write it like 'tue 09:30'; a length of time needs no 'until'"
        )
        yield Fault(path=(*at, "until"), what=f"'{until}' is not a weekday and hour", fix=fix)
    elif until != "contract_end":
        yield from _wrong_date((*at, "until"), until, fields, in_rule=False)


def _wrong_engagement(path: Path, entry: str, with_content: Collection[str]) -> Iterator[Fault]:
    kind, colon, content = entry.partition(":")
    if entry and kind not in tuple(Kind):
        near = nearest(kind, Kind)
        fix = f"did you mean '{near}{colon}{content}'?" if near else did_you_mean(kind, Kind, "it is one of")
        what, fix = opens_fault(kind) or (f"'{kind}' is not an engagement", fix)
        yield Fault(path=path, what=what, fix=fix)
    elif colon and kind not in with_content:
        yield Fault(path=path, what=f"'{kind}' has no content", fix=f"write '{kind}'")
    elif colon and not _SLUG.fullmatch(content):
        fix = f"write '{kind}', or a name after the colon, like '{kind}:pricing_guide'"
        yield Fault(path=path, what=f"'{content[:60]}' is not the name of a content", fix=fix)


def _wrong_quiet_days(window: Mapping[str, Any]) -> Iterator[Fault]:
    quiet: set[date] = set()
    for place, stretch in enumerate(listed(window.get("quiet"))):
        ends = re.findall(r"\d\d-\d\d", word(stretch))
        for end in ends:
            if not _is_date(f"2024-{end}"):
                yield Fault(path=("window", "quiet", place), what=f"'{end}' is no day of the year", fix="write month-day, like '12-28'")
        if len(ends) == 2 and all(_is_date(f"2024-{end}") for end in ends):
            first, last = (date.fromisoformat(f"2024-{end}") for end in ends)
            quiet |= {day for day in _LEAP_DAYS if (first <= day <= last if first <= last else day >= first or day <= last)}
    if _longest_open(quiet) < _LEAST_OPEN:
        fix = f"leave at least {_LEAST_OPEN} days in a row open"
        yield Fault(path=("window", "quiet"), what="hardly a day is left on which a letter could go", fix=fix)


def _longest_open(quiet: set[date]) -> int:
    """The most days in a row that are not quiet; the year goes round."""
    longest = row = 0
    for day in (*_LEAP_DAYS, *_LEAP_DAYS):
        row = 0 if day in quiet else row + 1
        longest = max(longest, row)
    return longest


def _absent_letters_and_contents(data: Mapping[str, Any], plan: Outline) -> Iterator[Fault]:
    letters = {word(stop.value) for _, stop in plan.stops() if stop.kind == "email"}
    yield from _absent("purposes", data, sorted(letters), "no step sends a letter", "the letters are")
    yield from _absent("contents", data, sorted({*_contents(data, plan)}), "no form, rule or step has a content", "the contents are")


def _absent(key: str, data: Mapping[str, Any], known: Collection[str], what: str, otherwise: str) -> Iterator[Fault]:
    for name in mapped(data.get(key)):
        if name not in known:
            fix = did_you_mean(name, filter(None, known), otherwise) or "take it out"
            yield Fault(path=(key, name), what=f"{what} '{name}'", fix=fix)


def _contents(data: Mapping[str, Any], plan: Outline) -> Iterator[str]:
    """Every content that forms, rules, steps or points name."""
    for form in mapped(data.get("forms")).values():
        yield from map(word, listed(mapped(form).get("contents")))
    yield from (word(rule.when.get("content")) for rule in plan.rules)
    entries = [entry for _, stop in plan.stops() for entry in listed(mapped(stop.value).get("any")) if stop.kind == "wait_for"]
    for entry in (*entries, *mapped(mapped(data.get("scoring")).get("points"))):
        yield word(entry).partition(":")[2]


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
