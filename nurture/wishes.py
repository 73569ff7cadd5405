"""How often a lead wants to hear from us, by its own choice: no campaign goes over it."""

from datetime import date, datetime
from typing import Final, NamedTuple

from nurture.calendar import add, morning
from nurture.frozen import dataclass
from nurture.kinds import Frequency
from nurture.plan.parts import Cap, Window
from nurture.plan.spans import Span, Unit
from nurture.profile import Profile

MONTHLY: Final = Cap(touches=1, per=Span(30, Unit.DAY))
"""What ``monthly`` comes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a lead has chosen. No letter goes before the day ``paused_until``, in the lead's zone."""

    frequency: Frequency = Frequency.USUAL
    paused_until: date | None = None


AS_USUAL: Final = Wish()


class Wished(NamedTuple):
    """No letter goes before ``at``, and why, in words that a marketer reads."""

    at: datetime
    why: str


def wished(wish: Wish, last_at: datetime | None, window: Window, profile: Profile) -> Wished | None:
    """From when on the lead wants its next letter, after the last one at ``last_at``; None where it has chosen nothing."""
    if wish is AS_USUAL:
        return None
    found = []
    if wish.frequency is Frequency.MONTHLY and last_at is not None:
        found.append(Wished(add(last_at, MONTHLY.per, profile), f"the lead wants one letter in {MONTHLY.per} at most, and none"))
    if wish.paused_until is not None:
        found.append(Wished(morning(wish.paused_until, window, profile), "the lead wants no letter"))
    return max(found, default=None)
