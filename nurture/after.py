"""What the machine itself did is taken into account: a step taken, a letter sent, a task opened."""

from datetime import datetime, timedelta
from typing import Final

from nurture.actions import EnrollElsewhere, Errand, Escalate, HandOff, Move, Receipt, SendTouch, Status, Tell
from nurture.changes import ended, touched
from nurture.confirming import after_asking
from nurture.enrollment import Enrollment, OpenTask
from nurture.frozen import replace
from nurture.kinds import Purpose, Refusal
from nurture.moving import moved
from nurture.ordering import after_posting, after_telling
from nurture.standing import Record
from nurture.state import LeadState
from nurture.triggers import beating

PROMPT: Final = timedelta(hours=1)
"""An errand that took no longer counts from the moment it was decided, so that what follows can be foreseen."""


def after_move(state: LeadState, move: Move, now: datetime) -> LeadState:
    """The state after a step that touches nobody."""
    enrollment = state.enrollment(move.enrollment)
    assert enrollment is not None
    if move.fired:
        rule = next(one for one in enrollment.campaign.rules if move.fired.startswith(f"{one.name}:"))
        enrollment = replace(beating(rule, state, enrollment, now), fired=(*enrollment.fired, move.fired))
    at, by = move.at or now, move.by or enrollment.step_in_words
    if move.over:
        return ended(state, enrollment, at, move.why, by=by, inputs=move.inputs)
    if move.track is not None:
        return moved(state, enrollment, move.track, at, move.why, by=by, inputs=move.inputs)
    ahead = enrollment
    for _ in range(move.steps):
        ahead = ahead.passing(at)
    state = state.having(ahead)
    if move.sets or move.hours:
        state = replace(state, memory=state.memory.knowing(move.sets), hours=move.hours or state.hours)
    if not move.say:
        return state
    campaign = enrollment.campaign
    return state.noting(at, f"{campaign.name}: past {enrollment.step_name}", move.why, by=by, ref=campaign.ref, inputs=move.inputs)


def after_errand(state: LeadState, errand: Errand, receipt: Receipt, now: datetime) -> LeadState:
    """The state after an errand in the world. Where the enrollment has moved on meanwhile, only what is true of the lead counts."""
    at = errand.at if now - errand.at < PROMPT else now
    enrollment = state.enrollment(errand.enrollment)
    match errand:
        case SendTouch():
            return _after_touch(state, enrollment, errand, receipt, at)
        case Tell() if errand.handover is not None:
            return after_telling(state, errand)
        case HandOff() if enrollment is not None:
            task = OpenTask(id=errand.task, reason=errand.reason, opened_at=at, deadline_at=errand.deadline_at, step=errand.step)
            return state.having(replace(enrollment, task=task))
        case Escalate() if enrollment is not None and enrollment.task is not None and enrollment.task.id == errand.task:
            task = replace(enrollment.task, deadline_at=errand.deadline_at, escalations=errand.escalation)
            return state.having(replace(enrollment, task=task))
        case EnrollElsewhere() if enrollment is not None and enrollment.here == errand.step:
            return state.having(enrollment.passing(at))
        case Tell() if enrollment is not None and errand.fired:
            return state.having(replace(enrollment, fired=(*enrollment.fired, errand.fired)))
        case Tell() if enrollment is not None and enrollment.here == errand.step:
            return state.having(enrollment.passing(at))
        case _:
            return state


def after_record(state: LeadState, record: Record) -> LeadState:
    """The state after the store has written a record down."""
    written = record.notes[-1].no if record.notes else 0
    return replace(state, recorded=record.standing, records=record.no, notes=tuple(note for note in state.notes if note.no > written))


def _after_touch(state: LeadState, enrollment: Enrollment | None, touch: SendTouch, receipt: Receipt, at: datetime) -> LeadState:
    if touch.confirms is not None:
        return after_asking(state, touch, receipt, at)
    if touch.personal is not None:
        return after_posting(state, touch, receipt, at)
    if receipt.status is Status.SUPERSEDED or receipt.reason is Refusal.CAPPED:
        return _put_off(state, enrollment, touch, receipt)
    if receipt.status is Status.IN_DOUBT:
        return _doubted(state, enrollment, touch, at)
    if receipt.status is Status.REFUSED:
        state, what = _refused(state, enrollment, receipt.reason), f"'{touch.letter}' not sent"
        return state.noting(at, what, f"refused: {receipt.reason}", ref=touch.campaign)
    sells = enrollment is not None and enrollment.campaign.purpose(touch.letter) is Purpose.SALES
    state = touched(state, at, sells=sells)
    if enrollment is None or not _is_at(enrollment, touch):
        return state
    return state.having(replace(enrollment.passing(at), touches=enrollment.touches + 1, beaten=()))


def _put_off(state: LeadState, enrollment: Enrollment | None, touch: SendTouch, receipt: Receipt) -> LeadState:
    """News of the lead puts every letter off; a cap that is full, or what letters wait for, puts off the letter that it is about."""
    if receipt.reason is Refusal.PACED or (state.rules >= 3 and receipt.reason is Refusal.CAPPED):
        if enrollment is None or not _is_at(enrollment, touch):
            return state
        return state.having(replace(enrollment, capped_until=receipt.until, waits_for=receipt.waits_for))
    return replace(state, not_before=receipt.until) if state.seen == touch.seen else state


def _doubted(state: LeadState, enrollment: Enrollment | None, touch: SendTouch, at: datetime) -> LeadState:
    if enrollment is None or not _is_at(enrollment, touch):
        return state
    state = state.having(replace(enrollment, doubts=enrollment.doubts + 1, said=None))
    return state.noting(at, f"'{touch.letter}' in doubt", "it was handed over, and no answer is known", ref=touch.campaign)


def _is_at(enrollment: Enrollment, touch: SendTouch) -> bool:
    return enrollment.here == f"{touch.visit}.{touch.step}"


def _refused(state: LeadState, enrollment: Enrollment | None, reason: Refusal | None) -> LeadState:
    """A topic that must not be written about bars its own letters; what is wrong with the address bars them all."""
    if state.rules < 2 or enrollment is None or reason not in (Refusal.SUPPRESSED, Refusal.NO_CONSENT):
        return replace(state, unmailable=reason)
    topic = enrollment.campaign.topic
    if reason is Refusal.SUPPRESSED:
        return replace(state, refused=state.refused | {topic})
    return replace(state, no_consent=state.no_consent | {topic})
