"""A lead comes from one track into another: rules that see it leave or enter may lead it elsewhere at once."""

from datetime import datetime

from nurture.conditions import holds
from nurture.facts import facts_of
from nurture.state import Enrollment, LeadState


def moved(state: LeadState, enrollment: Enrollment, track: str, at: datetime, why: str) -> LeadState:
    """The state after a move. One rule about it may move the lead on, and that is all: what it leads to stays."""
    state, there = _in_track(state, enrollment, track, at, why)
    for rule in there.campaign.rules:
        sees = rule.when.leaves == enrollment.track or rule.when.enters == track
        if sees and rule.go != track and (not rule.condition or holds(rule.condition, facts_of(state, there, at))):
            seen = f"left '{enrollment.track}'" if rule.when.leaves else f"came into '{track}'"
            return _in_track(state, there, rule.go, at, f"rule '{rule.name}': {seen}")[0]
    return state


def _in_track(state: LeadState, enrollment: Enrollment, track: str, at: datetime, why: str) -> tuple[LeadState, Enrollment]:
    there = enrollment.entering(track, at)
    return state.having(there).noting(at, f"{enrollment.campaign.name}: {enrollment.track} → {track}", why), there
