"""A consent that is to be confirmed (double opt-in): the letter that asks for it, and what waits for the answer."""

from datetime import datetime
from typing import Final

from nurture.actions import Receipt, SendTouch, Status, Wait
from nurture.apart import letter_apart, put_off, turn_of, waiting
from nurture.frozen import replace
from nurture.kinds import Refusal
from nurture.leadside import ConsentAsked
from nurture.state import Confirming, LeadState

CONFIRM: Final = "confirm"
"""The letter that asks."""


def asking(state: LeadState, now: datetime) -> SendTouch | Wait | None:
    """The letter that is due because a consent is to be confirmed. It is no advertisement: it goes at once, whatever else there is."""
    due = next((one for one in state.confirming if not one.asked and one.until > now), None)
    if due is None:
        return None
    if (at := turn_of(state, due, now)) > now:
        return waiting(f"'{CONFIRM}'", at)
    return letter_apart(state, CONFIRM, due.edition, now, why=f"asks to confirm the consent for '{due.topic}'", confirms=due.id)


def awaited(state: LeadState, topic: str, now: datetime) -> Confirming | None:
    """The consent for this topic that may still be confirmed."""
    return next((one for one in state.confirming if one.topic == topic and one.until > now), None)


def after_asked(state: LeadState, asked: ConsentAsked) -> LeadState:
    """A consent is to be confirmed: the last one asked for counts, and those whose time is over are forgotten. A refusal outranks it."""
    if state.has_refused(asked.topic):
        return state
    others = tuple(one for one in state.confirming if one.topic != asked.topic and one.until > asked.at)
    new = Confirming(id=asked.confirmation, edition=asked.edition, topic=asked.topic, until=asked.until)
    return replace(state, confirming=(*others, new), no_consent=state.no_consent - {asked.topic})


def settled(state: LeadState, topic: str | None) -> LeadState:
    """Nothing is to be confirmed for this topic, or for any, any more."""
    return replace(state, confirming=tuple(one for one in state.confirming if topic is not None and one.topic != topic))


def after_asking(state: LeadState, touch: SendTouch, receipt: Receipt, at: datetime) -> LeadState:
    """The letter that asks was dealt with. It is no touch: no cap counts it, and silence does not begin with it."""
    if (later := put_off(state, touch, receipt)) is not None:
        return later
    asked = tuple(replace(one, asked=True) if one.id == touch.confirms else one for one in state.confirming)
    state = replace(state, confirming=asked)
    if receipt.status is not Status.REFUSED:
        return state
    if receipt.reason is Refusal.SUPPRESSED:
        state = replace(state, confirming=tuple(one for one in asked if one.id != touch.confirms))
    elif receipt.reason is not Refusal.NO_CONSENT:  # the address does not work, for any letter
        state = replace(state, unmailable=receipt.reason)
    return state.noting(at, f"'{touch.letter}' not sent", f"refused: {receipt.reason}", ref=touch.campaign)
