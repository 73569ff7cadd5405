"""When a letter that could not go in time is too late, and what becomes of it."""

from datetime import datetime

from nurture.actions import HandOff, Move
from nurture.calendar import morning
from nurture.enrollment import Enrollment
from nurture.frozen import replace
from nurture.human import OVERDUE, hand_off
from nurture.plan.track import Email, Late, Lateness
from nurture.state import LeadState


def lateness(enrollment: Enrollment, step: Email) -> Lateness | None:
    """When the letter here is too late; None where it goes however late it is, or because a human has said so."""
    late = step.late or enrollment.campaign.late
    has_said = enrollment.said is not None or enrollment.hurried_at is not None
    return late if late is not None and late.then is not Late.NOW and not has_said else None


def free_since(state: LeadState, enrollment: Enrollment) -> datetime:
    """From when on nothing kept the letter here waiting on purpose: no hold, no rep, no open issue, no word of a human."""
    return max(filter(None, (enrollment.arrived_at, hold_ends_at(state), state.lifted_at, state.freed_at, state.silent_until)))


def as_planned(enrollment: Enrollment) -> Enrollment:
    """The enrollment without what its letter waits for beside the plan: a stop, or too many letters at once."""
    return replace(enrollment, capped_until=None) if enrollment.waits_for else enrollment


def overdue(state: LeadState, enrollment: Enrollment, step: Email, late: Lateness, now: datetime) -> HandOff | Move:
    """What is due for a letter that is too late."""
    why = f"'{step.email}' could not go in time, and {late.after} later is too late"
    if late.then is Late.HUMAN:
        return hand_off(state, enrollment, OVERDUE, now, why)
    return Move(enrollment=enrollment.number, why=f"{why}: it is left out")


def hold_ends_at(state: LeadState) -> datetime | None:
    """The morning that ends the hold, in the lead's zone; None without a hold."""
    if state.hold is None or not state.enrollments:
        return None
    return morning(state.hold.until, state.enrollments[0].campaign.window, state.profile)
