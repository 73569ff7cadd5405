"""Clicks of machines are told from those of people, and nobody who reads and clicks is taken for a machine."""

from datetime import UTC, datetime, timedelta

import pytest

from nurture.clicks import AT_WORK, READ_FIRST, TRAP, Click, Machine, judged

SENT = datetime(2027, 3, 2, 2, 0, tzinfo=UTC)
READ = SENT + timedelta(minutes=20)


def click(target: str = "/guides/planning", *, at: datetime = READ, later: float = 0, machine: Machine | None = None) -> Click:
    return Click(target=target, at=at + timedelta(seconds=later), machine=machine)


def verdict(first: Click, *others: Click, delivered_at: datetime | None = SENT) -> Machine | None:
    return judged(first, [first, *others], delivered_at)


def test_one_who_reads_and_clicks_is_a_person() -> None:
    assert verdict(click()) is None
    assert verdict(click(at=SENT + READ_FIRST)) is None


def test_who_clicks_again_or_goes_on_to_another_link_is_still_a_person() -> None:
    assert verdict(click(), click(later=0.2)) is None
    assert verdict(click(), click("/pricing", later=2)) is None


@pytest.mark.parametrize("seconds", [-5, 0, 29])
def test_nobody_clicks_before_there_was_time_to_read(seconds: int) -> None:
    assert verdict(click(at=SENT, later=seconds)) is Machine.TOO_SOON
    assert verdict(click(), delivered_at=READ - timedelta(seconds=seconds)) is Machine.TOO_SOON


def test_a_click_before_we_know_that_the_letter_went_is_a_gateways() -> None:
    assert verdict(click(), delivered_at=None) is Machine.TOO_SOON


@pytest.mark.parametrize("apart", [-1, 0, 0.4, 1])
def test_two_links_at_once_are_followed_by_a_machine(apart: float) -> None:
    assert verdict(click(), click("/pricing", later=apart)) is Machine.AT_ONCE


def test_links_that_were_judged_before_still_tell_of_the_machine_that_followed_them() -> None:
    assert verdict(click(), click("/pricing", later=0.5, machine=Machine.AT_ONCE)) is Machine.AT_ONCE


@pytest.mark.parametrize("apart", [-60, -3, 5, 60])
def test_who_follows_the_link_that_nobody_sees_is_a_machine_and_so_is_who_clicks_beside_it(apart: int) -> None:
    unseen = click(TRAP, later=apart, machine=Machine.TRAP)

    assert verdict(click(TRAP)) is Machine.TRAP
    assert verdict(click(), unseen) is Machine.BESIDE_TRAP


def test_a_gateway_at_night_takes_nothing_from_the_person_in_the_morning() -> None:
    gateway = [click(target, at=SENT, later=seconds) for seconds, target in ((1, TRAP), (1, "/guides/planning"), (2, "/pricing"))]

    assert verdict(click(at=SENT + AT_WORK, later=READ_FIRST.total_seconds()), *gateway) is None


@pytest.mark.parametrize("machine", [Machine.HEAD, Machine.PROGRAM, Machine.PREFETCH])
def test_what_gave_itself_away_is_not_counted_and_says_nothing_of_others(machine: Machine) -> None:
    """Office asks for the head of a page before it opens the browser; a chat fetches a preview of what somebody passes on."""

    assert verdict(click(machine=machine)) is machine
    assert verdict(click(), click("/pricing", later=0.1, machine=machine)) is None
