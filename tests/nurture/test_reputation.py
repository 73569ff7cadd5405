"""Whether a sender keeps to what mailbox providers stand: said only where the numbers tell it."""

import pytest

from nurture.counting.reputation import BOUNCES, COMPLAINTS, Limit, Verdict, verdict
from nurture.counting.shares import share


@pytest.mark.parametrize(
    ("count", "of", "limit", "expected"),
    [
        (0, 0, COMPLAINTS, Verdict.OPEN),
        (0, 1000, COMPLAINTS, Verdict.OPEN),
        (0, 4000, COMPLAINTS, Verdict.GOOD),
        (1, 10, COMPLAINTS, Verdict.TOO_HIGH),
        (6, 4000, COMPLAINTS, Verdict.OPEN),
        (20, 10_000, COMPLAINTS, Verdict.HIGH),
        (45, 10_000, COMPLAINTS, Verdict.TOO_HIGH),
        (30, 1000, BOUNCES, Verdict.GOOD),
        (70, 1000, BOUNCES, Verdict.HIGH),
        (130, 1000, BOUNCES, Verdict.TOO_HIGH),
    ],
)
def test_a_limit_is_passed_or_kept_only_where_the_numbers_tell(count: int, of: int, limit: Limit, expected: Verdict) -> None:
    assert verdict(share(count, of), limit) is expected
