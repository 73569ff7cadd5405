"""Where the customer is. Only what the customer does moves it, never a timer and never our sending (S1-40)."""

from typing import Final

from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome
from nurture.stages import PRESETS, purchase_of, selling_begins, stage_is_at_least, translated

_SHOWN: Final = {
    name: {kind: stage for stage, kinds in (*preset.learning, *preset.choosing) for kind in kinds}
    | {Kind.CONTRACT_CHANGED: preset.bought[0][0]}
    for name, preset in PRESETS.items()
}
_SHOWN_BY_CUSTOMER: Final = {
    name: _SHOWN[name] | {kind: stage for stage, kinds in preset.bought for kind in kinds} for name, preset in PRESETS.items()
}


def stage_after(stage: str, engagement: Engagement, preset: str = "btob", *, is_customer: bool = False) -> str:
    """The stage that an engagement is evidence of: behaviour raises it, a rep's answer may set it anywhere.

    ``is_customer`` says whether a contract ran before this engagement: then a lost or delayed deal, such as a renewal, takes nothing back.
    The answer is a stage of the preset, also for a stage of another.
    """
    stage = translated(stage, preset)
    if engagement.kind is Kind.TASK_COMPLETED:
        return _after_answer(stage, engagement.outcome, preset, is_customer)
    shown = (_SHOWN_BY_CUSTOMER if is_customer else _SHOWN)[preset].get(engagement.kind)
    return _later(stage, shown, preset) if shown else stage


def _after_answer(stage: str, outcome: Outcome, preset: str, is_customer: bool) -> str:
    parts = PRESETS[preset]
    has_bought = is_customer or stage_is_at_least(stage, purchase_of(preset), preset)
    match outcome:
        case Outcome.WON:
            return _later(stage, parts.again if has_bought else purchase_of(preset), preset)
        case Outcome.MEETING_SET:
            return _later(stage, selling_begins(preset), preset)
        case Outcome.NOT_NOW:
            return stage if has_bought else parts.after_delay
        case Outcome.LOST:
            return stage if is_customer else parts.after_loss
        case _:
            return stage


def _later(stage: str, other: str, preset: str) -> str:
    return stage if stage_is_at_least(stage, other, preset) else other
