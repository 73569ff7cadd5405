"""What conditions in campaign files may ask about a lead."""

from datetime import date, datetime

from nurture.calendar import zone
from nurture.state import Enrollment, LeadState

FAR = 99_999
"""Days to the end of a contract that has none."""


def today(state: LeadState, now: datetime) -> date:
    """The date in the lead's zone."""
    return now.astimezone(zone(state.profile.zone)).date()


def facts_of(state: LeadState, enrollment: Enrollment, now: datetime) -> dict[str, object]:
    """The facts by name, as ``conditions.FACTS`` lists them."""
    ends_on = state.contract.ends_on if state.contract else None
    return {
        "stage": state.stage,
        "track": enrollment.track,
        "country": state.profile.country,
        "language": state.profile.language,
        "fit": str(state.profile.fit),
        "segment": state.profile.segment,
        "touches": enrollment.touches,
        "unanswered": state.unanswered,
        "days_since_enrolled": (now - enrollment.enrolled_at).days,
        "is_customer": state.contract is not None,
        "days_to_contract_end": (ends_on - today(state, now)).days if ends_on else FAR,
    }
