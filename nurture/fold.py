"""What happened is taken into account: one engagement after the other, each once."""

from dataclasses import replace
from datetime import datetime

from nurture.calendar import morning
from nurture.engagements import (
    Absent,
    Bounced,
    ContractChanged,
    Engagement,
    Enrolled,
    Held,
    OptedOut,
    ProfileChanged,
    Released,
    TaskCompleted,
)
from nurture.kinds import Fit, Outcome, Refusal
from nurture.stages import stage_after
from nurture.state import Enrollment, Hold, LeadState
from nurture.triggers import rule_for


def fold(state: LeadState, engagement: Engagement) -> LeadState:
    """The state after an engagement. One that was folded before changes nothing."""
    if engagement.seq <= state.seen:
        return state
    state = replace(state, seen=engagement.seq, not_before=None)
    if engagement.by_lead:
        state = replace(state, unanswered=0, silent_since=None, unmailable=None)
    state = _after_evidence(state, engagement)
    match engagement:
        case Enrolled():
            state = _after_enrolled(state, engagement)
        case ProfileChanged(profile=profile):
            state = replace(state, profile=profile)
        case OptedOut():
            state = _after_opt_out(state, engagement)
        case Bounced():
            state = replace(state, unmailable=Refusal.BOUNCED)
        case Absent():
            state = _after_absence_note(state, engagement)
        case Held(until=until):
            state = _held(state, engagement.at, Hold(until=until, why="a human paused this lead", firm=True))
        case Released():
            state = replace(state, hold=None).noting(engagement.at, "hold lifted", "a human released this lead")
        case ContractChanged(contract=contract):
            state = replace(state, contract=contract)
        case TaskCompleted():
            return _after_task(state, engagement)
        case _:
            pass
    return _following_rules(state, engagement)


def _after_evidence(state: LeadState, engagement: Engagement) -> LeadState:
    stage = stage_after(state.stage, engagement)
    if stage == state.stage:
        return state
    return replace(state, stage=stage).noting(engagement.at, f"stage {stage}", f"{_words(engagement)} while in stage {state.stage}")


def _after_enrolled(state: LeadState, enrolled: Enrolled) -> LeadState:
    enrollment = Enrollment(
        number=enrolled.enrollment,
        campaign=enrolled.campaign,
        track=enrolled.campaign.start,
        enrolled_at=enrolled.at,
        arrived_at=enrolled.at,
    )
    return replace(state, profile=enrolled.profile, enrollments=(*state.enrollments, enrollment))


def _after_opt_out(state: LeadState, opted_out: OptedOut) -> LeadState:
    """No more letters. A customer keeps its contract, so its renewal stays with the reps; everything else is over."""
    state = replace(state, refused=state.refused | {opted_out.topic or "*"})
    why = f"the lead refused {opted_out.topic or 'all letters'}"
    state = state.noting(opted_out.at, "opted out", why)
    for enrollment in state.enrollments:
        if state.contract is None and state.has_refused(enrollment.campaign.topic):
            state = _ended(state, enrollment, opted_out.at, why)
    return state


def _after_absence_note(state: LeadState, absent: Absent) -> LeadState:
    if state.hold is None or (not state.hold.firm and state.hold.until < absent.until):
        state = _held(state, absent.at, Hold(until=absent.until, why="the lead is away"))
    if state.silent_since is None or not state.enrollments:
        return state
    back_at = morning(absent.until, state.enrollments[0].campaign.window, state.profile)
    return replace(state, silent_since=max(state.silent_since, back_at))


