"""How often a lead wants to hear from us goes over every campaign's cap; nothing of it is lost, and nothing comes early."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import Receipt, SendTouch, Status, Wait
from nurture.after import after_errand
from nurture.kinds import Frequency, Refusal
from nurture.leadside import FrequencyChosen
from nurture.plan.parts import Window
from nurture.profile import Profile
from nurture.state import LeadState
from nurture.wishes import AS_USUAL, Wish, wished
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, TOKYO, letter

MONTHLY = Wish(frequency=Frequency.MONTHLY)
LETTERS = [{"email": "a"}, {"wait": "1 day"}, {"email": "b"}, {"wait": "1 day"}, {"email": "c"}]
LAST = MONDAY - timedelta(days=10)


@pytest.mark.parametrize(
    ("wish", "last_at", "at"),
    [
        (AS_USUAL, LAST, None),
        (MONTHLY, None, None),
        (MONTHLY, LAST, LAST + timedelta(days=30)),
        (Wish(paused_until=date(2027, 4, 1)), None, datetime.fromisoformat("2027-04-01T09:00+09:00")),
        (Wish(frequency=Frequency.MONTHLY, paused_until=date(2027, 3, 3)), LAST, LAST + timedelta(days=30)),
    ],
)
def test_a_wish_says_from_when_on_the_next_letter_is_welcome(wish: Wish, last_at: datetime | None, at: datetime | None) -> None:
    found = wished(wish, last_at, Window(), TOKYO)

    assert (found and found.at) == at


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_a_month_keeps_the_wall_clock_across_daylight_saving(zone: str) -> None:
    sent_at = datetime.fromisoformat("2027-03-01T14:00+00:00")
    found = wished(MONTHLY, sent_at, Window(), Profile(zone=zone))

    assert found is not None
    assert found.at - sent_at == timedelta(days=30, hours=-1)


def sent_days(lead: Lead, days: int) -> list[int]:
    """On which days letters go, counted from Monday."""
    sent: list[int] = []
    while lead.now < MONDAY + timedelta(days=days):
        match lead.due:
            case SendTouch():
                sent.append((lead.now - MONDAY).days)
                lead.does()
            case Wait(until=until) if until is not None:
                lead.now = until
            case _:
                break
    return sent


@pytest.mark.parametrize("cap", [{"touches": 0}, {"touches": 2, "per": "7 days"}, {"touches": 5, "per": "90 days"}])
def test_who_wants_one_letter_a_month_gets_one_a_month_whatever_the_campaigns_cap_says(cap: dict[str, Any]) -> None:
    lead = Lead(*LETTERS, cap=cap)
    lead.happens(FrequencyChosen(at=lead.now, wish=MONTHLY))

    assert sent_days(lead, 200) == [0, 30, 60]


def test_the_months_of_all_campaigns_of_a_lead_are_one() -> None:
    lead = Lead(*LETTERS)
    lead.begins()
    lead.happens(FrequencyChosen(at=lead.now, wish=MONTHLY))

    days = sent_days(lead, 300)

    assert len(days) == 6
    assert min(later - earlier for earlier, later in pairwise(days)) >= 30


def test_no_letter_goes_before_the_day_and_then_the_campaign_goes_on() -> None:
    lead = Lead(*LETTERS)
    lead.happens(FrequencyChosen(at=lead.now, wish=Wish(paused_until=date(2027, 6, 1))))

    assert "; the lead wants no letter until Tue 01 Jun 2027 09:00" in lead.wait.why
    assert letter(lead.sleeps()) == "a"
    assert date(2027, 6, 1) == (lead.now + timedelta(hours=9)).date()


def test_a_wish_that_is_taken_back_holds_no_longer() -> None:
    lead = Lead(*LETTERS)
    lead.happens(FrequencyChosen(at=lead.now, wish=Wish(paused_until=date(2027, 6, 1))))
    assert isinstance(lead.due, Wait)

    lead.happens(FrequencyChosen(at=lead.now, wish=AS_USUAL))

    assert letter(lead.due) == "a"


def test_a_rep_is_told_of_neglect_only_some_time_after_the_pause_that_the_lead_chose() -> None:
    lead = Lead({"email": "a"}, least="14 days")
    lead.happens(FrequencyChosen(at=lead.now, wish=Wish(paused_until=date(2027, 4, 1))))

    assert lead.sleeps().why == "'a' is the next letter of 'one'"
    assert lead.now >= datetime.fromisoformat("2027-04-01T09:00+09:00")


def test_where_the_ledger_knows_more_the_letter_waits_as_for_a_cap() -> None:
    lead = Lead(*LETTERS)
    touch, until = lead.due, lead.now + timedelta(days=9)
    assert isinstance(touch, SendTouch)

    lead.state = after_errand(lead.state, touch, Receipt(status=Status.REFUSED, reason=Refusal.CAPPED, until=until), lead.now)

    assert isinstance(lead.sleeps(), SendTouch)
    assert lead.now >= until


def test_a_state_of_before_has_no_wish() -> None:
    assert LeadState(lead=UUID(int=1)).wish == AS_USUAL
