"""A lead's life as a picture: what is drawn is what happened, and recent points are forgotten when their time is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from store.leads.scores import Earned
from store.looks.lives import Life, Mark, Reached
from web.drawing.life import HIGH, ROW, Day, drawn, points_by_day

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
NOW = NEW_YEAR + timedelta(days=100)


def on(day: int) -> datetime:
    return NEW_YEAR + timedelta(days=day)


LIFE = Life(since=NEW_YEAR, stages=(), earned=(), window=timedelta(days=30), marks=())


def test_recent_points_go_when_the_window_is_over_and_all_points_stay() -> None:
    earned = [Earned(day=date(2027, 1, 1), points=5), Earned(day=date(2027, 1, 11), points=3)]

    days = list(points_by_day(earned, timedelta(days=30), date(2027, 4, 1)))

    assert days == [
        Day(day=date(2027, 1, 1), points=5, recent=5),
        Day(day=date(2027, 1, 11), points=8, recent=8),
        Day(day=date(2027, 1, 31), points=8, recent=3),
        Day(day=date(2027, 2, 10), points=8, recent=0),
    ]


def test_what_is_still_recent_has_not_gone_yet() -> None:
    days = list(points_by_day([Earned(day=date(2027, 1, 1), points=5)], timedelta(days=30), date(2027, 1, 30)))

    assert [day.recent for day in days] == [5]


def test_a_stage_is_drawn_as_high_as_it_is_in_its_model_from_when_it_was_reached() -> None:
    stages = (Reached(at=NEW_YEAR, stage="unknown"), Reached(at=on(50), stage="consideration"))

    picture = drawn(replace(LIFE, stages=stages), "consideration", NOW)

    assert picture.stages == ("repeat", "purchase", "consideration", "interest", "aware", "unknown")
    assert picture.stage_line == f"M0.0 {5.5 * ROW}H500.0V{2.5 * ROW}H1000"


def test_the_stage_that_the_lead_is_in_is_drawn_whatever_was_noted() -> None:
    assert drawn(LIFE, "interest", NOW).stage_line == f"M0.0 {3.5 * ROW}H1000"
    moved = drawn(replace(LIFE, stages=(Reached(at=on(10), stage="interest"),)), "educate", NOW)
    assert set(moved.stages) == {"interest", "educate"}, "no model has both"
    assert drawn(LIFE, "", NOW).stages == ()


def test_points_below_zero_have_their_room() -> None:
    earned = (Earned(day=date(2027, 1, 11), points=4), Earned(day=date(2027, 1, 21), points=-10))

    picture = drawn(replace(LIFE, earned=earned), "interest", NOW)

    assert (picture.low, picture.top) == (-10, 4)
    heights = [float(part.partition("H")[0]) for part in picture.points_line.split("V")[1:]]
    assert all(0 <= height <= HIGH for height in heights)
    assert heights[-1] > picture.zero > heights[0]


def test_marks_stand_where_they_happened_in_their_own_row() -> None:
    marks = (Mark(at=on(25), of="letter", what="hello"), Mark(at=on(50), of="engagement", what="visited"))

    picture = drawn(replace(LIFE, marks=marks), "interest", NOW)

    assert picture.marks == (("engagement", "M500.0 0V16", 1), ("letter", "M250.0 0V16", 1), ("task", "", 0))


def test_a_life_that_began_just_now_and_a_very_long_one_can_be_drawn() -> None:
    assert drawn(replace(LIFE, since=NOW), "unknown", NOW).since == NOW - timedelta(days=1)
    earned = tuple(Earned(day=date(2020, 1, 1) + timedelta(days=no), points=1) for no in range(2000))

    days = drawn(replace(LIFE, since=NOW - timedelta(days=2600), earned=earned), "unknown", NOW).days

    assert days[0].points == 2000
    assert len(days) == 40
    assert all(later.day > earlier.day for later, earlier in pairwise(days))
