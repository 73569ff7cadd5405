"""The one thing that is due for a lead, and why."""

from datetime import datetime

from nurture.actions import Action, End, Move, Tell, Wait
from nurture.calendar import add, morning
from nurture.confirming import asking
from nurture.enrollment import Enrollment
from nurture.human import HORIZON, escalate, hand_off
from nurture.kinds import Audience
from nurture.ordering import carrying_out
from nurture.overdue import hold_ends_at
from nurture.plan.track import Message, Task
from nurture.posting import local
from nurture.state import LeadState
from nurture.steps import at_step
from nurture.triggers import occasions, to_the_second
from nurture.witness import asked_by


def next_action(state: LeadState, now: datetime) -> Action:
    """The one thing due at ``now``, and why.

    A refusal was taken into account when it came in, so that no letter can be due to a lead who refused. While a rep has the lead, or it is
    on hold, no campaign takes a step; rules still see what time brings. Of several campaigns the one with the highest priority goes first.
    """
    waits: list[Wait] = []
    if state.confirming or state.ordered:
        for first in (asking(state, now), carrying_out(state, now)):
            if isinstance(first, Wait):
                waits.append(first)
            elif first is not None:
                return first
    if not state.enrollments:
        return _soonest(waits) if waits else End(why="nothing is left to do for this lead until it comes back")
    several = len(state.enrollments) > 1
    for enrollment in sorted(state.enrollments, key=lambda one: -one.campaign.priority) if several else state.enrollments:
        action = _due(state, enrollment, now)
        if not isinstance(action, Wait):
            return action
        waits.append(action)
    return _soonest(waits) if len(waits) > 1 else waits[0]


def _soonest(waits: list[Wait]) -> Wait:
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
    for occasion in coming:
        if action.until is None or occasion.due_at < action.until:
            action = Wait(until=occasion.due_at, why=f"rule '{occasion.rule.name}' looks then: {occasion.why}")
    return _neglect(state, enrollment, now, action)


def _due_by_plan(state: LeadState, enrollment: Enrollment, now: datetime, *, has_a_date: bool) -> Action:
    """What the enrollment's own place in its track asks for, rules apart.

    The horizon is for everyone but customers who have a date to come, such as the end of their contract.
    """
    task = enrollment.task
    if task is not None and not (_calls(enrollment) and task.step != enrollment.here):
        return _with_a_rep(state, enrollment, now)
    held_until = hold_ends_at(state)
    if held_until is not None and held_until > now:
        assert state.hold is not None
        return Wait(until=held_until, why=f"on hold until {state.hold.until}: {state.hold.why}")
    if task is None and state.is_with_a_human:
        return Wait(until=None, why="a rep has this lead in another campaign")
    horizon_at = add(enrollment.horizon_from or enrollment.enrolled_at, enrollment.campaign.horizon, state.profile)
    if horizon_at <= now and not has_a_date and not _calls(enrollment):
        return hand_off(state, enrollment, HORIZON, now, f"{enrollment.campaign.horizon} have passed without a decision")
    action = at_step(state, enrollment, now)
    if isinstance(action, Wait) and not has_a_date and (action.until is None or horizon_at < action.until):
        return Wait(until=horizon_at, why=f"{action.why}; a human decides when {enrollment.campaign.horizon} are over")
    return action


def _calls(enrollment: Enrollment) -> bool:
    """Whether the step here calls a human."""
    return isinstance(enrollment.at_step, Task | Message)


def _with_a_rep(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    task = enrollment.task
    assert task is not None
    if task.deadline_at > now:
        return Wait(until=task.deadline_at, why=f"a rep has this lead ({task.reason}) and answers by {local(state, task.deadline_at)}")
    return escalate(state, enrollment, task, now)


def _neglect(state: LeadState, enrollment: Enrollment, now: datetime, wait: Wait) -> Tell | Wait:
    """Nobody is forgotten: while it waits, a rep is told of a lead that nobody has touched for as long as the campaign allows at most.

    A lead on hold is left alone on purpose: the time counts from the end of the hold at the earliest.
    """
    least = enrollment.campaign.least
    if least is None or state.is_with_a_human or state.has_refused(enrollment.campaign.topic):
        return wait
    paused_until = (hold_ends_at(state), state.lifted_at) if state.rules >= 3 else ()
    if state.wish.paused_until is not None:
        paused_until = (*paused_until, morning(state.wish.paused_until, enrollment.campaign.window, state.profile))
    since = max(filter(None, (state.touch_at, enrollment.horizon_from, enrollment.enrolled_at, *paused_until)))
    name = f"least:{to_the_second(since)}"
    if name in enrollment.fired:
        return wait
    due_at = add(since, least, state.profile)
    if due_at > now:
        is_sooner = wait.until is None or due_at < wait.until
        return Wait(until=due_at, why=f"a rep is told if nobody has touched this lead for {least}") if is_sooner else wait
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
