"""A letter that could not go in time goes, is left out, or has a human asked; and so does one of which nobody knows whether it went."""

from datetime import date, timedelta
from typing import Any

import pytest

from nurture.actions import HandOff, Receipt, SendTouch, Status
from nurture.kinds import Audience, Outcome, Refusal
from nurture.leadside import IssueOpened
from nurture.ourside import Course, EditionChanged, Held, IssueClosed
from nurture.plan.problems import CampaignError
from nurture.reading.language import read_campaign
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, letter, reason

DAY = timedelta(days=1)
HELLO, CASE = {"email": "hello"}, {"email": "case"}
SKIP, HUMAN, NOW = ({"after": "2 days", "then": then} for then in ("skip", "human", "now"))
IN_DOUBT = Receipt(status=Status.IN_DOUBT)


def was_away(lead: Lead, days: float) -> None:
    """Nothing that was due could be done for so long."""
    lead.now += days * DAY


@pytest.mark.parametrize("late", [None, NOW])
def test_a_letter_goes_however_late_it_is_where_nothing_else_is_said(late: Any) -> None:
    lead = Lead(HELLO, **({"late": late} if late else {}))
    was_away(lead, 30)

    assert letter(lead.sleeps()) == "hello"


@pytest.mark.parametrize(("days", "goes"), [(1.9, "hello"), (2, "case")])
def test_a_letter_that_is_too_late_is_left_out_and_the_plan_goes_on(days: float, goes: str) -> None:
    lead = Lead(HELLO, CASE, late=SKIP)
    was_away(lead, days)

    assert letter(lead.sleeps()) == goes
    assert any("2 days later is too late" in note.why for note in lead.state.notes) is (goes == "case")


def test_a_letter_may_have_a_lateness_of_its_own() -> None:
    lead = Lead(HELLO | {"late": {"after": "5 days", "then": "skip"}}, CASE | {"late": NOW}, late=SKIP)
    was_away(lead, 3)
    assert letter(lead.sleeps()) == "hello"
    was_away(lead, 3)

    assert letter(lead.sleeps()) == "case"


def test_the_send_knows_from_when_on_the_letter_is_too_late() -> None:
    """The server is away while the letter is tried: the send says so, and it is decided anew."""
    lead = Lead(HELLO, CASE, late=SKIP)
    touch = lead.due
    assert isinstance(touch, SendTouch)
    assert touch.too_late_at == MONDAY + 2 * DAY
    lead.now = MONDAY + 2 * DAY

    assert letter(lead.does(Receipt(status=Status.SUPERSEDED, until=lead.now))) == "case"


def test_what_a_cap_or_a_window_puts_off_is_not_late() -> None:
    lead = Lead(HELLO, CASE, late=SKIP, cap={"touches": 1, "per": "7 days"}, window={"days": ["wed"]})
    lead.sleeps()
    lead.does()

    assert letter(lead.sleeps()) == "case"
    assert lead.now >= MONDAY + 9 * DAY


def test_what_a_hold_an_issue_or_a_rep_puts_off_is_not_late() -> None:
    lead = Lead(HELLO, CASE, late=SKIP, purposes={"hello": "sales"}, fields={})
    lead.happens(Held(at=lead.now, until=date(2027, 4, 1)))
    assert letter(lead.sleeps()) == "hello"
    assert lead.now.date() >= date(2027, 3, 31)

    lead.happens(IssueOpened(at=lead.now, issue=lead.state.lead))
    was_away(lead, 20)
    lead.happens(IssueClosed(at=lead.now, issue=lead.state.lead))
    assert letter(lead.sleeps()) == "hello"

    lead.begins(tracks={"one": {"steps": [{"task": {"reason": "call"}}]}, "other": {}, "third": {}}, priority=9)
    assert reason(lead.due) == "call"
    lead.does()
    was_away(lead, 20)
    lead.answers(Outcome.NURTURE)
    assert letter(lead.sleeps()) == "hello"


@pytest.mark.parametrize(("outcome", "goes"), [(Outcome.SEND, "hello"), (Outcome.SKIP, "case")])
def test_a_human_decides_over_a_letter_that_is_too_late(outcome: Outcome, goes: str) -> None:
    lead = Lead(HELLO, CASE, late=HUMAN)
    was_away(lead, 3)
    task = lead.due
    assert isinstance(task, HandOff)
    assert (task.reason, task.outcomes) == ("too_late", (Outcome.SEND, Outcome.SKIP))
    lead.does()
    was_away(lead, 1)

    lead.answers(outcome)

    assert letter(lead.sleeps()) == goes


