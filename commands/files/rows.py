"""A row of a file of leads: a person, and the consent that came with it; or everything that is wrong with it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from commands.files.sheet import Refusal, Row
from nurture.places import zone, zone_problem
from nurture.plan.problems import did_you_mean
from store.consent.consents import Basis, Grant
from store.leads.persons import FIELDS, Person, WrongPerson

COLUMNS: Final = (*FIELDS, "company", "consent_basis", "consent_at", "consent_topic", "campaign")
"""Everything that a file may say of a lead."""

REPORT_COLUMNS: Final = ("line", "reason")
"""What a report of refused rows has beside them. A corrected report can be imported as it is."""

_PERSON: Final = (*FIELDS, "company")
_CONSENT: Final = ("consent_basis", "consent_at", "consent_topic")
_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row that can be taken."""

    line: int
    person: Person
    grant: Grant | None
    campaign: str
    cells: dict[str, str]

    def says(self, field: str) -> bool:
        """Whether the row itself says this of the person, rather than leaving it to be concluded."""
        return bool(self.cells.get(field, "").strip())


class _Wrong(ValueError):
    """A cell that cannot be right: its column, and what is wrong with it."""


def read_row(row: Row, file: str, now: datetime) -> Entry | Refusal:
    """Read a row; ``file`` is kept with the consent as where it came from."""
    wrong: list[str] = []
    person = _person(row.cells, wrong)
    grant = None
    try:
        grant = _grant(row, person, file, now)
    except _Wrong as problem:
        wrong.append(str(problem))
    campaign = row.cells.get("campaign", "").strip()
    if campaign and not _SLUG.fullmatch(campaign):
        wrong.append("campaign: is not the name of a campaign, which has small letters, digits, '-' and '_'")
    if wrong or person is None:
        return Refusal(line=row.line, reason="; ".join(wrong), cells=row.cells)
    return Entry(line=row.line, person=person, grant=grant, campaign=campaign, cells=row.cells)


def _person(cells: Mapping[str, str], wrong: list[str]) -> Person | None:
    """The person, or None; every wrong field is said, not only the first."""
    fields: dict[str, Any] = {name: cells[name] for name in _PERSON if name in cells}
    fields.setdefault("email", "")
    refused: set[str] = set()
    while True:
        try:
            person = Person(**fields)
            return None if refused else person
        except WrongPerson as problem:
            wrong.append(f"{problem.field}: {problem.reason}")
            if problem.field in refused:
                return None
            refused.add(problem.field)
            fields[problem.field] = "nobody@example.com" if problem.field == "email" else ""


def _grant(row: Row, person: Person | None, file: str, now: datetime) -> Grant | None:
    """The consent of a row; None where it says nothing of one."""
    basis, given, topic = (row.cells.get(name, "").strip() for name in _CONSENT)
    if not (basis or given or topic):
        return None
    missing = [name for name, value in zip(_CONSENT, (basis, given, topic), strict=True) if not value]
    if missing:
        raise _Wrong(f"{' and '.join(missing)}: missing; a consent has all three of {', '.join(_CONSENT)}, or none")
    if basis not in tuple(Basis):
        raise _Wrong(f"consent_basis: is not a lawful ground; {did_you_mean(basis, Basis, 'it is one of')}")
    if not _SLUG.fullmatch(topic):
        raise _Wrong("consent_topic: is not the topic of a campaign, which has small letters, digits, '-' and '_'")
    given_at = _moment(given, person.zone if person else row.cells.get("zone", "").strip())
    if given_at.year < _OLDEST.year:
        raise _Wrong(f"consent_at: lies before {_OLDEST.year}; see if the year is right")
    if given_at.year > now.year + 1 or given_at > now:
        raise _Wrong("consent_at: lies in the future; write when the consent was given")
    if person is None:
        return None
    evidence = {"file": file, "line": row.line, "source": person.source}
    return Grant(address=person.email, topic=topic, basis=Basis(basis), evidence=evidence, given_at=given_at)


def _moment(given: str, zone_name: str) -> datetime:
    """A date or a moment; without an offset it is on the clock of the row's zone, or of its country's."""
    text = given.replace("/", "-")
    try:
        moment = datetime.fromisoformat(text) if len(text) > 10 else datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        raise _Wrong("consent_at: is not a date; write it like 2027-03-01 or 2027-03-01T09:30:00+09:00") from None
    if moment.tzinfo is None:
        if zone_name and zone_problem(zone_name):
            return _OLDEST  # the zone is refused already
        moment = moment.replace(tzinfo=zone(zone_name) if zone_name else UTC)
    return moment


class Duplicates:
    """Rows that say the same person again, for the same topic and campaign."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str, str], int] = {}

    def line_of(self, entry: Entry) -> int | None:
        """The line that had this already; None for the first."""
        key = (entry.person.email, entry.grant.topic if entry.grant else "", entry.campaign)
        first = self._first.setdefault(key, entry.line)
        return None if first == entry.line else first


def entries(rows: Iterator[Row | Refusal], file: str, now: datetime) -> Iterator[Entry | Refusal]:
    """Every row read, and those refused that come a second time."""
    duplicates = Duplicates()
    for row in rows:
        read = read_row(row, file, now) if isinstance(row, Row) else row
        if isinstance(read, Entry) and (line := duplicates.line_of(read)):
            yield Refusal(line=read.line, reason=f"email: is in this file already, on line {line}; keep one of the two", cells=read.cells)
        else:
            yield read
