"""What is remembered of a lead: counted once, earned once, and forgotten in time."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import Acted, Clicked, DemoRequested, Downloaded, Rated, Replied
from nurture.memory import NOTHING, REMEMBERED, Memory
from nurture.ourside import Observed, TaskCompleted
from nurture.plan.campaign import Scoring
from tests.nurture.test_next_action import MONDAY

POINTS = Scoring(points={"downloaded": 1, "downloaded:price": 7, "replied": 5, "clicked": -2})


def after(*engagements: Engagement, scoring: Scoring = POINTS) -> Memory:
    memory = NOTHING
    for engagement in engagements:
        memory = memory.after(engagement, scoring)
    return memory


def guide(at: datetime = MONDAY, content: str = "guide") -> Downloaded:
    return Downloaded(at=at, content=content)


def test_a_content_earns_its_points_once_and_is_counted_each_time() -> None:
    memory = after(guide(), guide(MONDAY + timedelta(days=1)), guide(content="price"))

    assert memory.score == 8
    assert (memory.times("downloaded"), memory.times("downloaded:guide"), memory.times("downloaded:price")) == (3, 2, 1)
    assert (memory.times("visited"), memory.last("visited")) == (0, None)
    assert memory.last("downloaded:guide") == MONDAY + timedelta(days=1)
    assert memory.acts == 3


def test_what_has_no_content_earns_its_points_every_time() -> None:
    memory = after(Replied(at=MONDAY), Replied(at=MONDAY))

    assert memory.score == 10
    assert {tally.what for tally in memory.tallies} == {"replied"}


def test_a_letter_is_what_a_click_is_about() -> None:
    memory = after(Clicked(at=MONDAY, letter="hello"), Clicked(at=MONDAY, letter="hello"))

    assert memory.score == -2
    assert memory.times("clicked:hello") == 2


def test_what_is_told_late_does_not_make_the_last_time_earlier() -> None:
    memory = after(guide(MONDAY), guide(MONDAY - timedelta(days=3)))

    assert memory.last("downloaded") == MONDAY
    assert memory.acted_at == MONDAY
    assert after(guide(MONDAY - timedelta(days=3)), guide(MONDAY)).acted_at == MONDAY


def test_only_what_the_lead_does_is_an_act() -> None:
    memory = after(Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT), DemoRequested(at=MONDAY))

    assert (memory.acts, memory.acted_at) == (1, MONDAY)
    assert after(Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT)).acted_at is None


@pytest.mark.parametrize(("outcome", "calls"), [(Outcome.NO_ANSWER, 1), (Outcome.WON, 0)])
def test_a_call_that_nobody_took_is_counted(outcome: Outcome, calls: int) -> None:
    answered = TaskCompleted(at=MONDAY, task=TASK, outcome=outcome)

    assert after(answered).times(Kind.CALL_UNANSWERED) == calls
    assert after(answered).times(Kind.TASK_COMPLETED) == 1


TASK = UUID(int=1)


def test_the_latest_rating_counts() -> None:
    assert NOTHING.rating == -1
    assert after(Rated(at=MONDAY, rating=3), Rated(at=MONDAY, rating=9), Replied(at=MONDAY)).rating == 9


def test_points_count_as_recent_for_so_many_days_and_today_is_one() -> None:
    memory = after(guide(MONDAY), Replied(at=MONDAY - timedelta(days=6)), guide(MONDAY, "other"))
    today = MONDAY.date()

    assert [memory.recent(days, today) for days in (1, 6, 7)] == [2, 2, 7]
    assert memory.points == ((date(2027, 2, 23), 5), (date(2027, 3, 1), 2))


def test_points_are_kept_for_a_year_and_the_score_for_ever() -> None:
    old = MONDAY - timedelta(days=366)
    memory = after(Replied(at=old), Replied(at=MONDAY))
    kept = after(Replied(at=old + timedelta(days=1)), Replied(at=MONDAY))

    assert (memory.score, len(memory.points)) == (10, 1)
    assert len(kept.points) == 2


def test_what_earns_nothing_leaves_no_day() -> None:
    assert after(DemoRequested(at=MONDAY)).points == ()


def test_at_most_sixty_things_are_remembered_by_name() -> None:
    memory = after(*(guide(content=f"c{number}") for number in range(80)))

    assert len(memory.tallies) == 60
    assert memory.times("downloaded") == 80
    assert memory.score == 80
    assert memory.after(guide(content="c3"), POINTS).times("downloaded:c3") == 2


def test_the_one_is_later_than_the_other_or_the_other_never_was() -> None:
    fell, recovered = Observed(at=MONDAY, kind=Kind.USAGE_FELL), Observed(at=MONDAY, kind=Kind.USAGE_RECOVERED)

    assert after(fell).is_later("usage_fell", "usage_recovered")
    assert not after(recovered).is_later("usage_fell", "usage_recovered")
    assert not after(fell, recovered).is_later("usage_fell", "usage_recovered")
    assert after(recovered, Observed(at=MONDAY + timedelta(days=1), kind=Kind.USAGE_FELL)).is_later("usage_fell", "usage_recovered")
    assert not NOTHING.is_later("usage_fell", "usage_recovered")


def test_fields_are_kept_by_name_and_the_last_word_counts() -> None:
    memory = NOTHING.knowing((("b", 1), ("a", 2))).knowing((("b", 3),))

    assert memory.fields == (("a", 2), ("b", 3))
    assert (memory.field("b"), memory.field("c")) == (3, None)
    assert memory.knowing(()) is memory


def test_what_we_do_ourselves_about_a_lead_is_not_remembered_as_a_happening() -> None:
    assert {Kind.REPLIED, Kind.TASK_COMPLETED, Kind.COLLEAGUE_ACTED, Kind.ABSENT, Kind.OPTED_OUT} <= REMEMBERED
    assert not REMEMBERED & {Kind.ENROLLED, Kind.HELD, Kind.FACTS_LEARNED, Kind.REDIRECTED, Kind.EDITION_CHANGED}


def test_the_day_of_points_is_that_of_greenwich() -> None:
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)

    assert after(Replied(at=late)).points == ((date(2027, 3, 1), 5),)
    assert after(Acted(at=late, kind=Kind.PRAISED, content="us"), scoring=Scoring(points={"praised": 2})).score == 2
