"""What reps can do, against what there is to do; and what may leave, against what is due."""

from forecast.desk import at_the_desk
from forecast.findings import held_back


def test_a_task_that_can_be_done_in_time_is_no_missed_deadline() -> None:
    desk = at_the_desk({(0, 1): 5}, [3, 3])

    assert (desk.opened, desk.done, desk.waiting, desk.missed) == ((5, 0), (3, 2), (2, 0), (0, 0))


def test_the_next_deadline_is_done_first() -> None:
    desk = at_the_desk({(0, 2): 3, (1, 1): 3}, [0, 3, 3])

    assert desk.done == (0, 3, 3)
    assert desk.missed == (0, 0, 0)


def test_what_is_beyond_the_reps_misses_its_deadline_once_and_is_done_later() -> None:
    desk = at_the_desk({(0, 0): 5}, [2, 0, 4])

    assert desk.missed == (3, 0, 0)
    assert desk.waiting == (3, 3, 0)
    assert sum(desk.done) == 5


def test_mails_beyond_the_limit_leave_on_the_next_days() -> None:
    assert held_back([10, 0, 0, 1], [4, 4, 4, 4]) == (6, 2, 0, 0)


def test_without_a_limit_no_mail_is_held_back() -> None:
    assert held_back([10, 0], [None, None]) == (0, 0)
