"""How sure a share is that was counted, and whether two shares differ: intervals that are honest about small numbers."""

from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist
from typing import Final

SURE: Final = 0.95
"""How often an interval holds the truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``count`` of ``of``. The true share lies from ``low`` to ``high``, parts of 1; of nobody nothing is known, and it is from 0 to 1."""

    count: int
    of: int
    low: float
    high: float

    @property
    def part(self) -> float | None:
        """The share as it was counted; None of nobody."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """By how much one share is larger than another, parts of 1, and from where to where that lies in truth."""

    by: float
    low: float
    high: float

    @property
    def is_told(self) -> bool:
        """Whether the numbers tell that there is a difference, and on which side."""
        return self.low > 0 or self.high < 0


def share(count: int, of: int, sure: float = SURE) -> Share:
    """The score interval of Wilson (1927), which is right for few and for none as well."""
    if not of:
        return Share(count=0, of=0, low=0.0, high=1.0)
    z = NormalDist().inv_cdf((1 + sure) / 2)
    part, weight = count / of, 1 + z * z / of
    middle, reach = (part + z * z / (2 * of)) / weight, z / weight * sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    return Share(count=count, of=of, low=max(0.0, middle - reach) if count else 0.0, high=min(1.0, middle + reach) if count < of else 1.0)


def gap(one: Share, other: Share, comparisons: int = 1) -> Gap | None:
    """Method 10 of Newcombe (1998), from the score intervals of both; None where one of them is of nobody.

    Of many ``comparisons`` some differ by chance: each is asked more strictly (Bonferroni), so that all together are as sure as one.
    """
    if one.part is None or other.part is None:
        return None
    sure = 1 - (1 - SURE) / comparisons
    this, that, by = share(one.count, one.of, sure), share(other.count, other.of, sure), one.part - other.part
    return Gap(
        by=by,
        low=by - hypot(one.part - this.low, that.high - other.part),
        high=by + hypot(this.high - one.part, other.part - that.low),
    )
