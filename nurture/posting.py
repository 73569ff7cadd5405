"""When a letter may go, and why it does not."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from nurture.actions import Action, Move, SendTouch, Wait
from nurture.calendar import add, is_open, next_open, spread, within
from nurture.confirming import awaited
from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.human import IN_DOUBT, UNREACHABLE, hand_off
from nurture.kinds import Outcome, Purpose, Refusal
from nurture.overdue import as_planned, free_since, lateness, overdue
from nurture.places import zone
from nurture.plan.conditions import holds
from nurture.plan.parts import Cap, Window
from nurture.plan.track import Email
from nurture.stages import stages_off
from nurture.state import LeadState
from nurture.wishes import wished
from nurture.witness import inputs_of

AT_ONCE: Final = timedelta(hours=1)
"""How long a letter that a human has hurried may go outside of its window. What keeps it longer gives it back to its window."""

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def letter(state: LeadState, enrollment: Enrollment, step: Email, now: datetime) -> Action:
    """What is due for a letter: send it, wait for its moment, pass over it, or find another way."""
    name = step.email
    if enrollment.said is Outcome.SENT:
        return _touch(state, enrollment, step, now, f"a human said that '{name}' went")
    if name in enrollment.passed:
        return Move(enrollment=enrollment.number, why=f"'{name}' was passed in an earlier edition", say=False)
    if step.condition and not holds(step.condition, facts := facts_of(state, enrollment, now)):
        why = f"not for this lead: {step.condition}"
        return Move(enrollment=enrollment.number, why=why, inputs=inputs_of((step.condition,), facts))
    if is_barred(state, enrollment):
        return _barred(state, enrollment, step, now)
    if asked := awaited(state, enrollment.campaign.topic, now):
        return Wait(until=asked.until, why=f"'{name}' waits until the lead confirms its consent, {local(state, asked.until)} at the latest")
    if enrollment.doubts and enrollment.said is None:
        return hand_off(state, enrollment, IN_DOUBT, now, f"nobody knows whether '{name}' went")
    if pause := _pause_of_selling(state, enrollment, name):
        return pause
    if enrollment.hurried_at is not None and _goes_at_once(state, enrollment, name, now):
        return _touch(state, enrollment, step, now, f"a human has '{name}' go at once", at_once=True)
    too_late_at = None
    if late := lateness(enrollment, step):
        planned = as_planned(enrollment)
        due_at = _in_its_time(state, planned, free_since(state, enrollment), _full_cap(state, planned, name))
        too_late_at = add(due_at, late.after, state.profile)
        if too_late_at <= now:
            return overdue(state, enrollment, step, late, now)
    wanted_at, full = _wanted_at(state, enrollment), _full_cap(state, enrollment, name)
    goes_at = _in_its_time(state, enrollment, wanted_at, full)
    window = _window(state, enrollment)
    if goes_at < now and not is_open(now, window, state.profile):
        goes_at = next_open(now, window, state.profile)
    if goes_at > now:
        return _goes(state, enrollment, name, goes_at, wanted_at, full)
    why = f"'{name}' is the next letter of '{enrollment.track}'"
    return _touch(state, enrollment, step, now, why, too_late_at)


def _goes_at_once(state: LeadState, enrollment: Enrollment, name: str, now: datetime) -> bool:
    """Whether a letter that a human has hurried goes whatever its window says: no cap is full, and it was said only just now."""
    full = _full_cap(state, enrollment, name)
    return (full is None or full.until <= now) and enrollment.hurried_at is not None and now - enrollment.hurried_at < AT_ONCE


def _touch(
    state: LeadState,
    enrollment: Enrollment,
    step: Email,
    now: datetime,
    why: str,
    too_late_at: datetime | None = None,
    *,
    at_once: bool = False,
) -> SendTouch:
    return SendTouch(
        lead=state.lead,
        enrollment=enrollment.number,
        visit=enrollment.visit,
        step=enrollment.step_name,
        campaign=enrollment.campaign.ref,
        letter=step.email,
        at=now,
        seen=state.seen,
        why=why,
        by_owner=step.sender == "owner",
        hours=state.hours,
        too_late_at=too_late_at,
        doubts=enrollment.doubts,
        said=enrollment.said,
        at_once=at_once,
    )


def goes_after_pause(state: LeadState, ahead: Enrollment) -> Wait | None:
    """When the letter after a pause goes, so that the lead is woken once for both; None where that is not sure yet."""
    step = ahead.at_step
    if not isinstance(step, Email) or step.condition or step.email in ahead.passed or is_barred(state, ahead):
        return None
    if ahead.skipped and ahead.step_name in ahead.skipped:
        return None
    if _pause_of_selling(state, ahead, step.email) or any(one.topic == ahead.campaign.topic for one in state.confirming):
        return None
    wanted_at, full = _wanted_at(state, ahead), _full_cap(state, ahead, step.email)
    return _goes(state, ahead, step.email, _in_its_time(state, ahead, wanted_at, full), wanted_at, full)


def _in_its_time(state: LeadState, enrollment: Enrollment, wanted_at: datetime, full: "_Full | None") -> datetime:
    """When the letter at this step may go: due, under the caps, inside the window, and not in one herd with everyone else."""
    at = max(wanted_at, full.until) if full else wanted_at
    window = _window(state, enrollment)
    if state.rules >= 2:
        return spread(at, window, state.profile, state.lead.int & 0xFFFFFFFF)
    if is_open(at, window, state.profile):
        return at
    opens_at = next_open(at, window, state.profile)
    return spread(opens_at, window, state.profile, state.lead.int & 0xFFFFFFFF)


def is_barred(state: LeadState, enrollment: Enrollment) -> bool:
    """Whether this campaign's letters cannot reach the lead, or must not."""
    topic = enrollment.campaign.topic
    return state.unmailable is not None or state.has_refused(topic) or topic in state.no_consent


