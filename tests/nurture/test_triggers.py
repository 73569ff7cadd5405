"""What sets a rule off: a row for each trigger, with the moment at which it comes due."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import Move, Wait
from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import Absent, Acted, ColleagueActed, DemoRequested, Downloaded, Rated, Replied, Visited
from nurture.ourside import ContractChanged, FactsLearned, Held, Observed, TaskCompleted
from nurture.profile import Contract
from nurture.state import RULES
from nurture.triggers import occasions
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

SOMEBODY = UUID(int=9)
REST: dict[str, Any] = {"task": {"reason": "rest"}}


def rule(when: Any, **more: Any) -> dict[str, Any]:
    return {"name": "r", "when": when, "go": "other"} | more


def colleague(what: Kind, outcome: Outcome | None = None) -> ColleagueActed:
    return ColleagueActed(at=MONDAY, colleague=SOMEBODY, what=what, outcome=outcome)


WON = TaskCompleted(at=MONDAY, task=SOMEBODY, outcome=Outcome.WON)
HAPPENINGS: list[tuple[Any, Engagement, bool]] = [
    ("demo_requested", DemoRequested(at=MONDAY), True),
    ("demo_requested", Replied(at=MONDAY), False),
    ({"engagement": "downloaded", "content": "guide"}, Downloaded(at=MONDAY, content="guide"), True),
    ({"engagement": "downloaded", "content": "guide"}, Downloaded(at=MONDAY, content="price"), False),
    ({"engagement": "downloaded", "content": "guide"}, Visited(at=MONDAY, content="guide"), False),
    ({"engagement": "attended"}, Acted(at=MONDAY, kind=Kind.ATTENDED, content="talk"), True),
    ({"engagement": "attended"}, Acted(at=MONDAY, kind=Kind.PRAISED, content="talk"), False),
    ({"colleague": "replied"}, colleague(Kind.REPLIED), True),
    ({"colleague": "replied"}, colleague(Kind.VISITED), False),
    ({"colleague": "replied"}, Replied(at=MONDAY), False),
    ({"colleague": "task_completed"}, colleague(Kind.TASK_COMPLETED, Outcome.WON), True),
    ({"colleague": "task_completed", "answered": "won"}, colleague(Kind.TASK_COMPLETED, Outcome.WON), True),
    ({"colleague": "task_completed", "answered": "won"}, colleague(Kind.TASK_COMPLETED, Outcome.LOST), False),
    ({"colleague": "replied"}, colleague(Kind.REPLIED, Outcome.WON), False),
    ({"engagement": "colleague_acted"}, colleague(Kind.REPLIED), True),
    ({"reaches": "aware"}, Visited(at=MONDAY, content="home"), True),
    ({"reaches": "interest"}, Visited(at=MONDAY, content="home"), False),
    ({"outcome": "won"}, DemoRequested(at=MONDAY), False),
    ({"outcome": "won"}, WON, True),
    ({"outcome": "lost"}, WON, False),
    ("task_completed", WON, True),
    ("replied", WON, False),
]


@pytest.mark.parametrize(("when", "happened", "moves"), HAPPENINGS, ids=str)
def test_a_rule_follows_what_it_names_and_nothing_else(when: Any, happened: Engagement, moves: bool) -> None:
    lead = Lead(REST, rules=[rule(when)])

    lead.happens(happened)

    assert lead.at.track == ("other" if moves else "one")


@pytest.mark.parametrize(
    ("more", "moves"),
    [({"in": ["one"]}, True), ({"in": ["third"]}, False), ({"if": "vip"}, False), ({"if": "not vip"}, True)],
    ids=str,
)
def test_a_rule_keeps_to_its_tracks_and_its_condition(more: dict[str, Any], moves: bool) -> None:
    lead = Lead(REST, REST | {"name": "two"}, rules=[rule("replied", **more)])
    lead.stands(step=1)

    lead.happens(Replied(at=lead.now))

    assert lead.at.track == ("other" if moves else "one")


@pytest.mark.parametrize(
    ("step", "with_a_rep", "happened", "begins_again"),
    [
        (1, False, Replied(at=MONDAY), True),
        (0, False, Replied(at=MONDAY), False),
        (1, True, Replied(at=MONDAY), False),
        (1, False, Absent(at=MONDAY, until=date(2027, 3, 9)), False),
    ],
)
def test_a_lead_in_the_track_of_a_rule_begins_it_again_only_by_asking(
    step: int, with_a_rep: bool, happened: Engagement, begins_again: bool
) -> None:
    lead = Lead(REST, REST | {"name": "two"}, rules=[rule("replied", go="one"), rule("absent", name="s", go="one")])
    lead.does()
    task = lead.at.task
    lead.stands(step=step, task=task if with_a_rep else None)

    lead.happens(happened)

    assert (lead.at.visit, lead.at.step) == ((2, 0) if begins_again else (1, step))


def due(lead: Lead) -> list[tuple[str, datetime]]:
    return [(occasion.name, occasion.due_at) for occasion in occasions(lead.state, lead.at, lead.now)]


def test_a_silence_counts_from_the_first_letter_without_an_answer() -> None:
    lead = Lead(REST, rules=[rule({"silence": "10 days", "touches": 2})])
    lead.knows(silent_since=MONDAY, unanswered=1)
    assert due(lead) == []

    lead.knows(unanswered=2)

    assert due(lead) == [("r:2027-03-01T01:00:00", MONDAY + timedelta(days=10))]
    assert occasions(lead.state, lead.at, lead.now)[0].why == "no answer for 10 days to 2 letters"
    lead.knows(silent_since=None)
    assert due(lead) == []


def test_one_letter_is_silence_where_no_number_is_said() -> None:
    lead = Lead(REST, rules=[rule({"silence": "10 days"})])
    lead.knows(silent_since=MONDAY, unanswered=0)
    assert due(lead) == []

    lead.knows(unanswered=1)

    assert [occasion.why for occasion in occasions(lead.state, lead.at, lead.now)] == ["no answer for 10 days to 1 letter"]


@pytest.mark.parametrize(("touches", "is_due"), [(1, False), (2, True), (3, True)])
def test_too_many_letters_without_a_talk_have_their_rule_once_a_human_step(touches: int, is_due: bool) -> None:
    lead = Lead(REST, rules=[rule({"touches": 2})])
    lead.stands(touches=touches, human_steps=4)

    assert due(lead) == ([("r:4", MONDAY)] if is_due else [])
    lead.stands(fired=("r:4",))
    assert due(lead) == []


def test_nothing_heard_since_a_proposal_is_due_so_long_after_it() -> None:
    lead = Lead(REST, rules=[rule({"quiet_after": "proposal_sent", "for": "7 days"})])
    assert due(lead) == []

    lead.happens(Observed(at=lead.now, kind=Kind.PROPOSAL_SENT))

    assert due(lead) == [("r:2027-03-01T01:00:00", MONDAY + timedelta(days=7))]
    assert occasions(lead.state, lead.at, lead.now)[0].why == "nothing was heard for 7 days since proposal sent"
    lead.happens(Held(at=lead.now, until=date(2027, 3, 4)))
    assert due(lead) == [("r:2027-03-01T01:00:00", datetime.fromisoformat("2027-03-11T00:00+00:00"))]
    lead.happens(Held(at=lead.now, until=date(2027, 2, 4)))
    assert due(lead) == [("r:2027-03-01T01:00:00", MONDAY + timedelta(days=7))]
    lead.now += timedelta(days=1)
    lead.happens(Replied(at=lead.now))
    assert due(lead) == []


def test_what_the_lead_did_before_or_with_the_proposal_breaks_no_quiet() -> None:
    lead = Lead(REST, rules=[rule({"quiet_after": "demo_requested", "for": "7 days"})])

    lead.happens(DemoRequested(at=lead.now))

    assert len(due(lead)) == 1
    lead.knows(memory=replace(lead.state.memory, acted_at=MONDAY - timedelta(days=1)))
    assert len(due(lead)) == 1


@pytest.mark.parametrize(("ends_on", "due_at"), [("2027-12-31", "2027-10-02"), ("1970-01-20", "1970-01-01")])
def test_the_end_of_a_contract_is_seen_ahead_in_the_customers_morning(ends_on: str, due_at: str) -> None:
    lead = Lead(REST, rules=[rule({"contract_ends_in": "90 days"})])
    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=None)))
    assert due(lead) == []

    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=date.fromisoformat(ends_on))))

    assert due(lead) == [(f"r:{ends_on}", datetime.fromisoformat(f"{due_at}T00:00+00:00"))]


@pytest.mark.parametrize(
    ("ahead", "due_at", "why"),
    [
        (None, "2027-05-10", "day is 2027-05-10"),
        ("10 days", "2027-04-30", "day is 2027-05-10, 10 days ahead is 2027-04-30"),
    ],
)
def test_a_date_of_the_lead_has_its_rule_on_its_morning_or_ahead(ahead: str | None, due_at: str, why: str) -> None:
    lead = Lead(REST, rules=[rule({"date": "day"} | ({"ahead": ahead} if ahead else {}))])
    assert due(lead) == []

    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-05-10"),)))

    assert due(lead) == [("r:2027-05-10", datetime.fromisoformat(f"{due_at}T00:00+00:00"))]
    assert occasions(lead.state, lead.at, lead.now)[0].why == why


def test_dates_are_seen_while_a_rep_has_the_lead_and_nothing_else_is() -> None:
    rules = [
        rule({"silence": "10 days"}, name="silence"),
        rule({"becomes": "seats > 2"}, name="becomes"),
        rule({"touches": 1}, name="touches"),
        rule({"date": "day"}, name="date"),
    ]
    lead = Lead(REST, rules=rules)
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-05-10"), ("seats", 3))))
    lead.knows(silent_since=MONDAY, unanswered=1)
    lead.stands(touches=1)
    assert [name.partition(":")[0] for name, _ in due(lead)] == ["silence", "becomes", "touches", "date"]

    lead.state = lead.state.having(replace(lead.at, fired=("becomes:true", "touches:0")))
    lead.does()

    assert lead.at.task is not None
    assert [name for name, _ in due(lead)] == ["date:2027-05-10"]


def test_a_condition_that_comes_true_has_its_rule_once_and_again_after_it_was_false() -> None:
    lead = Lead(REST, rules=[rule({"becomes": "seats > 2"}), rule({"becomes": "vip"}, name="s", go="third")])
    assert due(lead) == []

    lead.happens(FactsLearned(at=lead.now, learned=(("seats", 3),)))
    assert isinstance(lead.next, Move)
    assert lead.next.why == "rule 'r': seats > 2"
    assert isinstance(lead.due, Wait)
    assert (lead.at.track, lead.at.fired) == ("other", ("r:true",))
    lead.happens(FactsLearned(at=lead.now, learned=(("vip", True),)))
    lead.stands(fired=("r:true", "s:true", "x:1"))
    lead.happens(FactsLearned(at=lead.now, learned=(("seats", 1),)))
    assert "r:true" in lead.at.fired
    lead.happens(Replied(at=lead.now))
    assert lead.at.fired == ("s:true", "x:1")


def test_a_time_rule_whose_condition_does_not_hold_yet_is_waited_for_and_one_whose_time_came_is_not() -> None:
    lead = Lead(REST, rules=[rule({"contract_ends_in": "30 days"}, **{"if": "vip"}), rule({"touches": 1}, name="t", go="one")])
    lead.stands(touches=2)
    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=date(2027, 12, 31))))
    assert [name for name, _ in due(lead)] == ["r:2027-12-31"]

    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=date(2027, 3, 31))))

    assert due(lead) == []
    lead.now = datetime.fromisoformat("2027-03-01T00:00+00:00")
    assert due(lead) == []
    lead.happens(FactsLearned(at=lead.now, learned=(("vip", True),)))
    assert due(lead) == [("r:2027-03-31", datetime.fromisoformat("2027-03-01T00:00+00:00"))]


def test_a_rating_is_an_answer() -> None:
    lead = Lead(REST, rules=[rule("rated")])

    lead.happens(Rated(at=lead.now, rating=2))

    assert lead.at.track == "other"


DEMO: dict[str, Any] = rule("demo_requested", name="demo")
WARM: dict[str, Any] = rule({"becomes": "demos > 0"}, name="warm", go="third")
CALL: dict[str, Any] = {"task": {"reason": "call"}}


@pytest.mark.parametrize(
    ("rules", "edition", "track"),
    [
        ([DEMO, WARM], RULES, "other"),
        ([DEMO, WARM | {"go": "one"}], RULES, "other"),
        ([WARM, DEMO], RULES, "third"),
        ([DEMO, WARM | {"in": ["one", "other"]}], RULES, "other"),
        ([DEMO, WARM | {"in": ["other"]}], RULES, "third"),
        ([DEMO, WARM], 3, "third"),
        ([DEMO | {"when": {"becomes": "demos > 0"}}, WARM], RULES, "other"),
        ([DEMO | {"when": {"becomes": "demos > 0"}, "name": "warmer"}, WARM], RULES, "other"),
    ],
    ids=str,
)
def test_of_rules_that_come_up_in_the_same_moment_the_first_wins_and_calls_its_human(
    rules: list[dict[str, Any]], edition: int, track: str
) -> None:
    lead = Lead({"wait": "9 days"}, rules=rules, tracks={"other": {"steps": [{"set": {"vip": True}}, CALL]}, "third": {"steps": [CALL]}})
    lead.knows(rules=edition)

    lead.happens(DemoRequested(at=lead.now))
    lead.does()

    assert (lead.at.track, lead.at.task is not None) == (track, True)


def test_a_rule_that_was_beaten_has_its_turn_once_the_human_has_answered() -> None:
    lead = Lead({"wait": "9 days"}, rules=[DEMO, WARM], tracks={"other": {"steps": [CALL, {"wait": "9 days"}]}})
    lead.happens(DemoRequested(at=lead.now))
    lead.does()
    assert lead.at.task is not None

    lead.happens(TaskCompleted(at=lead.now, task=lead.at.task.id, outcome=Outcome.NURTURE))

    assert lead.move.why == "rule 'warm': demos > 0"


@pytest.mark.parametrize(
    ("steps", "minutes", "happened", "waits"),
    [
        ([{"wait": "9 days"}], 1, Visited(at=MONDAY, content="home"), False),
        ([], 1, Visited(at=MONDAY, content="home"), False),
        ([{"wait": "9 days"}], 0, Visited(at=MONDAY, content="home"), True),
        ([{"wait": "9 days"}], 1, FactsLearned(at=MONDAY, learned=(("seats", 3),)), True),
        ([{"email": "hello"}], 1, Visited(at=MONDAY, content="home"), True),
    ],
    ids=str,
)
def test_a_rule_that_was_beaten_waits_for_the_letter_and_where_the_lead_only_rests_for_what_it_does_next(
    steps: list[dict[str, Any]], minutes: int, happened: Engagement, waits: bool
) -> None:
    lead = Lead({"wait": "9 days"}, rules=[DEMO, WARM], tracks={"other": {"steps": steps}})
    lead.happens(DemoRequested(at=lead.now))
    lead.now += timedelta(minutes=minutes)

    lead.happens(replace(happened, at=lead.now))

    assert lead.at.track == "other"
    assert lead.at.beaten == (("warm:true",) if waits else ())
    assert isinstance(lead.next, Move) is not waits


def test_a_letter_that_went_gives_the_beaten_rule_its_turn() -> None:
    lead = Lead({"wait": "9 days"}, rules=[DEMO, WARM], tracks={"other": {"steps": [{"email": "hello"}, {"wait": "9 days"}]}})
    lead.happens(DemoRequested(at=lead.now))

    lead.does()

    assert lead.at.track == "third"


def test_a_beaten_condition_that_ends_may_come_true_anew() -> None:
    lead = Lead({"wait": "9 days"}, rules=[DEMO, rule({"becomes": "demos > 0 and not vip"}, name="warm", go="third")])
    lead.happens(DemoRequested(at=lead.now))
    lead.happens(FactsLearned(at=lead.now, learned=(("vip", True),)))
    lead.happens(FactsLearned(at=lead.now, learned=(("seats", 1),)))

    assert lead.at.beaten == ()


@pytest.mark.parametrize(("ahead", "track"), [("90 days", "other"), ("30 days", "third")])
def test_of_two_rules_about_the_same_day_the_first_wins_and_another_day_is_never_put_off(ahead: str, track: str) -> None:
    first, second = rule({"contract_ends_in": "90 days"}, name="a"), rule({"contract_ends_in": ahead}, name="b", go="third")
    lead = Lead({"wait": "9 days"}, rules=[first, second], tracks={"other": {"steps": [CALL]}})

    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=date(2027, 3, 11))))
    assert isinstance(lead.due, Wait) is (track == "third")

    assert lead.at.track == track
