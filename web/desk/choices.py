"""What somebody may decide about a lead by hand, read from a form, and as the engagement that its workflow hears of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from nurture.enrollment import Enrollment
from nurture.kinds import Verb
from nurture.leadside import OptedOut
from nurture.ourside import Held, Redirected, Released, Steered
from nurture.places import zone
from nurture.posting import AT_ONCE
from nurture.state import LeadState
from nurture.steering import next_letter, next_step, why_not_steered
from store.desk.happenings import UNTIL_RESUMED
from store.desk.steering import Decision


class What(StrEnum):
    """The buttons of a lead's page."""

    SEND_NOW = "send_now"
    SKIP = "skip"
    MOVE = "move"
    HOLD = "hold"
    RELEASE = "release"
    STOP = "stop"


OF_A_STEP: Final = {What.SEND_NOW: Verb.SEND_NOW, What.SKIP: Verb.SKIP}
OF_A_CAMPAIGN: Final = (What.SEND_NOW, What.SKIP, What.MOVE)
"""What is about one campaign of the lead."""

LONGEST: Final = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen so far. ``decision`` is there once all is said and possible.

    ``step`` is the letter or step that it is about, and ``against`` why that cannot be, in words; ``wrong`` are codes of ``web.words`` by
    field. ``asked`` is the step that the button was shown for, where that is another one.
    """

    what: What
    enrollment: Enrollment | None = None
    step: str = ""
    asked: str = ""
    decision: Decision | None = None
    against: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


def chosen(what: What, fields: Mapping[str, object], state: LeadState, now: datetime) -> Choice:
    """What a form says: ``campaign``, ``step`` as ``bound``, ``to`` as ``TRACK`` or ``TRACK/STEP``, ``until``, ``open``, ``topic``."""
    match what:
        case What.RELEASE:
            return Choice(what=what, decision=Released(at=now))
        case What.STOP:
            topic = _text(fields, "topic")
            return Choice(what=what, decision=OptedOut(at=now, topic=None if topic in ("", "*") else topic))
        case What.HOLD:
            return _hold(fields, state, now)
    name = _text(fields, "campaign")
    enrollment = next((e for e in state.enrollments if not name or e.campaign.name == name), None)
    if enrollment is None:
        return Choice(what=what, wrong={"campaign": "decide_no_campaign"})
    return _move(fields, enrollment, now) if what is What.MOVE else _steer(what, fields, state, enrollment, now)


def next_of(what: What, enrollment: Enrollment) -> str:
    """The step that would go at once, or be left out; empty where there is none."""
    return next_letter(enrollment) if what is What.SEND_NOW else next_step(enrollment)


def bound(enrollment: Enrollment, step: str) -> str:
    """Names a step of the track that a lead is in: what a button is for that was shown for it."""
    return f"{enrollment.track}/{step}"


def is_under_way(enrollment: Enrollment, now: datetime) -> bool:
    """Whether somebody only just had the next letter go at once, and it has not gone yet."""
    return enrollment.hurried_at is not None and now - enrollment.hurried_at < AT_ONCE


def _steer(what: What, fields: Mapping[str, object], state: LeadState, enrollment: Enrollment, now: datetime) -> Choice:
    verb, step, asked = OF_A_STEP[what], next_of(what, enrollment), _text(fields, "step")
    if asked and asked != bound(enrollment, step):
        return _moved_on(what, enrollment, step, asked)
    if what is What.SEND_NOW and step and is_under_way(enrollment, now):
        return Choice(what=what, enrollment=enrollment, step=step, wrong={"step": "decide_under_way"})
    if not step:
        return Choice(what=what, enrollment=enrollment, wrong={"step": f"decide_nothing_to_{what}"})
    against = why_not_steered(state, enrollment, enrollment.visit, step, verb, now)
    decision = Steered(at=now, enrollment=enrollment.number, visit=enrollment.visit, step=step, verb=verb)
    return Choice(what=what, enrollment=enrollment, step=step, against=against, decision=None if against else decision)


def _moved_on(what: What, enrollment: Enrollment, step: str, asked: str) -> Choice:
    """The lead is past the step that a button was shown for: nothing is done to another one instead."""
    track, _, name = asked.partition("/")
    is_left_out = track == enrollment.track and name in enrollment.skipped
    wrong = {"step": "decide_left_out" if is_left_out else "decide_step_gone"}
    return Choice(what=what, enrollment=enrollment, step=step, asked=name, wrong=wrong)


def _move(fields: Mapping[str, object], enrollment: Enrollment, now: datetime) -> Choice:
    track, _, step = _text(fields, "to").partition("/")
    if not track:
        return Choice(what=What.MOVE, enrollment=enrollment)
    found = enrollment.campaign.tracks.get(track)
    if found is None or (step and step not in found.step_names):
        return Choice(what=What.MOVE, enrollment=enrollment, wrong={"to": "decide_no_place"})
    decision = Redirected(at=now, enrollment=enrollment.number, track=track, step=step)
    return Choice(what=What.MOVE, enrollment=enrollment, step=step or track, decision=decision)


def _hold(fields: Mapping[str, object], state: LeadState, now: datetime) -> Choice:
    today = now.astimezone(zone(state.profile.zone)).date()
    typed = _text(fields, "until")
    if fields.get("open") and typed:
        return Choice(what=What.HOLD, wrong={"until": "decide_one_end"})
    if fields.get("open"):
        return Choice(what=What.HOLD, decision=Held(at=now, until=today + UNTIL_RESUMED))
    if not typed:
        return Choice(what=What.HOLD)
    try:
        until = date.fromisoformat(typed.replace("/", "-"))
    except ValueError:
        return Choice(what=What.HOLD, wrong={"until": "date"})
    if not today < until <= today + UNTIL_RESUMED:
        return Choice(what=What.HOLD, wrong={"until": "decide_not_ahead"})
    return Choice(what=What.HOLD, decision=Held(at=now, until=until))


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(fields.get(name) or "").strip()
