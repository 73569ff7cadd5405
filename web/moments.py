"""Says when: a moment in a place, and how far away it is."""

from datetime import UTC, date, datetime

from nurture import places
from nurture.places import zone_problem
from web.words import words

_WEEKDAYS = "月火水木金土日"


def in_zone(at: datetime, zone: str, language: str) -> str:
    """``Mon 3 Mar 2025, 17:00`` in that zone; UTC where the zone is unknown."""
    there = _there(at, zone)
    return f"{written(there, language)}{' ' if language == 'ja' else ', '}{there:%H:%M}"


def from_now(at: datetime, now: datetime, language: str) -> str:
    """``in 2 days`` or ``3 hours ago``."""
    w = words(language)
    minutes = max(1, int(abs((at - now).total_seconds()) // 60))
    unit, n = ("day", minutes // 1440) if minutes >= 2880 else ("hour", minutes // 60) if minutes >= 120 else ("minute", minutes)
    length = w[unit] if n == 1 else w[f"{unit}s"].format(n=n)
    return w["in" if at > now else "ago"].format(length=length)


def _there(at: datetime, zone: str) -> datetime:
    return at.astimezone(UTC if zone_problem(zone) else places.zone(zone))


def written(there: date, language: str) -> str:
    """``Mon 3 Mar 2025``: the day as it stands in a calendar."""
    if language == "ja":
        return f"{there.year}年{there.month}月{there.day}日({_WEEKDAYS[there.weekday()]})"
    return f"{there:%a} {there.day} {there:%b %Y}"
