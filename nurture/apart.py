"""Letters that belong to no enrollment: when one that asks to confirm a consent, or a rep's own, has its turn, and what it waits for."""

from datetime import datetime
from uuid import UUID

from nurture.actions import Receipt, SendTouch, Status, Wait
from nurture.frozen import replace
from nurture.kinds import Refusal
from nurture.state import Confirming, LeadState, Ordered


def turn_of(state: LeadState, one: Confirming | Ordered, now: datetime) -> datetime:
    """When its letter may go: ``now``, or later where the pace that is set, a stop or news of the lead makes it wait."""
    return max(filter(None, (state.not_before, one.not_before)), default=now)


def waiting(what: str, until: datetime) -> Wait:
    """It has its turn later."""
    return Wait(until=until, why=f"{what} waits for its turn, or for news of the lead that is on its way")


def letter_apart(
    state: LeadState, name: str, edition: str, now: datetime, *, why: str, confirms: UUID | None = None, personal: UUID | None = None
) -> SendTouch:
    """The letter of this name, under the topic and the caps of an edition."""
    return SendTouch(
        lead=state.lead,
        enrollment=0,
        visit=0,
        step=name,
        campaign=edition,
        letter=name,
        at=now,
        seen=state.seen,
        why=why,
        confirms=confirms,
        personal=personal,
    )


def put_off(state: LeadState, touch: SendTouch, receipt: Receipt) -> LeadState | None:
    """The letter was not dealt with and goes later: it had no turn yet, or was decided on stale knowledge. None where it was dealt with."""
    if receipt.reason is Refusal.PACED:
        asking = tuple(replace(one, not_before=receipt.until) if one.id == touch.confirms else one for one in state.confirming)
        ordered = tuple(replace(one, not_before=receipt.until) if one.id == touch.personal else one for one in state.ordered)
        return replace(state, confirming=asking, ordered=ordered)
    if receipt.status is Status.SUPERSEDED:
        return replace(state, not_before=receipt.until) if state.seen == touch.seen else state
    return None


def going_on(state: LeadState) -> LeadState:
    """Whatever these letters waited for is over."""
    asking_again = tuple(replace(one, not_before=None) for one in state.confirming)
    return replace(state, confirming=asking_again, ordered=tuple(replace(one, not_before=None) for one in state.ordered))
