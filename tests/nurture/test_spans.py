"""How long a length of time is for a lead: wall clocks, working days, and hours that are hours."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.calendar import add
from nurture.plan.spans import Span, Unit
from nurture.profile import Profile

JAPAN = Profile(zone="Asia/Tokyo", country="JP")
NEW_YORK = Profile(zone="America/New_York", country="US")
BERLIN = Profile(zone="Europe/Berlin", country="DE")
LORD_HOWE = Profile(zone="Australia/Lord_Howe", country="AU")
APIA = Profile(zone="Pacific/Apia", country="WS")
EVERYWHERE = (JAPAN, NEW_YORK, BERLIN, LORD_HOWE, APIA)


def there(profile: Profile, text: str, fold: int = 0) -> datetime:
    """What the lead's clock shows, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(profile.zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1 day", Span(1, Unit.DAY)),
        ("3 days", Span(3, Unit.DAY)),
        ("2 working days", Span(2, Unit.WORKING_DAY)),
        (" 4 hours ", Span(4, Unit.HOUR)),
        ("90 minutes", Span(90, Unit.MINUTE)),
        ("0 seconds", Span(0, Unit.SECOND)),
        ("1 week", Span(1, Unit.WEEK)),
    ],
)
def test_a_length_of_time_reads_as_marketing_writes_it(text: str, span: Span) -> None:
    assert Span.parse(text) == span
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize(
    "text", ["", "3", "days", "3days", "-1 days", "1.5 days", "3 months", "three days", "3 days ago", "999999 days", "3 Days"]
)
def test_anything_else_is_refused_with_the_right_forms(text: str) -> None:
    with pytest.raises(ValueError, match="write it like '3 days'"):
        Span.parse(text)


@pytest.mark.parametrize(
    ("profile", "start", "span", "end"),
    [
        pytest.param(JAPAN, "2026-05-25 10:20:30", "3 days", "2026-05-28 10:20:30", id="days"),
        pytest.param(JAPAN, "2026-05-25 10:00", "2 weeks", "2026-06-08 10:00", id="weeks"),
        pytest.param(JAPAN, "2026-05-01 10:00", "3 days", "2026-05-04 10:00", id="days-count-holidays-too"),
        pytest.param(NEW_YORK, "2026-03-07 10:00", "1 day", "2026-03-08 10:00", id="a-day-of-23-hours"),
        pytest.param(NEW_YORK, "2026-10-31 10:00", "1 day", "2026-11-01 10:00", id="a-day-of-25-hours"),
        pytest.param(LORD_HOWE, "2026-10-03 10:00", "1 day", "2026-10-04 10:00", id="a-day-of-23-and-a-half-hours"),
        pytest.param(BERLIN, "2026-03-23 10:00", "1 week", "2026-03-30 10:00", id="a-week-over-the-change"),
        pytest.param(NEW_YORK, "2026-03-07 02:30", "1 day", "2026-03-08 03:00", id="a-time-that-new-york-skips"),
        pytest.param(NEW_YORK, "2026-03-07 02:30:00.5", "1 day", "2026-03-08 03:00", id="and-it-is-skipped-to-the-whole-hour"),
        pytest.param(BERLIN, "2026-03-28 02:30", "1 day", "2026-03-29 03:00", id="a-time-that-berlin-skips"),
        pytest.param(LORD_HOWE, "2026-10-03 02:15", "1 day", "2026-10-04 02:30", id="a-time-that-lord-howe-skips"),
        pytest.param(APIA, "2020-09-26 03:30", "1 day", "2020-09-27 04:00", id="a-time-that-apia-skips"),
        pytest.param(APIA, "2011-12-29 10:00", "1 day", "2011-12-31 00:00", id="a-day-that-apia-skips"),
        pytest.param(NEW_YORK, "2026-10-31 01:30", "1 day", "2026-11-01 01:30", id="a-time-that-comes-twice-is-the-first"),
        pytest.param(NEW_YORK, "2026-03-08 01:30", "1 hour", "2026-03-08 03:30", id="an-hour-is-an-hour"),
        pytest.param(NEW_YORK, "2026-03-07 10:00", "24 hours", "2026-03-08 11:00", id="24-hours-are-not-a-day"),
        pytest.param(JAPAN, "2026-05-25 10:00", "90 minutes", "2026-05-25 11:30", id="minutes"),
        pytest.param(JAPAN, "2026-05-25 10:00", "90 seconds", "2026-05-25 10:01:30", id="seconds"),
    ],
)
def test_a_span_ends_where_the_lead_expects_it(profile: Profile, start: str, span: str, end: str) -> None:
    assert add(there(profile, start), Span.parse(span), profile) == there(profile, end)


