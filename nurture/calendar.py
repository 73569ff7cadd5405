"""The lead's calendar: when its window is open, and where days, working days and weeks lead to in its zone.

Zones come from the locked ``tzdata`` and holidays from the locked ``holidays``, whatever the machine has, so that all workers agree.
A wall clock that does not exist is the first moment after the gap; one that comes twice is the first of the two.
"""

import warnings
from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from importlib.resources import files
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from holidays.registry import COUNTRIES

from nurture.campaign import Weekday, Window
from nurture.profile import Profile
from nurture.spans import Span, Unit

__all__ = ["add", "country_problem", "is_open", "is_working_day", "morning", "next_open", "spread", "zone", "zone_problem"]

_QUIET: Final = Lock()
_DAY: Final = timedelta(days=1)
_FIRST_MINUTE: Final = timedelta(minutes=1)
_WIDEST_SPREAD: Final = timedelta(hours=2)
_DAYS_AHEAD: Final = 366
_WEEK: Final = tuple(Weekday)
_OFFICE: Final = Window(days=_WEEK[:5], holidays=True)

_ZONES: Final = frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}
_LOWER: Final = {name.lower(): name for name in _ZONES}
_CITIES: Final = {name.rpartition("/")[2].lower(): name for name in sorted(_ZONES, reverse=True) if "/" in name}
_CODES: Final = frozenset(names[1] for names in COUNTRIES.values())
_CALLED: Final = {name.lower(): names[1] for names in COUNTRIES.values() for name in names}
# Loaded before anything is asked, because a workflow must not import.
_ENTITIES: Final = {names[1]: getattr(import_module(f"holidays.countries.{module}"), names[0]) for module, names in COUNTRIES.items()}


def next_open(at: datetime, window: Window, profile: Profile) -> datetime:
    """The first whole second at or after ``at`` inside the window, in UTC.

    Raises ValueError for an unknown zone, and for a window that does not open within a year.
    """
    at = _whole_second(at)
    if window.always:
        return at
    local = at.astimezone(zone(profile.zone))
    day = local.date()
    if window.opens <= local.time() < window.closes and is_working_day(day, window, profile):
        return at
    for _ in range(_DAYS_AHEAD):
        if is_working_day(day, window, profile):
            for opening in _openings(day, window.opens, window.closes, profile.zone):
                if opening >= at:
                    return opening
        day += _DAY
    raise ValueError(f"the window from {window.opens} to {window.closes} on {', '.join(window.days)} does not open within a year")


def is_open(at: datetime, window: Window, profile: Profile) -> bool:
    """Whether a letter may go out at ``at``: the lead's wall clock decides."""
    local = _utc(at).astimezone(zone(profile.zone))
    return window.always or (window.opens <= local.time() < window.closes and is_working_day(local.date(), window, profile))


def is_working_day(day: date, window: Window, profile: Profile) -> bool:
    """Whether ``day`` is one of the window's days, and no holiday of the lead's country that the window keeps free."""
    if window.always:
        return True
    return _WEEK[day.weekday()] in window.days and not (window.holidays and profile.country and day in _holidays(profile.country, day.year))


def morning(day: date, window: Window, profile: Profile) -> datetime:
    """When the window's opening hour strikes on ``day``, open or not, in UTC. It is midnight for a window that is always open."""
    return _moment(day, time() if window.always else window.opens, zone(profile.zone))


def add(start: datetime, span: Span, profile: Profile) -> datetime:
    """The end of a span that begins at ``start``, in UTC.

    Hours and shorter are exact. Days and weeks keep the lead's wall clock; so do working days, which count Monday to Friday without the
    holidays of the lead's country. No time at all ends where it began.
    """
    start = _utc(start)
    if span.exact is not None:
        return start + span.exact
    if not span.amount:
        return start
    return _later(start, span, profile)


def spread(at: datetime, window: Window, profile: Profile, seed: int) -> datetime:
    """Keep a herd from going out as the window opens: the same ``seed`` gives the same later moment, inside the window.

    Only what is due in the window's first minute is moved, by at most two hours and at most half of the window.
    """
    at = next_open(at, window, profile)
    if window.always:
        return at
    where = zone(profile.zone)
    day = at.astimezone(where).date()
    opened = _openings(day, window.opens, window.closes, profile.zone)[0]
    if at - opened >= _FIRST_MINUTE:
        return at
    room = min(_WIDEST_SPREAD, (_moment(day, window.closes, where) - opened) / 2)
    draw = int.from_bytes(blake2b(str(seed).encode(), digest_size=8).digest())
    later = opened + timedelta(seconds=draw % (int(room.total_seconds()) + 1))
    return max(at, next_open(later, window, profile))


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, from the locked data. Raises ValueError that says the nearest right name."""
    if problem := zone_problem(name):
        raise ValueError(problem)
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@lru_cache(maxsize=4096)
def zone_problem(name: str) -> str | None:
    """What is wrong with a zone's name, and after ``: write`` what would be right; None when it is right."""
    if name in _ZONES:
        return None
    wanted = "_".join(name.split()).lower()
    found = _LOWER.get(wanted) or _nearest(wanted.rpartition("/")[2], _CITIES)
    return f"there is no time zone {name!r}: write {repr(found) if found else 'an area and a city, like Asia/Tokyo'}"


