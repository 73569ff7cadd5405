"""Checks the lengths of time in a campaign file: nothing lasts no time at all, and from a date one counts back in days."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nurture.plan.problems import Fault, Path
from nurture.plan.spans import Span, Unit
from nurture.reading.keys import SPANS

_IN_DAYS: Final = (Unit.DAY, Unit.WEEK)
_LONGEST_RECENT: Final = 366
_OWN: Final = ("set", "fields", "contents", "purposes", "points")
_FROM: Final = {
    "contract_ends_in": "cannot be counted back from the end of a contract",
    "ahead": "cannot be counted back from a date",
    "minus": "cannot be counted back from a date",
    "recent": "cannot be how far back points count: they are kept by the day",
}


def faults_of_spans(data: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with the lengths of time, wherever they stand. Names of the marketer's own are not taken for keys."""
    yield from _faults_in(data, ())


def _faults_in(part: Any, path: Path) -> Iterator[Fault]:
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if key in _OWN:
            continue
        if key not in SPANS or not isinstance(value, str):
            yield from _faults_in(value, (*path, key))
            continue
        try:
            span = Span.parse(value)
        except ValueError:
            continue
        if key in _FROM and not (span.unit in _IN_DAYS or (key == "minus" and span.exact is not None)):
            yield Fault(path=(*path, key), what=f"'{value}' {_FROM[key]}", fix="write days or weeks, like '90 days'")
        elif key == "recent" and span.days > _LONGEST_RECENT:
            yield Fault(path=(*path, key), what=f"'{value}' is too far back", fix=f"{_LONGEST_RECENT} days at most")
        elif span.amount == 0 and key != "contract_ends_in":
            fix = "write 1 or more, or 'at once'" if key == "again" else "write 1 or more, or take it out"
            yield Fault(path=(*path, key), what=f"'{value}' is no time at all", fix=fix)
