"""What the machine itself did is taken into account: a step taken, a letter sent, a task opened."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from nurture.actions import EnrollElsewhere, Errand, Escalate, HandOff, Move, Receipt, SendTouch, Status
from nurture.kinds import Refusal
from nurture.standing import Record
from nurture.state import Enrollment, LeadState, OpenTask

PROMPT: Final = timedelta(hours=1)
"""An errand that took no longer counts from the moment it was decided, so that what follows can be foreseen."""


def after_move(state: LeadState, move: Move, now: datetime) -> LeadState:
    """The state after a step that touches nobody."""
    enrollment = state.enrollment(move.enrollment)
    assert enrollment is not None
    if move.fired:
        enrollment = replace(enrollment, fired=(*enrollment.fired, move.fired))
    at = move.at or now
    if move.over:
        return state.without(move.enrollment).noting(at, f"{enrollment.campaign.name}: over", move.why)
    if move.track is not None:
        state = state.having(enrollment.entering(move.track, at))
        return state.noting(at, f"{enrollment.campaign.name}: {enrollment.track} → {move.track}", move.why)
    state = state.having(enrollment.passing(at))
    return state.noting(at, f"{enrollment.campaign.name}: past {enrollment.step_name}", move.why) if move.say else state


def after_errand(state: LeadState, errand: Errand, receipt: Receipt, now: datetime) -> LeadState:
    """The state after an errand in the world. Where the enrollment has moved on meanwhile, only what is true of the lead counts."""
    at = errand.at if now - errand.at < PROMPT else now
    enrollment = state.enrollment(errand.enrollment)
    match errand:
        case SendTouch():
            return _after_touch(state, enrollment, errand, receipt, at)
        case HandOff() if enrollment is not None:
            task = OpenTask(id=errand.task, reason=errand.reason, opened_at=at, deadline_at=errand.deadline_at, step=errand.step)
            return state.having(replace(enrollment, task=task))
        case Escalate() if enrollment is not None and enrollment.task is not None and enrollment.task.id == errand.task:
            task = replace(enrollment.task, deadline_at=errand.deadline_at, escalations=errand.escalation)
            return state.having(replace(enrollment, task=task))
        case EnrollElsewhere() if enrollment is not None and enrollment.here == errand.step:
            return state.having(enrollment.passing(at))
        case _:
            return state


def after_record(state: LeadState, record: Record) -> LeadState:
    """The state after the store has written a record down."""
    written = record.notes[-1].no if record.notes else 0
    return replace(state, recorded=record.standing, records=record.no, notes=tuple(note for note in state.notes if note.no > written))


def _after_touch(state: LeadState, enrollment: Enrollment | None, touch: SendTouch, receipt: Receipt, at: datetime) -> LeadState:
    if receipt.status is Status.SUPERSEDED or receipt.reason is Refusal.CAPPED:
        return replace(state, not_before=receipt.until) if state.seen == touch.seen else state
    if receipt.status is Status.REFUSED:
        return replace(state, unmailable=receipt.reason).noting(at, f"'{touch.letter}' not sent", f"refused: {receipt.reason}")
    most = max((e.campaign.cap.touches for e in state.enrollments), default=0)
    state = replace(
        state,
        touched_at=(*state.touched_at, at)[-most:] if most else (),
        unanswered=state.unanswered + 1,
        silent_since=state.silent_since or at,
    )
    if enrollment is None or enrollment.here != f"{touch.visit}.{touch.step}":
        return state
    return state.having(replace(enrollment.passing(at), touches=enrollment.touches + 1))
