"""The one thing that is due for a lead, and why."""

from datetime import datetime

from nurture.actions import Action, End, Move, Tell, Wait
from nurture.calendar import add, morning
from nurture.campaign import Message, Task
from nurture.human import HORIZON, escalate, hand_off
from nurture.kinds import Audience
from nurture.posting import local
from nurture.state import Enrollment, LeadState
from nurture.steps import at_step
from nurture.triggers import occasions
from nurture.witness import asked_by


def next_action(state: LeadState, now: datetime) -> Action:
    """The one thing due at ``now``, and why.

    A refusal was taken into account when it came in, so that no letter can be due to a lead who refused. While a rep has the lead, or it is
    on hold, no campaign takes a step; rules still see what time brings. Of several campaigns the one with the highest priority goes first.
    """
    if not state.enrollments:
        return End(why="nothing is left to do for this lead until it comes back")
    waits = []
    for enrollment in sorted(state.enrollments, key=lambda enrollment: -enrollment.campaign.priority):
        action = _due(state, enrollment, now)
        if not isinstance(action, Wait):
            return action
        waits.append(action)
    return min(waits, key=lambda wait: (wait.until is None, wait.until))


def _due(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    coming = occasions(state, enrollment, now)
    for occasion in coming:
        if occasion.due_at <= now:
            rule = occasion.rule
            return Move(
                enrollment=enrollment.number,
                track=rule.go,
                fired=occasion.name,
                why=f"rule '{rule.name}': {occasion.why}",
                by=f"rule {rule.name}",
                inputs=asked_by(rule, state, enrollment, now),
            )
    action = _due_by_plan(state, enrollment, now, has_a_date=state.contract is not None and bool(coming))
    if not isinstance(action, Wait):
        return action
    waits = [action, *(Wait(until=occasion.due_at, why=f"rule '{occasion.rule.name}' looks then: {occasion.why}") for occasion in coming)]
    neglect = _neglect(state, enrollment, now)
    if isinstance(neglect, Tell):
        return neglect
    if neglect is not None:
        waits.append(neglect)
    return min(waits, key=lambda wait: (wait.until is None, wait.until))


def _due_by_plan(state: LeadState, enrollment: Enrollment, now: datetime, *, has_a_date: bool) -> Action:
    """What the enrollment's own place in its track asks for, rules apart.

    The horizon is for everyone but customers who have a date to come, such as the end of their contract.
    """
    calls = isinstance(enrollment.at_step, Task | Message)
    if enrollment.task is not None and not (calls and enrollment.task.step != enrollment.here):
        return _with_a_rep(state, enrollment, now)
    held_until = hold_ends_at(state)
    if held_until is not None and held_until > now:
        assert state.hold is not None
        return Wait(until=held_until, why=f"on hold until {state.hold.until}: {state.hold.why}")
    if enrollment.task is None and state.is_with_a_human:
        return Wait(until=None, why="a rep has this lead in another campaign")
    horizon_at = add(enrollment.horizon_from or enrollment.enrolled_at, enrollment.campaign.horizon, state.profile)
    if horizon_at <= now and not has_a_date and not calls:
        return hand_off(state, enrollment, HORIZON, now, f"{enrollment.campaign.horizon} have passed without a decision")
    action = at_step(state, enrollment, now)
    if isinstance(action, Wait) and not has_a_date and (action.until is None or horizon_at < action.until):
        return Wait(until=horizon_at, why=f"{action.why}; a human decides when {enrollment.campaign.horizon} are over")
    return action


def _with_a_rep(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    task = enrollment.task
    assert task is not None
    if task.deadline_at > now:
        return Wait(until=task.deadline_at, why=f"a rep has this lead ({task.reason}) and answers by {local(state, task.deadline_at)}")
    return escalate(state, enrollment, task, now)


def _neglect(state: LeadState, enrollment: Enrollment, now: datetime) -> Tell | Wait | None:
    """Nobody is forgotten: a rep is told of a lead that nobody has touched for as long as the campaign allows at most.

    A lead on hold is left alone on purpose: the time counts from the end of the hold at the earliest.
    """
    least = enrollment.campaign.least
    if least is None or state.is_with_a_human or state.has_refused(enrollment.campaign.topic):
        return None
    paused_until = (hold_ends_at(state), state.lifted_at) if state.rules >= 3 else ()
    since = max(filter(None, (state.touch_at, enrollment.horizon_from, enrollment.enrolled_at, *paused_until)))
    name = f"least:{since:%Y-%m-%dT%H:%M:%S}"
    if name in enrollment.fired:
        return None
    due_at = add(since, least, state.profile)
    if due_at > now:
        return Wait(until=due_at, why=f"a rep is told if nobody has touched this lead for {least}")
    return Tell(
        lead=state.lead,
        enrollment=enrollment.number,
        about=name,
        to=Audience.OWNER,
        say=f"Nobody has been in touch with this lead for {least}.",
        at=now,
        campaign=enrollment.campaign.name,
        fired=name,
        why=f"no touch for {least}",
    )


def hold_ends_at(state: LeadState) -> datetime | None:
    """The morning that ends the hold, in the lead's zone; None without a hold."""
    if state.hold is None or not state.enrollments:
        return None
    return morning(state.hold.until, state.enrollments[0].campaign.window, state.profile)
