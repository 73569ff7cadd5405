"""What each kind of step asks for: tables of the language on the pure core."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import EnrollElsewhere, HandOff, Tell, Wait
from nurture.kinds import Audience, Fit, Hours, Outcome
from nurture.leadside import Clicked, Downloaded, Replied, Visited
from nurture.ourside import ContractChanged, FactsLearned
from nurture.profile import Contract, Profile
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, letter, reason

NEXT = {"email": "next"}
UNTIL_DAY: dict[str, Any] = {"until": "day"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("until", "strikes_at"),
    [
        ("mon 10:01", "2027-03-01T01:01"),
        ("tue 09:30", "2027-03-02T00:30"),
        ("sun 23:00", "2027-03-07T14:00"),
        ("mon 09:59", "2027-03-08T00:59"),
        ("mon 10:00", "2027-03-08T01:00"),
    ],
    ids=["later today", "tomorrow", "at the end of the week", "earlier today", "the very moment"],
)
def test_a_pause_until_a_weekday_lasts_until_it_strikes_next_on_the_leads_clock(until: str, strikes_at: str) -> None:
    lead = Lead({"wait": {"until": until}}, {"notify": {"say": "Look."}})

    assert lead.wait.until == moment(strikes_at)
    assert lead.wait.why.startswith("a pause until ")
    lead.now = moment(strikes_at)
    assert lead.move.why.startswith("it is ")
    assert isinstance(lead.due, Tell)
    assert lead.notes == []
    assert lead.at.arrived_at == moment(strikes_at)


@pytest.mark.parametrize(("until", "days"), [("thu 10:00", 1), ("wed 10:00", 7), ("mon 10:00", 5)])
def test_the_days_to_a_weekday_are_counted_from_where_the_lead_is(until: str, days: int) -> None:
    wednesday = MONDAY + timedelta(days=2)

    assert Lead({"wait": {"until": until}}, at=wednesday).wait.until == wednesday + timedelta(days=days)


def test_a_circle_through_a_weekday_goes_round_once_a_week() -> None:
    lead = Lead({"wait": {"until": "mon 10:00"}}, {"go": "one"})

    for week in (1, 2, 3):
        assert lead.wait.until == MONDAY + timedelta(weeks=week)
        lead.now = MONDAY + timedelta(weeks=week)


@pytest.mark.parametrize(
    ("plan", "until"),
    [
        ({}, "2027-05-10T00:00"),
        ({"plus": "2 days"}, "2027-05-12T00:00"),
        ({"plus": "3 hours"}, "2027-05-10T03:00"),
        ({"minus": "10 days"}, "2027-04-30T00:00"),
        ({"minus": "3 hours"}, "2027-05-09T21:00"),
        ({"minus": "1 week"}, "2027-05-03T00:00"),
    ],
    ids=str,
)
@pytest.mark.parametrize("named", ["day", "contract_end"])
def test_a_pause_until_a_date_ends_on_its_morning_or_so_long_before_or_after(named: str, plan: dict[str, str], until: str) -> None:
    lead = Lead({"wait": {"until": named} | plan}, {"notify": {"say": "Look."}})
    assert f"waits for '{named}' to be known" in lead.wait.why
    if named == "day":
        lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-05-10"),)))
    else:
        lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=date(2027, 5, 10))))

    assert lead.wait.until == moment(until)


def test_a_contract_without_an_end_is_waited_for() -> None:
    lead = Lead({"wait": {"until": "contract_end"}}, NEXT)
    lead.happens(ContractChanged(at=lead.now, contract=Contract(ends_on=None)))

    assert lead.wait.why.startswith("waits for 'contract_end' to be known")


def test_before_a_letter_the_pause_until_a_date_lasts_until_the_letter_may_go() -> None:
    lead = Lead({"wait": UNTIL_DAY}, NEXT)
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-03-06"),)))

    assert lead.wait.why.startswith("'next' goes on Mon 08 Mar 2027")


LATE = {
    None: ["next", "after", "Mon 01 Mar 2027 09:00 had passed already"],
    "now": ["next", "after", "Mon 01 Mar 2027 09:00 had passed already"],
    "skip": ["after", "Mon 01 Mar 2027 09:00 had passed already: the next step is left out"],
}


@pytest.mark.parametrize("late", LATE)
def test_a_date_that_had_passed_leaves_nothing_or_one_step_out(late: str | None) -> None:
    *letters, why = LATE[late]
    lead = Lead({"wait": UNTIL_DAY | ({"late": late} if late else {})}, NEXT, {"email": "after"})
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-03-01"),)))

    assert lead.move.why == why
    assert letter(lead.due) == letters[0]
    assert [note.why for note in lead.state.notes] == [why]


def test_a_date_that_had_passed_may_ask_for_a_human_and_the_lead_goes_on_after_the_answer() -> None:
    lead = Lead({"wait": UNTIL_DAY | {"late": "human"}}, NEXT)
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-03-01"),)))

    task = lead.due
    assert isinstance(task, HandOff)
    assert (task.reason, task.why) == ("too_late", "Mon 01 Mar 2027 09:00 had passed when the lead came here")
    lead.does()
    lead.answers(Outcome.DONE)
    assert letter(lead.due) == "next"


@pytest.mark.parametrize("late", ["skip", "human", "now"])
def test_a_date_that_comes_while_the_lead_waits_is_not_late(late: str) -> None:
    lead = Lead({"wait": UNTIL_DAY | {"late": late}}, {"notify": {"say": "Look."}})
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-03-02"),)))

    lead.now = moment("2027-03-02T00:00")

    assert isinstance(lead.due, Tell)
    assert lead.at.arrived_at == lead.now


def test_a_date_on_the_very_moment_of_coming_is_not_late() -> None:
    lead = Lead({"wait": UNTIL_DAY | {"late": "human"}}, {"task": {"reason": "call"}}, window={"from": "10:00", "to": "17:00"})
    lead.happens(FactsLearned(at=lead.now, learned=(("day", "2027-03-01"),)))

    assert reason(lead.due) == "call"
    assert lead.notes == []


WAITS: dict[str, tuple[dict[str, Any], str]] = {
    "for one of two": ({"any": ["replied", "downloaded:guide"]}, "waits for replied, downloaded:guide until Thu 04 Mar 2027 10:00"),
    "for a condition": ({"if": "vip"}, "waits for vip until Thu 04 Mar 2027 10:00"),
    "for either": ({"any": ["replied"], "if": "vip"}, "waits for replied or vip until Thu 04 Mar 2027 10:00"),
}


@pytest.mark.parametrize(("awaited", "why"), WAITS.values(), ids=WAITS)
def test_silence_has_its_branch_when_the_time_is_over_and_not_before(awaited: dict[str, Any], why: str) -> None:
    lead = Lead({"wait_for": awaited | {"at_most": "3 days", "silence": "other"}})

    assert lead.wait == Wait(until=MONDAY + timedelta(days=3), why=why)
    lead.now = MONDAY + timedelta(days=3)
    assert (lead.move.track, lead.move.at, lead.move.why) == ("other", lead.now, "nothing came within 3 days")


@pytest.mark.parametrize(
    ("happened", "is_it"),
    [
        (Replied(at=MONDAY), True),
        (Downloaded(at=MONDAY, content="guide"), True),
        (Downloaded(at=MONDAY, content="price"), False),
        (Clicked(at=MONDAY, letter="hello"), True),
        (Clicked(at=MONDAY, letter="case"), False),
        (Visited(at=MONDAY, content="guide"), False),
    ],
    ids=lambda value: str(value),
)
@pytest.mark.parametrize("then", ["other", None])
@pytest.mark.parametrize(("after", "in_time"), [(timedelta(), True), (timedelta(days=3, seconds=-1), True), (timedelta(days=3), False)])
def test_what_is_waited_for_counts_until_the_time_is_over(
    happened: Any, is_it: bool, then: str | None, after: timedelta, in_time: bool
) -> None:
    awaited = {"any": ["replied", "downloaded:guide", "clicked:hello"], "at_most": "3 days", "silence": "third"}
    lead = Lead({"wait_for": awaited | ({"then": then} if then else {})}, {"task": {"reason": "came"}})

    lead.now = MONDAY + after
    lead.happens(happened)

    where = (lead.at.track, lead.at.step)
    assert where == ((("other", 0) if then else ("one", 1)) if is_it and in_time else ("one", 0))
    assert lead.at.arrived_at == (lead.now if is_it and in_time else MONDAY)


def test_a_condition_that_is_waited_for_is_seen_when_it_comes_true() -> None:
    lead = Lead({"wait_for": {"if": "vip", "at_most": "3 days", "then": "other"}}, NEXT)
    assert lead.wait.until == MONDAY + timedelta(days=3)

    lead.happens(FactsLearned(at=lead.now, learned=(("vip", True),)))

    assert (lead.move.track, lead.move.why) == ("other", "vip")


@pytest.mark.parametrize(
    ("seats", "track", "why"),
    [(9, "other", "seats > 5"), (3, "third", "seats > 2"), (0, None, "everyone else")],
)
def test_a_branch_takes_the_first_way_that_fits(seats: int, track: str | None, why: str) -> None:
    lead = Lead({"branch": [{"if": "seats > 5", "go": "other"}, {"if": "seats > 2", "go": "third"}, {}]}, NEXT)
    lead.happens(FactsLearned(at=lead.now, learned=(("seats", seats),)))

    assert (lead.move.track, lead.move.why) == (track, why)


def test_a_branch_without_a_way_that_fits_goes_on() -> None:
    lead = Lead({"branch": [{"if": "seats > 5", "go": "other"}]}, NEXT)

    assert (lead.move.track, lead.move.why) == (None, "no way of the branch fits")
    assert letter(lead.due) == "next"


def sides(*shares: int, leads: int) -> list[str]:
    lead = Lead({"split": [{"share": share, "go": track} for share, track in zip(shares, ("other", "third", "one"), strict=False)]})
    fell = []
    for number in range(leads):
        lead.knows(lead=UUID(int=number))
        fell.append(lead.move.why)
    return fell


def test_a_split_divides_by_weight_and_nobody_falls_to_a_side_without_any() -> None:
    fell = Counter(sides(1, 3, leads=400))

    assert set(fell) == {"side 1 of 2", "side 2 of 2"}
    assert 70 <= fell["side 1 of 2"] <= 130
    assert set(sides(0, 1, leads=50)) == {"side 2 of 2"}
    assert set(sides(1, 0, leads=50)) == {"side 1 of 2"}


def test_every_lead_falls_to_the_side_that_it_fell_to_ever_since() -> None:
    assert [int(why[5]) for why in sides(1, 1, 1, leads=20)] == [3, 2, 1, 2, 1, 3, 1, 3, 3, 2, 2, 3, 2, 3, 2, 2, 2, 1, 2, 3]


def test_a_step_that_sets_fields_says_what_it_sets() -> None:
    lead = Lead({"set": {"plan": "pro", "vip": True}}, NEXT)

    assert lead.move.why == "'one' sets plan = pro, vip = True"
    assert letter(lead.due) == "next"
    assert dict(lead.state.memory.fields) == {"plan": "pro", "vip": True}
    assert lead.notes == ["welcome: past set-1"]


@pytest.mark.parametrize(
    ("wish", "before", "touched_at", "then"),
    [
        ("early", Hours.ANY, None, Hours.EARLY),
        ("late", Hours.EARLY, None, Hours.LATE),
        ("any", Hours.LATE, None, Hours.ANY),
        ("flip", Hours.EARLY, None, Hours.LATE),
        ("flip", Hours.LATE, None, Hours.EARLY),
        ("flip", Hours.ANY, None, Hours.LATE),
        ("flip", Hours.ANY, MONDAY + timedelta(hours=5), Hours.EARLY),
    ],
)
def test_hours_are_as_the_campaign_says_or_the_other_half(wish: str, before: Hours, touched_at: datetime | None, then: Hours) -> None:
    lead = Lead({"hours": wish}, {"wait": "1 day"})
    lead.knows(hours=before, touch_at=touched_at)

    assert lead.move.why == f"letters go in the {then} hours from now on"
    assert lead.due is not None
    assert lead.state.hours is then


def test_somebody_is_told_once_and_the_lead_goes_on() -> None:
    lead = Lead({"notify": {"to": "leader", "say": "Look."}}, NEXT)

    told = lead.due
    assert isinstance(told, Tell)
    assert (told.to, told.say, told.step, told.why) == (Audience.LEADER, "Look.", "1.notify-1", "'one' tells the leader")
    assert letter(lead.does()) == "next"


def test_a_message_on_another_channel_is_a_reps_work() -> None:
    lead = Lead({"message": {"channel": "post", "say": "Write."}}, NEXT)

    task = lead.due
    assert isinstance(task, HandOff)
    assert (task.reason, task.channel, task.say) == ("post", "post", "Write.")
    assert task.outcomes == (Outcome.DONE, Outcome.DECLINED)
    lead.does()
    lead.answers(Outcome.DONE)
    assert letter(lead.due) == "next"


def test_another_campaign_begins_and_this_one_goes_on() -> None:
    lead = Lead({"enroll": "customer"}, NEXT)

    begun = lead.due
    assert isinstance(begun, EnrollElsewhere)
    assert (begun.campaign, begun.step) == ("customer", "1.enroll-1")
    assert letter(lead.does()) == "next"


@pytest.mark.parametrize(
    ("fit", "human_steps", "contract", "looks"),
    [
        (Fit.GOOD, 0, None, True),
        (Fit.POOR, 0, None, False),
        (Fit.UNKNOWN, 0, None, False),
        (Fit.GOOD, 1, None, False),
        (Fit.GOOD, 0, Contract(ends_on=None), False),
    ],
)
def test_a_human_has_a_last_look_at_a_good_fit_that_nobody_has_seen(
    fit: Fit, human_steps: int, contract: Contract | None, looks: bool
) -> None:
    lead = Lead({"end": "over"}, profile=Profile(zone="Asia/Tokyo", fit=fit))
    lead.knows(contract=contract)
    lead.stands(human_steps=human_steps)

    if looks:
        assert reason(lead.next) == "last_look"
    else:
        assert (lead.move.over, lead.move.why) == (True, "over")


def test_a_plain_pause_leaves_no_note() -> None:
    lead = Lead({"wait": "1 day"}, {"task": {"reason": "call"}})
    assert lead.wait.why == "a pause of 1 day until Tue 02 Mar 2027 10:00"

    lead.now = MONDAY + timedelta(days=1)

    assert reason(lead.due) == "call"
    assert lead.notes == []


def test_what_an_earlier_edition_had_behind_the_lead_is_passed_without_a_word() -> None:
    lead = Lead({"task": {"reason": "call"}}, {"email": "next", "name": "again"})
    lead.stands(passed=("call", "next"))

    assert isinstance(lead.due, Wait)
    assert lead.notes == []
    assert lead.at.step_name == "rest"
