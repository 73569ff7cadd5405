"""How fast letters may go: the room in an hour and a day, how a new domain warms up, and when a letter that waits has its turn."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from nurture.state import LeadState

ANSWER_WITHIN: Final = timedelta(days=3)
"""How long after a lead did something the next letter counts as an answer to it: over a weekend, and not for ever."""

ONE_IN: Final = 10
"""Of so many letters that may go, one is kept for answers, and always one where there are two."""

LATEST_TURN: Final = timedelta(days=30)
"""How far ahead a turn is told at most; then the letter asks again."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


class Urgency(IntEnum):
    """What goes first where much waits: the lower number does."""

    HUMAN = 1
    """A human is called."""
    ANSWER = 2
    """The lead did something, and hears from us."""
    CAMPAIGN = 4
    """It is time by the plan."""


def is_answer(state: LeadState, now: datetime) -> bool:
    """Whether the next letter is the first since the lead did something by itself, which is not long ago: it goes before all others."""
    acted_at = state.memory.acted_at
    return acted_at is not None and now - acted_at <= ANSWER_WITHIN and (state.touch_at is None or state.touch_at < acted_at)


def grown(day: int, *, first_day: int, doubles_in_days: float, at_most: int | None) -> int:
    """How many letters may go on a day, counted from 0: ``first_day`` on the first, twice as many after so many days, up to the most."""
    letters = first_day * 2.0 ** min(day / doubles_in_days, 40.0)
    return int(min(letters, at_most)) if at_most else int(letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """How a domain that nobody knows as a sender begins. Days are UTC's, and the first is the one of ``began_at``."""

    began_at: datetime
    first_day: int
    doubles_in_days: float
    at_most: int | None = None

    def on(self, at: datetime) -> int:
        """How many letters may go on the day of ``at``."""
        day = max((_day(at) - _day(self.began_at)).days, 0)
        return grown(day, first_day=self.first_day, doubles_in_days=self.doubles_in_days, at_most=self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many letters may go in an hour and on a day, both UTC's; None for as many as there are."""

    per_hour: int | None = None
    per_day: int | None = None
    warm_up: WarmUp | None = None

    def on(self, at: datetime) -> int | None:
        """How many letters may go on the day of ``at``."""
        return min((limit for limit in (self.per_day, self.warm_up.on(at) if self.warm_up else None) if limit is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many letters went in the hour and on the day that begin at these moments."""

    hour_at: datetime
    in_hour: int
    day_at: datetime
    in_day: int

    def at(self, now: datetime) -> "Count":
        """The same count at ``now``: a new hour and a new day begin with none."""
        hour_at, day_at = _hour(now), _day(now)
        return Count(
            hour_at=hour_at,
            in_hour=self.in_hour if self.hour_at == hour_at else 0,
            day_at=day_at,
            in_day=self.in_day if self.day_at == day_at else 0,
        )

    def and_one(self, now: datetime) -> "Count":
        """The count with one letter more."""
        count = self.at(now)
        return Count(hour_at=count.hour_at, in_hour=count.in_hour + 1, day_at=count.day_at, in_day=count.in_day + 1)


def nothing_counted(now: datetime) -> Count:
    """Before the first letter."""
    return Count(hour_at=_hour(now), in_hour=0, day_at=_day(now), in_day=0)


def room(pace: Pace, count: Count, now: datetime, *, answers: bool) -> int | None:
    """How many letters may go yet in this hour and on this day; None for as many as there are. Some of it is for answers only."""
    so_far = count.at(now)
    limits = ((pace.per_hour, so_far.in_hour), (pace.on(now), so_far.in_day))
    return min((_open_to(limit, answers) - gone for limit, gone in limits if limit is not None), default=None)


def period(pace: Pace, now: datetime) -> tuple[datetime, datetime]:
    """The stretch of time in which turns are given: this hour where there is a limit for it, or else this day."""
    start, length = (_hour(now), _HOUR) if pace.per_hour is not None else (_day(now), _DAY)
    return start, start + length


def turn(pace: Pace, count: Count, now: datetime, *, ahead: int, answers: bool) -> datetime:
    """When there is room for a letter that has so many before it. Turns are spread evenly, so that those who wait ask once each."""
    start, end = period(pace, now)
    left = ahead - max(room(pace, count, now, answers=answers) or 0, 0)
    in_day, so_far = count.at(now).in_day, count.at(now)
    in_day += max(room(pace, so_far, now, answers=answers) or 0, 0)
    while end - now < LATEST_TURN:
        if _day(end) != _day(start):
            in_day = 0
        start, (_, end) = end, period(pace, end)
        offered = _offered(pace, start, in_day, answers=answers)
        if 0 <= left < offered:
            return start + (end - start) * (left + 0.5) / offered
        left -= offered
        in_day += offered
    return now + LATEST_TURN


def _offered(pace: Pace, start: datetime, in_day: int, *, answers: bool) -> int:
    """How many letters may go in a stretch that is to come, when so many went before it on its day."""
    in_hours = None if pace.per_hour is None else _open_to(pace.per_hour, answers)
    on_day = None if (limit := pace.on(start)) is None else _open_to(limit, answers) - in_day
    return max(min(limit for limit in (in_hours, on_day) if limit is not None), 0)


def _open_to(limit: int, answers: bool) -> int:
    return limit if answers or limit < 2 else limit - max(limit // ONE_IN, 1)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _day(at: datetime) -> datetime:
    return _hour(at).replace(hour=0)
