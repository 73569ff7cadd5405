"""Which zone follows from a country alone, and where nothing does."""

import pytest

from nurture.places import zone
from store.places import zone_in


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("JP", "Asia/Tokyo"),
        ("DE", "Europe/Berlin"),
        ("IT", "Europe/Rome"),
        ("MY", "Asia/Kuala_Lumpur"),
        ("US", ""),
        ("AU", ""),
        ("ES", ""),
        ("CN", ""),
        ("", ""),
        ("ZZ", ""),
    ],
)
def test_a_country_has_a_zone_where_all_its_clocks_show_the_same(country: str, expected: str) -> None:
    assert zone_in(country) == expected
    assert not expected or zone(expected).key == expected
