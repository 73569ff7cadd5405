"""What is due, and why: a table of the business's rules on the pure core."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import Action, End, EnrollElsewhere, Escalate, HandOff, Receipt, SendTouch, Status, Wait
from nurture.after import after_errand
from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.foresee import foresee, settle, standing_of
from nurture.kinds import Fit, Outcome, Refusal
from nurture.leadside import Absent, Bounced, DemoRequested, Downloaded, OptedOut, Replied
from nurture.ourside import ContractChanged, Enrolled, Held, Released, TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.profile import Contract, Profile
from nurture.state import newcomer

MONDAY = datetime.fromisoformat("2027-03-01T01:00:00+00:00")
"""A Monday, ten in the morning in Tokyo."""

TOKYO = Profile(zone="Asia/Tokyo", country="JP", language="ja")

CAMPAIGN: dict[str, Any] = {
    "campaign": "welcome",
    "topic": "news",
    "start": "educate",
    "cap": {"touches": 0},
    "tracks": {
        "educate": {"steps": [{"email": "hello"}, {"wait": "3 days"}, {"email": "case"}, {"wait": "30 days"}, {"email": "last"}]},
        "fast": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}, {"email": "thanks"}, {"end": "done"}]},
        "silent": {"steps": [{"task": {"reason": "silent"}}, {"go": "educate"}]},
        "won": {"steps": [{"enroll": "customer"}, {"end": "won"}]},
        "renewal": {"steps": [{"email": "renewal"}, {"task": {"reason": "renewal"}}]},
    },
    "rules": [
        {"name": "demo", "when": "demo_requested", "go": "fast"},
        {"name": "won", "when": {"outcome": "won"}, "go": "won"},
        {"name": "silent", "when": {"silence": "21 days", "touches": 2}, "in": ["educate"], "go": "silent"},
        {"name": "renewal", "when": {"contract_ends_in": "90 days"}, "go": "renewal"},
        {"name": "planned_again", "when": "contract_changed", "in": ["renewal"], "if": "days_to_contract_end > 90", "go": "educate"},
    ],
}


class Story:
    """One lead in memory: things happen to it, and it is asked what is due."""

    def __init__(self, profile: Profile = TOKYO, at: datetime = MONDAY, **changes: Any) -> None:
        self.now = at
        self.state = newcomer(UUID(int=0))
        self.campaign = Campaign.model_validate(CAMPAIGN | changes)
        self.happens(Enrolled(at=at, campaign=self.campaign, enrollment=1, profile=profile))

    def happens(self, engagement: Engagement) -> None:
        self.state = fold(self.state, replace(engagement, seq=self.state.seen + 1, at=self.now))

    @property
    def due(self) -> Action:
        self.state, action = settle(self.state, self.now)
        return action

    def does(self, receipt: Receipt | None = None) -> Action:
        """Carry out what is due, and say what comes next."""
        action = self.due
        assert isinstance(action, (SendTouch, HandOff, Escalate, EnrollElsewhere)), action
        self.state = after_errand(self.state, action, receipt or Receipt(), self.now)
        return self.due

    def sleeps(self) -> Action:
        """Sleep until there is something to do."""
        while isinstance(wait := self.due, Wait):
            assert wait.until is not None, wait
            assert wait.until > self.now, wait
            self.now = wait.until
        return wait

    def answers(self, outcome: Outcome, **more: Any) -> None:
        [task] = [e.task for e in self.state.enrollments if e.task]
        self.happens(TaskCompleted(at=self.now, task=task.id, outcome=outcome, **more))

    @property
    def notes(self) -> list[str]:
        return [note.what for note in self.state.notes]


def letter(action: Action) -> str:
    assert isinstance(action, SendTouch), action
    return action.letter


def reason(action: Action) -> str:
    assert isinstance(action, HandOff), action
    return action.reason


def test_the_first_letter_goes_at_once_inside_the_window() -> None:
    assert letter(Story().due) == "hello"


def test_a_moment_between_two_seconds_is_as_good_as_any() -> None:
    assert letter(Story(at=MONDAY + timedelta(microseconds=7)).due) == "hello"


def test_a_lead_that_was_lost_and_comes_back_meets_a_human() -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))
    story.does()
    story.answers(Outcome.LOST)
    assert isinstance(story.due, End)

    story.happens(Replied(at=story.now))
    assert isinstance(story.due, End)
    assert story.state.ended is not None
    story.state = replace(story.state, ended=replace(story.state.ended, track="educate"))
    story.happens(DemoRequested(at=story.now))

    assert reason(story.due) == "demo"


def test_one_request_calls_one_human_however_many_campaigns_have_a_rule_for_it() -> None:
    story = Story()
    other = story.campaign.model_copy(update={"campaign": "other"})
    story.happens(Enrolled(at=story.now, campaign=other, enrollment=2, profile=TOKYO))

    story.happens(DemoRequested(at=story.now))

    assert [e.track for e in story.state.enrollments] == ["educate", "fast"]


def test_a_letter_that_is_due_at_night_waits_for_the_morning_and_says_so() -> None:
    night = MONDAY + timedelta(hours=12)

    wait = Story(at=night).due

    assert isinstance(wait, Wait)
    assert wait.until is not None
    assert "2027-03-02T00:00" <= wait.until.isoformat() <= "2027-03-02T02:00"
    assert wait.why.startswith("'hello' goes on Tue 02 Mar 2027 ")


def test_a_pause_before_a_letter_wakes_the_lead_once_for_both() -> None:
    story = Story()

    wait = story.does()

    assert isinstance(wait, Wait)
    assert wait.until == MONDAY + timedelta(days=3)
    story.now = MONDAY + timedelta(days=3)
    assert letter(story.due) == "case"


def test_what_is_foreseen_with_a_letter_is_what_then_holds() -> None:
    story = Story()
    touch = story.due
    assert isinstance(touch, SendTouch)

    foreseen = foresee(story.state, touch, story.now)
    later = story.now + timedelta(seconds=4)
    state, then = settle(after_errand(story.state, touch, Receipt(), later), later)

    assert foreseen == standing_of(state, then, later)


def test_an_engagement_folded_twice_counts_once() -> None:
    state = newcomer(UUID(int=0))
    enrolled = Enrolled(seq=1, at=MONDAY, campaign=Campaign.model_validate(CAMPAIGN), enrollment=1, profile=TOKYO)

    once = fold(state, enrolled)

    assert fold(once, enrolled) == once


def test_a_demo_request_calls_a_human_and_silences_the_machine() -> None:
    story = Story()
    story.does()

    story.happens(DemoRequested(at=story.now))

    assert reason(story.due) == "demo"
    wait = story.does()
    assert isinstance(wait, Wait)
    assert wait.until == MONDAY + timedelta(hours=4)
    assert "a rep has this lead (demo)" in wait.why


def test_a_second_request_while_a_rep_has_the_lead_opens_no_second_task() -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))
    story.does()

    story.happens(DemoRequested(at=story.now))

    assert isinstance(story.due, Wait)


def test_a_passed_deadline_goes_to_the_leader_with_more_patience_each_time() -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))
    story.does()

    first = story.sleeps()
    story.does()
    second = story.sleeps()

    assert isinstance(first, Escalate)
    assert isinstance(second, Escalate)
    assert (first.escalation, second.escalation) == (1, 2)
    assert second.deadline_at - second.at > first.deadline_at - first.at


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (Outcome.NURTURE, SendTouch),
        (Outcome.LOST, End),
        (Outcome.BAD_FIT, End),
        (Outcome.OTHER_CONTACT, End),
        (Outcome.WON, EnrollElsewhere),
    ],
)
def test_an_outcome_steers_the_lead(outcome: Outcome, then: type) -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))
    story.does()

    story.answers(outcome, contract=Contract(ends_on=date(2028, 3, 31)) if outcome is Outcome.WON else None)

    assert isinstance(story.due, then)


def test_not_now_sleeps_until_its_day_and_then_goes_on_after_the_task() -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))
    story.does()

    story.answers(Outcome.NOT_NOW, until=date(2027, 9, 1))

    wait = story.due
    assert isinstance(wait, Wait)
    assert wait.until is not None
    assert wait.until.isoformat() == "2027-09-01T00:00:00+00:00"
    assert letter(story.sleeps()) == "thanks"


def test_a_lead_on_hold_that_asks_for_a_demo_is_not_kept_waiting() -> None:
    story = Story()
    story.does()
    story.happens(Absent(at=story.now, until=date(2027, 4, 1)))

    story.happens(DemoRequested(at=story.now))

    assert reason(story.due) == "demo"
    assert "hold lifted" in story.notes


def test_a_hold_set_by_a_human_is_lifted_by_a_human_only() -> None:
    story = Story()
    story.happens(Held(at=story.now, until=date(2027, 4, 1)))
    story.happens(DemoRequested(at=story.now))
    assert isinstance(story.due, Wait)

    story.happens(Released(at=story.now))

    assert reason(story.due) == "demo"


def test_silence_calls_a_human_once_and_never_loses_the_lead() -> None:
    story = Story()
    story.does()
    assert letter(story.sleeps()) == "case"
    story.does()

    assert reason(story.sleeps()) == "silent"
    assert story.now == MONDAY + timedelta(days=21)
    story.does()
    story.answers(Outcome.NURTURE)
    assert letter(story.sleeps()) == "hello"


def test_a_reply_breaks_the_silence() -> None:
    story = Story()
    story.does()
    story.sleeps()
    story.does()

    story.happens(Replied(at=story.now))

    assert letter(story.sleeps()) == "last"


def test_an_absence_note_is_neither_silence_nor_a_reply() -> None:
    story = Story()
    story.does()
    story.sleeps()
    story.does()

    story.happens(Absent(at=story.now, until=date(2027, 3, 15)))

    assert story.state.unanswered == 2
    assert reason(story.sleeps()) == "silent"
    assert story.now == datetime.fromisoformat("2027-04-05T00:00:00+00:00")


def test_an_opt_out_outranks_everything() -> None:
    story = Story()
    story.happens(DemoRequested(at=story.now))

    story.happens(OptedOut(at=story.now))

    assert isinstance(story.due, End)


def test_refusing_one_topic_leaves_the_campaigns_of_another() -> None:
    story = Story()

    story.happens(OptedOut(at=story.now, topic="offers"))

    assert letter(story.due) == "hello"


def test_a_customer_who_refuses_letters_still_gets_a_human_for_the_renewal() -> None:
    story = Story()
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=date(2027, 12, 31), auto_renews=True)))
    story.happens(OptedOut(at=story.now))

    assert reason(story.sleeps()) == "renewal"
    assert story.now.isoformat() == "2027-10-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("ends_on", "opens_at"),
    [
        (date(2027, 12, 31), "2027-10-02T00:00:00+00:00"),
        (date(2027, 4, 30), "2027-03-01T01:00:00+00:00"),
    ],
    ids=["ninety days ahead in the customer's zone", "at once when less is left"],
)
def test_the_renewal_opens_ninety_days_before_the_contract_ends(ends_on: date, opens_at: str) -> None:
    story = Story(start="won", tracks=CAMPAIGN["tracks"] | {"won": {"steps": []}})
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=ends_on)))

    while letter(story.sleeps()) != "renewal":
        story.does()

    opened = [note for note in story.state.notes if "renewal" in note.what]
    assert opened[0].at.isoformat() == opens_at


def test_a_changed_end_date_plans_the_renewal_again() -> None:
    story = Story(start="won", tracks=CAMPAIGN["tracks"] | {"won": {"steps": []}})
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=date(2027, 12, 31))))
    first = story.due

    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=date(2028, 12, 31))))
    later = story.due
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=date(2027, 4, 30))))

    assert isinstance(first, Wait)
    assert isinstance(later, Wait)
    assert first.until is not None
    assert later.until is not None
    assert later.until - first.until == timedelta(days=366)
    assert letter(story.due) == "renewal"


def test_a_renewed_contract_starts_the_next_round() -> None:
    story = Story(start="won", tracks=CAMPAIGN["tracks"] | {"won": {"steps": []}})
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=date(2027, 4, 30))))
    story.does()
    story.does()

    story.answers(Outcome.WON, contract=Contract(ends_on=date(2028, 4, 30)))

    story.sleeps()
    assert [note for note in story.notes if note.endswith("→ renewal")] == ["welcome: won → renewal"] * 2
    assert story.now.date() >= date(2028, 1, 31)


def test_the_cap_counts_over_a_moving_week_and_zero_is_no_cap() -> None:
    tracks = {"educate": {"steps": [{"email": "a"}, {"email": "b"}, {"email": "c"}]}}
    capped = Story(tracks=tracks, rules=[], cap={"touches": 2, "per": "7 days"})
    capped.does()
    third = capped.does()
    uncapped = Story(tracks=tracks, rules=[], cap={"touches": 0})
    uncapped.does()

    assert isinstance(third, Wait)
    assert third.until == MONDAY + timedelta(days=7)
    assert letter(uncapped.does()) == "c"


def test_a_good_fit_never_leaves_without_a_human() -> None:
    story = Story(profile=Profile(zone="Asia/Tokyo", fit=Fit.GOOD), start="fast", tracks={"fast": {"steps": [{"end": "over"}]}}, rules=[])

    assert reason(story.due) == "last_look"
    story.does()
    story.answers(Outcome.NURTURE)
    assert isinstance(story.due, End)


def test_at_the_horizon_a_human_decides_and_may_give_it_another_round() -> None:
    story = Story(start="won", tracks={"won": {"steps": []}}, rules=[])

    assert reason(story.sleeps()) == "horizon"
    assert story.now == MONDAY + timedelta(days=730)
    story.does()
    story.answers(Outcome.NURTURE)
    assert reason(story.sleeps()) == "horizon"
    assert story.now == MONDAY + timedelta(days=1460)


def test_a_customer_whose_contract_has_no_end_is_not_forgotten() -> None:
    story = Story(start="won", tracks=CAMPAIGN["tracks"] | {"won": {"steps": []}})
    story.happens(ContractChanged(at=story.now, contract=Contract(ends_on=None)))

    assert reason(story.sleeps()) == "horizon"


@pytest.mark.parametrize("refusal", [Refusal.NO_CONSENT, Refusal.REJECTED, Refusal.FAILED])
def test_a_letter_that_cannot_be_sent_calls_a_human_once(refusal: Refusal) -> None:
    story = Story()

    then = story.does(Receipt(status=Status.REFUSED, reason=refusal))

    assert reason(then) == "unreachable"
    story.does()
    story.answers(Outcome.NURTURE)
    assert isinstance(story.due, Wait)


def test_a_bounced_address_calls_a_human_instead_of_a_letter() -> None:
    story = Story()

    story.happens(Bounced(at=story.now))

    assert reason(story.due) == "unreachable"


def test_a_decision_made_on_old_knowledge_is_made_again_when_the_news_arrives() -> None:
    story = Story()

    wait = story.does(Receipt(status=Status.SUPERSEDED, until=MONDAY + timedelta(minutes=15)))

    assert isinstance(wait, Wait)
    assert wait.until == MONDAY + timedelta(minutes=15)
    story.happens(Downloaded(at=story.now, content="guide"))
    assert letter(story.due) == "hello"
