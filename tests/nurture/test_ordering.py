"""What a rep orders goes before everything else: a letter of their own counts like every touch, and whoever is given a task hears of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import End, Receipt, SendTouch, Status, Tell, Wait, personal_key
from nurture.kinds import Audience, Refusal
from nurture.leadside import OptedOut
from nurture.ourside import HandedOver, Held, LetterWritten, Redirected
from nurture.state import LeadState, newcomer
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import letter, reason

HELLO = {"email": "hello"}
TASK = {"task": {"reason": "call", "deadline": "2 working days"}}
ID = UUID(int=7)


def writes(lead: Lead, id: UUID = ID) -> None:
    lead.happens(LetterWritten(at=lead.now, letter=id, edition=lead.campaign.ref))


def hands_over(lead: Lead, id: UUID = ID, to: Audience = Audience.OWNER) -> None:
    lead.happens(HandedOver(at=lead.now, handover=id, to=to))


def by_hand(action: object) -> UUID | None:
    return action.personal if isinstance(action, SendTouch) else None


@pytest.mark.parametrize("first", [TASK, {"wait": "3 days"}], ids=["a rep has the lead", "a pause"])
def test_a_reps_letter_goes_whatever_the_campaign_waits_for_and_outside_of_every_window(first: dict[str, Any]) -> None:
    lead = Lead(first, HELLO, window={"days": ["sun"], "from": "23:00", "to": "23:59"})
    if "task" in first:
        lead.does()
    lead.happens(Held(at=lead.now, until=(lead.now + timedelta(days=90)).date()))
    writes(lead)

    touch = lead.due
    assert isinstance(touch, SendTouch)
    assert (touch.personal, touch.enrollment, touch.campaign) == (ID, 0, lead.campaign.ref)
    assert touch.key == personal_key(lead.state.lead, ID)
    assert isinstance(lead.does(), Wait)
    assert lead.state.ordered == ()


def test_a_reps_letter_counts_in_the_cap_and_silence_begins_with_it() -> None:
    lead = Lead(HELLO, cap={"touches": 1, "per": "30 days"})
    writes(lead)

    waits = lead.does()

    assert isinstance(waits, Wait)
    assert "the cap of 1 letter in 30 days is full" in waits.why
    assert (lead.state.touched_at, lead.state.touch_at, lead.state.silent_since) == ((lead.now,), lead.now, lead.now)
    assert lead.state.unanswered == 1
    assert lead.at.touches == 0, "it is no letter of the campaign"


def test_a_letter_that_may_not_go_is_not_tried_again_and_bars_no_letter_of_the_campaign() -> None:
    for refusal in (Refusal.NO_CONSENT, Refusal.SUPPRESSED, Refusal.CAPPED, Refusal.FAILED):
        lead = Lead(HELLO)
        writes(lead)

        assert letter(lead.does(Receipt(status=Status.REFUSED, reason=refusal))) == "hello"
        assert lead.notes[-1] == "'personal' not sent"
        assert lead.state.touch_at is None


def test_an_address_that_does_not_work_is_known_from_then_on() -> None:
    lead = Lead(HELLO)
    writes(lead)

    assert reason(lead.does(Receipt(status=Status.REFUSED, reason=Refusal.REJECTED))) == "unreachable"


def test_a_letter_that_waits_for_its_turn_holds_nothing_else_back_and_goes_when_a_stop_is_lifted() -> None:
    lead = Lead(HELLO)
    writes(lead)

    paced = Receipt(status=Status.SUPERSEDED, reason=Refusal.PACED, until=lead.now + timedelta(days=7))
    assert letter(lead.does(paced)) == "hello"
    hands_over(lead, UUID(int=8))
    assert isinstance(lead.due, Tell)
    lead.does()
    lead.happens(Redirected(at=lead.now, enrollment=0, goes_on=True))
    assert by_hand(lead.due) == ID


def test_news_of_the_lead_is_waited_for_before_a_reps_letter_goes() -> None:
    lead = Lead(HELLO)
    writes(lead)

    waits = lead.does(Receipt(status=Status.SUPERSEDED, until=lead.now + timedelta(hours=1)))

    assert isinstance(waits, Wait)
    assert waits.until == lead.now + timedelta(hours=1)
    assert by_hand(lead.sleeps()) == ID


def test_a_letter_of_which_nobody_knows_whether_it_went_is_left_to_its_rep() -> None:
    lead = Lead(HELLO)
    writes(lead)

    assert letter(lead.does(Receipt(status=Status.IN_DOUBT))) == "hello"
    assert lead.notes[-1] == "'personal' in doubt"


def test_each_letter_goes_once_in_the_order_in_which_they_were_written() -> None:
    lead = Lead({"end": "over"})
    assert isinstance(lead.due, End)
    writes(lead)
    writes(lead, UUID(int=8))

    assert by_hand(lead.due) == ID
    assert by_hand(lead.does()) == UUID(int=8)
    assert isinstance(lead.does(), End)


@pytest.mark.parametrize("to", [Audience.OWNER, Audience.LEADER])
def test_whoever_is_given_a_task_is_told_once_and_the_task_stays_as_it_is(to: Audience) -> None:
    lead = Lead(TASK)
    lead.does()
    task = lead.at.task
    hands_over(lead, to=to)

    told = lead.due
    assert isinstance(told, Tell)
    assert (told.handover, told.to, told.say, told.enrollment) == (ID, to, "", 0)
    assert isinstance(lead.does(), Wait)
    assert lead.at.task == task


def test_who_refuses_letters_gets_a_reps_letter_only_if_the_send_itself_finds_a_consent() -> None:
    lead = Lead(TASK)
    lead.does()
    lead.happens(OptedOut(at=lead.now, topic=None))
    writes(lead)

    assert by_hand(lead.due) == ID, "the send asks the store, which knows of the refusal before anybody else"


def test_a_state_of_before_has_nothing_ordered() -> None:
    assert newcomer(UUID(int=1)).ordered == LeadState(lead=UUID(int=1)).ordered == ()
