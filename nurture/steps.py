"""What each kind of step asks for, once a lead has come to it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

from nurture.actions import Action, EnrollElsewhere, Move, Tell, Wait
from nurture.calendar import add, moment_of, morning, other_half
from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.human import LAST_LOOK, TOO_LATE, hand_off
from nurture.kinds import Fit, Hours, Outcome
from nurture.places import zone
from nurture.plan.conditions import holds
from nurture.plan.parts import Weekday
from nurture.plan.spans import Span
from nurture.plan.track import (
    Branch,
    Email,
    End,
    EnrollIn,
    Go,
    Late,
    Message,
    Notify,
    Pause,
    Set,
    SetHours,
    Split,
    Task,
    TaskPlan,
    Until,
    WaitFor,
)
from nurture.posting import goes_after_pause, letter, local
from nurture.state import LeadState
from nurture.witness import inputs_of

CONTRACT_END: Final = "contract_end"
_WEEK: Final = tuple(Weekday)


def at_step(state: LeadState, enrollment: Enrollment, now: datetime) -> Action:
    """What is due at the step where the lead is."""
    number, track = enrollment.number, enrollment.track
    if enrollment.passed and enrollment.step_name in enrollment.passed:
        return Move(enrollment=number, why=f"'{enrollment.step_name}' was passed in an earlier edition", say=False)
    if enrollment.skipped and enrollment.step_name in enrollment.skipped:
        return Move(enrollment=number, why="a human left it out")
    match enrollment.at_step:
        case None:
            return Wait(until=None, why=f"at rest at the end of '{track}'")
        case Email() as step:
            return letter(state, enrollment, step, now)
        case Pause() | WaitFor() if enrollment.hurried_at is not None:
            return Move(enrollment=number, why="a human has the next letter go at once", say=False)
        case Pause(wait=wait):
            return _pause(state, enrollment, wait, now) if isinstance(wait, Span) else _pause_until(state, enrollment, wait, now)
        case WaitFor() as step:
            return _wait_for(state, enrollment, step, now)
        case Task(task=plan):
            return hand_off(state, enrollment, plan, now, f"'{track}' asks for a human here")
        case Message(message=plan):
            by_hand = TaskPlan(reason=plan.channel, say=plan.say, deadline=plan.deadline, outcomes=(Outcome.DONE, Outcome.DECLINED))
            return hand_off(state, enrollment, by_hand, now, f"'{track}' writes on another channel here", channel=plan.channel)
        case Branch(branch=ways):
            facts = facts_of(state, enrollment, now)
            place = next((place for place, way in enumerate(ways) if way.condition is None or holds(way.condition, facts)), len(ways))
            way = ways[place] if place < len(ways) else None
            return Move(
                enrollment=number,
                track=way.go if way else None,
                why=f"{way.condition or 'everyone else'}" if way else "no way of the branch fits",
                inputs=inputs_of(tuple(one.condition for one in ways[: place + 1] if one.condition), facts),
            )
        case Split(split=ways):
            place = side_of(state.lead, enrollment.campaign.name, track, enrollment.step_name, [way.share for way in ways])
            return Move(enrollment=number, track=ways[place].go, why=f"side {place + 1} of {len(ways)}")
        case Set(set=values):
            said = ", ".join(f"{name} = {value}" for name, value in values.items())
            return Move(enrollment=number, sets=tuple(values.items()), why=f"'{track}' sets {said}")
        case SetHours(hours=wish):
            hours = _other_hours(state, enrollment) if wish == "flip" else Hours(wish)
            return Move(enrollment=number, hours=hours, why=f"letters go in the {hours} hours from now on")
        case Notify(notify=notice):
            return Tell(
                lead=state.lead,
                enrollment=number,
                about=enrollment.here,
                to=notice.to,
                say=notice.say,
                at=now,
                campaign=enrollment.campaign.name,
                step=enrollment.here,
                why=f"'{track}' tells the {notice.to}",
            )
        case Go(go=there):
            return Move(enrollment=number, track=there, why=f"the end of '{track}'")
        case EnrollIn(enroll=campaign):
            return EnrollElsewhere(
                lead=state.lead,
                enrollment=number,
                step=enrollment.here,
                campaign=campaign,
                at=now,
                why=f"'{track}' continues in '{campaign}'",
            )
        case End(end=reason):
            if state.profile.fit is Fit.GOOD and not enrollment.human_steps and state.contract is None:
                return hand_off(state, enrollment, LAST_LOOK, now, f"a good fit would end here ({reason}) without a human")
            return Move(enrollment=number, over=True, why=reason)


def _pause(state: LeadState, enrollment: Enrollment, span: Span, now: datetime) -> Action:
    """A pause before a letter lasts until the letter may go, so that the lead is woken once for both."""
    over_at = add(enrollment.arrived_at, span, state.profile)
    if over_at <= now:
        return Move(enrollment=enrollment.number, at=over_at, why=f"{span} have passed", say=False)
    return goes_after_pause(state, enrollment.passing(over_at)) or Wait(
        until=over_at, why=f"a pause of {span} until {local(state, over_at)}"
    )


def _pause_until(state: LeadState, enrollment: Enrollment, until: Until, now: datetime) -> Action:
    over_at = _moment(state, enrollment, until)
    if over_at is None:
        return Wait(until=None, why=f"waits for '{until.until}' to be known")
    if over_at > now:
        return goes_after_pause(state, enrollment.passing(over_at)) or Wait(until=over_at, why=f"a pause until {local(state, over_at)}")
    if over_at < enrollment.arrived_at and until.late is Late.HUMAN:
        return hand_off(state, enrollment, TOO_LATE, now, f"{local(state, over_at)} had passed when the lead came here")
    if over_at < enrollment.arrived_at:
        skips = until.late is Late.SKIP
        why = f"{local(state, over_at)} had passed already{': the next step is left out' if skips else ''}"
        return Move(enrollment=enrollment.number, steps=2 if skips else 1, why=why)
    return Move(enrollment=enrollment.number, at=over_at, why=f"it is {local(state, over_at)}", say=False)


def _moment(state: LeadState, enrollment: Enrollment, until: Until) -> datetime | None:
    """The moment that a pause lasts until; None while it is not known."""
    window = enrollment.campaign.window
    if " " in until.until:
        day, _, hour = until.until.partition(" ")
        return _next_weekday(state, enrollment.arrived_at, Weekday(day), time.fromisoformat(hour))
    if until.until == CONTRACT_END:
        named = state.contract.ends_on if state.contract else None
    else:
        known = state.memory.field(until.until)
        named = date.fromisoformat(str(known)) if known else None
    if named is None:
        return None
    at = morning(named, window, state.profile)
    if until.plus:
        at = add(at, until.plus, state.profile)
    if until.minus:
        length = until.minus.exact
        at = at - length if length else morning(named - timedelta(days=until.minus.days), window, state.profile)
    return at


def _next_weekday(state: LeadState, since: datetime, weekday: Weekday, hour: time) -> datetime:
    """The next such weekday and hour on the lead's clock. One that strikes at ``since`` is over, or a circle through it would never end."""
    day = since.astimezone(zone(state.profile.zone)).date()
    day += timedelta(days=(_WEEK.index(weekday) - day.weekday()) % 7)
    at = moment_of(day, hour, state.profile)
    return at if at > since else moment_of(day + timedelta(days=7), hour, state.profile)


