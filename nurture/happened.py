"""That something happened to a lead: what every engagement has."""

from datetime import datetime
from typing import ClassVar

from nurture.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """``at`` is when it happened (aware, UTC)."""

    by_lead: ClassVar[bool] = False
    """True for what a lead does: it breaks a silence, and lifts a hold where a rule follows it."""

    at: datetime
    seq: int = 0
