"""Where a lead lives: the zone and the holidays there, and what is wrong with a name that is nearly right.

Zones come from the locked ``tzdata`` and holidays from the locked ``holidays``, whatever the machine has, so that all workers agree.
"""

import warnings
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from holidays.registry import COUNTRIES

_QUIET: Final = Lock()
_ZONES: Final = frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}
_LOWER: Final = {name.lower(): name for name in _ZONES}
_CITIES: Final = {name.rpartition("/")[2].lower(): name for name in sorted(_ZONES, reverse=True) if "/" in name}
_CODES: Final = frozenset(names[1] for names in COUNTRIES.values())
_CALLED: Final = {name.lower(): names[1] for names in COUNTRIES.values() for name in names}
# Loaded before anything is asked, because a workflow must not import.
_ENTITIES: Final = {names[1]: getattr(import_module(f"holidays.countries.{module}"), names[0]) for module, names in COUNTRIES.items()}


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, from the locked data. Raises ValueError that says the nearest right name."""
    if problem := zone_problem(name):
        raise ValueError(problem)
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@lru_cache(maxsize=4096)
def zone_problem(name: str) -> str | None:
    """What is wrong with a zone's name, and after ``: write`` what would be right; None when it is right."""
    if name in _ZONES:
        return None
    wanted = "_".join(name.split()).lower()
    found = _LOWER.get(wanted) or _nearest(wanted.rpartition("/")[2], _CITIES)
    return f"there is no time zone {name!r}: write {repr(found) if found else 'an area and a city, like Asia/Tokyo'}"


@lru_cache(maxsize=4096)
def country_problem(code: str) -> str | None:
    """What is wrong with a country's code, and after ``: write`` what would be right; None when it is right or empty."""
    if not code or code in _CODES:
        return None
    found = _nearest("".join(code.split()).lower(), _CALLED)
    return f"there is no country {code!r}: write {repr(found) if found else 'its two letters of ISO 3166-1, like JP'}"


def _nearest(wanted: str, names: dict[str, str]) -> str | None:
    """The right name for one that is nearly right. Short ones are all alike, so that a guess would mislead."""
    if wanted in names:
        return names[wanted]
    close = get_close_matches(wanted, names, n=1, cutoff=0.8) if len(wanted) > 3 else []
    return names[close[0]] if close else None


@lru_cache(maxsize=4096)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country; none for a country that is not known."""
    if country not in _ENTITIES:
        return frozenset()
    nameless: Any = type("Nameless", (_Nameless, _ENTITIES[country]), {})
    with _QUIET, warnings.catch_warnings(action="ignore"):  # India's beyond 2035 are known in part, which is no news
        return frozenset(nameless(years=year, expand=False))


class _Nameless:
    """Holidays without translated names: translating reads files and the machine's language, which a workflow must not do."""

    def _init_translation(self) -> None:
        self.tr = str
