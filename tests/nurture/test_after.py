"""What the machine did is taken into account: a table for each errand and what came of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import EnrollElsewhere, Escalate, HandOff, Receipt, SendTouch, Status, Tell
from nurture.after import after_errand, after_record
from nurture.foresee import record_of, standing_of
from nurture.kinds import Audience, Refusal
from nurture.ourside import FactsLearned
from nurture.state import RULES
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

HELLO = {"email": "hello"}
MINUTE = timedelta(minutes=1)


def touch_of(lead: Lead) -> SendTouch:
    action = lead.due
    assert isinstance(action, SendTouch), action
    return action


def refused(reason: Refusal) -> Receipt:
    return Receipt(status=Status.REFUSED, reason=reason)


@pytest.mark.parametrize(("took", "counts_after"), [(59 * MINUTE, 0 * MINUTE), (60 * MINUTE, 60 * MINUTE)])
def test_a_letter_counts_from_its_decision_unless_it_took_an_hour(took: timedelta, counts_after: timedelta) -> None:
    lead = Lead(HELLO, {"wait": "1 day"}, cap={"touches": 1})

    state = after_errand(lead.state, touch_of(lead), Receipt(), MONDAY + took)

    at = MONDAY + counts_after
    assert (state.touch_at, state.touched_at, state.silent_since, state.unanswered) == (at, (at,), at, 1)
    assert (state.enrollments[0].step, state.enrollments[0].touches, state.enrollments[0].arrived_at) == (1, 1, at)
    assert state.sold_at == ()


def test_the_silence_begins_with_the_first_letter_and_the_caps_keep_what_they_count() -> None:
    lead = Lead(HELLO, HELLO | {"name": "two"}, cap={"touches": 2, "per": "7 days"})
    early = MONDAY - timedelta(days=9)
    lead.knows(silent_since=early, unanswered=3, touched_at=(early, early))

    state = after_errand(lead.state, touch_of(lead), Receipt(), MONDAY)

    assert (state.silent_since, state.unanswered, state.touched_at) == (early, 4, (early, MONDAY))


@pytest.mark.parametrize(
    ("purposes", "sales_cap", "sold"),
    [
        ({"hello": "sales"}, {"touches": 2, "per": "7 days"}, 2),
        ({"hello": "sales"}, {"touches": 0}, 1),
        ({"hello": "help"}, {"touches": 2, "per": "7 days"}, 1),
    ],
)
def test_a_letter_that_sells_counts_under_its_own_cap(purposes: dict[str, str], sales_cap: dict[str, Any], sold: int) -> None:
    lead = Lead(HELLO, purposes=purposes, sales_cap=sales_cap, cap={"touches": 0})
    early = MONDAY - timedelta(days=9)
    lead.knows(sold_at=(early,), touched_at=(early,))

    state = after_errand(lead.state, touch_of(lead), Receipt(), MONDAY)

    assert state.sold_at == (early, MONDAY)[:sold]
    assert state.touched_at == ()


def test_the_widest_cap_of_all_campaigns_says_how_many_letters_are_kept() -> None:
    lead = Lead(HELLO, cap={"touches": 1}, sales_cap={"touches": 1}, purposes={"hello": "sales"})
    lead.begins(cap={"touches": 3}, sales_cap={"touches": 2})
    earlier = tuple(MONDAY - timedelta(days=days) for days in (9, 8, 7))
    lead.knows(touched_at=earlier, sold_at=earlier)
    touch = replace(touch_of(lead), enrollment=1)

    state = after_errand(lead.state, touch, Receipt(), MONDAY)

    assert state.touched_at == (*earlier[1:], MONDAY)
    assert state.sold_at == (earlier[2], MONDAY)


def test_where_every_campaign_is_over_no_cap_counts_and_the_silence_does() -> None:
    lead = Lead(HELLO)
    touch = touch_of(lead)
    gone = replace(lead.state, enrollments=(), touched_at=(MONDAY, MONDAY))

    state = after_errand(gone, touch, Receipt(), MONDAY)

    assert (state.touched_at, state.unanswered) == ((), 1)


@pytest.mark.parametrize(
    "elsewhere", [{"visit": 2}, {"step": 1}, {"number": 5}], ids=["in another track", "at another step", "in another campaign"]
)
def test_a_letter_counts_for_the_lead_also_where_its_campaign_has_moved_on(elsewhere: dict[str, Any]) -> None:
    lead = Lead(HELLO, {"wait": "1 day"}, {"wait": "2 days"})
    touch = touch_of(lead)
    lead.state = replace(lead.state, enrollments=(replace(lead.at, **elsewhere),))

    state = after_errand(lead.state, touch, Receipt(), MONDAY)

    assert state.unanswered == 1
    assert state.enrollments == lead.state.enrollments


CAPPED = Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=MONDAY + MINUTE)


@pytest.mark.parametrize(("rules", "receipt"), [(RULES, Receipt(status=Status.SUPERSEDED, until=MONDAY + MINUTE)), (2, CAPPED)])
def test_a_letter_that_has_to_wait_is_decided_again_then_or_when_something_was_heard(rules: int, receipt: Receipt) -> None:
    lead = Lead(HELLO)
    lead.knows(rules=rules)
    touch = touch_of(lead)

    assert after_errand(lead.state, touch, receipt, MONDAY) == replace(lead.state, not_before=MONDAY + MINUTE)
    lead.happens(FactsLearned(at=lead.now, learned=(("vip", True),)))
    assert after_errand(lead.state, touch, receipt, MONDAY) == lead.state


def test_a_cap_that_is_full_by_the_ledger_puts_off_the_letter_that_it_is_full_for_and_no_other() -> None:
    lead = Lead(HELLO, {"wait": "1 day"})
    touch = touch_of(lead)

    waiting = replace(lead.at, capped_until=MONDAY + MINUTE)
    assert after_errand(lead.state, touch, CAPPED, MONDAY) == lead.state.having(waiting)
    assert (waiting.passing(MONDAY).capped_until, waiting.entering("other", MONDAY).capped_until) == (None, None)
    lead.stands(step=1)
    assert after_errand(lead.state, touch, CAPPED, MONDAY) == lead.state
    gone = replace(lead.state, enrollments=())
    assert after_errand(gone, touch, CAPPED, MONDAY) == gone


REFUSED: list[tuple[int, Refusal, dict[str, Any]]] = [
    (RULES, Refusal.SUPPRESSED, {"refused": frozenset(("news",))}),
    (RULES, Refusal.NO_CONSENT, {"no_consent": frozenset(("news",))}),
    (RULES, Refusal.BOUNCED, {"unmailable": Refusal.BOUNCED}),
    (RULES, Refusal.NO_ADDRESS, {"unmailable": Refusal.NO_ADDRESS}),
    (1, Refusal.SUPPRESSED, {"unmailable": Refusal.SUPPRESSED}),
    (1, Refusal.NO_CONSENT, {"unmailable": Refusal.NO_CONSENT}),
]


@pytest.mark.parametrize(("rules", "reason", "then"), REFUSED)
def test_a_refusal_bars_the_letters_that_it_is_about(rules: int, reason: Refusal, then: dict[str, Any]) -> None:
    lead = Lead(HELLO)
    touch = touch_of(lead)
    lead.knows(rules=rules, refused=frozenset(), no_consent=frozenset())

    state = after_errand(lead.state, touch, refused(reason), MONDAY)

    assert state.notes[-1].what == "'hello' not sent"
    assert state.notes[-1].why == f"refused: {reason}"
    assert replace(state, notes=(), noted=0) == replace(lead.state, **then)


def test_a_refusal_is_added_to_those_before() -> None:
    lead = Lead(HELLO)
    touch = touch_of(lead)
    lead.knows(refused=frozenset(("offers",)), no_consent=frozenset(("events",)))

    assert after_errand(lead.state, touch, refused(Refusal.SUPPRESSED), MONDAY).refused == {"news", "offers"}
    assert after_errand(lead.state, touch, refused(Refusal.NO_CONSENT), MONDAY).no_consent == {"news", "events"}
    gone = replace(lead.state, enrollments=())
    assert after_errand(gone, touch, refused(Refusal.SUPPRESSED), MONDAY).unmailable is Refusal.SUPPRESSED


def test_what_was_done_for_a_campaign_that_is_over_changes_nothing() -> None:
    lead = Lead({"task": {"reason": "call"}})
    gone = replace(lead.state, enrollments=())
    task = lead.due
    assert isinstance(task, HandOff)
    more: dict[str, Any] = {"lead": task.lead, "enrollment": 1, "at": MONDAY, "why": "so"}
    escalate = Escalate(task=task.task, escalation=1, deadline_at=MONDAY, **more)
    enroll = EnrollElsewhere(step="1.call", campaign="other", **more)
    tell = Tell(about="x", to=Audience.REPS, say="Look.", campaign="welcome", step="1.call", **more)

    for errand in (task, escalate, enroll, tell, replace(tell, fired="least:x")):
        assert after_errand(gone, errand, Receipt(), MONDAY) == gone


def test_only_the_step_that_asked_for_it_is_past_when_an_errand_is_done() -> None:
    lead = Lead({"enroll": "other"}, {"notify": {"say": "Look."}}, {"wait": "1 day"})
    enroll = lead.due
    assert isinstance(enroll, EnrollElsewhere)
    tell = lead.does()
    assert isinstance(tell, Tell)
    assert (lead.at.step, lead.at.arrived_at) == (1, MONDAY)

    assert after_errand(lead.state, enroll, Receipt(), MONDAY) == lead.state
    assert after_errand(lead.state, tell, Receipt(), MONDAY).enrollments[0].step == 2
    assert after_errand(lead.state, replace(tell, step="9.x"), Receipt(), MONDAY) == lead.state


def test_a_notice_of_neglect_moves_nobody_on() -> None:
    lead = Lead({"notify": {"say": "Look."}})
    tell = lead.due
    assert isinstance(tell, Tell)
    lead.stands(fired=("x",))

    after = after_errand(lead.state, replace(tell, fired="least:1"), Receipt(), MONDAY).enrollments[0]

    assert (after.step, after.fired) == (0, ("x", "least:1"))


def test_an_escalation_is_about_the_task_that_is_open() -> None:
    lead = Lead({"task": {"reason": "call"}})
    lead.does()
    lead.sleeps()
    escalate = lead.due
    assert isinstance(escalate, Escalate)

    assert after_errand(lead.state, replace(escalate, task=UUID(int=3)), Receipt(), lead.now) == lead.state
    task = after_errand(lead.state, escalate, Receipt(), lead.now).enrollments[0].task
    assert task is not None
    assert (task.escalations, task.deadline_at) == (1, escalate.deadline_at)
    nobody = replace(lead.state, enrollments=(replace(lead.at, task=None),))
    assert after_errand(nobody, escalate, Receipt(), lead.now) == nobody


def test_notes_that_were_written_down_are_forgotten_and_later_ones_kept() -> None:
    lead = Lead({"wait": "1 day"})
    state = lead.state.noting(MONDAY, "one", "so").noting(MONDAY, "two", "so").noting(MONDAY, "three", "so")
    record = record_of(state, standing_of(state, lead.wait, MONDAY))

    written = after_record(state.noting(MONDAY, "four", "so"), record)

    assert [note.what for note in written.notes] == ["four"]
    assert (written.records, written.recorded) == (1, record.standing)
    assert after_record(state, replace(record, notes=())).notes == state.notes
