"""What receivers of webhooks can ask for, and when a message goes again."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.events import ATTEMPTS, UnknownEvent, rests_until, sent_again_at, wanted

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


def test_what_a_group_has_already_is_not_asked_for_twice() -> None:
    assert wanted(["letter", "letter.sent", " Task.Opened ", "task.opened", ""]) == ("letter", "task.opened")


def test_what_nobody_can_be_told_of_is_refused_by_name() -> None:
    with pytest.raises(UnknownEvent, match=r"letter\.opened, test"):
        wanted(["letter.opened", "task", "test"])


def test_attempts_are_spread_over_a_little_more_than_three_days() -> None:
    at, attempts = NOW, 1
    while (again := sent_again_at(attempts, at, luck=0)) is not None:
        assert again > at
        at, attempts = again, attempts + 1

    assert attempts == ATTEMPTS
    assert timedelta(days=3) < at - NOW < timedelta(days=3, hours=6)


def test_luck_makes_pauses_a_tenth_longer_at_most() -> None:
    assert sent_again_at(2, NOW, luck=1) == NOW + timedelta(minutes=5, seconds=30)


def test_a_receivers_wish_to_wait_is_respected_up_to_a_day() -> None:
    assert sent_again_at(1, NOW, luck=0, wish=timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert sent_again_at(1, NOW, luck=0, wish=timedelta(days=9)) == NOW + timedelta(days=1)
    assert rests_until(1, NOW, luck=0, wish=timedelta(hours=1)) == NOW + timedelta(hours=1)


def test_a_receiver_that_does_not_answer_is_tried_every_few_minutes_in_the_end() -> None:
    rests = [rests_until(failures, NOW, luck=0) - NOW for failures in (1, 2, 3, 50)]

    assert rests == [timedelta(seconds=1), timedelta(seconds=2), timedelta(seconds=4), timedelta(minutes=5)]
