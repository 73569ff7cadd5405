"""Where a country tells the time: as the tz database lists it."""

from functools import cache
from importlib.resources import files


def zone_in(country: str) -> str:
    """The time zone of a country that has only one; empty where a country alone does not tell."""
    found = _zones().get(country, ())
    return found[0] if len(found) == 1 else ""


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country] = (*zones.get(country, ()), zone)
    return zones