def _wait_for(state: LeadState, enrollment: Enrollment, step: WaitFor, now: datetime) -> Action:
    """What comes by itself is noticed as it is folded; here a condition is looked at, and the time."""
    awaited = step.wait_for
    over_at = add(enrollment.arrived_at, awaited.at_most, state.profile)
    facts, asked = facts_of(state, enrollment, now), (awaited.condition,) if awaited.condition else ()
    if over_at <= now:
        why = f"nothing came within {awaited.at_most}"
        return Move(enrollment=enrollment.number, track=awaited.silence, at=over_at, why=why, inputs=inputs_of(asked, facts))
    if awaited.condition and holds(awaited.condition, facts):
        return Move(enrollment=enrollment.number, track=awaited.then, why=f"{awaited.condition}", inputs=inputs_of(asked, facts))
    return Wait(until=over_at, why=f"waits for {awaited.in_words} until {local(state, over_at)}")


def side_of(lead: UUID, campaign: str, track: str, step: str, shares: Sequence[int]) -> int:
    """The side of a split that a lead falls to, from 0: by its id and the split's name, the same on every machine and visit."""
    split = f"{lead}:{campaign}:{track}:{step}"
    draw = int.from_bytes(blake2b(split.encode(), digest_size=8).digest()) % sum(shares)
    for place, share in enumerate(shares):
        draw -= share
        if draw < 0:
            return place
    raise AssertionError("shares have a sum")


def _other_hours(state: LeadState, enrollment: Enrollment) -> Hours:
    if state.hours is not Hours.ANY:
        return Hours.LATE if state.hours is Hours.EARLY else Hours.EARLY
    return other_half(state.touch_at or enrollment.enrolled_at, enrollment.campaign.window, state.profile)
