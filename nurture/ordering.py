"""What a rep orders: a letter of their own is sent and counted like every touch, and whoever is given a task hears of it."""

from datetime import datetime
from typing import Final

from nurture.actions import Receipt, SendTouch, Status, Tell, Wait
from nurture.changes import touched
from nurture.engagements import HandedOver, LetterWritten
from nurture.frozen import replace
from nurture.kinds import Audience, Refusal
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
        at = max(filter(None, (state.not_before, order.not_before)), default=now)
        if at <= now:
            return _letter(state, order, now)
        turns.append(at)
    why = "a rep's own letter waits for its turn, or for news of the lead that is on its way"
    return Wait(until=min(turns), why=why) if turns else None


def _letter(state: LeadState, order: Ordered, now: datetime) -> SendTouch:
    return SendTouch(
        lead=state.lead,
        enrollment=0,
        visit=0,
        step=PERSONAL,
        campaign=order.edition,
        letter=PERSONAL,
        at=now,
        seen=state.seen,
        why="a rep wrote it",
        personal=order.id,
    )


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
    if receipt.reason is Refusal.PACED:
        later = tuple(replace(one, not_before=receipt.until) if one.id == touch.personal else one for one in state.ordered)
        return replace(state, ordered=later)
    if receipt.status is Status.SUPERSEDED:
        return replace(state, not_before=receipt.until) if state.seen == touch.seen else state
    state = replace(state, ordered=tuple(one for one in state.ordered if one.id != touch.personal))
    if receipt.status is Status.DONE:
        return touched(state, at)
    if receipt.status is Status.IN_DOUBT:
        return state.noting(at, f"'{touch.letter}' in doubt", "it was handed over, and no answer is known", ref=touch.campaign)
    if receipt.reason not in _NOT_OF_THE_ADDRESS:
        state = replace(state, unmailable=receipt.reason)
    return state.noting(at, f"'{touch.letter}' not sent", f"refused: {receipt.reason}", ref=touch.campaign)
