"""The lead's calendar: when its window is open, and where days, working days and weeks lead to in its zone."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from nurture.clocks import DAY, moment_at, openings, utc, whole_second
from nurture.kinds import Hours
from nurture.places import holidays_of, zone
from nurture.plan.parts import Weekday, Window
from nurture.plan.spans import DAYS_OF, Span, Unit
from nurture.profile import Profile

_FIRST_MINUTE: Final = timedelta(minutes=1)
_WIDEST_SPREAD: Final = timedelta(hours=2)
_DAYS_AHEAD: Final = 366
_WEEK: Final = tuple(Weekday)
_OFFICE: Final = Window(days=_WEEK[:5], holidays=True)
_LEAP_YEAR: Final = tuple(date(2028, 1, 1) + n * DAY for n in range(366))
_FEWEST_DAYS: Final = 30
_NOON: Final = time(12)
_EARLY: Final = (time(8), _NOON)
_LATE: Final = (time(13), time(17))


def next_open(at: datetime, window: Window, profile: Profile) -> datetime:
    """The first whole second at or after ``at`` inside the window, in UTC.

    Raises ValueError for an unknown zone, and for a window that does not open within a year.
    """
    at = whole_second(at)
    if window.always and not window.quiet:
        return at
    local = at.astimezone(zone(profile.zone))
    return at if _is_open_then(local, window, profile) else _opening(at, local.date(), window, profile)


def _opening(at: datetime, day: date, window: Window, profile: Profile) -> datetime:
    """The first time at or after ``at``, which is on ``day``, that the window opens."""
    opens, closes = (time(), time.max) if window.always else (window.opens, window.closes)
    for _ in range(_DAYS_AHEAD):
        if is_working_day(day, window, profile):
            for opening in openings(day, opens, closes, profile.zone):
                if opening >= at:
                    return opening
        day += DAY
    days = "every day" if window.always else ", ".join(window.days)
    without = f" without {', '.join(window.quiet)}" if window.quiet else ""
    raise ValueError(f"the window from {window.opens} to {window.closes} on {days}{without} does not open within a year")


def is_open(at: datetime, window: Window, profile: Profile) -> bool:
    """Whether a letter may go out at ``at``: the lead's wall clock decides."""
    return _is_open_then(utc(at).astimezone(zone(profile.zone)), window, profile)


def _is_open_then(local: datetime, window: Window, profile: Profile) -> bool:
    return (window.always or window.opens <= local.time() < window.closes) and is_working_day(local.date(), window, profile)


def is_working_day(day: date, window: Window, profile: Profile) -> bool:
    """Whether ``day`` is one of the window's days, in none of its quiet periods, and no holiday of the lead's country that it keeps free.

    A quiet period closes a window that is always open, too.
    """
    quiet = window.quiet
    if quiet and (day.month, day.day) in _quiet_days(quiet):
        return False
    if window.always:
        return True
    return _WEEK[day.weekday()] in window.days and not (
        window.holidays and profile.country and day in holidays_of(profile.country, day.year)
    )


def morning(day: date, window: Window, profile: Profile) -> datetime:
    """When the window's opening hour strikes on ``day``, open or not, in UTC. It is midnight for a window that is always open."""
    return moment_at(day, time() if window.always else window.opens, zone(profile.zone))


def moment_of(day: date, wall: time, profile: Profile) -> datetime:
    """When the lead's clock first shows ``wall`` on ``day``, in UTC."""
    return moment_at(day, wall, zone(profile.zone))


def within(window: Window, hours: Hours) -> Window:
    """The half of the window that ``hours`` names, split at its middle; all of it for ``any``.

    A window that is always open has a morning from 8 to 12 and an afternoon from 13 to 17, every day. One too short to be split, below
    two seconds, stays whole.
    """
    return window if hours is Hours.ANY else _half(window, hours)


@lru_cache(maxsize=1024)
def _half(window: Window, hours: Hours) -> Window:
    if window.always:
        opens, closes = _EARLY if hours is Hours.EARLY else _LATE
        return window.model_copy(update={"always": False, "days": _WEEK, "holidays": False, "opens": opens, "closes": closes})
    middle = _middle(window)
    if middle == window.opens:
        return window
    return window.model_copy(update={"closes": middle} if hours is Hours.EARLY else {"opens": middle})


def other_half(at: datetime, window: Window, profile: Profile) -> Hours:
    """The half of the window in which ``at`` does not lie on the lead's clock: early for an afternoon, late for a morning (S0-12).

    What lies outside the window is before or after its middle all the same; the middle of one that is always open is noon.
    """
    seen = utc(at).astimezone(zone(profile.zone)).time()
    return Hours.LATE if seen < _middle(window) else Hours.EARLY


