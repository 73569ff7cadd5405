"""Shares with intervals: as published for these methods, and honest where numbers are small."""

import pytest

from nurture.counting.shares import gap, share


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(count: int, of: int, low: float, high: float) -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3."""
    found = share(count, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((5, 56), (0, 29), -0.0381, 0.1926)],
)
def test_the_interval_of_a_difference_is_the_published_one(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    """Newcombe, Interval estimation for the difference between independent proportions, the same volume, table II, method 10."""
    found = gap(share(*one), share(*other))

    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_all_of_three_are_not_told_from_one_of_three() -> None:
    found = gap(share(3, 3), share(1, 3))

    assert found is not None
    assert not found.is_told


def test_of_nobody_nothing_is_known() -> None:
    nobody = share(0, 0)

    assert (nobody.part, nobody.low, nobody.high) == (None, 0.0, 1.0)
    assert gap(nobody, share(1, 2)) is None


def test_who_compares_more_often_is_asked_more_strictly() -> None:
    one, other = share(30, 100), share(17, 100)

    once, often = gap(one, other), gap(one, other, comparisons=6)

    assert once is not None
    assert often is not None
    assert once.is_told
    assert not often.is_told
