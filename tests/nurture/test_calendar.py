"""When a lead may hear from us: windows, holidays and clock changes, told in the lead's own time."""

import subprocess
import sys
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.calendar import is_open, is_working_day, moment_of, morning, next_open, other_half, quiet_problem, spread, within
from nurture.kinds import Hours
from nurture.places import country_problem, zone, zone_problem
from nurture.plan.parts import Weekday, Window
from nurture.profile import Profile

ROOT = Path(__file__).parents[2]
OFFICE_HOURS = Window()
ALWAYS = Window(always=True)
JAPAN = Profile(zone="Asia/Tokyo", country="JP")
NEW_YORK = Profile(zone="America/New_York", country="US")
BERLIN = Profile(zone="Europe/Berlin", country="DE")
LORD_HOWE = Profile(zone="Australia/Lord_Howe", country="AU")
APIA = Profile(zone="Pacific/Apia", country="WS")
EVERYWHERE = (JAPAN, NEW_YORK, BERLIN, LORD_HOWE, APIA)


def there(profile: Profile, text: str, fold: int = 0) -> datetime:
    """What the lead's clock shows, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(profile.zone), fold=fold).astimezone(UTC)


def between(
    opens: time, closes: time, days: Collection[Weekday] = tuple(Weekday), holidays: bool = False, quiet: Collection[str] = ()
) -> Window:
    return Window.model_validate({"from": opens, "to": closes, "days": sorted(days), "holidays": holidays, "quiet": tuple(quiet)})


@pytest.mark.parametrize(
    ("profile", "at", "opens"),
    [
        pytest.param(JAPAN, "2026-05-25 08:00", "2026-05-25 09:00", id="monday-morning-in-japan-is-sunday-in-utc-and-still-monday"),
        pytest.param(JAPAN, "2026-05-25 09:00", "2026-05-25 09:00", id="the-opening-hour-is-inside"),
        pytest.param(JAPAN, "2026-05-25 16:59:59", "2026-05-25 16:59:59", id="the-last-second-is-inside"),
        pytest.param(JAPAN, "2026-05-25 17:00", "2026-05-26 09:00", id="the-closing-hour-is-outside"),
        pytest.param(JAPAN, "2026-05-29 17:00", "2026-06-01 09:00", id="friday-evening-waits-for-monday"),
        pytest.param(JAPAN, "2026-04-28 18:00", "2026-04-30 09:00", id="showa-day-is-kept-free"),
        pytest.param(JAPAN, "2026-05-01 18:00", "2026-05-07 09:00", id="golden-week-with-its-substitute-holiday-is-kept-free"),
        pytest.param(JAPAN, "2026-09-18 18:00", "2026-09-24 09:00", id="silver-week-with-the-day-between-two-holidays-is-kept-free"),
        pytest.param(NEW_YORK, "2026-11-25 18:00", "2026-11-27 09:00", id="thanksgiving-is-kept-free"),
        pytest.param(NEW_YORK, "2026-07-02 18:00", "2026-07-06 09:00", id="a-holiday-on-saturday-is-kept-on-friday"),
        pytest.param(NEW_YORK, "2027-12-30 18:00", "2028-01-03 09:00", id="new-year-is-kept-on-the-last-day-of-the-old-one"),
        pytest.param(NEW_YORK, "2026-05-04 10:00", "2026-05-04 10:00", id="holidays-of-other-countries-do-not-count"),
        pytest.param(Profile(zone="Asia/Tokyo"), "2026-05-04 10:00", "2026-05-04 10:00", id="no-country-has-no-holidays"),
        pytest.param(
            Profile(zone="Asia/Tokyo", country="ZZ"), "2026-05-04 10:00", "2026-05-04 10:00", id="unknown-country-has-none-either"
        ),
        pytest.param(NEW_YORK, "2026-03-06 18:00", "2026-03-09 09:00", id="nine-stays-nine-after-the-clocks-go-forward"),
        pytest.param(BERLIN, "2026-10-23 18:00", "2026-10-26 09:00", id="nine-stays-nine-after-the-clocks-go-back"),
        pytest.param(
            Profile(zone="Asia/Kolkata", country="IN"), "2050-05-25 08:00", "2050-05-25 09:00", id="years-with-holidays-half-known"
        ),
    ],
)
def test_letters_go_out_in_the_office_hours_of_the_lead(profile: Profile, at: str, opens: str) -> None:
    assert next_open(there(profile, at), OFFICE_HOURS, profile) == there(profile, opens)


def test_a_window_may_ignore_holidays() -> None:
    window = Window(holidays=False)

    assert next_open(there(JAPAN, "2026-05-04 08:00"), window, JAPAN) == there(JAPAN, "2026-05-04 09:00")


def test_only_the_days_of_the_window_count() -> None:
    window = Window(days=(Weekday.TUE, Weekday.SAT))

    assert next_open(there(JAPAN, "2026-05-20 12:00"), window, JAPAN) == there(JAPAN, "2026-05-23 09:00")
    assert next_open(there(JAPAN, "2026-05-23 18:00"), window, JAPAN) == there(JAPAN, "2026-05-26 09:00")


@pytest.mark.parametrize(
    ("quiet", "at", "opens"),
    [
        pytest.param("08-10 to 08-16", "2026-08-07 18:00", "2026-08-17 09:00", id="a-week-in-summer"),
        pytest.param("08-10 to 08-16", "2026-08-12 10:00", "2026-08-17 09:00", id="from-within"),
        pytest.param("08-10 to 08-16", "2027-08-09 18:00", "2027-08-17 09:00", id="every-year"),
        pytest.param("05-26 to 05-26", "2026-05-25 18:00", "2026-05-27 09:00", id="one-day"),
        pytest.param("12-28 to 01-04", "2026-12-25 18:00", "2027-01-05 09:00", id="over-the-end-of-the-year"),
        pytest.param("12-28 to 01-04", "2027-01-04 10:00", "2027-01-05 09:00", id="its-last-day-in-the-new-year"),
        pytest.param("02-29 to 02-29", "2028-02-28 18:00", "2028-03-01 09:00", id="the-leap-day"),
        pytest.param("02-29 to 02-29", "2027-02-26 18:00", "2027-03-01 09:00", id="a-leap-day-that-does-not-come"),
        pytest.param("02-20 to 02-29", "2027-02-19 18:00", "2027-03-01 09:00", id="until-a-leap-day-that-does-not-come"),
        pytest.param("02-29 to 03-02", "2027-03-01 10:00", "2027-03-03 09:00", id="from-a-leap-day-that-does-not-come"),
        pytest.param("02-20 to 02-28", "2028-02-25 18:00", "2028-02-29 09:00", id="the-leap-day-after-it-is-open"),
    ],
)
def test_a_quiet_period_closes_the_window_every_year(quiet: str, at: str, opens: str) -> None:
    window = Window(quiet=(quiet,))

    assert next_open(there(JAPAN, at), window, Profile(zone="Asia/Tokyo")) == there(JAPAN, opens)


def test_quiet_periods_add_up_with_weekends_and_holidays() -> None:
    window = Window(quiet=("04-20 to 04-28", "05-07 to 05-08"))

    assert next_open(there(JAPAN, "2026-04-20 08:00"), window, JAPAN) == there(JAPAN, "2026-04-30 09:00")
    assert next_open(there(JAPAN, "2026-05-01 18:00"), window, JAPAN) == there(JAPAN, "2026-05-11 09:00")


def test_a_quiet_period_closes_a_window_that_is_always_open_until_midnight_there() -> None:
    window = Window(always=True, quiet=("12-28 to 01-04",))

    assert next_open(there(JAPAN, "2026-12-28 00:00"), window, JAPAN) == there(JAPAN, "2027-01-05 00:00")
    assert is_open(there(JAPAN, "2026-12-27 23:59:59"), window, JAPAN)
    assert not is_open(there(JAPAN, "2027-01-04 23:59:59"), window, JAPAN)


@pytest.mark.parametrize("quiet", [("01-01 to 12-31",), ("03-01 to 02-29",), ("07-01 to 12-31", "01-01 to 06-30"), ("03-01 to 02-28",)])
@pytest.mark.parametrize("window", [OFFICE_HOURS, ALWAYS])
def test_quiet_periods_that_leave_no_day_within_a_year_are_said_and_not_waited_for(window: Window, quiet: tuple[str, ...]) -> None:
    window = window.model_copy(update={"quiet": quiet})

    with pytest.raises(ValueError, match="does not open within a year"):
        next_open(there(JAPAN, "2026-05-25 10:00"), window, JAPAN)


@pytest.mark.parametrize(
    ("quiet", "problem"),
    [
        ((), None),
        (("12-28 to 01-04", "02-29 to 02-29", "08-10 to 08-16"), None),
        (("02-01 to 01-01",), None),
        (("02-01 to 01-02",), "the quiet periods leave 29 days of the year: write shorter ones, that leave at least 30"),
        (("12-28 to 13-04",), "there is no day '13-04' in '12-28 to 13-04': write a month and a day, like '12-28 to 01-04'"),
        (("02-30 to 03-04",), "there is no day '02-30' in '02-30 to 03-04': write a month and a day, like '12-28 to 01-04'"),
    ],
)
def test_quiet_periods_name_real_days_and_leave_some(quiet: tuple[str, ...], problem: str | None) -> None:
    assert quiet_problem(Window(quiet=quiet)) == problem


@pytest.mark.parametrize(
    ("profile", "at", "window", "opens_utc"),
    [
        pytest.param(NEW_YORK, "2026-03-08 00:10", (time(2, 30), time(6)), "2026-03-08 07:00", id="new-york-forward"),
        pytest.param(BERLIN, "2026-03-29 00:10", (time(2, 30), time(6)), "2026-03-29 01:00", id="berlin-forward"),
        pytest.param(LORD_HOWE, "2026-10-04 00:10", (time(2, 15), time(6)), "2026-10-03 15:30", id="lord-howe-forward-by-half-an-hour"),
        pytest.param(APIA, "2020-09-27 00:10", (time(3, 30), time(6)), "2020-09-26 14:00", id="apia-forward"),
        pytest.param(APIA, "2011-12-29 18:00", (time(9), time(17)), "2011-12-30 19:00", id="apia-skips-a-whole-day"),
        pytest.param(JAPAN, "2026-03-29 00:10", (time(2, 30), time(6)), "2026-03-28 17:30", id="tokyo-never-changes"),
        pytest.param(NEW_YORK, "2026-03-08 00:10", (time(2, 15), time(2, 45)), "2026-03-09 06:15", id="a-window-in-the-gap-waits-a-day"),
        pytest.param(NEW_YORK, "2026-11-01 00:10", (time(1, 30), time(6)), "2026-11-01 05:30", id="new-york-back-takes-the-first"),
        pytest.param(BERLIN, "2026-10-25 00:10", (time(2, 30), time(6)), "2026-10-25 00:30", id="berlin-back-takes-the-first"),
        pytest.param(LORD_HOWE, "2026-04-05 00:10", (time(1, 45), time(6)), "2026-04-04 14:45", id="lord-howe-back-takes-the-first"),
        pytest.param(APIA, "2021-04-04 00:10", (time(3, 30), time(6)), "2021-04-03 13:30", id="apia-back-takes-the-first"),
    ],
)
def test_a_window_that_opens_where_clocks_change(profile: Profile, at: str, window: tuple[time, time], opens_utc: str) -> None:
    opens = datetime.fromisoformat(opens_utc).replace(tzinfo=UTC)

    assert next_open(there(profile, at), between(*window), profile) == opens


def test_a_window_closes_and_opens_again_when_the_clocks_go_back_over_its_edge() -> None:
    before_opening_again = there(NEW_YORK, "2026-11-01 01:15", fold=1)
    after_closing = there(NEW_YORK, "2026-11-01 01:45")

    assert next_open(before_opening_again, between(time(1, 30), time(6)), NEW_YORK) == there(NEW_YORK, "2026-11-01 01:30", fold=1)
    assert next_open(after_closing, between(time(0), time(1, 30)), NEW_YORK) == there(NEW_YORK, "2026-11-01 01:00", fold=1)


def test_a_day_that_never_came_opens_no_window() -> None:
    window = Window.model_validate({"from": time(0), "to": time(17)})

    assert next_open(there(APIA, "2011-12-29 18:00"), window, APIA) == there(APIA, "2012-01-03 00:00")


def test_an_always_open_window_is_open_at_night_on_a_holiday() -> None:
    at = there(JAPAN, "2026-05-04 03:00")

    assert next_open(at, ALWAYS, JAPAN) == at
    assert is_open(at, ALWAYS, JAPAN)


@pytest.mark.parametrize("window", [OFFICE_HOURS, ALWAYS])
def test_moments_are_whole_seconds_and_never_too_early(window: Window) -> None:
    at = there(JAPAN, "2026-05-25 10:00") + timedelta(microseconds=1)

    assert next_open(at, window, JAPAN) == there(JAPAN, "2026-05-25 10:00:01")


def test_a_window_that_never_opens_is_said_and_not_waited_for() -> None:
    with pytest.raises(ValueError, match="hours and minutes"):
        between(time(9, 0, 0, 100), time(9, 0, 0, 200))
    window = between(time(9), time(10)).model_copy(update={"days": ()})

    with pytest.raises(ValueError, match="does not open within a year"):
        next_open(there(JAPAN, "2026-05-25 08:00"), window, JAPAN)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        next_open(there(JAPAN, "2026-05-25 08:00").replace(tzinfo=None), OFFICE_HOURS, JAPAN)


def test_the_morning_of_a_day_is_the_opening_hour_there_even_on_a_holiday() -> None:
    assert morning(date(2026, 5, 4), OFFICE_HOURS, JAPAN) == there(JAPAN, "2026-05-04 09:00")
    assert morning(date(2026, 3, 8), between(time(2, 30), time(6)), NEW_YORK) == there(NEW_YORK, "2026-03-08 03:00")
    assert morning(date(2026, 11, 1), between(time(1, 30), time(6)), NEW_YORK) == there(NEW_YORK, "2026-11-01 01:30")
    assert morning(date(2026, 5, 4), ALWAYS, JAPAN) == there(JAPAN, "2026-05-04 00:00")


def test_a_moment_of_the_leads_clock_is_the_first_that_shows_it() -> None:
    assert moment_of(date(2026, 5, 4), time(9, 30), JAPAN) == there(JAPAN, "2026-05-04 09:30")
    assert moment_of(date(2026, 3, 8), time(2, 30), NEW_YORK) == there(NEW_YORK, "2026-03-08 03:00")
    assert moment_of(date(2026, 11, 1), time(1, 30), NEW_YORK) == there(NEW_YORK, "2026-11-01 01:30")


@cache
def clock_changes(name: str) -> list[datetime]:
    """About when the clocks of a zone change, to the hour."""
    hours = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(4 * 366 * 24)]
    where = ZoneInfo(name)
    return [b for a, b in pairwise(hours) if a.astimezone(where).utcoffset() != b.astimezone(where).utcoffset()]


@st.composite
def moments(draw: st.DrawFn, profile: Profile) -> datetime:
    """Any moment of thirty years, and often one near a change of the clocks."""
    changes = clock_changes(profile.zone)
    near = draw(st.booleans())
    if changes and near:
        return draw(st.sampled_from(changes)) + timedelta(seconds=draw(st.integers(-2 * 86400, 4 * 3600)))
    return datetime(2010, 1, 1, tzinfo=UTC) + timedelta(microseconds=draw(st.integers(0, 30 * 366 * 86400 * 10**6)))


clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
quiet_periods = st.builds(
    lambda first, length: f"{date(2028, 1, 1) + timedelta(days=first):%m-%d} to {date(2028, 1, 1) + timedelta(days=first + length):%m-%d}",
    st.integers(0, 365) | st.just(59),
    st.integers(0, 60),
)
windows = st.builds(
    lambda days, edges, holidays, quiet: between(min(edges), max(edges), days, holidays, quiet),
    st.sets(st.sampled_from(Weekday), min_size=1),
    st.lists(clocks, min_size=2, max_size=2, unique=True) | st.just([time(9), time(17)]),
    st.booleans(),
    st.just([]) | st.lists(quiet_periods, max_size=2),
)
always_windows = st.builds(lambda quiet: Window(always=True, quiet=tuple(quiet)), st.lists(quiet_periods, max_size=2))
thorough = settings(max_examples=200, deadline=None)


@cache
def holidays_of(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))


@cache
def days_of(period: str) -> frozenset[str]:
    """The days of a quiet period, crossed out one after the other on the wall calendar of a leap year."""
    first, last = period.split(" to ")
    crossed_out, day = {first}, date.fromisoformat(f"2028-{first}")
    while f"{day:%m-%d}" != last:
        day = day.replace(month=1, day=1) if (day.month, day.day) == (12, 31) else day + timedelta(days=1)
        crossed_out.add(f"{day:%m-%d}")
    return frozenset(crossed_out)


def shows_an_open_hour(at: datetime, window: Window, profile: Profile) -> bool:
    """The rule in its plainest words: the clock and the date that the lead sees."""
    seen = at.astimezone(ZoneInfo(profile.zone))
    if any(f"{seen:%m-%d}" in days_of(period) for period in window.quiet):
        return False
    if window.always:
        return True
    free = window.holidays and seen.date() in holidays_of(profile.country, seen.year)
    return list(Weekday)[seen.weekday()] in window.days and window.opens <= seen.time() < window.closes and not free


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows | always_windows)
def test_the_next_open_moment_is_open_and_nothing_before_it_is(data: st.DataObject, profile: Profile, window: Window) -> None:
    at = data.draw(moments(profile))
    found = next_open(at, window, profile)

    assert shows_an_open_hour(found, window, profile)
    assert found >= at
    assert found.utcoffset() == timedelta(0)
    assert found.microsecond == 0
    for _ in range(5):
        passed = at + data.draw(st.integers(0, 1000)) / 1000 * (found - at)
        assert found - passed < timedelta(seconds=1) or not shows_an_open_hour(passed, window, profile)


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows | always_windows)
def test_asking_again_changes_nothing_and_asking_later_never_gives_an_earlier_answer(
    data: st.DataObject, profile: Profile, window: Window
) -> None:
    at = data.draw(moments(profile))
    later = at + timedelta(seconds=data.draw(st.integers(0, 3 * 86400)))
    found = next_open(at, window, profile)

    assert next_open(found, window, profile) == found
    assert next_open(later, window, profile) >= found


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows | always_windows)
def test_open_means_that_the_lead_sees_an_open_hour(data: st.DataObject, profile: Profile, window: Window) -> None:
    at = data.draw(moments(profile))

    assert is_open(at, window, profile) == shows_an_open_hour(at, window, profile)


def test_a_herd_that_is_due_at_nine_is_spread_over_two_hours() -> None:
    nine = there(JAPAN, "2026-05-25 09:00")
    leaving = [spread(nine, OFFICE_HOURS, JAPAN, seed) for seed in range(1000)]

    assert min(leaving) >= nine
    assert max(leaving) <= nine + timedelta(hours=2)
    quarters = [sum(nine + n * timedelta(minutes=15) <= at < nine + (n + 1) * timedelta(minutes=15) for at in leaving) for n in range(8)]
    assert min(quarters) > 60


def test_a_short_window_spreads_its_herd_over_its_first_half() -> None:
    window = between(time(9), time(9, 30))
    nine = there(JAPAN, "2026-05-25 09:00")
    leaving = [spread(nine, window, JAPAN, seed) for seed in range(1000)]

    assert nine + timedelta(minutes=14) < max(leaving) <= nine + timedelta(minutes=15)


def test_a_herd_is_not_spread_into_the_hour_that_the_clocks_repeat_before_the_window_opens_again() -> None:
    window = between(time(1, 30), time(3))
    opens, opens_again = there(NEW_YORK, "2026-11-01 01:30"), there(NEW_YORK, "2026-11-01 01:30", fold=1)
    leaving = [spread(opens, window, NEW_YORK, seed) for seed in range(1000)]

    assert not [at for at in leaving if opens + timedelta(minutes=30) <= at < opens_again]
    assert opens_again in leaving


@pytest.mark.parametrize("at", ["2026-05-25 09:01", "2026-05-25 13:00"])
def test_what_is_due_inside_the_open_window_goes_at_once(at: str) -> None:
    assert {spread(there(JAPAN, at), OFFICE_HOURS, JAPAN, seed) for seed in range(100)} == {there(JAPAN, at)}


def test_an_always_open_window_has_no_herd() -> None:
    assert {spread(there(JAPAN, "2026-05-25 09:00"), ALWAYS, JAPAN, seed) for seed in range(100)} == {there(JAPAN, "2026-05-25 09:00")}


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows, st.integers(0, 2**128 - 1))
def test_spreading_stays_inside_the_window_of_that_day_and_is_the_same_every_time(
    data: st.DataObject, profile: Profile, window: Window, seed: int
) -> None:
    at = next_open(data.draw(moments(profile)), window, profile) + timedelta(seconds=data.draw(st.sampled_from((0, 1, 59, 60))))
    due = next_open(at, window, profile)
    moved = spread(due, window, profile, seed)

    assert shows_an_open_hour(moved, window, profile)
    assert due <= moved
    assert moved.astimezone(ZoneInfo(profile.zone)).date() == due.astimezone(ZoneInfo(profile.zone)).date()
    assert spread(due, window, profile, seed) == moved
    assert spread(moved, window, profile, seed) == moved


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows | always_windows, st.integers(0, 2**128 - 1))
def test_spreading_may_be_asked_for_any_moment_and_moves_only_what_goes_as_the_window_opens(
    data: st.DataObject, profile: Profile, window: Window, seed: int
) -> None:
    at = data.draw(moments(profile))
    moved = spread(at, window, profile, seed)

    assert shows_an_open_hour(moved, window, profile)
    if shows_an_open_hour(at, window, profile):
        assert moved == at or shows_the_first_minute(at, window, profile)
    else:
        assert moved == spread(next_open(at, window, profile), window, profile, seed)
    assert at <= moved <= next_open(at, window, profile) + timedelta(hours=3)
    assert spread(moved, window, profile, seed) == moved


def shows_the_first_minute(at: datetime, window: Window, profile: Profile) -> bool:
    """Whether a minute earlier the window had not opened."""
    return not shows_an_open_hour(at - timedelta(minutes=1), window, profile)


@pytest.mark.parametrize(
    ("whole", "early", "late"),
    [
        pytest.param((time(9), time(17)), (time(9), time(13)), (time(13), time(17)), id="office-hours"),
        pytest.param((time(9, 15), time(10)), (time(9, 15), time(9, 37, 30)), (time(9, 37, 30), time(10)), id="not-at-a-full-minute"),
        pytest.param((time(0), time(23, 59)), (time(0), time(11, 59, 30)), (time(11, 59, 30), time(23, 59)), id="almost-all-day"),
        pytest.param((time(9), time(9, 0, 2)), (time(9), time(9, 0, 1)), (time(9, 0, 1), time(9, 0, 2)), id="two-seconds"),
        pytest.param((time(9), time(9, 0, 1)), (time(9), time(9, 0, 1)), (time(9), time(9, 0, 1)), id="one-second-stays-whole"),
    ],
)
def test_a_window_is_split_at_its_middle(whole: tuple[time, time], early: tuple[time, time], late: tuple[time, time]) -> None:
    window = between(*whole, days=(Weekday.TUE,), holidays=True, quiet=("12-28 to 01-04",))
    halves = {Hours.ANY: whole, Hours.EARLY: early, Hours.LATE: late}

    assert {hours: within(window, hours) for hours in Hours} == {
        hours: between(*edges, days=(Weekday.TUE,), holidays=True, quiet=("12-28 to 01-04",)) for hours, edges in halves.items()
    }


def test_a_window_that_is_always_open_has_a_morning_and_an_afternoon_every_day() -> None:
    window = Window(always=True, quiet=("12-28 to 01-04",))
    saturday_at_night = there(JAPAN, "2026-05-23 03:00")

    assert within(window, Hours.ANY) == window
    for hours, opens, closes in ((Hours.EARLY, time(8), time(12)), (Hours.LATE, time(13), time(17))):
        half = within(window, hours)
        assert (half.always, half.opens, half.closes, half.holidays, half.quiet) == (False, opens, closes, False, window.quiet)
        assert {*half.days} == {*Weekday}
    assert next_open(saturday_at_night, within(window, Hours.LATE), JAPAN) == there(JAPAN, "2026-05-23 13:00")


@thorough
@given(st.data(), st.sampled_from(EVERYWHERE), windows)
def test_a_moment_of_the_window_lies_in_exactly_one_half_and_the_other_half_is_the_other(
    data: st.DataObject, profile: Profile, window: Window
) -> None:
    at = data.draw(moments(profile))
    lies_in = [hours for hours in (Hours.EARLY, Hours.LATE) if is_open(at, within(window, hours), profile)]

    assert len(lies_in) == is_open(at, window, profile)
    assert other_half(at, window, profile) not in lies_in


@pytest.mark.parametrize(
    ("at", "window", "other"),
    [
        ("2026-05-25 09:00", OFFICE_HOURS, Hours.LATE),
        ("2026-05-25 12:59:59", OFFICE_HOURS, Hours.LATE),
        ("2026-05-25 13:00", OFFICE_HOURS, Hours.EARLY),
        ("2026-05-25 16:00", OFFICE_HOURS, Hours.EARLY),
        ("2026-05-25 06:00", OFFICE_HOURS, Hours.LATE),
        ("2026-05-25 20:00", OFFICE_HOURS, Hours.EARLY),
        ("2026-05-25 11:59:59", ALWAYS, Hours.LATE),
        ("2026-05-25 12:00", ALWAYS, Hours.EARLY),
    ],
)
@pytest.mark.parametrize("profile", [JAPAN, NEW_YORK])
def test_what_went_in_the_afternoon_goes_in_the_morning_next_and_the_other_way_round(
    profile: Profile, at: str, window: Window, other: Hours
) -> None:
    assert other_half(there(profile, at), window, profile) is other


def test_every_half_keeps_its_herd_from_going_out_at_once() -> None:
    window = within(OFFICE_HOURS, Hours.LATE)
    one = there(JAPAN, "2026-05-25 13:00")
    leaving = [spread(one, window, JAPAN, seed) for seed in range(1000)]

    assert len(set(leaving)) > 900
    assert one + timedelta(minutes=119) < max(leaving) <= one + timedelta(hours=2)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Asia/Tokio", "'Asia/Tokyo'"),
        ("asia/tokyo", "'Asia/Tokyo'"),
        (" Asia/Tokyo", "'Asia/Tokyo'"),
        ("Tokyo", "'Asia/Tokyo'"),
        ("New York", "'America/New_York'"),
        ("Europe/Berln", "'Europe/Berlin'"),
        ("JST", "an area and a city, like Asia/Tokyo"),
        ("UTC+9", "an area and a city, like Asia/Tokyo"),
        ("Asia/Osaka", "an area and a city, like Asia/Tokyo"),
        ("../zones", "an area and a city, like Asia/Tokyo"),
        ("Factory", "an area and a city, like Asia/Tokyo"),
        ("Asia", "an area and a city, like Asia/Tokyo"),
        ("", "an area and a city, like Asia/Tokyo"),
    ],
)
def test_a_wrong_zone_is_refused_with_the_nearest_right_one(wrong: str, right: str) -> None:
    assert zone_problem(wrong) == f"there is no time zone {wrong!r}: write {right}"
    with pytest.raises(ValueError, match="there is no time zone"):
        next_open(there(JAPAN, "2026-05-25 08:00"), OFFICE_HOURS, Profile(zone=wrong))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("jp", "'JP'"),
        ("JPN", "'JP'"),
        ("Japan", "'JP'"),
        ("UK", "'GB'"),
        ("United States", "'US'"),
        ("Germny", "'DE'"),
        ("JA", "its two letters of ISO 3166-1, like JP"),
        ("ZZ", "its two letters of ISO 3166-1, like JP"),
        ("日本", "its two letters of ISO 3166-1, like JP"),
    ],
)
def test_a_wrong_country_is_refused_with_the_nearest_right_one(wrong: str, right: str) -> None:
    assert country_problem(wrong) == f"there is no country {wrong!r}: write {right}"


def test_right_names_have_no_problem_and_a_country_may_be_left_out() -> None:
    assert [zone_problem(name) for name in ("UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "US/Pacific")] == [None] * 4
    assert [country_problem(code) for code in ("", "JP", "US", "GB", "TW")] == [None] * 5
    assert zone("Asia/Tokyo").key == "Asia/Tokyo"


@pytest.mark.parametrize("year", range(2024, 2031))
@pytest.mark.parametrize("country", ["JP", "US", "DE", "GB", "FR", "CN", "BR", "SA"])
def test_holidays_are_those_of_the_country(country: str, year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    profile, all_week = Profile(country=country), Window(days=tuple(Weekday))
    kept_free = {day for day in days if not is_working_day(day, all_week, profile)}

    assert kept_free == {day for day in country_holidays(country, years=year) if day.year == year} & set(days)
    assert kept_free


def test_the_calendar_imports_nothing_and_reads_only_zones_once_a_workflow_asks_it() -> None:
    asking = """
import sys
from datetime import UTC, datetime
from nurture.calendar import next_open
from nurture.plan.parts import Window
from nurture.profile import Profile
reached = []
sys.addaudithook(lambda event, what: reached.append(str(what[0])) if event in ("import", "open") else None)
for country in ("JP", "US", "DE", "FR", "IN", "GF"):
    next_open(datetime(2026, 5, 4, tzinfo=UTC), Window(), Profile(zone="Asia/Tokyo", country=country))
print(reached)
"""
    said = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True, env={"LANG": "ja_JP.UTF-8"}, cwd=ROOT
    ).stdout

    assert said.count(",") == 0, said
    assert said.strip().endswith("zoneinfo/Asia/Tokyo']")
