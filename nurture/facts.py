"""What conditions in campaign files may ask about a lead."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from nurture.calendar import zone
from nurture.campaign import Campaign
from nurture.kinds import Depth, Kind
from nurture.memory import Memory
from nurture.profile import Value
from nurture.state import Enrollment, LeadState

FAR: Final = 99_999
"""Days to the end of a contract that has none, and since something that never was."""

_UNKNOWN: Final[Mapping[str, Value]] = {"number": 0, "yes_no": False, "date": ""}
"""What a field is before anybody has said it; a choice is empty."""


def today(state: LeadState, now: datetime) -> date:
    """The date in the lead's zone."""
    return now.astimezone(zone(state.profile.zone)).date()


def facts_of(state: LeadState, enrollment: Enrollment, now: datetime) -> dict[str, object]:
    """The facts by name, as ``conditions.FACTS`` lists them, and the campaign's own fields."""
    memory, campaign = state.memory, enrollment.campaign
    facts: dict[str, object] = {name: tell(memory) for name, tell in _REMEMBERED.items()}
    ends_on = state.contract.ends_on if state.contract else None
    facts |= {
        "stage": state.stage,
        "track": enrollment.track,
        "country": state.profile.country,
        "language": state.profile.language,
        "fit": str(state.profile.fit),
        "segment": state.profile.segment,
        "touches": enrollment.touches,
        "unanswered": state.unanswered,
        "human_steps": enrollment.human_steps,
        "days_since_enrolled": (now - enrollment.enrolled_at).days,
        "days_since_act": (now - memory.acted_at).days if memory.acted_at else FAR,
        "days_since_touch": (now - state.touch_at).days if state.touch_at else FAR,
        "is_customer": state.contract is not None,
        "days_to_contract_end": (ends_on - today(state, now)).days if ends_on else FAR,
        "issues": len(state.issues),
        "complaints": len(state.complaints),
        "recent_score": memory.recent(campaign.scoring.recent.days, now.date()),
    }
    facts |= _downloads_by_depth(memory, campaign)
    facts |= {name: memory.field(name) if memory.field(name) is not None else _unknown(plan) for name, plan in campaign.fields.items()}
    return facts


def _times(kind: Kind) -> Callable[[Memory], object]:
    return lambda memory: memory.times(kind)


def _ever(kind: Kind) -> Callable[[Memory], object]:
    return lambda memory: memory.times(kind) > 0


_REMEMBERED: Final[Mapping[str, Callable[[Memory], object]]] = {
    "score": lambda memory: memory.score,
    "history": lambda memory: memory.acts,
    "rating": lambda memory: memory.rating,
    "downloads": _times(Kind.DOWNLOADED),
    "visits": _times(Kind.VISITED),
    "clicks": _times(Kind.CLICKED),
    "replies": _times(Kind.REPLIED),
    "demos": _times(Kind.DEMO_REQUESTED),
    "meetings": _times(Kind.MEETING_BOOKED),
    "seminars": _times(Kind.ATTENDED),
    "proposals": _times(Kind.PROPOSAL_SENT),
    "missed_calls": _times(Kind.CALL_UNANSWERED),
    "praises": _times(Kind.PRAISED),
    "referrals": _times(Kind.REFERRED),
    "milestones": _times(Kind.MILESTONE_REACHED),
    "subscribed": _ever(Kind.SUBSCRIBED),
    "follows": _ever(Kind.FOLLOWED),
    "on_trial": _ever(Kind.TRIAL_STARTED),
    "budgeted": _ever(Kind.BUDGETED),
    "is_open_deal": _ever(Kind.DEAL_OPENED),
    "usage_fell": lambda memory: memory.is_later(Kind.USAGE_FELL, Kind.USAGE_RECOVERED),
}
"""The facts that follow from what a lead has done so far."""


def _downloads_by_depth(memory: Memory, campaign: Campaign) -> dict[str, int]:
    return {
        f"downloads_{depth}": sum(memory.times(f"{Kind.DOWNLOADED}:{content}") for content, at in campaign.contents.items() if at is depth)
        for depth in Depth
    }


def _unknown(plan: tuple[str, ...] | str) -> Value:
    return "" if isinstance(plan, tuple) else _UNKNOWN[plan]
