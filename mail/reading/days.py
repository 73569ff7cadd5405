"""Finds the days that a text names, in Japanese and English, as seen from the day on which it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH: Final = rf"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:4]}|{name[3:]})?' for name in _MONTHS)})\b\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:,?\s+(?P<year>20\d\d))?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>20\d\d)\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})日?(?!\d)",
        r"令和\s?(?P<reiwa>\d{1,2})年\s?(?P<m>\d{1,2})月\s?(?P<day>\d{1,2})日",
        r"(?<!\d)(?P<m>\d{1,2})月\s?(?P<day>\d{1,2})日",
        rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}{_YEAR}\b",
        rf"\b{_MONTH}\s+{_DAY}{_YEAR}\b(?!:)",
        r"(?<![\d/.])(?P<a>\d{1,2})(?P<sign>[/.])(?P<b>\d{1,2})(?P=sign)(?P<year>20\d\d)(?!\d)",
        r"(?<![\d/.])(?P<m>\d{1,2})/(?P<day>\d{1,2})(?![\d/])",
        r"(?<![\d月/.,:-])(?P<day>\d{1,2})日(?!間|以内|ほど|程度|前|後|分|目)",
        r"(?P<far>明々後日|明後日|明日|本日|今日|翌日|tomorrow|today)",
        r"(?P<nextweek>来週|翌週|再来週)の?(?P<kanji>[月火水木金土日])曜日?",
        rf"\b(?:next\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})\b",
    )
)
"""The first of them that matches at a place counts there."""

_FAR: Final = {"本日": 0, "今日": 0, "today": 0, "明日": 1, "翌日": 1, "tomorrow": 1, "明後日": 2, "明々後日": 3}
_BACK: Final = timedelta(days=60)
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A day that a text names, and where in the text."""

    day: date
    start: int
    end: int


_MOST: Final = 50
"""A text that names more days than these is no note of an absence."""


def mentions(text: str, written_on: date) -> Iterator[Mention]:
    """The days in their order. A day without a year or month is the nearest that may be meant; one far from ``written_on`` is none."""
    taken: list[tuple[int, int]] = []
    found: list[Mention] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if len(taken) >= _MOST:
                return
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if match.groupdict().get("weekday") and any(_touches(text, match, start, end) for start, end in taken):
                continue
            taken.append(match.span())
            previous = max((earlier for earlier in found if earlier.end <= match.start()), key=lambda m: m.end, default=None)
            near = previous is not None and match.start() - previous.end <= 15
            day = _day(match, written_on, previous.day if previous is not None and near else None)
            if day is not None and -_BACK <= day - written_on <= _AHEAD:
                found.append(Mention(day=day, start=match.start(), end=match.end()))
    yield from sorted(found, key=lambda mention: mention.start)


def _touches(text: str, weekday: re.Match[str], start: int, end: int) -> bool:
    """Whether a day of the week only repeats the date beside it."""
    between = text[weekday.end() : start] if weekday.end() <= start else text[end : weekday.start()]
    return len(between) <= 6 and not re.sub(r"[\s,.()]|the\b", "", between)


def _day(match: re.Match[str], written_on: date, begins: date | None) -> date | None:
    said = match.groupdict()
    if far := said.get("far"):
        return written_on + timedelta(days=_FAR[far.lower()])
    if kanji := said.get("kanji"):
        weeks = 2 if said["nextweek"] == "再来週" else 1
        return written_on - timedelta(days=written_on.weekday()) + timedelta(days=7 * weeks + "月火水木金土日".index(kanji))
    if weekday := said.get("weekday"):
        return written_on + timedelta(days=(_WEEKDAYS.index(weekday.lower()) - written_on.weekday() - 1) % 7 + 1)
    if said.get("a"):
        first, second, year = int(said["a"]), int(said["b"]), int(said["year"])
        return _nearest([day for m, d in ((first, second), (second, first)) if (day := _date(year, m, d))], written_on)
    number = int(said["day"])
    if name := said.get("month"):
        month = next(at for at, whole in enumerate(_MONTHS, 1) if whole.startswith(name.lower()[:3]))
    elif said.get("m"):
        month = int(said["m"])
    else:
        since = begins or written_on
        following = (since.year + since.month // 12, since.month % 12 + 1)
        return _nearest([day for y, m in ((since.year, since.month), following) if (day := _date(y, m, number))], since)
    if said.get("reiwa"):
        return _date(2018 + int(said["reiwa"]), month, number)
    if said.get("year"):
        return _date(int(said["year"]), month, number)
    years = (written_on.year - 1, written_on.year, written_on.year + 1)
    candidates = [day for year in years if (day := _date(year, month, number))]
    return next((day for day in candidates if day >= written_on - _BACK), None)


def _nearest(days: list[date], since: date) -> date | None:
    """The first that is not before ``since``; else the last."""
    return min((day for day in days if day >= since), default=max(days, default=None))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
