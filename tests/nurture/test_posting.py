"""When a letter goes, waits, or is passed over: tables of the business's rules on the pure core."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import HandOff, Move, Receipt, SendTouch, Status, Wait
from nurture.kinds import Hours, Refusal
from nurture.ourside import FactsLearned, Held
from nurture.profile import Profile
from nurture.state import RULES
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, letter, reason

HELLO = {"email": "hello"}
SALE: dict[str, Any] = {"purposes": {"hello": "sales"}}
ISSUE = UUID(int=7)


def test_a_letter_has_everything_that_its_key_and_its_record_need() -> None:
    lead = Lead(HELLO)

    touch = lead.next

    assert isinstance(touch, SendTouch)
    assert (touch.lead, touch.enrollment, touch.visit, touch.step, touch.letter) == (UUID(int=0), 1, 1, "hello", "hello")
    assert (touch.at, touch.seen, touch.campaign, touch.why) == (MONDAY, 1, lead.campaign.ref, "'hello' is the next letter of 'one'")
    assert touch.by_owner is False
    owner = Lead(HELLO | {"from": "owner"}).next
    assert isinstance(owner, SendTouch)
    assert owner.by_owner is True


@pytest.mark.parametrize(("seats", "goes"), [(3, True), (2, False)])
def test_a_letter_with_a_condition_is_for_those_for_whom_it_holds(seats: int, goes: bool) -> None:
    lead = Lead(HELLO | {"if": "seats > 2"}, {"task": {"reason": "call"}})
    lead.happens(FactsLearned(at=lead.now, learned=(("seats", seats),)))

    if goes:
        assert letter(lead.next) == "hello"
    else:
        assert lead.move.why == "not for this lead: seats > 2"
        assert reason(lead.due) == "call"


def test_a_letter_that_an_earlier_edition_sent_is_passed_without_a_word() -> None:
    lead = Lead({"email": "hello", "name": "first"}, {"email": "case"})
    lead.stands(passed=("hello",))

    assert lead.move.why == "'hello' was passed in an earlier edition"
    assert letter(lead.due) == "case"
    assert lead.notes == []


BARRED: list[tuple[dict[str, Any], int, str]] = [
    ({"unmailable": Refusal.BOUNCED}, 0, "'hello' cannot be sent: bounced"),
    ({"unmailable": Refusal.BOUNCED}, 1, "not sent: bounced"),
    ({"unmailable": Refusal.SUPPRESSED}, 0, "not sent: suppressed"),
    ({"no_consent": frozenset(("news",))}, 0, "'hello' cannot be sent: no_consent"),
    ({"no_consent": frozenset(("news",))}, 1, "not sent: no_consent"),
    ({"no_consent": frozenset(("offers",))}, 0, "'hello' is the next letter of 'one'"),
    ({"refused": frozenset(("news",))}, 0, "refused by the lead"),
    ({"refused": frozenset(("*",))}, 0, "refused by the lead"),
    ({"refused": frozenset(("offers",))}, 0, "'hello' is the next letter of 'one'"),
]


@pytest.mark.parametrize(("state", "human_steps", "why"), BARRED)
def test_a_letter_that_must_not_go_calls_one_human_or_is_passed_over(state: dict[str, Any], human_steps: int, why: str) -> None:
    lead = Lead(HELLO)
    lead.knows(**state)
    lead.stands(human_steps=human_steps)

    action = lead.next

    assert action.why == why
    assert isinstance(action, HandOff) == ("cannot be sent" in why)
    assert isinstance(action, Move) == why.startswith(("not sent", "refused"))


WAITING: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (SALE, {"issues": (ISSUE,)}, "'hello' waits until what is open is settled"),
    ({}, {"issues": (ISSUE,)}, ""),
    (SALE, {}, ""),
    (SALE, {"issues": (ISSUE,), "complaints": (ISSUE,)}, "'hello' waits until what is open is settled"),
    ({}, {"issues": (ISSUE,), "complaints": (ISSUE,)}, "'hello' waits until the complaint is settled"),
    ({"off": ["aware"]}, {}, "letters are switched off in the stage 'aware'"),
    ({"off": ["interest"]}, {}, ""),
    ({"focus": "existing_customers"}, {}, "letters are switched off in the stage 'aware'"),
    ({"focus": "new_customers"}, {}, ""),
]


@pytest.mark.parametrize(("campaign", "state", "why"), WAITING)
def test_what_is_wrong_is_settled_before_a_letter_goes(campaign: dict[str, Any], state: dict[str, Any], why: str) -> None:
    steps: list[dict[str, Any]] = [HELLO]
    lead = Lead(tracks={"one": {"stage": "aware", "steps": steps}}, **campaign)
    lead.knows(**state)

    action = lead.next

    if not why:
        assert letter(action) == "hello"
    else:
        assert isinstance(action, Wait)
        assert action.why == f"{why}; a human decides when 730 days are over"
        assert action.until == MONDAY + timedelta(days=730)


def test_a_track_without_a_stage_is_never_switched_off() -> None:
    assert letter(Lead(HELLO, off=["aware"], focus="existing_customers").next) == "hello"


PAUSED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, {}, "'hello' goes on Mon 08 Mar 2027 "),
    ({"if": "vip"}, {}, {}, "a pause of 5 days "),
    ({}, {"unmailable": Refusal.BOUNCED}, {}, "a pause of 5 days "),
    ({}, {"complaints": (ISSUE,)}, {}, "a pause of 5 days "),
    ({}, {}, {"passed": ("hello",)}, "a pause of 5 days "),
]


@pytest.mark.parametrize(("step", "state", "place", "why"), PAUSED)
def test_a_pause_lasts_until_the_letter_after_it_goes_unless_that_is_not_sure(
    step: dict[str, Any], state: dict[str, Any], place: dict[str, Any], why: str
) -> None:
    lead = Lead({"wait": "5 days"}, HELLO | step)
    lead.knows(**state)
    lead.stands(**place)

    assert lead.wait.why.startswith(why)
    assert lead.wait.until is not None
    assert (lead.wait.until > MONDAY + timedelta(days=5, hours=12)) == why.startswith("'hello'")


WHEN: list[tuple[dict[str, Any], dict[str, Any], timedelta]] = [
    ({}, {"not_before": MONDAY + timedelta(hours=3)}, timedelta(hours=3)),
    ({}, {"silent_until": MONDAY + timedelta(days=1)}, timedelta(days=1)),
    ({}, {"silent_until": MONDAY + timedelta(days=1), "not_before": MONDAY + timedelta(days=2)}, timedelta(days=2)),
    ({"cap": {"touches": 2, "per": "7 days"}}, {"touched_at": (MONDAY - timedelta(days=3), MONDAY - timedelta(days=1))}, timedelta(days=4)),
    ({"cap": {"touches": 2, "per": "7 days"}}, {"touched_at": (MONDAY - timedelta(days=3),)}, timedelta()),
    ({"cap": {"touches": 1, "per": "7 days"}}, {"touched_at": (MONDAY - timedelta(days=4),)}, timedelta(days=3)),
    ({"cap": {"touches": 1, "per": "7 days"}}, {"touched_at": (MONDAY - timedelta(days=9),)}, timedelta()),
    ({"sales_cap": {"touches": 1, "per": "7 days"}}, {"sold_at": (MONDAY - timedelta(days=4),)}, timedelta()),
    (SALE | {"sales_cap": {"touches": 1, "per": "7 days"}}, {"sold_at": (MONDAY - timedelta(days=4),)}, timedelta(days=3)),
    (SALE | {"sales_cap": {"touches": 1, "per": "7 days"}}, {"sold_at": ()}, timedelta()),
    (SALE, {"sold_at": (MONDAY - timedelta(days=4),)}, timedelta()),
    (
        SALE | {"sales_cap": {"touches": 1, "per": "7 days"}, "cap": {"touches": 1, "per": "10 days"}},
        {"sold_at": (MONDAY - timedelta(days=4),), "touched_at": (MONDAY - timedelta(days=1),)},
        timedelta(days=9),
    ),
    ({}, {"hours": Hours.EARLY}, timedelta()),
]


@pytest.mark.parametrize("rules", [1, RULES])
@pytest.mark.parametrize(("campaign", "state", "after"), WHEN)
def test_a_letter_goes_as_soon_as_nothing_stands_in_its_way(
    campaign: dict[str, Any], state: dict[str, Any], after: timedelta, rules: int
) -> None:
    changes: dict[str, Any] = {"cap": {"touches": 0}} | campaign
    lead = Lead(HELLO, **changes)
    lead.knows(rules=rules, **state)

    if not after:
        assert letter(lead.next) == "hello"
    else:
        assert lead.wait.until == MONDAY + after
        assert lead.wait.why.startswith("'hello' goes on ")


SELLS = SALE | {"sales_cap": {"touches": 1, "per": "7 days"}, "cap": {"touches": 0}}
FULL: list[tuple[int, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    (
        RULES,
        SELLS,
        {"sold_at": (MONDAY - timedelta(days=4),)},
        {},
        "the sales cap of 1 letter in 7 days",
    ),
    (
        RULES,
        {"cap": {"touches": 2, "per": "7 days"}},
        {"touched_at": (MONDAY - timedelta(days=4),) * 2},
        {},
        "the cap of 2 letters in 7 days",
    ),
    (
        RULES,
        SELLS | {"cap": {"touches": 1, "per": "10 days"}},
        {"sold_at": (MONDAY - timedelta(days=4),), "touched_at": (MONDAY - timedelta(days=7),)},
        {},
        "the sales cap of 1 letter in 7 days",
    ),
    (
        RULES,
        {},
        {},
        {"capped_until": MONDAY + timedelta(days=3)},
        "a cap, as the ledger of letters counts,",
    ),
    (RULES, SELLS, {"sold_at": (MONDAY - timedelta(days=4),), "silent_until": MONDAY + timedelta(days=3)}, {}, ""),
    (2, SELLS, {"sold_at": (MONDAY - timedelta(days=4),)}, {}, ""),
]


@pytest.mark.parametrize(("rules", "campaign", "state", "place", "cap"), FULL)
@pytest.mark.parametrize("paused", [False, True])
def test_whoever_asks_why_a_letter_waits_is_told_which_cap_is_full_and_until_when(
    rules: int, campaign: dict[str, Any], state: dict[str, Any], place: dict[str, Any], cap: str, paused: bool
) -> None:
    lead = Lead(*([{"wait": "1 day"}] if paused and not place else []), HELLO, **campaign)
    lead.knows(rules=rules, **state)
    lead.stands(**place)

    assert lead.wait.until == MONDAY + timedelta(days=3)
    full = f"; {cap} is full until Thu 04 Mar 2027 10:00" if cap else ""
    assert lead.wait.why == f"'hello' goes on Thu 04 Mar 2027 10:00{full}"


@pytest.mark.parametrize("priority", [5, -5])
def test_a_sales_letter_that_waits_for_its_cap_keeps_the_order_of_its_track_and_holds_no_other_campaign(priority: int) -> None:
    lead = Lead(HELLO, {"email": "case"}, priority=0, **SELLS)
    lead.knows(sold_at=(MONDAY - timedelta(days=4),))
    assert lead.wait.why.startswith("'hello' goes on Thu 04 Mar")
    lead.begins(priority=priority, tracks={"one": {"steps": [{"email": "guide"}, {"email": "hello"}]}, "other": {}, "third": {}})

    assert letter(lead.due) == "guide"
    lead.does()

    assert lead.wait.until == MONDAY + timedelta(days=3)
    assert [enrollment.step_name for enrollment in lead.state.enrollments] == ["hello", "hello"]


def test_what_the_ledger_says_of_one_letters_cap_holds_no_letter_of_another_campaign() -> None:
    lead = Lead(HELLO, {"email": "case"}, **SELLS)
    lead.begins(tracks={"one": {"steps": [{"email": "guide"}]}, "other": {}, "third": {}})
    lead.does(Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=MONDAY + timedelta(days=3)))

    assert letter(lead.due) == "guide"
    lead.does()

    assert lead.wait.until == MONDAY + timedelta(days=3)
    lead.now += timedelta(days=3)
    assert letter(lead.due) == "hello"


@pytest.mark.parametrize("hours", list(Hours))
def test_a_letter_says_the_hours_in_which_it_goes_so_that_the_send_can_look_again(hours: Hours) -> None:
    lead = Lead(HELLO)
    lead.knows(hours=hours)

    touch = lead.sleeps()

    assert isinstance(touch, SendTouch)
    assert touch.hours is hours


def test_a_letter_of_the_late_hours_waits_for_the_afternoon() -> None:
    lead = Lead(HELLO)
    lead.knows(hours=Hours.LATE)

    assert lead.wait.until is not None
    assert timedelta(hours=3) <= lead.wait.until - MONDAY <= timedelta(hours=5)


def test_a_letter_whose_moment_fell_into_a_closed_window_waits_for_it_to_open() -> None:
    lead = Lead({"wait": "1 day"}, HELLO)
    assert lead.wait.until == MONDAY + timedelta(days=1)

    lead.now = MONDAY + timedelta(days=1, hours=10)

    assert lead.wait.until == datetime(2027, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize("rules", [1, RULES])
def test_a_herd_that_is_due_as_the_window_opens_is_spread_and_each_keeps_its_moment(rules: int) -> None:
    moments = []
    for number in range(6):
        lead = Lead(HELLO, profile=Profile(zone="UTC", country=""), window={"from": "09:00", "to": "17:00"})
        lead.knows(lead=UUID(int=(number << 31) | number), rules=rules)
        assert lead.wait.until is not None
        moments.append(f"{lead.wait.until:%H:%M:%S}")

    assert moments == ["10:17:53", "10:58:14", "09:50:51", "09:46:06", "09:55:52", "10:54:40"]


def test_under_the_first_rules_only_what_waits_for_the_window_is_spread() -> None:
    lead = Lead({"task": {"reason": "call"}}, HELLO)
    at = datetime(2027, 3, 2, tzinfo=UTC)
    lead.stands(step=1, arrived_at=at)
    lead.now = at

    lead.knows(rules=1)
    first = lead.next
    lead.knows(rules=RULES)

    assert letter(first) == "hello"
    assert lead.wait.until == at + timedelta(hours=1, minutes=17, seconds=53)
    lead.stands(arrived_at=at - timedelta(hours=9))
    lead.knows(rules=1)
    assert lead.wait.until == at + timedelta(hours=1, minutes=17, seconds=53)


def test_no_letter_goes_while_a_human_holds_the_lead() -> None:
    lead = Lead(HELLO)
    lead.happens(Held(at=lead.now, until=(MONDAY + timedelta(days=3)).date()))

    assert lead.wait.until == MONDAY + timedelta(days=3, hours=-1)
    assert lead.wait.why == "on hold until 2027-03-04: a human paused this lead"
    lead.state = replace(lead.state, hold=None)
    assert letter(lead.next) == "hello"