@lru_cache(maxsize=1024)
def quiet_problem(window: Window) -> str | None:
    """What is wrong with the quiet periods of a window, and after ``: write`` what would be right; None when nothing is.

    A lead waits through them, so that at least thirty of a year's days must be left.
    """
    named = {f"{day:%m-%d}" for day in _LEAP_YEAR}
    for period in window.quiet:
        for edge in period.split(" to "):
            if edge not in named:
                return f"there is no day {edge!r} in {period!r}: write a month and a day, like '12-28 to 01-04'"
    left = sum((day.month, day.day) not in _quiet_days(window.quiet) for day in _LEAP_YEAR)
    if left < _FEWEST_DAYS:
        return f"the quiet periods leave {left} days of the year: write shorter ones, that leave at least {_FEWEST_DAYS}"
    return None


def add(start: datetime, span: Span, profile: Profile) -> datetime:
    """The end of a span that begins at ``start``, in UTC.

    Hours and shorter are exact. Days and weeks keep the lead's wall clock; so do working days, which count Monday to Friday without the
    holidays of the lead's country. No time at all ends where it began.
    """
    start = utc(start)
    exact = span.exact
    if exact is not None:
        return start + exact
    if not span.amount:
        return start
    return _later(start, span.amount, span.unit, profile.zone, profile.country)


@lru_cache(maxsize=4096)
def spread(at: datetime, window: Window, profile: Profile, seed: int) -> datetime:
    """Keep a herd from going out as the window opens: the same ``seed`` gives the same later moment, inside the window.

    Only what is due in the window's first minute is moved, by at most two hours and at most half of the window. What is due later in an
    open window keeps its moment, to the microsecond; what is due while it is closed is due as it opens.
    """
    at, where = utc(at), zone(profile.zone)
    due, local = at, at.astimezone(where)
    if not _is_open_then(local, window, profile):
        due = _opening(whole_second(at), local.date(), window, profile)
        local = due.astimezone(where)
    if window.always:
        return due
    opened, room = _first_hours(local.date(), window.opens, window.closes, profile.zone)
    if due - opened >= _FIRST_MINUTE:
        return due
    return max(due, next_open(opened + timedelta(seconds=_draw(seed) % (room + 1)), window, profile))


@lru_cache(maxsize=4096)
def _draw(seed: int) -> int:
    return int.from_bytes(blake2b(str(seed).encode(), digest_size=8).digest())


@lru_cache(maxsize=16384)
def _first_hours(day: date, opens: time, closes: time, name: str) -> tuple[datetime, int]:
    """When a closed window opens on a day on which it does, and the seconds from then on over which a herd is spread."""
    opened = openings(day, opens, closes, name)[0]
    return opened, int(min(_WIDEST_SPREAD, (moment_at(day, closes, zone(name)) - opened) / 2).total_seconds())


@lru_cache(maxsize=1024)
def _quiet_days(periods: tuple[str, ...]) -> frozenset[tuple[int, int]]:
    """Month and day of all days in these periods, of which one that ends before it begins goes over the end of the year."""
    quiet = set()
    for period in periods:
        first, last = period.split(" to ")
        for day in _LEAP_YEAR:
            seen = f"{day:%m-%d}"
            if first <= seen <= last or (last < first and not last < seen < first):
                quiet.add((day.month, day.day))
    return frozenset(quiet)


@lru_cache(maxsize=1024)
def _middle(window: Window) -> time:
    """The whole second at which the late half begins."""
    if window.always:
        return _NOON
    opens, closes = (3600 * edge.hour + 60 * edge.minute + edge.second for edge in (window.opens, window.closes))
    minutes, seconds = divmod((opens + closes) // 2, 60)
    return time(minutes // 60, minutes % 60, seconds)


@lru_cache(maxsize=16384)
def _later(start: datetime, amount: int, unit: Unit, name: str, country: str) -> datetime:
    """``add`` for what depends on the calendar. A lead asks for the same few moments at every wake-up and in every replay."""
    where = zone(name)
    local = start.astimezone(where)
    day = local.date()
    later = _working_days_later(day, amount, country) if unit is Unit.WORKING_DAY else day + amount * DAYS_OF[unit] * DAY
    return moment_at(later, local.time(), where)


@lru_cache(maxsize=16384)
def _working_days_later(day: date, left: int, country: str) -> date:
    somewhere = Profile(country=country)
    while left:
        day += DAY
        if is_working_day(day, _OFFICE, somewhere):
            left -= 1
    return day
