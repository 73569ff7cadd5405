"""The one thing that is due for a lead, and why."""

from datetime import datetime
from uuid import uuid5

from nurture.actions import Action, End, EnrollElsewhere, Escalate, HandOff, Move, SendTouch, Wait
from nurture.calendar import add, is_open, morning, next_open, spread, zone
from nurture.campaign import Email, EnrollIn, Go, Pause, Task, TaskPlan
from nurture.campaign import End as EndStep
from nurture.kinds import Fit, Refusal
from nurture.spans import Span, Unit
from nurture.state import Enrollment, LeadState
from nurture.triggers import occasions

_HUMAN = Span(2, Unit.WORKING_DAY)
_LAST_LOOK = TaskPlan(
    reason="last_look", say="A good fit is about to leave the campaign. Is there a reason to stay in touch?", deadline=_HUMAN
)
_HORIZON = TaskPlan(reason="horizon", say="The time set for this campaign is over. Decide how to go on.", deadline=_HUMAN)
_UNREACHABLE = TaskPlan(reason="unreachable", say="We cannot write to this lead. Find another way, or the right person.", deadline=_HUMAN)


def next_action(state: LeadState, now: datetime) -> Action:
    """The one thing due at ``now``, and why.

    A refusal was taken into account when it came in, so that no letter can be due to a lead who refused. While a rep has the lead, or it is
    on hold, no campaign takes a step; rules still see what time brings.
    """
    if not state.enrollments:
        return End(why="nothing is left to do for this lead until it comes back")
    waits = []
    for enrollment in state.enrollments:
        action = _due(state, enrollment, now)
        if not isinstance(action, Wait):
            return action
        waits.append(action)
    return min(waits, key=lambda wait: (wait.until is None, wait.until))


