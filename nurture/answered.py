"""What follows from a rep's answer: it has the last word over the enrollment whose task it was."""

from typing import Final

from nurture.changes import ended, held, with_contract
from nurture.enrollment import Enrollment
from nurture.frozen import replace
from nurture.kinds import Fit, Outcome, Refusal
from nurture.moving import moved_by
from nurture.ourside import TaskCompleted
from nurture.plan.track import Email, Message, Task
from nurture.state import Hold, LeadState
from nurture.triggers import rule_for
from nurture.witness import asked_by

_OF_A_LETTER: Final = (Outcome.SENT, Outcome.SEND)
"""Answers that speak of a letter, and not of the lead."""


def after_task(state: LeadState, answered: TaskCompleted, reached: str) -> LeadState:
    """A rep's answer: it may bring a contract or a hold, and it steers the enrollment whose task it was.

    ``won`` is true of the lead, so that every campaign may follow it; the other outcomes speak of one campaign only.
    """
    if answered.contract is not None:
        state = with_contract(state, answered.contract)
    if answered.learned:
        state = replace(state, memory=state.memory.knowing(answered.learned))
    if answered.outcome is Outcome.BAD_FIT:
        state = replace(state, profile=replace(state.profile, fit=Fit.POOR))
    is_awaited = state.rules < 2 or any(e.task.id == answered.task and not _is_replaced(e) for e in state.enrollments if e.task)
    if answered.outcome is Outcome.NOT_NOW and answered.until and is_awaited:
        state = held(state, answered.at, Hold(until=answered.until, why="the rep said: not now"))
    for enrollment in state.enrollments:
        if enrollment.task is not None and enrollment.task.id == answered.task:
            state = _after_own_task(state, enrollment, answered, reached)
        elif answered.outcome is Outcome.WON and (rule := rule_for(state, enrollment, answered, reached)):
            inputs = asked_by(rule, state, enrollment, answered.at)
            state = moved_by(rule, state, enrollment, answered.at, "another campaign won", inputs)
    if answered.outcome in _OF_A_LETTER:
        return state
    return replace(state, unanswered=0, silent_since=None)


def _after_own_task(state: LeadState, enrollment: Enrollment, answered: TaskCompleted, reached: str) -> LeadState:
    assert enrollment.task is not None
    was_here = enrollment.task.step == enrollment.here
    if was_here and isinstance(enrollment.at_step, Email) and answered.outcome in _OF_A_LETTER:
        return state.having(replace(enrollment, task=None, said=answered.outcome))
    replaced = state.rules >= 2 and _is_replaced(enrollment)
    enrollment = replace(enrollment, task=None, human_steps=enrollment.human_steps + 1, touches=0, horizon_from=answered.at)
    if was_here:
        enrollment = enrollment.passing(answered.at)
    state = state.having(enrollment)
    if state.unmailable is not Refusal.BOUNCED:
        # The rep may have settled what stood in the way: the send itself will tell.
        state = replace(state, unmailable=None, no_consent=frozenset())
    if replaced and answered.outcome is not Outcome.WON:
        why = f"the rep answered {answered.outcome} before the next task came"
        return state.noting(answered.at, f"{enrollment.campaign.name}: stays", why, ref=enrollment.campaign.ref)
    if rule := rule_for(state, enrollment, answered, reached):
        inputs = asked_by(rule, state, enrollment, answered.at)
        return moved_by(rule, state, enrollment, answered.at, f"the rep answered {answered.outcome}", inputs)
    if answered.outcome in (Outcome.LOST, Outcome.BAD_FIT, Outcome.OTHER_CONTACT):
        return ended(state, enrollment, answered.at, f"the rep answered {answered.outcome}")
    if state.rules >= 2 and state.contract is None and state.has_refused(enrollment.campaign.topic):
        return ended(state, enrollment, answered.at, "the lead has refused, and no rep has it any more")
    return state


def _is_replaced(enrollment: Enrollment) -> bool:
    """Whether the enrollment has come to another task than the one that a rep has: the next is on its way to take its place."""
    return enrollment.task is not None and enrollment.task.step != enrollment.here and isinstance(enrollment.at_step, Message | Task)