def _after_task(state: LeadState, answered: TaskCompleted) -> LeadState:
    """A rep's answer: it may bring a contract or a hold, and it steers the enrollment whose task it was.

    ``won`` is true of the lead, so that every campaign may follow it; the other outcomes speak of one campaign only.
    """
    if answered.contract is not None:
        state = replace(state, contract=answered.contract)
    if answered.outcome is Outcome.BAD_FIT:
        state = replace(state, profile=replace(state.profile, fit=Fit.POOR))
    if answered.outcome is Outcome.NOT_NOW and answered.until:
        state = _held(state, answered.at, Hold(until=answered.until, why="the rep said: not now"))
    for enrollment in state.enrollments:
        if enrollment.task is not None and enrollment.task.id == answered.task:
            state = _after_own_task(state, enrollment, answered)
        elif answered.outcome is Outcome.WON and (rule := rule_for(state, enrollment, answered)):
            state = _moved(state, enrollment, rule.go, answered.at, f"rule '{rule.name}': another campaign won")
    return replace(state, unanswered=0, silent_since=None)


def _after_own_task(state: LeadState, enrollment: Enrollment, answered: TaskCompleted) -> LeadState:
    assert enrollment.task is not None
    was_here = enrollment.task.step == enrollment.here
    enrollment = replace(enrollment, task=None, human_steps=enrollment.human_steps + 1, touches=0, horizon_from=answered.at)
    if was_here and enrollment.at_step is not None:
        enrollment = enrollment.passing(answered.at)
    state = state.having(enrollment)
    if state.unmailable is not Refusal.BOUNCED:
        state = replace(state, unmailable=None)  # the rep may have settled what stood in the way: the send itself will tell
    if rule := rule_for(state, enrollment, answered):
        return _moved(state, enrollment, rule.go, answered.at, f"rule '{rule.name}': the rep answered {answered.outcome}")
    if answered.outcome in (Outcome.LOST, Outcome.BAD_FIT, Outcome.OTHER_CONTACT):
        return _ended(state, enrollment, answered.at, f"the rep answered {answered.outcome}")
    return state


def _following_rules(state: LeadState, engagement: Engagement) -> LeadState:
    """What the lead does by itself moves one enrollment, the newest that has a rule for it, so that one event calls one human.

    A lead that was done with and comes back is taken up again where it ended, if a rule has a place for it.
    """
    candidates = state.enrollments[::-1]
    if engagement.by_lead and not candidates and state.ended is not None:
        candidates = (state.ended,)
    for enrollment in candidates:
        rule = rule_for(state, enrollment, engagement)
        if rule is None:
            continue
        if state.enrollment(enrollment.number) is None:
            state = replace(state, enrollments=(replace(enrollment, task=None, touches=0, horizon_from=engagement.at),), ended=None)
            state = state.noting(engagement.at, f"{enrollment.campaign.name}: taken up again", f"{_words(engagement)}: the lead came back")
            enrollment = state.enrollments[0]
        if engagement.by_lead and state.hold is not None and not state.hold.firm:
            state = replace(state, hold=None).noting(engagement.at, "hold lifted", f"{_words(engagement)}: the lead acted by itself")
        state = _moved(state, enrollment, rule.go, engagement.at, f"rule '{rule.name}': {_words(engagement)}")
        if engagement.by_lead:
            break
    return state


def _moved(state: LeadState, enrollment: Enrollment, track: str, at: datetime, why: str) -> LeadState:
    state = state.having(enrollment.entering(track, at))
    return state.noting(at, f"{enrollment.campaign.name}: {enrollment.track} → {track}", why)


def _ended(state: LeadState, enrollment: Enrollment, at: datetime, why: str) -> LeadState:
    return state.without(enrollment.number).noting(at, f"{enrollment.campaign.name}: over", why)


def _held(state: LeadState, at: datetime, hold: Hold) -> LeadState:
    return replace(state, hold=hold).noting(at, f"on hold until {hold.until}", hold.why)


def _words(engagement: Engagement) -> str:
    content = getattr(engagement, "content", "")
    if isinstance(engagement, TaskCompleted):
        return f"the rep answered {engagement.outcome}"
    return f"{engagement.kind.replace('_', ' ')}{f' {content}' if content else ''}"
