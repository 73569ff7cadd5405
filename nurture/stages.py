"""Where the customer is. Only what the customer does moves it, never a timer and never our sending (S1-40)."""

from typing import Final

from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome

STAGES: Final = ("unknown", "aware", "interest", "consideration", "purchase", "repeat")
"""The six stages of S1-38, in order."""

_AT_LEAST: Final = {
    Kind.VISITED: "aware",
    Kind.CLICKED: "aware",
    Kind.DOWNLOADED: "interest",
    Kind.DEMO_REQUESTED: "consideration",
    Kind.CONTRACT_CHANGED: "purchase",
}
_EXACTLY: Final = {Outcome.NOT_NOW: "interest", Outcome.LOST: "aware"}


def stage_after(stage: str, engagement: Engagement) -> str:
    """The stage that an engagement is evidence of: behaviour raises it, a rep's answer may set it anywhere."""
    if engagement.kind is Kind.TASK_COMPLETED:
        if engagement.outcome is Outcome.WON:
            return "repeat" if stage in ("purchase", "repeat") else "purchase"
        if stage in ("purchase", "repeat") and engagement.outcome is Outcome.NOT_NOW:
            return stage
        return _EXACTLY.get(engagement.outcome, stage)
    shown = _AT_LEAST.get(engagement.kind)
    return max(stage, shown, key=STAGES.index) if shown else stage