@lru_cache(maxsize=4096)
def country_problem(code: str) -> str | None:
    """What is wrong with a country's code, and after ``: write`` what would be right; None when it is right or empty."""
    if not code or code in _CODES:
        return None
    found = _nearest("".join(code.split()).lower(), _CALLED)
    return f"there is no country {code!r}: write {repr(found) if found else 'its two letters of ISO 3166-1, like JP'}"


def _nearest(wanted: str, names: dict[str, str]) -> str | None:
    """The right name for one that is nearly right. Short ones are all alike, so that a guess would mislead."""
    if wanted in names:
        return names[wanted]
    close = get_close_matches(wanted, names, n=1, cutoff=0.8) if len(wanted) > 3 else []
    return names[close[0]] if close else None


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no zone, so it is no moment")
    return at.astimezone(UTC)


def _whole_second(at: datetime) -> datetime:
    at = _utc(at)
    return at.replace(microsecond=0) + timedelta(seconds=1) if at.microsecond else at


@lru_cache(maxsize=16384)
def _later(start: datetime, span: Span, profile: Profile) -> datetime:
    """``add`` for what depends on the calendar. A lead asks for the same few moments at every wake-up and in every replay."""
    where = zone(profile.zone)
    local = start.astimezone(where)
    day = local.date()
    if span.unit is not Unit.WORKING_DAY:
        return _moment(day + span.days * _DAY, local.time(), where)
    left = span.amount
    while left:
        day += _DAY
        if is_working_day(day, _OFFICE, profile):
            left -= 1
    return _moment(day, local.time(), where)


def _moment(day: date, wall: time, where: ZoneInfo) -> datetime:
    """The moment at which the clocks of ``where`` first show ``wall`` on ``day``, or the first one after the gap that skips it."""
    moment = datetime.combine(day, wall.replace(fold=0), where).astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) == datetime.combine(day, wall):
        return moment
    return _change(datetime.combine(day, wall.replace(fold=1), where).astimezone(UTC), moment, where)


def _change(before: datetime, after: datetime, where: ZoneInfo) -> datetime:
    """The second between the two at which the clocks of ``where`` change."""
    start = before.replace(microsecond=0)
    changed_to = after.astimezone(where).utcoffset()

    def has_changed(seconds: int) -> bool:
        return (start + timedelta(seconds=seconds)).astimezone(where).utcoffset() == changed_to

    return start + timedelta(seconds=bisect_left(range(int((after - start).total_seconds()) + 1), True, key=has_changed))


@lru_cache(maxsize=16384)
def _openings(day: date, opens: time, closes: time, name: str) -> tuple[datetime, ...]:
    """The moments of ``day`` at which a closed window opens: one, and more where clocks go back over its edges; none where they skip it."""
    where = zone(name)
    dawn, dusk = _moment(day, time(), where), _moment(day + _DAY, time(), where)
    moments = {_moment(day, opens, where)}
    if dusk - dawn > _DAY:
        moments |= {datetime.combine(day, opens.replace(fold=1), where).astimezone(UTC), _change(dawn, dusk, where)}
    walls = ((moment, moment.astimezone(where)) for moment in sorted(map(_whole_second, moments)))
    return tuple(moment for moment, wall in walls if wall.date() == day and opens <= wall.time() < closes)


@lru_cache(maxsize=4096)
def _holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country; none for a country that is not known."""
    if country not in _ENTITIES:
        return frozenset()
    nameless: Any = type("Nameless", (_Nameless, _ENTITIES[country]), {})
    with _QUIET, warnings.catch_warnings(action="ignore"):  # India's beyond 2035 are known in part, which is no news
        return frozenset(nameless(years=year, expand=False))


class _Nameless:
    """Holidays without translated names: translating reads files and the machine's language, which a workflow must not do."""

    def _init_translation(self) -> None:
        self.tr = str