def _due(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    coming = occasions(state, enrollment, now)
    for occasion in coming:
        if occasion.due_at <= now:
            why = f"rule '{occasion.rule.name}': {occasion.why}"
            return Move(enrollment=enrollment.number, track=occasion.rule.go, fired=occasion.name, why=why)
    action = _due_by_plan(state, enrollment, now, has_a_date=state.contract is not None and bool(coming))
    if not isinstance(action, Wait):
        return action
    waits = [action, *(Wait(until=occasion.due_at, why=f"rule '{occasion.rule.name}' looks then: {occasion.why}") for occasion in coming)]
    return min(waits, key=lambda wait: (wait.until is None, wait.until))


def _due_by_plan(state: LeadState, enrollment: Enrollment, now: datetime, *, has_a_date: bool) -> Action:
    """What the enrollment's own place in its track asks for, rules apart.

    The horizon is for everyone but customers who have a date to come, such as the end of their contract.
    """
    if enrollment.task is not None and not (isinstance(enrollment.at_step, Task) and enrollment.task.step != enrollment.here):
        return _with_a_rep(state, enrollment, now)
    held_until = hold_ends_at(state)
    if held_until is not None and held_until > now:
        assert state.hold is not None
        return Wait(until=held_until, why=f"on hold until {state.hold.until}: {state.hold.why}")
    if enrollment.task is None and state.is_with_a_human:
        return Wait(until=None, why="a rep has this lead in another campaign")
    horizon_at = add(enrollment.horizon_from or enrollment.enrolled_at, enrollment.campaign.horizon, state.profile)
    if horizon_at <= now and not has_a_date and not isinstance(enrollment.at_step, Task):
        return _hand_off(state, enrollment, _HORIZON, now, f"{enrollment.campaign.horizon} have passed without a decision")
    action = _at_step(state, enrollment, now)
    if isinstance(action, Wait) and not has_a_date and horizon_at > now and (action.until is None or horizon_at < action.until):
        return Wait(until=horizon_at, why=f"{action.why}; a human decides when {enrollment.campaign.horizon} are over")
    return action


def _with_a_rep(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    task = enrollment.task
    assert task is not None
    if task.deadline_at > now:
        return Wait(until=task.deadline_at, why=f"a rep has this lead ({task.reason}) and answers by {_local(state, task.deadline_at)}")
    return Escalate(
        lead=state.lead,
        enrollment=enrollment.number,
        task=task.id,
        escalation=task.escalations + 1,
        at=now,
        deadline_at=add(now, _patience(task.escalations), state.profile),
        why=f"the deadline of {task.reason} has passed",
    )


def _patience(escalations: int) -> Span:
    """How long the leader has, longer each time: a reminder that comes every day is not read."""
    return Span(min(2 * 2**escalations, 20), Unit.WORKING_DAY)


def _at_step(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    number = enrollment.number
    match enrollment.at_step:
        case None:
            return Wait(until=None, why=f"at rest at the end of '{enrollment.track}'")
        case Pause(wait=span):
            return _pause(state, enrollment, span, now)
        case Email(email=letter):
            return _letter(state, enrollment, letter, now)
        case Task(task=plan):
            return _hand_off(state, enrollment, plan, now, f"'{enrollment.track}' asks for a human here")
        case Go(go=track):
            return Move(enrollment=number, track=track, why=f"the end of '{enrollment.track}'")
        case EnrollIn(enroll=campaign):
            return EnrollElsewhere(
                lead=state.lead,
                enrollment=number,
                step=enrollment.here,
                campaign=campaign,
                at=now,
                why=f"'{enrollment.track}' continues in '{campaign}'",
            )
        case EndStep(end=reason):
            if state.profile.fit is Fit.GOOD and not enrollment.human_steps and state.contract is None:
                return _hand_off(state, enrollment, _LAST_LOOK, now, f"a good fit would end here ({reason}) without a human")
            return Move(enrollment=number, over=True, why=reason)


def _pause(state: LeadState, enrollment: Enrollment, span: Span, now: datetime) -> Action:
    """A pause before a letter lasts until the letter may go, so that the lead is woken once for both."""
    over_at = add(enrollment.arrived_at, span, state.profile)
    if over_at <= now:
        return Move(enrollment=enrollment.number, at=over_at, why=f"{span} have passed", say=False)
    ahead = enrollment.passing(over_at)
    if isinstance(ahead.at_step, Email) and not _is_barred(state, ahead):
        return _letter_goes(state, ahead, ahead.at_step.email, _letter_at(state, ahead))
    return Wait(until=over_at, why=f"a pause of {span} until {_local(state, over_at)}")


def _letter(state: LeadState, enrollment: Enrollment, letter: str, now: datetime) -> Action:
    if _is_barred(state, enrollment):
        if state.unmailable and state.unmailable is not Refusal.SUPPRESSED and not enrollment.human_steps:
            return _hand_off(state, enrollment, _UNREACHABLE, now, f"'{letter}' cannot be sent: {state.unmailable}")
        return Move(enrollment=enrollment.number, why="refused by the lead" if not state.unmailable else f"not sent: {state.unmailable}")
    goes_at = _letter_at(state, enrollment)
    if goes_at <= now and not is_open(now, enrollment.campaign.window, state.profile):
        goes_at = next_open(now, enrollment.campaign.window, state.profile)
    if goes_at > now:
        return _letter_goes(state, enrollment, letter, goes_at)
    return SendTouch(
        lead=state.lead,
        enrollment=enrollment.number,
        visit=enrollment.visit,
        step=enrollment.step_name,
        campaign=enrollment.campaign.ref,
        letter=letter,
        at=now,
        seen=state.seen,
        why=f"'{letter}' is the next letter of '{enrollment.track}'",
    )


def _letter_at(state: LeadState, enrollment: Enrollment) -> datetime:
    """When the letter at this step may go: due, under the cap, inside the window, and not in one herd with everyone else."""
    campaign, at = enrollment.campaign, max(enrollment.arrived_at, state.not_before or enrollment.arrived_at)
    most = campaign.cap.touches
    if most and len(state.touched_at) >= most:
        at = max(at, add(state.touched_at[-most], campaign.cap.per, state.profile))
    if is_open(at, campaign.window, state.profile):
        return at
    opens_at = next_open(at, campaign.window, state.profile)
    return spread(opens_at, campaign.window, state.profile, state.lead.int & 0xFFFFFFFF)


def _letter_goes(state: LeadState, enrollment: Enrollment, letter: str, at: datetime) -> Wait:
    return Wait(until=at, why=f"'{letter}' goes on {_local(state, at)}")


def _is_barred(state: LeadState, enrollment: Enrollment) -> bool:
    return state.unmailable is not None or state.has_refused(enrollment.campaign.topic)


def _hand_off(state: LeadState, enrollment: Enrollment, plan: TaskPlan, now: datetime, why: str) -> HandOff:
    return HandOff(
        lead=state.lead,
        enrollment=enrollment.number,
        task=uuid5(state.lead, f"task:{enrollment.number}.{enrollment.here}.{plan.reason}.{enrollment.human_steps}"),
        reason=plan.reason,
        say=plan.say,
        at=now,
        deadline_at=_deadline(state, enrollment, plan.deadline, now),
        campaign=enrollment.campaign.name,
        step="" if plan in (_HORIZON, _LAST_LOOK) else enrollment.here,
        why=why,
    )


def _deadline(state: LeadState, enrollment: Enrollment, span: Span, now: datetime) -> datetime:
    """Hours count from when the lead's window is open: nobody is late for what came in at night."""
    return add(next_open(now, enrollment.campaign.window, state.profile) if span.exact else now, span, state.profile)


def hold_ends_at(state: LeadState) -> datetime | None:
    """The morning that ends the hold, in the lead's zone; None without a hold."""
    if state.hold is None or not state.enrollments:
        return None
    return morning(state.hold.until, state.enrollments[0].campaign.window, state.profile)


def _local(state: LeadState, at: datetime) -> str:
    return f"{at.astimezone(zone(state.profile.zone)):%a %d %b %Y %H:%M}"
