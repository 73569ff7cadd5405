"""How fast letters may go is a table: the room of an hour and a day, a domain that warms up, and turns that follow one another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from nurture.leadside import DemoRequested
from nurture.pace import Count, Pace, WarmUp, grown, is_answer, nothing_counted, room, turn
from nurture.plan.campaign import Scoring
from nurture.state import newcomer

NOW = datetime(2027, 3, 2, 9, 30, tzinfo=UTC)
HOUR, DAY = NOW.replace(minute=0), NOW.replace(hour=0, minute=0)


def counted(in_hour: int, in_day: int, at: datetime = NOW) -> Count:
    return replace(nothing_counted(at), in_hour=in_hour, in_day=in_day)


def test_a_new_domain_sends_more_from_day_to_day_up_to_the_most() -> None:
    plan = WarmUp(began_at=NOW, first_day=50, doubles_in_days=2, at_most=300)

    assert [plan.on(NOW + timedelta(days=day)) for day in range(8)] == [50, 70, 100, 141, 200, 282, 300, 300]
    assert plan.on(DAY) == plan.on(DAY + timedelta(hours=23, minutes=59)) == 50
    assert grown(4000, first_day=1, doubles_in_days=1, at_most=None) == 2**40


@pytest.mark.parametrize(
    ("pace", "count", "answers", "left"),
    [
        (Pace(), counted(9, 9), False, None),
        (Pace(per_hour=100), counted(40, 40), False, 50),
        (Pace(per_hour=100), counted(40, 40), True, 60),
        (Pace(per_hour=100), counted(90, 90), False, 0),
        (Pace(per_hour=100, per_day=120), counted(10, 100), False, 8),
        (Pace(per_day=5), counted(4, 4), False, 0),
        (Pace(per_day=5), counted(4, 4), True, 1),
        (Pace(per_day=1), counted(0, 0), False, 1),
        (Pace(per_hour=100), counted(90, 90, NOW - timedelta(hours=1)), False, 90),
        (Pace(per_day=100), counted(90, 90, NOW - timedelta(days=1)), False, 90),
        (Pace(per_day=100, warm_up=WarmUp(began_at=NOW, first_day=20, doubles_in_days=7)), counted(0, 0), False, 18),
    ],
)
def test_the_room_of_an_hour_and_a_day_with_some_of_it_kept_for_answers(pace: Pace, count: Count, answers: bool, left: int | None) -> None:
    assert room(pace, count, NOW, answers=answers) == left


def test_turns_are_spread_over_what_is_to_come_and_follow_the_order_of_those_who_wait() -> None:
    pace, full = Pace(per_day=10), counted(9, 9)
    turns = [turn(pace, full, NOW, ahead=ahead, answers=False) for ahead in range(18)]

    assert turns == sorted(turns)
    assert [sum(at.date() == (DAY + timedelta(days=day)).date() for at in turns) for day in (0, 1, 2)] == [0, 9, 9]
    assert len(set(turns)) == 18


def test_an_hour_gives_no_more_turns_than_its_day_has_room_for() -> None:
    pace, full = Pace(per_hour=10, per_day=20), counted(9, 9)
    turns = [turn(pace, full, NOW, ahead=ahead, answers=False) for ahead in range(20)]

    assert [sum(hour <= at < hour + timedelta(hours=1) for at in turns) for hour in (HOUR, HOUR + timedelta(hours=1))] == [0, 9]
    assert turns[9] >= DAY + timedelta(days=1)


def test_a_warm_up_gives_more_turns_on_its_later_days() -> None:
    pace = Pace(warm_up=WarmUp(began_at=NOW, first_day=10, doubles_in_days=1))
    turns = [turn(pace, counted(9, 9), NOW, ahead=ahead, answers=False) for ahead in range(54)]

    assert [sum(at.date() == (DAY + timedelta(days=day)).date() for at in turns) for day in (1, 2)] == [18, 36]


def test_nobody_is_told_a_turn_that_is_further_away_than_a_month() -> None:
    assert turn(Pace(per_day=1), counted(1, 1), NOW, ahead=5000, answers=False) == NOW + timedelta(days=30)


def test_a_letter_answers_the_lead_that_did_something_since_the_last_one() -> None:
    lead = newcomer(UUID(int=7))
    asked = replace(lead, memory=lead.memory.after(DemoRequested(seq=1, at=NOW), Scoring()))

    assert not is_answer(lead, NOW)
    assert is_answer(asked, NOW + timedelta(days=3))
    assert not is_answer(asked, NOW + timedelta(days=3, seconds=1))
    assert not is_answer(replace(asked, touch_at=NOW + timedelta(hours=1)), NOW + timedelta(hours=2))
