"""Of everything that might be due, what comes first: priorities, horizons, holds, and leads that nobody has touched."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from nurture.actions import Escalate, HandOff, Tell, Wait
from nurture.kinds import Audience, Outcome
from nurture.leadside import Bounced, DemoRequested
from nurture.ourside import ContractChanged, Held, Redirected
from nurture.overdue import hold_ends_at
from nurture.profile import Contract
from nurture.state import RULES, Hold, LeadState
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, letter, reason

CALL = {"task": {"reason": "call"}}
HELLO = {"email": "hello"}
DAY = timedelta(days=1)


@pytest.mark.parametrize(("priority", "first"), [(5, 2), (-5, 1), (0, 1)])
def test_of_two_campaigns_the_one_with_the_higher_priority_goes_first(priority: int, first: int) -> None:
    lead = Lead(HELLO)
    lead.begins(priority=priority)

    assert getattr(lead.next, "enrollment", None) == first


def test_of_two_pauses_the_lead_wakes_for_the_first() -> None:
    lead = Lead({"wait": "3 days"})
    lead.begins(tracks={"one": {"steps": [{"wait": "2 days"}]}, "other": {"steps": []}, "third": {"steps": []}})

    assert lead.wait.until == MONDAY + 2 * DAY


def test_while_a_rep_has_the_lead_its_other_campaigns_are_silent_and_say_so() -> None:
    lead = Lead(CALL)
    lead.does()
    lead.begins(tracks={"one": {"steps": [HELLO]}, "other": {"steps": []}, "third": {"steps": []}})

    assert lead.wait.until == lead.at.task.deadline_at if lead.at.task else None
    assert lead.wait.why == "a rep has this lead (call) and answers by Wed 03 Mar 2027 10:00"
    lead.answers(Outcome.NURTURE)
    assert letter(lead.due) == "hello"


def test_another_task_of_the_plan_takes_the_place_of_the_one_that_a_rep_has() -> None:
    lead = Lead(CALL, tracks={"next": {"steps": [{"task": {"reason": "visit"}}]}, "written": {"steps": [{"message": {"channel": "post"}}]}})
    lead.does()

    lead.happens(Redirected(at=MONDAY, enrollment=1, track="next"))
    assert reason(lead.due) == "visit"
    lead.does()
    assert isinstance(lead.due, Wait)
    lead.happens(Redirected(at=MONDAY, enrollment=1, track="written"))
    assert reason(lead.due) == "post"
    lead.happens(Redirected(at=MONDAY, enrollment=1, track="other"))
    assert lead.wait.why.startswith("a rep has this lead (visit)")


def test_a_deadline_passes_at_its_moment() -> None:
    lead = Lead(CALL)
    lead.does()

    lead.now = MONDAY + 2 * DAY

    escalate = lead.due
    assert isinstance(escalate, Escalate)
    assert escalate.why == "the deadline of call has passed"


PATIENCE = ["2027-03-05", "2027-03-11", "2027-03-24", "2027-04-15", "2027-05-19", "2027-06-16"]


def test_the_leader_is_reminded_after_two_four_eight_sixteen_and_then_every_twenty_working_days() -> None:
    lead = Lead(CALL)
    lead.does()
    asked = []
    for _ in PATIENCE:
        escalate = lead.sleeps()
        assert isinstance(escalate, Escalate)
        asked.append(f"{escalate.deadline_at:%Y-%m-%d}")
        lead.does()

    assert asked == PATIENCE


@pytest.mark.parametrize(
    ("deadline", "at", "by"),
    [
        ("4 hours", "2027-03-01T10:00", "2027-03-02T04:00"),
        ("1 day", "2027-03-01T10:00", "2027-03-02T10:00"),
    ],
)
def test_hours_of_a_deadline_count_from_when_the_window_is_open(deadline: str, at: str, by: str) -> None:
    lead = Lead({"task": {"reason": "call", "deadline": deadline}})
    lead.now = datetime.fromisoformat(f"{at}+00:00")

    task = lead.next

    assert isinstance(task, HandOff)
    assert task.deadline_at.isoformat() == f"{by}:00+00:00"


def test_what_the_machine_itself_asks_of_a_human_has_two_working_days() -> None:
    lead = Lead(HELLO)
    lead.happens(Bounced(at=MONDAY))

    task = lead.next

    assert isinstance(task, HandOff)
    assert (task.reason, task.deadline_at) == ("unreachable", MONDAY + 2 * DAY)


def test_a_task_carries_everything_that_the_campaign_says_about_it() -> None:
    plan = {"reason": "call", "say": "Call.", "to": "leader", "checklist": ["Who?"], "asks": ["vip"], "outcomes": ["won", "lost"]}
    lead = Lead({"task": plan | {"artefact": True, "named": True}}, rules=[{"name": "won", "when": {"outcome": "won"}, "go": "other"}])

    task = lead.next

    assert isinstance(task, HandOff)
    assert (task.say, task.to, task.checklist, task.asks) == ("Call.", Audience.LEADER, ("Who?",), ("vip",))
    assert (task.outcomes, task.artefact, task.named, task.channel) == ((Outcome.WON, Outcome.LOST), True, True, "")
    assert (task.campaign, task.step, task.why) == ("welcome", "1.call", "'one' asks for a human here")


def test_at_the_horizon_a_human_decides_unless_one_is_called_anyway() -> None:
    lead = Lead({"wait": "40 days"}, CALL, horizon="30 days")
    assert lead.wait.until == MONDAY + 30 * DAY
    assert lead.wait.why.endswith("; a human decides when 30 days are over")

    lead.now = MONDAY + 30 * DAY

    task = lead.due
    assert isinstance(task, HandOff)
    assert (task.reason, task.step, task.why) == ("horizon", "", "30 days have passed without a decision")
    lead.stands(step=1)
    assert reason(lead.due) == "call"


def test_a_pause_that_ends_before_the_horizon_or_with_it_is_a_pause() -> None:
    shorter = Lead({"wait": "29 days"}, CALL, horizon="30 days")
    same = Lead({"wait": "30 days"}, CALL, horizon="30 days")

    assert (shorter.wait.until, shorter.wait.why) == (MONDAY + 29 * DAY, "a pause of 29 days until Tue 30 Mar 2027 10:00")
    assert same.wait.why == "a pause of 30 days until Wed 31 Mar 2027 10:00"


RENEWAL = {"name": "renewal", "when": {"contract_ends_in": "30 days"}, "go": "third"}


@pytest.mark.parametrize(("rules", "is_customer", "at_horizon"), [([RENEWAL], True, False), ([RENEWAL], False, True), ([], True, True)])
def test_the_horizon_is_not_for_customers_who_have_a_date_to_come(rules: list[Any], is_customer: bool, at_horizon: bool) -> None:
    lead = Lead(rules=rules, horizon="30 days")
    if is_customer:
        lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=date(2027, 12, 31))))

    assert lead.wait.until == (MONDAY + 30 * DAY if at_horizon else datetime.fromisoformat("2027-12-01T00:00+00:00"))
    lead.now = MONDAY + 31 * DAY
    assert isinstance(lead.due, HandOff) is at_horizon


def test_a_time_rule_of_one_who_is_no_customer_stops_no_horizon() -> None:
    silence = {"name": "silence", "when": {"silence": "60 days"}, "go": "other"}
    lead = Lead(rules=[silence], horizon="30 days")
    lead.knows(silent_since=MONDAY, unanswered=1)

    assert lead.wait.until == MONDAY + 30 * DAY
    lead.stands(horizon_from=MONDAY + 40 * DAY)
    assert lead.wait.until == MONDAY + 60 * DAY
    assert lead.wait.why == "rule 'silence' looks then: no answer for 60 days to 1 letter"


def test_a_lead_that_nobody_has_touched_is_told_of_once_and_its_plan_goes_on() -> None:
    lead = Lead({"wait": "60 days"}, HELLO, least="14 days")
    assert (lead.wait.until, lead.wait.why) == (MONDAY + 14 * DAY, "a rep is told if nobody has touched this lead for 14 days")

    lead.now = MONDAY + 14 * DAY
    told = lead.due

    assert isinstance(told, Tell)
    assert (told.to, told.about, told.fired) == (Audience.OWNER, "least:2027-03-01T01:00:00", "least:2027-03-01T01:00:00")
    assert (told.say, told.why) == ("Nobody has been in touch with this lead for 14 days.", "no touch for 14 days")
    lead.does()
    assert lead.wait.why.startswith("'hello' goes on ")


@pytest.mark.parametrize(
    ("state", "place", "since"),
    [
        ({"touch_at": MONDAY + 3 * DAY}, {}, 3),
        ({"touch_at": MONDAY + 3 * DAY}, {"horizon_from": MONDAY + 5 * DAY}, 5),
        ({"touch_at": MONDAY - 3 * DAY}, {"horizon_from": MONDAY - 5 * DAY}, 0),
    ],
)
def test_neglect_counts_from_the_last_letter_the_last_answer_of_a_rep_or_the_beginning(
    state: dict[str, Any], place: dict[str, Any], since: int
) -> None:
    lead = Lead({"wait": "60 days"}, least="14 days")
    lead.knows(**state)
    lead.stands(**place)

    assert lead.wait.until == MONDAY + (14 + since) * DAY


@pytest.mark.parametrize(
    ("rules", "state", "since"),
    [
        (RULES, {"hold": Hold(until=date(2027, 4, 1), why="x")}, datetime.fromisoformat("2027-04-01T00:00+00:00")),
        (RULES, {"hold": Hold(until=date(2027, 2, 1), why="x")}, MONDAY),
        (RULES, {"lifted_at": MONDAY + 4 * DAY}, MONDAY + 4 * DAY),
        (3, {"lifted_at": MONDAY + 4 * DAY}, MONDAY + 4 * DAY),
        (RULES, {"lifted_at": MONDAY + 4 * DAY, "touch_at": MONDAY + 9 * DAY}, MONDAY + 9 * DAY),
        (2, {"hold": Hold(until=date(2027, 4, 1), why="x")}, MONDAY),
        (2, {"lifted_at": MONDAY + 4 * DAY}, MONDAY),
    ],
)
def test_a_lead_on_hold_is_not_neglected_and_its_time_counts_from_the_end_of_the_hold(
    rules: int, state: dict[str, Any], since: datetime
) -> None:
    lead = Lead({"wait": "90 days"}, least="14 days")
    lead.knows(rules=rules, **state)

    told = lead.sleeps()

    assert isinstance(told, Tell)
    assert (lead.now, told.about) == (since + 14 * DAY, f"least:{since:%Y-%m-%dT%H:%M:%S}")


def test_nobody_is_told_of_a_lead_who_refused_or_whom_a_rep_has() -> None:
    refused = Lead({"wait": "60 days"}, least="14 days")
    refused.knows(refused=frozenset(("news",)))
    assert refused.wait.until == MONDAY + 60 * DAY

    lead = Lead({"wait": "60 days"}, least="1 day")
    lead.begins(least=None, tracks={"one": {"steps": [CALL]}, "other": {"steps": []}, "third": {"steps": []}})
    lead.does()
    lead.now = MONDAY + DAY
    assert lead.wait.until == MONDAY + 2 * DAY


def test_a_hold_ends_on_the_morning_of_its_day_and_rules_of_time_still_have_their_turn() -> None:
    lead = Lead(HELLO, rules=[RENEWAL])
    lead.happens(Held(at=MONDAY, until=date(2027, 3, 10)))
    assert lead.wait.until == hold_ends_at(lead.state) == datetime.fromisoformat("2027-03-10T00:00+00:00")

    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=date(2027, 4, 3))))
    assert lead.wait.until == datetime.fromisoformat("2027-03-04T00:00+00:00")
    assert lead.wait.why == "rule 'renewal' looks then: the contract ends on 2027-04-03, 30 days ahead is 2027-03-04"
    lead.now = datetime.fromisoformat("2027-03-10T00:00+00:00")
    assert lead.due is not None
    assert lead.at.track == "third"


def test_the_first_campaign_says_when_a_hold_ends() -> None:
    lead = Lead(HELLO)
    assert hold_ends_at(lead.state) is None
    lead.begins(window={"from": "11:00", "to": "12:00"})
    lead.happens(Held(at=MONDAY, until=date(2027, 3, 10)))

    assert hold_ends_at(lead.state) == datetime.fromisoformat("2027-03-10T00:00+00:00")
    assert hold_ends_at(LeadState(lead=lead.state.lead, hold=lead.state.hold)) is None


def test_a_task_that_is_open_escalates_also_while_the_lead_is_on_hold() -> None:
    lead = Lead(CALL)
    lead.does()
    lead.happens(Held(at=MONDAY, until=date(2027, 6, 1)))
    lead.happens(DemoRequested(at=MONDAY))

    assert isinstance(lead.sleeps(), Escalate)
