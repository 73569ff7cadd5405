"""Moments as people read them: on the lead's clock, on everyone's, and as a distance from here."""

from datetime import UTC, date, datetime, time, timedelta

from commands.console import WrongInput, number
from nurture.places import zone, zone_problem
from store.desk.checks import FARTHEST


def there(at: datetime, zone_name: str) -> str:
    """``Tue 2 Mar 2027 09:30`` on the clocks of that zone."""
    local = at.astimezone(zone(zone_name if zone_name and not zone_problem(zone_name) else "UTC"))
    return f"{local:%a} {local.day:>2} {local:%b %Y %H:%M}"


def both(at: datetime, zone_name: str) -> str:
    """On the lead's clock and in UTC."""
    if not zone_name or zone_name == "UTC":
        return f"{there(at, 'UTC')} UTC"
    return f"{there(at, zone_name)} {zone_name} ({at:%d %b %H:%M} UTC)"


def distance(at: datetime, now: datetime) -> str:
    """``in 3 days`` or ``2 hours ago``."""
    minutes = int(abs(at - now) / timedelta(minutes=1))
    if minutes < 1:
        return "now"
    length = (
        number(minutes // 1440, "day")
        if minutes >= 2880
        else number(minutes // 60, "hour")
        if minutes >= 120
        else number(minutes, "minute")
    )
    return f"in {length}" if at > now else f"{length} ago"


def today_there(now: datetime, zone_name: str) -> date:
    """The date on the lead's calendar."""
    return now.astimezone(zone(zone_name or "UTC")).date()


def read_day(option: str, text: str) -> date:
    """A day as people type it. Raises WrongInput."""
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise WrongInput(f"{option}: '{text}' is not a day; write it like 2027-03-01") from None


def read_day_ahead(option: str, text: str, today: date) -> date:
    """A day from tomorrow on, within five years. Raises WrongInput."""
    day = read_day(option, text)
    if not today < day <= today + FARTHEST:
        raise WrongInput(f"{option}: {day} is not ahead; give a day from {today + timedelta(days=1)} on, within five years")
    return day


def read_moment(option: str, text: str, now: datetime) -> datetime:
    """A moment that is not in the future. Raises WrongInput."""
    at = _moment(option, text)
    if at > now:
        raise WrongInput(f"{option}: {at.isoformat()} lies in the future; leave it out for what happened just now")
    return at


def read_moment_or_day(option: str, text: str, zone_name: str, now: datetime, *, hour: time = time.max) -> datetime:
    """A moment that is not in the future, or ``hour`` of a day in the lead's zone; where that is still to come, now. Raises WrongInput."""
    if len(text.strip()) > len("2027-03-01"):
        return read_moment(option, text, now)
    day = read_day(option, text)
    if day > today_there(now, zone_name):
        raise WrongInput(f"{option}: {day} lies in the future; give a day that has begun")
    return min(datetime.combine(day, hour, zone(zone_name)).astimezone(UTC), now)


def read_moment_ahead(option: str, text: str, now: datetime) -> datetime:
    """A moment in the future, within five years. Raises WrongInput."""
    at = _moment(option, text)
    if not now < at <= now + FARTHEST:
        raise WrongInput(f"{option}: {at.isoformat()} is not ahead; give a moment after now, within five years")
    return at


def _moment(option: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput(f"{option}: '{text}' is not a moment; write it like 2027-03-01T09:30+09:00") from None
    if at.utcoffset() is None:
        raise WrongInput(f"{option}: '{text}' does not say where the clock is; add the offset, like {at:%Y-%m-%dT%H:%M}+09:00")
    return at
