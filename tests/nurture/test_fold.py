"""What happened is taken into account: a table for each engagement, and for each answer of a rep."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.kinds import Kind, Outcome, Refusal
from nurture.leadside import (
    Absent,
    Acted,
    Bounced,
    Clicked,
    DemoRequested,
    Downloaded,
    IssueOpened,
    OptedOut,
    Permitted,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import (
    ContractChanged,
    Course,
    EditionChanged,
    FactsLearned,
    Held,
    IssueClosed,
    Observed,
    ProfileChanged,
    Redirected,
    Released,
    TaskCompleted,
)
from nurture.profile import Contract, Profile
from nurture.state import RULES, Hold, LeadState
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

CALL = {"task": {"reason": "call"}}
AWAY = date(2027, 4, 1)
ISSUE, OTHER = UUID(int=7), UUID(int=8)
SPOKE = [Replied(at=MONDAY), Rated(at=MONDAY, rating=3), IssueOpened(at=MONDAY, issue=ISSUE), Permitted(at=MONDAY, allowed=True)]
NOT_SPOKE = [Absent(at=MONDAY, until=AWAY), Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT), FactsLearned(at=MONDAY, learned=())]


def silent() -> Lead:
    lead = Lead({"wait": "10 days"})
    earlier = MONDAY - timedelta(days=20)
    lead.knows(unanswered=2, silent_since=earlier, unmailable=Refusal.FAILED, no_consent=frozenset(("news",)), not_before=earlier)
    return lead


@pytest.mark.parametrize("spoke", SPOKE, ids=lambda it: it.kind)
def test_a_lead_that_does_something_breaks_its_silence_and_may_be_written_to(spoke: Engagement) -> None:
    lead = silent()

    lead.happens(spoke)

    state = lead.state
    assert (state.unanswered, state.silent_since, state.unmailable, state.no_consent, state.not_before) == (
        0,
        None,
        None,
        frozenset(),
        None,
    )


@pytest.mark.parametrize("happened", NOT_SPOKE, ids=lambda it: it.kind)
def test_what_is_no_answer_breaks_no_silence_but_every_letter_is_decided_again(happened: Engagement) -> None:
    lead = silent()

    lead.happens(happened)

    assert (lead.state.unanswered, lead.state.unmailable, lead.state.no_consent) == (2, Refusal.FAILED, frozenset(("news",)))
    assert lead.state.silent_since is not None
    assert lead.state.not_before is None


def test_what_was_folded_before_changes_nothing_whatever_it_is() -> None:
    lead = silent()

    assert fold(lead.state, Replied(at=MONDAY, seq=1)) is lead.state
    assert fold(lead.state, Replied(at=MONDAY, seq=2)).seen == 2


def test_what_the_lead_is_and_what_it_told_is_known() -> None:
    lead = Lead(CALL)
    profile = Profile(zone="Europe/Berlin", country="DE", language="de")

    lead.happens(ProfileChanged(at=MONDAY, profile=profile))
    lead.happens(FactsLearned(at=MONDAY, learned=(("seats", 4),)))
    lead.happens(Permitted(at=MONDAY, allowed=True, every_days=30))
    lead.happens(Bounced(at=MONDAY))

    assert lead.state.profile == profile
    assert lead.state.memory.fields == (("may_remind", True), ("remind_days", 30), ("seats", 4))
    assert lead.state.unmailable is Refusal.BOUNCED


def test_issues_are_open_until_each_is_closed_and_complaints_are_some_of_them() -> None:
    lead = Lead(CALL)
    lead.happens(IssueOpened(at=MONDAY, issue=ISSUE))
    lead.happens(IssueOpened(at=MONDAY, issue=OTHER, complaint=True))
    assert (lead.state.issues, lead.state.complaints) == ((ISSUE, OTHER), (OTHER,))

    lead.happens(IssueClosed(at=MONDAY, issue=ISSUE))
    assert (lead.state.issues, lead.state.complaints) == ((OTHER,), (OTHER,))
    lead.happens(IssueClosed(at=MONDAY, issue=OTHER))
    assert (lead.state.issues, lead.state.complaints) == ((), ())


@pytest.mark.parametrize(("rules", "barred"), [(RULES, frozenset()), (3, frozenset()), (2, frozenset(("news",)))])
def test_with_what_is_known_of_a_lead_a_consent_may_have_come(rules: int, barred: frozenset[str]) -> None:
    lead = Lead(CALL)
    lead.knows(rules=rules, no_consent=frozenset(("news",)), unmailable=Refusal.BOUNCED)

    lead.happens(ProfileChanged(at=MONDAY, profile=lead.state.profile))

    assert (lead.state.no_consent, lead.state.unmailable) == (barred, Refusal.BOUNCED)


def settled(*evidence: Engagement, rules: int = RULES, also: Sequence[Any] = ()) -> Lead:
    """A lead of whom all this was seen while two things were open, which are settled."""
    lead = Lead(CALL, rules=list(also))
    lead.knows(rules=rules)
    lead.happens(IssueOpened(at=MONDAY, issue=ISSUE))
    lead.happens(IssueOpened(at=MONDAY, issue=OTHER, complaint=True))
    before = lead.state.stage
    for seen in evidence:
        lead.happens(seen)
    lead.happens(IssueClosed(at=MONDAY, issue=ISSUE))
    assert lead.state.stage == before or any(isinstance(seen, TaskCompleted) for seen in evidence)
    lead.happens(IssueClosed(at=MONDAY, issue=OTHER))
    return lead


SEEN, ASKED = Visited(at=MONDAY, content="home"), DemoRequested(at=MONDAY)


def said_by_a_rep(outcome: Outcome) -> TaskCompleted:
    return TaskCompleted(at=MONDAY, task=OTHER, outcome=outcome)


@pytest.mark.parametrize(
    ("evidence", "rules", "stage"),
    [
        ((), RULES, "unknown"),
        ((SEEN,), RULES, "aware"),
        ((SEEN, ASKED), RULES, "consideration"),
        ((ASKED, SEEN), RULES, "consideration"),
        ((ASKED, SEEN), 2, "unknown"),
        ((ASKED, said_by_a_rep(Outcome.LOST)), RULES, "aware"),
        ((ASKED, said_by_a_rep(Outcome.NOT_NOW)), RULES, "interest"),
        ((said_by_a_rep(Outcome.LOST), ASKED), RULES, "consideration"),
        ((ASKED, said_by_a_rep(Outcome.NO_ANSWER)), RULES, "consideration"),
        ((ASKED, said_by_a_rep(Outcome.WON)), RULES, "purchase"),
    ],
    ids=str,
)
def test_once_all_is_settled_the_stage_is_what_there_was_evidence_of_meanwhile(
    evidence: tuple[Engagement, ...], rules: int, stage: str
) -> None:
    lead = settled(*evidence, rules=rules)

    assert (lead.state.stage, lead.state.barred_stage) == (stage, None)


def test_a_stage_that_is_made_up_for_is_noted_and_rules_see_it_reached() -> None:
    reached: dict[str, Any] = {"name": "r", "when": {"reaches": "consideration"}, "go": "other"}
    lead = settled(ASKED, also=[reached])

    assert lead.at.track == "other"
    assert "stage consideration: shown while something was open, which is settled" in [
        f"{note.what}: {note.why}" for note in lead.state.notes
    ]
    settled_first = {"name": "s", "when": "issue_closed", "if": "issues == 0", "go": "third"}
    assert settled(ASKED, also=[settled_first, reached]).at.track == "third"


GONE = Hold(until=AWAY, why="the lead is away")
HOLDS: list[tuple[Hold | None, date, Hold]] = [
    (None, AWAY, GONE),
    (Hold(until=date(2027, 3, 20), why="x"), AWAY, GONE),
    (Hold(until=AWAY, why="x"), AWAY, Hold(until=AWAY, why="x")),
    (Hold(until=AWAY, why="x"), date(2027, 3, 20), Hold(until=AWAY, why="x")),
    (Hold(until=date(2027, 3, 20), why="x", firm=True), AWAY, Hold(until=date(2027, 3, 20), why="x", firm=True)),
]


@pytest.mark.parametrize(("before", "away_until", "then"), HOLDS)
def test_an_absence_makes_a_hold_longer_but_never_touches_a_humans(before: Hold | None, away_until: date, then: Hold) -> None:
    lead = silent()
    lead.knows(hold=before)

    lead.happens(Absent(at=MONDAY, until=away_until))

    assert lead.state.hold == then
    back_at = datetime.fromisoformat(f"{away_until}T00:00+00:00")
    assert lead.state.silent_since == back_at


def test_an_absence_that_is_over_makes_no_silence_shorter_and_begins_none() -> None:
    lead = silent()
    since = lead.state.silent_since
    lead.happens(Absent(at=MONDAY, until=date(2027, 1, 4)))
    assert lead.state.silent_since == since

    lead.knows(silent_since=None)
    lead.happens(Absent(at=MONDAY, until=AWAY))
    assert lead.state.silent_since is None

    alone = LeadState(lead=UUID(int=1), silent_since=MONDAY)
    assert fold(alone, Absent(at=MONDAY, until=AWAY, seq=1)).silent_since == MONDAY


def test_of_several_campaigns_the_oldest_says_what_counts() -> None:
    lead = Lead(CALL, scoring={"points": {"visited": 9}})
    lead.begins(scoring={"points": {"visited": 2}}, window={"from": "11:00", "to": "12:00"})
    lead.knows(silent_since=MONDAY)

    lead.happens(Absent(at=MONDAY, until=AWAY))
    assert lead.state.silent_since == datetime.fromisoformat("2027-04-01T00:00+00:00")
    lead.happens(Visited(at=MONDAY, content="home"))
    assert lead.state.memory.score == 9


def test_a_human_holds_and_releases() -> None:
    lead = Lead(CALL)
    lead.happens(Held(at=MONDAY, until=AWAY))
    held = lead.state.hold

    lead.happens(Released(at=MONDAY))

    assert held == Hold(until=AWAY, why="a human paused this lead", firm=True)
    assert lead.state.hold is None
    assert lead.notes == ["on hold until 2027-04-01", "hold lifted"]


LEDS: list[tuple[Redirected, tuple[str, int], datetime | None, int]] = [
    (Redirected(at=MONDAY, enrollment=1, track="other"), ("other", 2), None, 1),
    (Redirected(at=MONDAY, enrollment=1, track="nowhere"), ("one", 1), None, 0),
    (Redirected(at=MONDAY, enrollment=2, track="other", not_before=MONDAY), ("one", 1), None, 0),
    (Redirected(at=MONDAY, enrollment=1, not_before=MONDAY), ("one", 1), MONDAY, 1),
]


@pytest.mark.parametrize(("led", "where", "silent_until", "notes"), LEDS)
def test_a_human_leads_elsewhere_or_wants_no_letter(
    led: Redirected, where: tuple[str, int], silent_until: datetime | None, notes: int
) -> None:
    lead = Lead(CALL)

    lead.happens(led)

    assert (lead.at.track, lead.at.visit) == where
    assert lead.state.silent_until == silent_until
    assert len(lead.notes) == notes


def test_an_edition_changes_the_enrollment_that_it_names() -> None:
    lead = Lead(CALL)
    other = lead.campaign.model_copy(update={"horizon": lead.campaign.cap.per})

    lead.happens(EditionChanged(at=MONDAY, enrollment=4, campaign=other))
    assert lead.at.campaign is lead.campaign
    lead.happens(EditionChanged(at=MONDAY, enrollment=1, campaign=other, course=Course.RESTART))

    assert lead.at.campaign is other
    assert lead.state.notes[-1].why == "restart: this campaign was changed under way"


REFUSALS: list[tuple[int, bool, bool, str | None, bool]] = [
    (RULES, False, False, None, True),
    (RULES, False, False, "news", True),
    (RULES, False, False, "offers", False),
    (RULES, True, False, None, False),
    (RULES, False, True, None, False),
    (1, False, True, None, True),
]


@pytest.mark.parametrize(("rules", "is_customer", "with_a_rep", "topic", "over"), REFUSALS)
def test_a_refusal_ends_what_is_about_it_but_for_customers_and_where_a_rep_has_the_lead(
    rules: int, is_customer: bool, with_a_rep: bool, topic: str | None, over: bool
) -> None:
    lead = Lead(CALL)
    if with_a_rep:
        lead.does()
    lead.knows(rules=rules, contract=Contract(ends_on=None) if is_customer else None)

    lead.happens(OptedOut(at=MONDAY, topic=topic))

    assert bool(lead.state.enrollments) is not over
    assert lead.state.refused == {topic or "*"}
    assert lead.notes[0] == "opted out"
    assert lead.state.notes[0].why == f"the lead refused {topic or 'all letters'}"
    lead.happens(OptedOut(at=MONDAY, topic="more"))
    assert lead.state.refused == {topic or "*", "more"}


@pytest.mark.parametrize("rules", [1, RULES])
def test_with_another_end_of_the_contract_its_rules_have_their_turn_again(rules: int) -> None:
    renewal = {"name": "renewal", "when": {"contract_ends_in": "30 days"}, "go": "other"}
    lead = Lead(CALL, rules=[renewal, {"name": "late", "when": {"silence": "9 days"}, "go": "third"}])
    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=AWAY)))
    lead.knows(rules=rules)
    lead.stands(fired=("renewal:x", "late:y"))

    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=AWAY, auto_renews=True)))
    assert lead.at.fired == ("renewal:x", "late:y")
    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=date(2028, 4, 1))))

    assert lead.at.fired == (("late:y",) if rules >= 2 else ("renewal:x", "late:y"))
    assert lead.state.contract == Contract(ends_on=date(2028, 4, 1))


def test_without_rules_about_contracts_another_end_forgets_nothing() -> None:
    lead = Lead(CALL)
    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=AWAY)))
    lead.stands(fired=("late:y",))

    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=None)))

    assert lead.at.fired == ("late:y",)


STAGES: list[tuple[dict[str, Any], Engagement, str, list[str]]] = [
    ({}, Visited(at=MONDAY, content="home"), "aware", ["visited home while in stage unknown"]),
    ({}, Clicked(at=MONDAY, letter="hello"), "aware", ["clicked while in stage unknown"]),
    ({"issues": (ISSUE,)}, Visited(at=MONDAY, content="home"), "unknown", ["visited home, but what is open is settled first"]),
    (
        {"stage": "purchase", "contract": Contract(ends_on=AWAY)},
        Acted(at=MONDAY, kind=Kind.PRAISED),
        "repeat",
        ["praised while in stage purchase"],
    ),
    (
        {"stage": "purchase", "contract": Contract(ends_on=date(2027, 3, 1))},
        Acted(at=MONDAY, kind=Kind.PRAISED),
        "repeat",
        ["praised while in stage purchase"],
    ),
    (
        {"stage": "purchase", "contract": Contract(ends_on=None)},
        Acted(at=MONDAY, kind=Kind.PRAISED),
        "repeat",
        ["praised while in stage purchase"],
    ),
    ({"stage": "purchase", "contract": Contract(ends_on=date(2027, 2, 28))}, Acted(at=MONDAY, kind=Kind.PRAISED), "purchase", []),
    ({"stage": "purchase"}, Acted(at=MONDAY, kind=Kind.PRAISED), "purchase", []),
    ({"stage": "interest"}, Visited(at=MONDAY, content="home"), "interest", []),
]


@pytest.mark.parametrize(("state", "happened", "stage", "whys"), STAGES)
def test_only_evidence_moves_the_stage_and_not_while_something_is_open(
    state: dict[str, Any], happened: Engagement, stage: str, whys: list[str]
) -> None:
    lead = Lead({"wait": "1 day"})
    lead.knows(**state)

    lead.happens(happened)

    assert lead.state.stage == stage
    assert [note.why for note in lead.state.notes] == whys


def test_a_lead_without_a_campaign_is_judged_by_the_one_that_ended_last() -> None:
    lead = Lead({"end": "over"}, stages="lifecycle", scoring={"points": {"visited": 9}})
    assert lead.due is not None
    assert lead.state.enrollments == ()
    lead.happens(Visited(at=MONDAY, content="home"))

    assert (lead.state.stage, lead.state.memory.score) == ("discover", 9)
    nobody = fold(LeadState(lead=UUID(int=1)), Visited(at=MONDAY, content="home", seq=1))
    assert (nobody.stage, nobody.memory.score) == ("aware", 1)


def test_a_stage_is_told_in_the_words_of_the_first_campaign() -> None:
    lead = Lead(CALL, stages="lifecycle")
    assert lead.state.stage == "discover"

    lead.begins(stages="cloud")

    assert lead.state.stage == "discover"


def test_what_is_not_remembered_earns_no_points() -> None:
    lead = Lead(CALL, scoring={"points": {"held": 5, "replied": 2}})

    lead.happens(Held(at=MONDAY, until=AWAY))
    lead.happens(Replied(at=MONDAY))

    assert (lead.state.memory.score, lead.state.memory.times("held")) == (2, 0)


DEMO: dict[str, Any] = {"name": "demo", "when": "demo_requested", "go": "other"}


@pytest.mark.parametrize(("firm", "lifted"), [(False, True), (True, False)])
def test_what_a_lead_does_lifts_no_hold_of_a_humans_and_only_where_a_rule_follows_it(firm: bool, lifted: bool) -> None:
    lead = Lead({"wait": "1 day"}, rules=[DEMO, {"name": "seen", "when": "proposal_sent", "go": "third"}])
    hold = Hold(until=AWAY, why="x", firm=firm)
    lead.knows(hold=hold)

    lead.happens(Replied(at=MONDAY))
    lead.happens(Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT))
    assert lead.state.hold == hold
    lead.happens(DemoRequested(at=MONDAY))

    assert lead.state.hold == (None if lifted else hold)
    assert lead.state.lifted_at == (MONDAY if lifted else None)
    assert ("hold lifted" in lead.notes) is lifted


def test_what_the_lead_does_moves_one_campaign_and_what_is_seen_of_it_moves_all() -> None:
    lead = Lead({"wait": "1 day"}, rules=[DEMO, {"name": "seen", "when": "proposal_sent", "go": "third"}])
    lead.begins()

    lead.happens(DemoRequested(at=MONDAY))
    assert [e.track for e in lead.state.enrollments] == ["one", "other"]
    lead.happens(Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT))

    assert [e.track for e in lead.state.enrollments] == ["third", "third"]


def test_a_lead_that_comes_back_is_taken_up_again_by_itself_only_and_begins_afresh() -> None:
    lead = Lead({"end": "over"}, rules=[DEMO, {"name": "seen", "when": "proposal_sent", "go": "third"}])
    lead.stands(touches=5)
    assert lead.due is not None
    lead.happens(Observed(at=MONDAY, kind=Kind.PROPOSAL_SENT))
    lead.happens(Downloaded(at=MONDAY, content="guide"))
    assert lead.state.enrollments == ()

    lead.now += timedelta(days=3)
    lead.happens(DemoRequested(at=MONDAY))

    assert (lead.at.track, lead.at.visit, lead.at.touches, lead.at.horizon_from, lead.state.ended) == ("other", 2, 0, lead.now, None)
    assert "welcome: taken up again" in lead.notes


def test_a_campaign_that_is_over_stays_so_while_another_goes_on() -> None:
    lead = Lead({"end": "over"}, rules=[DEMO])
    lead.begins(tracks={"one": {"steps": [CALL]}, "other": {"steps": []}, "third": {"steps": []}})
    assert lead.due is not None
    assert [e.number for e in lead.state.enrollments] == [2]

    lead.happens(DemoRequested(at=MONDAY))

    assert [(e.number, e.track) for e in lead.state.enrollments] == [(2, "other")]


def test_nobody_waits_for_anything_in_a_campaign_that_is_over() -> None:
    lead = Lead({"wait_for": {"any": ["replied"], "at_most": "9 days"}})
    lead.happens(OptedOut(at=MONDAY))
    notes = lead.notes

    lead.happens(Replied(at=MONDAY))

    assert (lead.state.enrollments, lead.notes) == ((), notes)


def test_a_task_of_before_a_lead_was_done_with_is_not_taken_up_again() -> None:
    lead = Lead(CALL, rules=[DEMO])
    lead.does()
    lead.knows(rules=1)
    lead.happens(OptedOut(at=MONDAY))

    lead.happens(DemoRequested(at=MONDAY))

    assert (lead.at.track, lead.at.task) == ("other", None)


def test_a_step_that_waits_for_something_is_past_when_it_comes_unless_a_rep_has_the_lead() -> None:
    wait = {"wait_for": {"any": ["replied"], "at_most": "9 days"}}
    lead = Lead(wait, CALL)
    lead.begins()
    lead.happens(Replied(at=MONDAY))
    assert [e.step for e in lead.state.enrollments] == [1, 1]
    assert lead.state.notes[-1].what == "welcome: past wait_for-1"

    lead = Lead(CALL, wait, CALL | {"name": "again"})
    lead.does()
    lead.stands(step=1)
    lead.happens(Replied(at=MONDAY))
    assert lead.at.step == 1
