"""What steers a lead and is not personal: where it lives, what it speaks, how well it fits, and its contract."""

from datetime import date

from nurture.frozen import dataclass
from nurture.kinds import Fit

Value = bool | int | str
"""What a field of a lead holds: yes or no, a number, or a choice; a date is written YYYY-MM-DD. Never anything personal."""

Values = tuple[tuple[str, Value], ...]
"""Fields by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Facts of a lead that conditions, windows and letters depend on.

    ``zone`` is an IANA name, ``country`` ISO 3166-1 alpha-2 (its holidays count), ``language`` ISO 639-1, ``segment`` a slug.
    """

    zone: str = "UTC"
    country: str = ""
    language: str = "en"
    fit: Fit = Fit.UNKNOWN
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A customer's contract: its last day in the customer's zone (None: open-ended), and whether it renews by itself."""

    ends_on: date | None
    auto_renews: bool = False
