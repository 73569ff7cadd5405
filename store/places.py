"""Where a country tells the time: as the tz database lists it."""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from nurture.places import zone

_COMPARED: Final = tuple(datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=days) for days in range(0, 16 * 366, 3))
"""Moments at which zones show whether they keep the same time, close enough to see a change of a week."""


@lru_cache(maxsize=512)
def zone_in(country: str) -> str:
    """The time zone of a country whose clocks all show the same for years to come; empty where a country alone does not tell.

    Of several that keep the same time, as Germany's two do, it is the one that the tz database names first: the main one.
    """
    found = _zones().get(country, ())
    return found[0] if len({_clock(name) for name in found}) == 1 else ""


def _clock(name: str) -> tuple[timedelta | None, ...]:
    where = zone(name)
    return tuple(moment.astimezone(where).utcoffset() for moment in _COMPARED)


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), name)
    return zones
