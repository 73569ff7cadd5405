"""What mailbox providers stand from a sender, and whether a share that was counted keeps to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nurture.counting.shares import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Parts of 1: below ``aim`` all is well, from ``never`` on letters are turned away."""

    aim: float
    never: float


COMPLAINTS: Final = Limit(aim=0.001, never=0.003)
"""Gmail and Yahoo since 2024: complaints under 0.10 % of what arrived, and never 0.30 %."""

BOUNCES: Final = Limit(aim=0.05, never=0.10)
"""Amazon SES looks into a sender from 5 % on, and may pause it from 10 %."""


class Verdict(StrEnum):
    """How a share stands to its limit, as far as the numbers tell."""

    GOOD = "good"
    """Surely under the aim."""
    OPEN = "open"
    """Too few letters to tell."""
    HIGH = "high"
    """Surely above the aim."""
    TOO_HIGH = "too_high"
    """Surely above what is stood."""


def verdict(share: Share, limit: Limit) -> Verdict:
    """What a share tells of the limit: nothing while the interval that the true one lies in reaches to both sides of it."""
    if share.low >= limit.never:
        return Verdict.TOO_HIGH
    if share.low >= limit.aim:
        return Verdict.HIGH
    return Verdict.GOOD if share.high < limit.aim else Verdict.OPEN
