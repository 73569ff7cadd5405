"""A human has a letter go at once, leaves a step out, or leads a lead to a step: law, caps and reps count all the same."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from nurture.actions import HandOff, SendTouch, Wait
from nurture.calendar import is_open
from nurture.kinds import Verb
from nurture.leadside import DemoRequested, OptedOut
from nurture.ourside import EditionChanged, Held, Redirected, Steered
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, TOKYO, letter, reason

HELLO, CASE, NEWS = {"email": "hello"}, {"email": "case"}, {"email": "news"}
PAUSE: dict[str, Any] = {"wait": "10 days"}
NIGHT = datetime.fromisoformat("2027-03-02T17:00+00:00")
"""Two at night in Tokyo."""


def steer(lead: Lead, step: str, verb: Verb, visit: int = 1) -> None:
    lead.happens(Steered(at=lead.now, enrollment=1, visit=visit, step=step, verb=verb))


def at_night(*steps: dict[str, Any], **changes: Any) -> Lead:
    """A lead that came in at night, when nothing goes."""
    return Lead(*steps, at=NIGHT, **changes)


def test_a_letter_that_a_human_hurries_goes_at_night_and_in_the_middle_of_a_pause() -> None:
    lead = at_night(PAUSE, {"wait_for": {"any": ["replied"], "at_most": "3 days"}}, {"set": {"vip": True}}, HELLO, PAUSE, CASE)
    assert lead.wait

    steer(lead, "hello", Verb.SEND_NOW)

    touch = lead.due
    assert isinstance(touch, SendTouch)
    assert (touch.letter, touch.at, touch.at_once) == ("hello", NIGHT, True)
    assert touch.why == "a human has 'hello' go at once"
    assert isinstance(lead.does(), Wait), "what comes after it has its pause and its window again"
    assert lead.at.hurried_at is None
    assert "welcome: 'hello' is to go at once" in lead.notes


def test_without_a_human_a_letter_says_nothing_of_going_at_once() -> None:
    lead = Lead(HELLO)

    touch = lead.due

    assert isinstance(touch, SendTouch)
    assert not touch.at_once


def test_a_full_cap_holds_back_what_is_hurried_and_says_so() -> None:
    lead = at_night(HELLO, PAUSE, CASE, cap={"touches": 1, "per": "7 days"})
    lead.sleeps()
    lead.does()
    sent_at = lead.now

    steer(lead, "case", Verb.SEND_NOW)

    wait = lead.wait
    assert wait.until is not None
    assert wait.until >= sent_at + timedelta(days=7)
    assert "the cap of 1 letter in 7 days is full until" in wait.why
    assert letter(lead.sleeps()) == "case"
    assert isinstance(lead.due, SendTouch)
    assert not lead.due.at_once, "days later it keeps to its window"


def test_what_is_kept_for_longer_than_an_hour_goes_in_its_window() -> None:
    lead = at_night(HELLO)
    steer(lead, "hello", Verb.SEND_NOW)
    assert letter(lead.due) == "hello"

    lead.now += timedelta(hours=1)

    assert lead.wait
    touch = lead.sleeps()
    assert isinstance(touch, SendTouch)
    assert is_open(touch.at, lead.campaign.window, TOKYO)
    assert not touch.at_once


def test_a_letter_that_would_be_too_late_goes_because_a_human_says_so() -> None:
    late = {"after": "2 days", "then": "skip"}
    lead, other = (at_night(HELLO, CASE, late=late) for _ in range(2))
    for one in (lead, other):
        one.sleeps()
        one.now += timedelta(days=4)

    steer(lead, "hello", Verb.SEND_NOW)

    assert letter(lead.due) == "hello"
    assert letter(other.sleeps()) == "case"


def test_a_refusal_a_rep_and_a_hold_outrank_a_human_in_a_hurry() -> None:
    refused, held, with_a_rep = at_night(PAUSE, HELLO), at_night(PAUSE, HELLO), at_night({"task": {"reason": "call"}}, HELLO)
    refused.knows(no_consent=frozenset({refused.campaign.topic}))
    steer(refused, "hello", Verb.SEND_NOW)
    assert reason(refused.due) == "unreachable"

    held.happens(Held(at=NIGHT, until=date(2027, 4, 1)))
    steer(held, "hello", Verb.SEND_NOW)
    assert "on hold until 2027-04-01" in held.wait.why
    assert "but the lead is on hold until 2027-04-01" in held.state.notes[-1].why

    with_a_rep.does()
    steer(with_a_rep, "hello", Verb.SEND_NOW)
    assert "a rep has this lead" in with_a_rep.wait.why
    assert with_a_rep.at.hurried_at is None


def test_a_lead_that_has_refused_gets_nothing_whoever_hurries() -> None:
    lead = at_night(PAUSE, HELLO)
    lead.happens(OptedOut(at=NIGHT))

    lead.happens(Steered(at=NIGHT, enrollment=1, visit=1, step="hello", verb=Verb.SEND_NOW))

    assert lead.state.enrollments == ()
    assert not isinstance(lead.next, SendTouch)


def test_a_letter_that_is_left_out_keeps_its_pauses_and_the_next_one_comes() -> None:
    lead, plain = (Lead(PAUSE, HELLO, PAUSE, CASE) for _ in range(2))
    steer(lead, "hello", Verb.SKIP)

    assert letter(lead.sleeps()) == "case"
    assert "welcome: past hello" in lead.notes
    assert any(note.why == "a human left it out" for note in lead.state.notes)
    plain.sleeps()
    plain.does()
    plain.sleeps()
    assert abs(lead.now - plain.now) < timedelta(days=2)


def test_a_task_that_is_left_out_is_never_opened_and_one_that_is_open_stays() -> None:
    lead, opened = Lead(PAUSE, {"task": {"reason": "call"}}, HELLO), Lead({"task": {"reason": "call"}}, HELLO)
    steer(lead, "call", Verb.SKIP)
    assert letter(lead.sleeps()) == "hello"

    assert isinstance(opened.due, HandOff)
    opened.does()
    steer(opened, "call", Verb.SKIP)
    assert "but a rep has it" in opened.state.notes[-1].why
    assert opened.at.task is not None


def test_what_was_left_out_comes_when_the_track_is_visited_again() -> None:
    lead = Lead(HELLO, CASE)
    steer(lead, "hello", Verb.SKIP)

    lead.happens(Redirected(at=MONDAY, enrollment=1, track="one"))

    assert letter(lead.sleeps()) == "hello"


def test_two_steps_can_be_left_out_one_after_the_other() -> None:
    lead = Lead(PAUSE, HELLO, CASE, NEWS)
    steer(lead, "hello", Verb.SKIP)
    steer(lead, "case", Verb.SKIP)

    assert letter(lead.sleeps()) == "news"


TOO_LATE: list[tuple[str, Verb, int]] = [
    ("hello", Verb.SEND_NOW, 2),
    ("case", Verb.SEND_NOW, 1),
    ("case", Verb.SKIP, 1),
    ("nowhere", Verb.SKIP, 1),
    ("", Verb.SKIP, 1),
]


@pytest.mark.parametrize(("step", "verb", "visit"), TOO_LATE)
def test_what_a_human_said_of_another_place_changes_nothing(step: str, verb: Verb, visit: int) -> None:
    lead = at_night(PAUSE, HELLO, CASE)
    before = lead.at

    steer(lead, step, verb, visit)

    assert lead.at == before
    assert lead.state.notes[-1].why.endswith("but the lead has moved on")


def test_a_fork_a_task_or_a_way_of_silence_before_a_letter_leaves_nothing_to_hurry() -> None:
    fork = {"branch": [{"if": "score > 3", "go": "other"}]}
    silent = {"wait_for": {"any": ["replied"], "at_most": "3 days", "silence": "other"}}
    for first in (fork, silent, {"task": {"reason": "call"}}):
        lead = at_night(PAUSE, first, HELLO)
        steer(lead, "hello", Verb.SEND_NOW)
        assert lead.at.hurried_at is None


def test_a_word_to_a_colleague_on_the_way_is_said_and_the_letter_goes() -> None:
    lead = at_night(PAUSE, {"notify": {"say": "Look at this lead."}}, HELLO)

    steer(lead, "hello", Verb.SEND_NOW)

    assert letter(lead.does()) == "hello"


def test_a_hurry_ends_where_the_lead_goes_another_way() -> None:
    rules = [{"name": "demo", "when": {"engagement": "demo_requested"}, "go": "fast"}]
    lead = at_night(HELLO, rules=rules, tracks={"fast": {"steps": [PAUSE, CASE]}}, cap={"touches": 1, "per": "7 days"})
    lead.knows(touched_at=(NIGHT,))
    steer(lead, "hello", Verb.SEND_NOW)
    hurried = lead.at

    lead.happens(DemoRequested(at=NIGHT))

    assert hurried.hurried_at == NIGHT
    assert (lead.at.track, lead.at.hurried_at) == ("fast", None)


def test_a_human_leads_to_a_step_and_what_is_not_there_is_passed_over() -> None:
    tracks = {"later": {"steps": [HELLO, PAUSE, CASE, NEWS]}}
    lead, odd = Lead(PAUSE, tracks=tracks), Lead(PAUSE, tracks=tracks)

    lead.happens(Redirected(at=MONDAY, enrollment=1, track="later", step="case"))
    odd.happens(Redirected(at=MONDAY, enrollment=1, track="later", step="nowhere"))

    assert letter(lead.sleeps()) == "case"
    assert lead.state.notes[0].why == "a human led this lead here, to 'case'"
    assert letter(odd.sleeps()) == "hello"


def test_what_is_left_out_stays_so_in_another_edition() -> None:
    lead = Lead(PAUSE, HELLO, CASE)
    steer(lead, "hello", Verb.SKIP)
    edition = lead.campaign.model_copy(update={"priority": 7})

    lead.happens(EditionChanged(at=MONDAY, enrollment=1, campaign=edition))

    assert letter(lead.sleeps()) == "case"
