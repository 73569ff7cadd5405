"""What follows from what happened: a rule moves the lead, or the step that waited for it lets go."""

from nurture.calendar import add
from nurture.changes import lifted
from nurture.engagements import Engagement
from nurture.enrollment import Enrollment
from nurture.frozen import replace
from nurture.moving import moved, moved_by
from nurture.ourside import TaskCompleted
from nurture.plan.track import WaitFor
from nurture.state import LeadState
from nurture.triggers import rule_for
from nurture.witness import asked_by


def following_rules(state: LeadState, engagement: Engagement, reached: str = "") -> LeadState:
    """What the lead does by itself moves one enrollment, the newest that has a rule for it, so that one event calls one human.

    A lead that was done with and comes back is taken up again where it ended, if a rule has a place for it.
    """
    candidates = state.enrollments[::-1]
    if engagement.by_lead and not candidates and state.ended is not None:
        candidates = (state.ended,)
    for enrollment in candidates:
        rule = rule_for(state, enrollment, engagement, reached)
        if rule is None:
            state = _awaited(state, enrollment, engagement)
            continue
        inputs = asked_by(rule, state, enrollment, engagement.at)
        if state.enrollment(enrollment.number) is None:
            state = replace(state, enrollments=(replace(enrollment, task=None, touches=0, horizon_from=engagement.at),), ended=None)
            again, why = f"{enrollment.campaign.name}: taken up again", f"{words(engagement)}: the lead came back"
            state = state.noting(engagement.at, again, why, ref=enrollment.campaign.ref)
            enrollment = state.enrollments[0]
        if engagement.by_lead and state.hold is not None and not state.hold.firm:
            state = lifted(state, engagement.at, f"{words(engagement)}: the lead acted by itself")
        state = moved_by(rule, state, enrollment, engagement.at, words(engagement), inputs)
        if engagement.by_lead:
            break
    return state


def _awaited(state: LeadState, enrollment: Enrollment, engagement: Engagement) -> LeadState:
    """On from a step that waits for this, unless its time was over before: then silence has its branch, and only silence."""
    step = enrollment.at_step
    if not isinstance(step, WaitFor) or enrollment.task is not None or state.enrollment(enrollment.number) is None:
        return state
    awaited = step.wait_for
    about = getattr(engagement, "content", "") or getattr(engagement, "letter", "")
    names = {str(engagement.kind), f"{engagement.kind}:{about}"}
    over_at = add(enrollment.arrived_at, awaited.at_most, state.profile)
    if not names & set(awaited.any) or not enrollment.arrived_at <= engagement.at < over_at:
        return state
    if awaited.then:
        return moved(state, enrollment, awaited.then, engagement.at, f"{words(engagement)}: '{enrollment.track}' was waiting for it")
    past = f"{enrollment.campaign.name}: past {enrollment.step_name}"
    state = state.having(enrollment.passing(engagement.at))
    return state.noting(engagement.at, past, f"{words(engagement)}: it was waited for", ref=enrollment.campaign.ref)


def words(engagement: Engagement) -> str:
    """What happened, in words that a marketer reads."""
    content = getattr(engagement, "content", "")
    if isinstance(engagement, TaskCompleted):
        return f"the rep answered {engagement.outcome}"
    return f"{engagement.kind.replace('_', ' ')}{f' {content}' if content else ''}"
