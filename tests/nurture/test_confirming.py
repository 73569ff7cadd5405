"""A consent that is to be confirmed: one letter asks for it, at once, and nothing else goes about that topic until there is an answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from nurture.actions import End, HandOff, Receipt, SendTouch, Status, Wait
from nurture.kinds import Refusal
from nurture.leadside import ConsentAsked, Downloaded, OptedIn, OptedOut
from nurture.ourside import Enrolled, Held, Redirected
from nurture.state import LeadState, newcomer
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY, letter, reason

HELLO = {"email": "hello"}
WEEK = timedelta(days=7)
ID = UUID(int=9)
TASK = {"task": {"reason": "call", "deadline": "2 working days"}}


def asked(lead: Lead, *, id: UUID = ID, topic: str = "news") -> None:
    lead.happens(ConsentAsked(at=lead.now, confirmation=id, edition=lead.campaign.ref, topic=topic, until=lead.now + WEEK))


def asks(action: object) -> UUID | None:
    return action.confirms if isinstance(action, SendTouch) else None


def test_the_letter_that_asks_goes_first_and_then_the_campaign_waits_for_the_answer() -> None:
    lead = Lead(HELLO)
    asked(lead)

    touch = lead.due
    assert isinstance(touch, SendTouch)
    assert (touch.confirms, touch.letter, touch.enrollment, touch.campaign) == (ID, "confirm", 0, lead.campaign.ref)
    waits = lead.does()
    assert isinstance(waits, Wait)
    assert (waits.until, waits.why) == (
        MONDAY + WEEK,
        "'hello' waits until the lead confirms its consent, Mon 08 Mar 2027 10:00 at the latest",
    )


def test_once_it_is_confirmed_the_campaign_goes_on_by_itself() -> None:
    lead = Lead(HELLO)
    asked(lead)
    lead.does()
    lead.now += timedelta(days=1)

    lead.happens(OptedIn(at=lead.now, topic="news"))

    assert (letter(lead.due), asks(lead.due)) == ("hello", None)
    assert lead.state.confirming == ()


def test_a_consent_that_comes_from_elsewhere_ends_the_waiting_too_and_nobody_is_asked_any_more() -> None:
    lead = Lead(HELLO)
    asked(lead)

    lead.happens(OptedIn(at=lead.now, topic="news"))

    assert (letter(lead.due), asks(lead.due)) == ("hello", None)


def test_who_does_not_confirm_is_as_one_who_never_agreed() -> None:
    lead = Lead(HELLO)
    asked(lead)
    lead.does()
    lead.now += WEEK

    assert letter(lead.due) == "hello"
    unreachable = lead.does(Receipt(status=Status.REFUSED, reason=Refusal.NO_CONSENT))
    assert (reason(unreachable), isinstance(unreachable, HandOff)) == ("unreachable", True)


@pytest.mark.parametrize("first", [TASK, {"wait": "3 days"}], ids=["a rep has the lead", "a pause"])
def test_it_asks_whatever_the_campaign_waits_for_and_outside_of_every_window_and_cap(first: dict[str, Any]) -> None:
    lead = Lead(first, HELLO, cap={"touches": 1, "per": "30 days"}, window={"days": ["sun"], "from": "23:00", "to": "23:59"})
    if "task" in first:
        lead.does()
    lead.knows(touched_at=(lead.now,), touch_at=lead.now)
    lead.happens(Held(at=lead.now, until=(lead.now + timedelta(days=90)).date()))
    asked(lead)

    assert asks(lead.due) == ID


def test_it_counts_in_no_cap_and_silence_does_not_begin_with_it() -> None:
    lead = Lead(HELLO, cap={"touches": 1, "per": "30 days"})
    asked(lead)
    before = lead.state
    lead.does()

    for name in ("touched_at", "sold_at", "touch_at", "unanswered", "silent_since", "enrollments"):
        assert getattr(lead.state, name) == getattr(before, name)


def test_every_consent_that_was_asked_for_has_one_letter_and_no_other() -> None:
    lead = Lead(HELLO)
    asked(lead)
    first = lead.due
    assert isinstance(lead.does(), Wait)
    lead.happens(Downloaded(at=lead.now, content="guide"))
    assert asks(lead.due) is None
    asked(lead, id=UUID(int=10))
    second = lead.due

    assert isinstance(first, SendTouch)
    assert isinstance(second, SendTouch)
    assert second.confirms == UUID(int=10)
    assert first.key != second.key
    assert len(lead.state.confirming) == 1, "the last one asked for counts"


@pytest.mark.parametrize("topic", ["news", None])
def test_a_refusal_outranks_it_whichever_comes_first(topic: str | None) -> None:
    lead, other = Lead(HELLO), Lead(HELLO)
    asked(lead)
    lead.happens(OptedOut(at=lead.now, topic=topic))
    other.happens(OptedOut(at=other.now, topic=topic))
    asked(other)

    assert isinstance(lead.due, End)
    assert isinstance(other.due, End)


def test_a_topic_waits_alone() -> None:
    lead = Lead(HELLO)
    asked(lead, topic="offers")

    assert asks(lead.due) == ID
    assert letter(lead.does()) == "hello"


def test_a_lead_in_no_campaign_is_asked_and_then_left_in_peace() -> None:
    lead = Lead({"end": "over"})
    assert isinstance(lead.due, End)
    asked(lead)

    assert asks(lead.due) == ID
    assert isinstance(lead.does(), End)


def test_news_of_the_lead_is_waited_for_before_it_is_asked() -> None:
    lead = Lead(HELLO)
    asked(lead)

    waits = lead.does(Receipt(status=Status.SUPERSEDED, until=lead.now + timedelta(hours=1)))

    assert isinstance(waits, Wait)
    assert waits.until == lead.now + timedelta(hours=1)
    assert asks(lead.sleeps()) == ID


def test_a_letter_that_waits_for_its_turn_holds_nothing_else_back_and_goes_when_a_stop_is_lifted() -> None:
    lead = Lead(HELLO)
    asked(lead, topic="offers")

    paced = Receipt(status=Status.SUPERSEDED, reason=Refusal.PACED, until=lead.now + WEEK - timedelta(hours=1))
    assert letter(lead.does(paced)) == "hello"
    assert asks(lead.due) is None
    lead.happens(Redirected(at=lead.now, enrollment=0, goes_on=True))
    assert asks(lead.due) == ID


@pytest.mark.parametrize(
    ("refusal", "then"), [(Refusal.REJECTED, "unreachable"), (Refusal.NO_ADDRESS, "unreachable"), (Refusal.FAILED, "unreachable")]
)
def test_an_address_that_takes_no_letter_calls_a_human_at_once(refusal: Refusal, then: str) -> None:
    lead = Lead(HELLO)
    asked(lead)

    assert reason(lead.does(Receipt(status=Status.REFUSED, reason=refusal))) == then


def test_where_the_store_knows_of_a_refusal_nobody_is_asked_and_nothing_is_waited_for() -> None:
    lead = Lead(HELLO)
    asked(lead)

    assert letter(lead.does(Receipt(status=Status.REFUSED, reason=Refusal.SUPPRESSED))) == "hello"
    assert lead.notes[-1] == "'confirm' not sent"


def test_who_agrees_to_one_topic_again_does_not_refuse_everything_and_other_topics_stay_refused() -> None:
    lead = Lead(HELLO)
    for topic in ("offers", None):
        lead.happens(OptedOut(at=lead.now, topic=topic))
    lead.happens(OptedIn(at=lead.now, topic="news"))
    lead.happens(Enrolled(at=lead.now, campaign=lead.campaign, enrollment=2, profile=lead.state.profile))

    assert lead.state.refused == {"offers"}
    assert letter(lead.due) == "hello"


def test_a_state_of_before_has_nothing_to_confirm() -> None:
    assert newcomer(UUID(int=1)).confirming == LeadState(lead=UUID(int=1)).confirming == ()
