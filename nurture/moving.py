"""A lead comes from one track into another: rules that see it leave or enter may lead it elsewhere at once."""

from datetime import datetime

from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.plan.conditions import holds
from nurture.plan.rule import Rule
from nurture.profile import Values
from nurture.state import LeadState
from nurture.triggers import beating
from nurture.witness import asked_by


def moved(state: LeadState, enrollment: Enrollment, track: str, at: datetime, why: str, *, by: str = "", inputs: Values = ()) -> LeadState:
    """The state after a move. One rule about it may move the lead on, and that is all: what it leads to stays."""
    return _passed_on(*_in_track(state, enrollment, track, at, why, by, inputs), at, left=enrollment.track)


def moved_by(rule: Rule, state: LeadState, enrollment: Enrollment, at: datetime, why: str, inputs: Values) -> LeadState:
    """The state after a rule has moved the lead. ``inputs`` are the facts that it asked for, as it saw them."""
    enrollment = beating(rule, state, enrollment, at)
    return moved(state, enrollment, rule.go, at, f"rule '{rule.name}': {why}", by=f"rule {rule.name}", inputs=inputs)


def begun(state: LeadState, enrollment: Enrollment, at: datetime) -> LeadState:
    """The state after an enrollment has begun: rules see the lead come into its first track, as they see it come into any other."""
    return _passed_on(state, enrollment, at) if state.rules >= 3 else state


def _passed_on(state: LeadState, there: Enrollment, at: datetime, *, left: str | None = None) -> LeadState:
    for rule in there.campaign.rules_on_the_way:
        sees = (left is not None and rule.when.leaves == left) or rule.when.enters == there.track
        if sees and rule.go != there.track and (not rule.condition or holds(rule.condition, facts_of(state, there, at))):
            seen = f"left '{left}'" if rule.when.leaves else f"came into '{there.track}'"
            inputs = asked_by(rule, state, there, at)
            return _in_track(state, there, rule.go, at, f"rule '{rule.name}': {seen}", f"rule {rule.name}", inputs)[0]
    return state


def _in_track(
    state: LeadState, enrollment: Enrollment, track: str, at: datetime, why: str, by: str, inputs: Values
) -> tuple[LeadState, Enrollment]:
    there, campaign = enrollment.entering(track, at), enrollment.campaign
    what = f"{campaign.name}: {enrollment.track} → {track}"
    return state.having(there).noting(at, what, why, by=by, ref=campaign.ref, inputs=inputs, into=track), there
