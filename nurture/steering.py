"""A human has the last word over one lead's plan: it is led elsewhere, its next letter goes at once, or a step is left out."""

from collections.abc import Iterator
from datetime import datetime

from nurture.apart import going_on
from nurture.enrollment import Enrollment
from nurture.frozen import replace
from nurture.kinds import Verb
from nurture.moving import moved
from nurture.ourside import Redirected, Steered
from nurture.overdue import hold_ends_at
from nurture.plan.track import Email, EnrollIn, Message, Notify, Pause, Set, SetHours, Step, Task, WaitFor
from nurture.state import LeadState


def next_letter(enrollment: Enrollment) -> str:
    """The step of the letter that comes next in this track; empty where something else comes before it, such as a task or a fork."""
    name, step = next((one for one in _ahead(enrollment) if not isinstance(one[1], Notify)), ("", None))
    return name if isinstance(step, Email) else ""


def next_step(enrollment: Enrollment) -> str:
    """The next step in this track that reaches somebody; empty where the way forks before, or ends."""
    return next((name for name, _ in _ahead(enrollment)), "")


def redirected(state: LeadState, change: Redirected) -> LeadState:
    """Where a lead is in its plan, and when it hears of us next."""
    if change.goes_on and not change.enrollment:
        return going_on(state)
    enrollment = state.enrollment(change.enrollment)
    if enrollment is None:
        return state
    if change.goes_on:
        return state.having(replace(enrollment, capped_until=None, waits_for=""))
    if change.track in enrollment.campaign.tracks:
        state = _led(state, enrollment, change)
    if change.not_before is not None:
        state = replace(state, silent_until=change.not_before)
        state = state.noting(change.at, f"no letter before {change.not_before:%Y-%m-%d %H:%M} UTC", "a human said so")
    return state


def steered(state: LeadState, change: Steered) -> LeadState:
    """What becomes of a step that is ahead. What a human said of another place than where the lead is by now changes nothing."""
    enrollment = state.enrollment(change.enrollment)
    if enrollment is None:
        return state
    name = enrollment.campaign.name
    if against := why_not_steered(state, enrollment, change.visit, change.step, change.verb, change.at):
        asked = f"'{change.step}' goes at once" if change.verb is Verb.SEND_NOW else f"'{change.step}' is left out"
        return state.noting(change.at, f"{name}: stays", f"a human decided that {asked}, but {against}", ref=enrollment.campaign.ref)
    if change.verb is Verb.SKIP:
        there, what = replace(enrollment, skipped=(*enrollment.skipped, change.step)), f"'{change.step}' is to be left out"
    else:
        there, what = replace(enrollment, hurried_at=change.at, capped_until=None, waits_for=""), f"'{change.step}' is to go at once"
        state = replace(state, silent_until=None)
    return state.having(there).noting(change.at, f"{name}: {what}", "a human decided so", ref=enrollment.campaign.ref)


def why_not_steered(state: LeadState, enrollment: Enrollment, visit: int, step: str, verb: Verb, at: datetime) -> str:
    """Why a human cannot steer the lead so; empty where that is possible."""
    if verb is Verb.SEND_NOW:
        held_until = hold_ends_at(state)
        if state.is_with_a_human:
            return "a rep has this lead"
        if held_until is not None and held_until > at:
            assert state.hold is not None
            return f"the lead is on hold until {state.hold.until}"
    expected = next_letter(enrollment) if verb is Verb.SEND_NOW else next_step(enrollment)
    if visit != enrollment.visit or not step or step != expected:
        return "the lead has moved on"
    if enrollment.task is not None and enrollment.task.step == f"{visit}.{step}":
        return "a rep has it"
    return ""


def _led(state: LeadState, enrollment: Enrollment, change: Redirected) -> LeadState:
    is_known = change.step in enrollment.campaign.tracks[change.track].step_names
    there = f", to '{change.step}'" if is_known else ""
    state = moved(state, enrollment, change.track, change.at, f"a human led this lead here{there}")
    enrollment = state.enrollment(change.enrollment) or enrollment
    if not is_known or enrollment.track != change.track:  # a rule may have led it on at once
        return state
    return state.having(replace(enrollment, step=enrollment.where.step_names.index(change.step)))


def _ahead(enrollment: Enrollment) -> Iterator[tuple[str, Step]]:
    """The steps ahead that reach somebody, or begin another campaign, until the way forks. What only waits or remembers is passed."""
    for place in range(enrollment.step, len(enrollment.where.steps)):
        step, name = enrollment.where.steps[place], enrollment.where.step_names[place]
        if name in enrollment.skipped or isinstance(step, Set | SetHours):
            continue
        if isinstance(step, Pause) or (isinstance(step, WaitFor) and step.wait_for.silence is None):
            continue
        if not isinstance(step, Email | Message | Task | Notify | EnrollIn):
            return
        yield name, step