def test_a_letter_in_doubt_waits_for_a_human_and_everything_else_with_it() -> None:
    lead = Lead(HELLO, CASE)

    task = lead.does(IN_DOUBT)

    assert isinstance(task, HandOff)
    assert (task.reason, task.to, task.outcomes) == ("in_doubt", Audience.MARKETING, (Outcome.SENT, Outcome.SEND))
    lead.does()
    assert lead.wait.why.startswith("a rep has this lead (in_doubt)")
    assert (lead.state.touched_at, lead.state.unanswered) == ((), 0)


def test_a_letter_that_went_counts_as_sent_and_is_told_to_the_ledger() -> None:
    lead = Lead(HELLO, CASE)
    lead.does(IN_DOUBT)
    lead.does()
    was_away(lead, 5)  # a Saturday: what is only booked waits for no window
    lead.answers(Outcome.SENT)

    booked = lead.due
    assert isinstance(booked, SendTouch)
    assert (booked.letter, booked.said) == ("hello", Outcome.SENT)
    lead.does()

    assert (lead.state.unanswered, lead.at.touches, lead.at.human_steps) == (1, 1, 0)
    assert letter(lead.sleeps()) == "case"


def test_a_letter_is_sent_again_when_a_human_says_so_and_each_doubt_is_a_question_of_its_own() -> None:
    lead = Lead(HELLO, CASE, late=SKIP)
    asked = []
    for times in (1, 2):
        asked.append(lead.does(IN_DOUBT))
        lead.does()
        was_away(lead, 7)
        lead.answers(Outcome.SEND)
        again = lead.sleeps()
        assert isinstance(again, SendTouch)
        assert (again.letter, again.doubts, again.said, again.too_late_at) == ("hello", times, Outcome.SEND, None)
    lead.does()

    assert len({task.task for task in asked if isinstance(task, HandOff)}) == 2
    assert (lead.at.doubts, lead.at.said) == (0, None)


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ("skip", "4: 'late' cannot be 'skip'; write keys and values, indented below it"),
        ("{after: 2 dayz, then: skip}", "4: '2 dayz' is not a length of time; did you mean '2 days'?"),
        ("{then: skip}", "4: 'after' is missing here; add 'after: …'"),
        ("{after: 2 days, then: skipp}", "4: 'skipp' is not a way to be late; did you mean 'skip'?"),
        ("{aftre: 2 days, then: skip}", "4: 'aftre' is not known here; did you mean 'after'?"),
    ],
)
def test_a_wrong_lateness_is_refused_with_line_and_fix(late: str, said: str) -> None:
    whole = f"campaign: a\ntopic: news\nstart: one\nlate: {late}\ntracks: {{one: {{steps: [{{email: hello}}]}}}}\n"
    step = f"campaign: a\ntopic: news\nstart: one\ntracks: {{one: {{steps: [{{email: hello, late: {late}}}]}}}}\n"

    for text in (whole, step):
        with pytest.raises(CampaignError) as refused:
            read_campaign(text, "a.yaml")
        assert str(refused.value) == f"a.yaml:{said}"


def test_what_was_said_of_one_letter_is_not_said_of_another() -> None:
    lead = Lead(HELLO, CASE)
    lead.does(IN_DOUBT)
    other = lead.campaign.model_validate(
        lead.campaign.model_dump(by_alias=True, exclude_none=True) | {"tracks": {"one": {"steps": [CASE]}, "other": {}, "third": {}}}
    )

    lead.happens(EditionChanged(at=lead.now, enrollment=1, campaign=other, course=Course.MIGRATE))

    assert letter(lead.sleeps()) == "case"


def test_what_a_stop_or_the_pace_of_sending_puts_off_can_be_late() -> None:
    lead = Lead(HELLO, CASE, late=SKIP)
    stopped = Receipt(status=Status.SUPERSEDED, reason=Refusal.PACED, until=MONDAY + 5 * DAY, waits_for="letters are stopped")
    lead.does(stopped)

    assert letter(lead.sleeps()) == "case"
