"""Every note says what its decision stood on: the rule or step, the edition, and the facts that were asked for."""

from datetime import timedelta
from typing import Any

import pytest

from nurture.actions import Receipt, Status
from nurture.kinds import Outcome, Refusal
from nurture.leadside import DemoRequested, OptedOut
from nurture.ourside import EditionChanged, FactsLearned, Held, ProfileChanged, Redirected, TaskCompleted
from nurture.profile import Profile, Values
from nurture.standing import Note
from nurture.state import RULES
from nurture.witness import inputs_of
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

REST = {"task": {"reason": "rest"}}
DEMO: dict[str, Any] = {"name": "demo", "when": "demo_requested", "if": "not vip and seats < 9", "go": "other"}
ASKED = (("seats", 0), ("vip", False))


def notes_of(lead: Lead) -> list[Note]:
    """What is noted once everything that touches nobody is done."""
    assert lead.due
    return list(lead.state.notes)


def grounds(notes: list[Note]) -> list[tuple[str, str, Values]]:
    return [(note.what.rpartition(": ")[2], note.by, note.inputs) for note in notes]


@pytest.mark.parametrize(
    ("conditions", "asked"),
    [
        ((), ()),
        (("vip",), ("vip",)),
        (("not vip", "seats > 1"), ("seats", "vip")),
        (("plan in ['pro', segment] or seats + touches - score >= -history",), ("history", "plan", "score", "seats", "segment", "touches")),
        (("plan == 'vip and seats'",), ("plan",)),
        (("seats == 1 and seats == 2",), ("seats",)),
        (("colour == 'red' or vip",), ("vip",)),
        (("{{ vip }}",), ()),
    ],
    ids=str,
)
def test_the_facts_asked_for_are_those_that_a_condition_names(conditions: tuple[str, ...], asked: tuple[str, ...]) -> None:
    names = ("history", "plan", "score", "seats", "segment", "touches", "vip")

    assert inputs_of(conditions, {name: f"the {name}" for name in names}) == tuple((name, f"the {name}") for name in asked)


@pytest.mark.parametrize(
    ("step", "by", "inputs"),
    [
        ({"branch": [{"if": "vip", "go": "other"}, {"if": "seats < 1", "go": "third"}, {"go": "other"}]}, "step one.branch-1", ASKED),
        ({"branch": [{"if": "seats < 1", "go": "third"}, {"if": "vip", "go": "other"}]}, "step one.branch-1", (("seats", 0),)),
        ({"branch": [{"if": "vip", "go": "other"}], "name": "fork"}, "step one.fork", (("vip", False),)),
        ({"email": "hello", "if": "vip"}, "step one.hello", (("vip", False),)),
        ({"wait_for": {"if": "not vip", "at_most": "5 days"}, "name": "w"}, "step one.w", (("vip", False),)),
        ({"go": "other"}, "step one.go-1", ()),
        ({"end": "done"}, "step one.end-1", ()),
    ],
    ids=str,
)
def test_a_step_says_where_it_stands_and_what_it_asked_up_to_the_way_that_fits(step: dict[str, Any], by: str, inputs: Values) -> None:
    [note] = notes_of(Lead(step, REST))[:1]

    assert (note.by, note.inputs, note.seen, note.rules) == (by, inputs, 1, RULES)


def test_a_wait_that_was_in_vain_says_what_it_waited_for() -> None:
    lead = Lead({"wait_for": {"if": "vip", "at_most": "5 days"}, "name": "w"}, REST)
    lead.now += timedelta(days=6)

    assert grounds(notes_of(lead)) == [("past w", "step one.w", (("vip", False),))]


def test_a_letter_that_is_barred_says_that_it_was_meant_for_the_lead() -> None:
    lead = Lead({"email": "hello", "if": "not vip"}, REST)
    lead.knows(refused=frozenset({"news"}))

    assert [(note.why, note.inputs) for note in notes_of(lead)] == [("refused by the lead", (("vip", False),))]


@pytest.mark.parametrize(
    ("rule", "inputs"),
    [(DEMO, ASKED), ({"name": "demo", "when": "demo_requested", "go": "other"}, ())],
    ids=["asks", "asks nothing"],
)
def test_a_rule_says_what_it_asked(rule: dict[str, Any], inputs: Values) -> None:
    lead = Lead(REST, rules=[rule])

    lead.happens(DemoRequested(at=lead.now))

    [note] = [note for note in notes_of(lead) if "→" in note.what]
    assert (note.by, note.ref, note.inputs, note.seen, note.rules) == ("rule demo", lead.campaign.ref, inputs, 2, RULES)


def test_a_rule_that_time_or_a_condition_sets_off_says_both_that_it_asked() -> None:
    lead = Lead({"email": "hello"}, rules=[{"name": "big", "when": {"becomes": "seats > 2"}, "if": "not vip", "go": "other"}])

    lead.happens(FactsLearned(at=lead.now, learned=(("seats", 3),)))

    assert grounds(notes_of(lead))[-1] == ("one → other", "rule big", (("seats", 3), ("vip", False)))


