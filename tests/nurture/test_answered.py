"""A rep answers: what follows for the campaign whose task it was, and for the others."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import HandOff
from nurture.kinds import Fit, Outcome, Refusal
from nurture.ourside import Redirected, TaskCompleted
from nurture.profile import Contract
from nurture.state import RULES, Hold
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, TOKYO, reason

CALL = {"task": {"reason": "call"}}
AWAY = date(2027, 4, 1)
ISSUE = UUID(int=7)


def answered(outcome: Outcome, **more: Any) -> TaskCompleted:
    return TaskCompleted(at=MONDAY, task=UUID(int=0), outcome=outcome, **more)


def with_a_rep(*rules: dict[str, Any], **changes: Any) -> Lead:
    lead = Lead(CALL, {"wait": "1 day"}, rules=list(rules), **changes)
    lead.knows(unanswered=2, silent_since=MONDAY, unmailable=Refusal.FAILED, no_consent=frozenset(("news",)))
    lead.stands(touches=4)
    lead.does()
    lead.now += timedelta(hours=1)
    return lead


def test_an_answer_is_a_human_step_that_settles_what_stood_in_the_way() -> None:
    lead = with_a_rep()

    lead.answers(Outcome.NURTURE, learned=(("seats", 8),))

    at, state = lead.at, lead.state
    assert (at.task, at.step, at.human_steps, at.touches, at.horizon_from, at.arrived_at) == (None, 1, 1, 0, lead.now, lead.now)
    assert (state.unanswered, state.silent_since, state.unmailable, state.no_consent) == (0, None, None, frozenset())
    assert state.memory.fields == (("seats", 8),)


def test_a_rep_settles_no_bounced_address() -> None:
    lead = with_a_rep()
    lead.knows(unmailable=Refusal.BOUNCED)

    lead.answers(Outcome.NURTURE)

    assert (lead.state.unmailable, lead.state.no_consent) == (Refusal.BOUNCED, frozenset(("news",)))


@pytest.mark.parametrize("outcome", Outcome)
def test_three_answers_end_a_campaign_and_a_rule_comes_before_that(outcome: Outcome) -> None:
    ends = outcome in (Outcome.LOST, Outcome.BAD_FIT, Outcome.OTHER_CONTACT)
    lead = with_a_rep()
    lead.answers(outcome)
    assert bool(lead.state.enrollments) is not ends
    assert (lead.state.profile.fit is Fit.POOR) is (outcome is Outcome.BAD_FIT)

    ruled = with_a_rep({"name": "r", "when": {"outcome": str(outcome)}, "go": "other"})
    ruled.answers(outcome)
    assert ruled.at.track == "other"
    assert ruled.state.notes[-1].why == f"rule 'r': the rep answered {outcome}"


@pytest.mark.parametrize(
    ("outcome", "until", "held"), [(Outcome.NOT_NOW, AWAY, True), (Outcome.NOT_NOW, None, False), (Outcome.DONE, AWAY, False)]
)
def test_not_now_holds_until_its_day(outcome: Outcome, until: date | None, held: bool) -> None:
    lead = with_a_rep()

    lead.answers(outcome, until=until)

    assert lead.state.hold == (Hold(until=AWAY, why="the rep said: not now") if held else None)


def test_a_rule_may_follow_any_answer_at_all() -> None:
    lead = with_a_rep({"name": "r", "when": "task_completed", "go": "other"})

    lead.answers(Outcome.NO_ANSWER)

    assert lead.at.track == "other"


@pytest.mark.parametrize("rules", [1, RULES])
def test_an_answer_to_a_task_that_nobody_waits_for_holds_nothing_under_todays_rules(rules: int) -> None:
    lead = with_a_rep()
    lead.knows(rules=rules)

    lead.happens(answered(Outcome.NOT_NOW, until=AWAY))

    assert (lead.state.hold is None) is (rules >= 2)
    assert lead.at.task is not None


def test_what_is_won_is_won_for_every_campaign_and_lost_for_its_own() -> None:
    won = {"name": "won", "when": {"outcome": "won"}, "go": "other"}
    lead = with_a_rep(won, {"name": "lost", "when": {"outcome": "lost"}, "go": "third"})
    lead.begins()

    lead.answers(Outcome.WON, contract=Contract(ends_on=AWAY))

    assert [e.track for e in lead.state.enrollments] == ["other", "other"]
    assert lead.state.contract == Contract(ends_on=AWAY)
    assert lead.state.notes[-1].why == "rule 'won': another campaign won"
    other = with_a_rep(won, {"name": "lost", "when": {"outcome": "lost"}, "go": "third"})
    other.begins()
    other.answers(Outcome.LOST)
    assert [e.track for e in other.state.enrollments] == ["third", "one"]


@pytest.mark.parametrize(
    ("rules", "is_customer", "topic", "over"),
    [(RULES, False, "news", True), (RULES, True, "news", False), (RULES, False, "x", False), (1, False, "news", False)],
)
def test_a_lead_who_refused_while_a_rep_had_it_is_done_with_after_the_answer(rules: int, is_customer: bool, topic: str, over: bool) -> None:
    lead = with_a_rep()
    lead.knows(rules=rules, refused=frozenset((topic,)), contract=Contract(ends_on=None) if is_customer else None)

    lead.answers(Outcome.NURTURE)

    assert bool(lead.state.enrollments) is not over


@pytest.mark.parametrize(
    ("rules", "track", "outcome", "stays"),
    [
        (RULES, "next", Outcome.LOST, True),
        (RULES, "next", Outcome.NOT_NOW, True),
        (RULES, "written", Outcome.LOST, True),
        (RULES, "next", Outcome.WON, False),
        (RULES, "third", Outcome.LOST, False),
        (1, "next", Outcome.LOST, False),
    ],
)
def test_an_answer_that_came_before_the_next_task_steers_nothing_but_a_contract(
    rules: int, track: str, outcome: Outcome, stays: bool
) -> None:
    tracks = {"next": {"steps": [CALL]}, "written": {"steps": [{"message": {"channel": "post"}}]}}
    rule = [{"name": str(it), "when": {"outcome": str(it)}, "go": "other"} for it in (Outcome.WON, Outcome.LOST)]
    lead = with_a_rep(*rule, tracks=tracks)
    lead.happens(Redirected(at=MONDAY, enrollment=1, track=track))
    lead.knows(rules=rules)

    lead.answers(outcome, until=AWAY)

    assert (lead.at.track, lead.at.step) == ((track, 0) if stays else ("other", 0))
    assert lead.state.hold is None
    assert (lead.state.notes[-1].what == "welcome: stays") is stays


def test_a_task_of_an_earlier_step_ends_nothing_where_the_lead_is_now() -> None:
    lead = with_a_rep()
    lead.happens(Redirected(at=MONDAY, enrollment=1, track="third"))

    lead.answers(Outcome.NURTURE)

    assert (lead.at.track, lead.at.step, lead.at.task) == ("third", 0, None)


def test_the_answer_of_a_rep_is_evidence_also_while_something_is_open() -> None:
    lead = with_a_rep({"name": "r", "when": {"reaches": "consideration"}, "go": "other"})
    lead.knows(issues=(ISSUE,))

    lead.answers(Outcome.MEETING_SET)

    assert (lead.state.stage, lead.at.track) == ("consideration", "other")
    assert lead.state.notes[0].why == "the rep answered meeting_set while in stage unknown"


def test_a_lead_at_rest_is_asked_for_a_task_only_once() -> None:
    lead = with_a_rep()
    task = lead.at.task
    assert task is not None
    assert replace(task, escalations=0).step == "1.call"
    lead.answers(Outcome.NO_ANSWER)
    lead.happens(Redirected(at=MONDAY, enrollment=1, track="one"))

    assert reason(lead.due) == "call"
    assert isinstance(lead.due, HandOff)
    assert lead.due.task != task.id
    assert lead.state.profile == TOKYO