@pytest.mark.parametrize(
    ("profile", "start", "days", "end"),
    [
        pytest.param(JAPAN, "2026-05-29 10:00", 1, "2026-06-01 10:00", id="after-friday-comes-monday"),
        pytest.param(JAPAN, "2026-05-30 10:00", 1, "2026-06-01 10:00", id="from-saturday-the-first-is-monday"),
        pytest.param(JAPAN, "2026-05-25 10:00", 10, "2026-06-08 10:00", id="ten-are-two-weeks"),
        pytest.param(JAPAN, "2026-05-01 10:00", 1, "2026-05-07 10:00", id="golden-week-does-not-count"),
        pytest.param(JAPAN, "2026-04-28 10:00", 2, "2026-05-01 10:00", id="showa-day-does-not-count"),
        pytest.param(NEW_YORK, "2026-05-01 10:00", 1, "2026-05-04 10:00", id="golden-week-is-only-in-japan"),
        pytest.param(NEW_YORK, "2026-03-06 10:00", 1, "2026-03-09 10:00", id="the-clock-stays-when-it-goes-forward"),
        pytest.param(BERLIN, "2026-10-23 10:00", 1, "2026-10-26 10:00", id="the-clock-stays-when-it-goes-back"),
        pytest.param(Profile(zone="Asia/Tokyo"), "2026-05-01 10:00", 1, "2026-05-04 10:00", id="no-country-has-no-holidays"),
        pytest.param(JAPAN, "2026-05-25 07:00", 1, "2026-05-26 07:00", id="monday-morning-in-japan-is-not-sunday"),
    ],
)
def test_working_days_are_those_of_the_lead(profile: Profile, start: str, days: int, end: str) -> None:
    assert add(there(profile, start), Span(days, Unit.WORKING_DAY), profile) == there(profile, end)


@pytest.mark.parametrize("unit", Unit)
def test_no_time_at_all_ends_where_it_began_even_in_the_second_of_two_hours(unit: Unit) -> None:
    start = there(NEW_YORK, "2026-11-01 01:30", fold=1)

    assert add(start, Span(0, unit), NEW_YORK) == start


def test_days_after_the_second_of_two_hours_keep_the_clock() -> None:
    second = there(NEW_YORK, "2026-11-01 01:30", fold=1)

    assert add(second, Span(1, Unit.DAY), NEW_YORK) == there(NEW_YORK, "2026-11-02 01:30")
    assert add(second, Span(53, Unit.WEEK), NEW_YORK) == there(NEW_YORK, "2027-11-07 01:30", fold=0)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        add(there(JAPAN, "2026-05-25 08:00").replace(tzinfo=None), Span(1, Unit.DAY), JAPAN)


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WEEK, Unit.WORKING_DAY])
def test_days_in_an_unknown_zone_are_refused(unit: Unit) -> None:
    with pytest.raises(ValueError, match="write 'Asia/Tokyo'"):
        add(there(JAPAN, "2026-05-25 08:00"), Span(1, unit), Profile(zone="Asia/Tokio"))


starts = st.integers(0, 12 * 366 * 86400 - 1).map(lambda second: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
thorough = settings(max_examples=200, deadline=None)


@thorough
@given(starts, st.sampled_from(EVERYWHERE), st.integers(1, 800), st.sampled_from((Unit.DAY, Unit.WEEK)))
def test_days_and_weeks_keep_the_date_and_the_clock_unless_the_clock_skips_it(
    start: datetime, profile: Profile, amount: int, unit: Unit
) -> None:
    where = ZoneInfo(profile.zone)
    span = Span(amount, unit)
    wished = start.astimezone(where).replace(tzinfo=None, fold=0) + timedelta(days=span.days)
    end = add(start, span, profile).astimezone(where)

    if wished.replace(tzinfo=where).astimezone(UTC).astimezone(where).replace(tzinfo=None) == wished:
        assert end.replace(tzinfo=None, fold=0) == wished
        assert end.fold == 0
    else:
        just_before = (end.astimezone(UTC) - timedelta(seconds=1)).astimezone(where)
        assert just_before.replace(tzinfo=None) < wished < end.replace(tzinfo=None)


@thorough
@given(starts, st.sampled_from(EVERYWHERE), st.integers(0, 90), st.sampled_from(Unit))
def test_a_span_never_ends_before_it_begins_and_a_longer_one_ends_later(start: datetime, profile: Profile, amount: int, unit: Unit) -> None:
    end = add(start, Span(amount, unit), profile)

    assert end >= start
    assert end.utcoffset() == timedelta(0)
    assert add(start, Span(amount + 1, unit), profile) > end


@thorough
@given(starts, st.sampled_from(EVERYWHERE), st.integers(0, 10**5 - 1), st.sampled_from((Unit.SECOND, Unit.MINUTE, Unit.HOUR)))
def test_hours_and_shorter_are_exact(start: datetime, profile: Profile, amount: int, unit: Unit) -> None:
    seconds = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}[unit]

    assert (add(start, Span(amount, unit), profile) - start).total_seconds() == amount * seconds


@cache
def holidays_of(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))


@thorough
@given(starts, st.sampled_from(EVERYWHERE), st.integers(1, 60))
def test_a_span_of_working_days_passes_exactly_so_many_of_them(start: datetime, profile: Profile, amount: int) -> None:
    where = ZoneInfo(profile.zone)
    first = start.astimezone(where).date()
    last = add(start, Span(amount, Unit.WORKING_DAY), profile).astimezone(where).date()
    passed = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    worked = [day for day in passed if day.weekday() < 5 and day not in holidays_of(profile.country, day.year)]

    assert len(worked) == amount
    assert worked[-1] == last