def test_a_rule_about_a_move_asks_where_the_lead_has_come_to_and_the_move_keeps_its_own_grounds() -> None:
    onward = {"name": "onward", "when": {"enters": "other"}, "if": "track == 'other'", "go": "third"}
    lead = Lead({"branch": [{"if": "not vip", "go": "other"}]}, rules=[onward])

    assert grounds(notes_of(lead)) == [
        ("one → other", "step one.branch-1", (("vip", False),)),
        ("other → third", "rule onward", (("track", "other"),)),
    ]


def test_a_rep_s_answer_moves_by_a_rule_that_sees_what_the_rep_learned() -> None:
    lead = Lead(REST, rules=[{"name": "won", "when": {"outcome": "won"}, "if": "seats > 2 and human_steps == 1", "go": "other"}])
    lead.does()

    lead.answers(Outcome.WON, learned=(("seats", 4),))

    assert grounds(notes_of(lead))[-1] == ("one → other", "rule won", (("human_steps", 1), ("seats", 4)))


def test_another_campaign_that_follows_what_was_won_says_its_own_rule_and_edition() -> None:
    lead = Lead(REST, rules=[])
    lead.begins(rules=[{"name": "follow", "when": {"outcome": "won"}, "if": "not vip", "go": "other"}])
    lead.does()
    task = next(e.task for e in lead.state.enrollments if e.task)

    lead.happens(TaskCompleted(at=lead.now, task=task.id, outcome=Outcome.WON))

    [note] = [note for note in lead.state.notes if "→" in note.what]
    assert (note.by, note.ref, note.inputs) == ("rule follow", lead.state.enrollments[1].campaign.ref, (("vip", False),))


def test_a_lead_that_comes_back_is_asked_as_it_was_when_its_campaign_ended() -> None:
    lead = Lead({"end": "done"}, rules=[DEMO | {"if": "touches == 3"}])
    lead.stands(touches=3)
    assert lead.due

    lead.happens(DemoRequested(at=lead.now))

    again, led = lead.state.notes[-2:]
    assert (again.what, again.by, again.ref) == ("welcome: taken up again", "", lead.campaign.ref)
    assert (led.by, led.inputs) == ("rule demo", (("touches", 3),))


def test_what_was_waited_for_and_what_a_human_did_name_the_edition_alone() -> None:
    lead = Lead({"wait_for": {"any": ["demo_requested"], "at_most": "5 days"}, "name": "w"}, REST, rules=[])

    lead.happens(DemoRequested(at=lead.now))
    lead.happens(Redirected(at=lead.now, enrollment=1, track="other"))

    assert grounds(notes_of(lead))[-2:] == [("past w", "", ()), ("one → other", "", ())]
    assert {note.ref for note in lead.state.notes if ": " in note.what} == {lead.campaign.ref}


def test_another_edition_is_noted_under_its_own_name() -> None:
    lead = Lead(REST, rules=[])
    edition = lead.campaign.model_copy(update={"topic": "other_news"})

    lead.happens(EditionChanged(at=lead.now, enrollment=1, campaign=edition))

    assert lead.state.notes[-1].ref == edition.ref != lead.campaign.ref


def test_what_concerns_the_lead_as_a_whole_names_no_campaign() -> None:
    lead = Lead(REST, rules=[])

    lead.happens(Held(at=lead.now, until=(MONDAY + timedelta(days=9)).date()))
    lead.happens(ProfileChanged(at=lead.now, profile=Profile(zone="Asia/Tokyo")))
    lead.happens(OptedOut(at=lead.now))

    said = [(note.what, note.ref, note.seen) for note in lead.state.notes]
    assert said[0] == ("on hold until 2027-03-10", "", 2)
    assert said[-2:] == [("opted out", "", 4), ("welcome: over", lead.campaign.ref, 4)]


def test_a_letter_that_could_not_go_names_its_edition() -> None:
    lead = Lead({"email": "hello"}, REST)

    lead.does(Receipt(status=Status.REFUSED, reason=Refusal.BOUNCED))

    [note] = [note for note in lead.state.notes if note.what == "'hello' not sent"]
    assert (note.by, note.ref, note.seen, note.rules) == ("", lead.campaign.ref, 1, RULES)


def test_of_two_runs_through_one_campaign_each_step_is_noted_as_its_own() -> None:
    lead = Lead({"wait": "9 days"})
    again: dict[str, Any] = {"tracks": {**{name: {"steps": []} for name in ("other", "third")}, "one": {"steps": [{"go": "other"}]}}}
    lead.begins(campaign="welcome", **again)

    [note] = [note for note in notes_of(lead) if "→" in note.what]

    assert (note.by, note.ref) == ("step one.go-1", lead.state.enrollments[1].campaign.ref)