def local(state: LeadState, at: datetime) -> str:
    """A moment in words, on the lead's clock."""
    clock = at.astimezone(zone(state.profile.zone))
    return f"{_DAYS[clock.weekday()]} {clock.day:02} {_MONTHS[clock.month - 1]} {clock.year} {clock.hour:02}:{clock.minute:02}"


def _barred(state: LeadState, enrollment: Enrollment, step: Email, now: datetime) -> Action:
    reason = state.unmailable or (Refusal.NO_CONSENT if enrollment.campaign.topic in state.no_consent else None)
    if reason and reason is not Refusal.SUPPRESSED and not enrollment.human_steps:
        return hand_off(state, enrollment, UNREACHABLE, now, f"'{step.email}' cannot be sent: {reason}")
    why = f"not sent: {reason}" if reason else "refused by the lead"
    inputs = inputs_of((step.condition,), facts_of(state, enrollment, now)) if step.condition else ()
    return Move(enrollment=enrollment.number, why=why, inputs=inputs)


def _pause_of_selling(state: LeadState, enrollment: Enrollment, name: str) -> Wait | None:
    """What is wrong is settled before anything is sold, and a stage that is switched off gets no letters."""
    campaign = enrollment.campaign
    if state.issues and campaign.purpose(name) is Purpose.SALES:
        return Wait(until=None, why=f"'{name}' waits until what is open is settled")
    if state.complaints:
        return Wait(until=None, why=f"'{name}' waits until the complaint is settled")
    stage = enrollment.where.stage
    if stage in campaign.off or stage in stages_off(campaign.focus, campaign.stages):
        return Wait(until=None, why=f"letters are switched off in the stage '{stage}'")
    return None


def _goes(state: LeadState, enrollment: Enrollment, name: str, at: datetime, wanted_at: datetime, full: "_Full | None") -> Wait:
    """Wait for a letter's moment, and say which cap put it off."""
    why = f"'{name}' goes on {local(state, at)}"
    if enrollment.waits_for and full and full.why == enrollment.waits_for:
        return Wait(until=at, why=f"'{name}' waits: {full.why}; it asks again on {local(state, at)} at the latest")
    if state.rules >= 3 and full and full.until > wanted_at:
        why = f"{why}; {full.why} until {local(state, full.until)}"
    return Wait(until=at, why=why)


def _wanted_at(state: LeadState, enrollment: Enrollment) -> datetime:
    """When a letter would go if no cap and no window were in its way."""
    return max(filter(None, (enrollment.arrived_at, state.not_before, state.silent_until)))


class _Full(NamedTuple):
    """A cap that has no room for one more letter before ``until``, or a wish of the lead's own."""

    until: datetime
    why: str


def _full_cap(state: LeadState, enrollment: Enrollment, name: str) -> _Full | None:
    """The cap that keeps a letter waiting longest. The narrower one for letters that sell holds back no other letter."""
    campaign = enrollment.campaign
    full: list[_Full] = []
    if free_at := _free_at(state, campaign.cap, state.touched_at):
        full.append(_Full(free_at, f"the cap of {campaign.cap.in_words} is full"))
    if campaign.purpose(name) is Purpose.SALES and (free_at := _free_at(state, campaign.sales_cap, state.sold_at)):
        full.append(_Full(free_at, f"the sales cap of {campaign.sales_cap.in_words} is full"))
    if enrollment.capped_until:
        full.append(_Full(enrollment.capped_until, enrollment.waits_for or "a cap, as the ledger of letters counts, is full"))
    if wish := wished(state.wish, state.touch_at, campaign.window, state.profile):
        full.append(_Full(wish.at, wish.why))
    return max(full, default=None)


def _window(state: LeadState, enrollment: Enrollment) -> Window:
    return within(enrollment.campaign.window, state.hours)


def _free_at(state: LeadState, cap: Cap, sent: tuple[datetime, ...]) -> datetime | None:
    """When a cap has room for one more; None while it has."""
    touches = cap.touches
    return add(sent[-touches], cap.per, state.profile) if touches and len(sent) >= touches else None
