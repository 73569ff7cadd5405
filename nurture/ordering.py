"""What a rep orders: a letter of their own is sent and counted like every touch, and whoever is given a task hears of it."""

from datetime import datetime
from typing import Final

from nurture.actions import Receipt, SendTouch, Status, Tell, Wait
from nurture.apart import letter_apart, put_off, turn_of, waiting
from nurture.changes import touched
from nurture.frozen import replace
from nurture.kinds import Audience, Refusal
from nurture.ourside import HandedOver, LetterWritten
from nurture.state import LeadState, Ordered

PERSONAL: Final = "personal"
"""How a rep's own letter is called where letters have names."""

_NOT_OF_THE_ADDRESS: Final = (Refusal.NO_CONSENT, Refusal.SUPPRESSED, Refusal.CAPPED, Refusal.FAILED)
"""Why a letter is not sent though others might be."""


def after_ordered(state: LeadState, order: LetterWritten | HandedOver) -> LeadState:
    """A rep wants something carried out."""
    if isinstance(order, LetterWritten):
        return replace(state, ordered=(*state.ordered, Ordered(id=order.letter, edition=order.edition)))
    return replace(state, ordered=(*state.ordered, Ordered(id=order.handover, to=order.to)))


def carrying_out(state: LeadState, now: datetime) -> SendTouch | Tell | Wait | None:
    """What is due of that, in its order. A human's word waits for no window, and for no task that a rep has."""
    turns: list[datetime] = []
    for order in state.ordered:
        if order.to is not None:
            return _word(state, order, order.to, now)
        at = turn_of(state, order, now)
        if at <= now:
            return letter_apart(state, PERSONAL, order.edition, now, why="a rep wrote it", personal=order.id)
        turns.append(at)
    return waiting("a rep's own letter", min(turns)) if turns else None


def _word(state: LeadState, order: Ordered, to: Audience, now: datetime) -> Tell:
    return Tell(
        lead=state.lead,
        enrollment=0,
        about=f"handover:{order.id}",
        to=to,
        say="",
        at=now,
        campaign="",
        why="a task was handed over",
        handover=order.id,
    )


def after_telling(state: LeadState, told: Tell) -> LeadState:
    """Whoever was given a task was told."""
    return replace(state, ordered=tuple(one for one in state.ordered if one.id != told.handover))


def after_posting(state: LeadState, touch: SendTouch, receipt: Receipt, at: datetime) -> LeadState:
    """A rep's own letter was dealt with. One that was not sent is not tried again: its rep sees why, and decides."""
    if (later := put_off(state, touch, receipt)) is not None:
        return later
    state = replace(state, ordered=tuple(one for one in state.ordered if one.id != touch.personal))
    if receipt.status is Status.DONE:
        return touched(state, at)
    if receipt.status is Status.IN_DOUBT:
        return state.noting(at, f"'{touch.letter}' in doubt", "it was handed over, and no answer is known", ref=touch.campaign)
    if receipt.reason not in _NOT_OF_THE_ADDRESS:
        state = replace(state, unmailable=receipt.reason)
    return state.noting(at, f"'{touch.letter}' not sent", f"refused: {receipt.reason}", ref=touch.campaign)
