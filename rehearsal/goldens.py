"""Golden rehearsals: what must and must not happen to a persona, read from the file that is kept beside its campaign."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from nurture.plan import problems
from nurture.plan.campaign import Campaign
from rehearsal.expectations import Expectation, Known, read_expectations
from rehearsal.personas import KEYS, Persona, blank, presets, read_persona
from rehearsal.reading import Reading, shown
from rehearsal.stage import Part

FOLDER: Final = "rehearsals"
"""Where they are: in the campaign's folder, each file with the name of its campaign's."""

START: Final = date(2040, 4, 2)
"""The day on which they begin where they do not say: a Monday that is far ahead, so that holidays and weekdays are always the same."""

_YEAR: Final = 365
_MOST_DAYS: Final = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One rehearsal of a campaign. ``recording`` is the file of its calendar, for those that are recorded."""

    name: str
    part: Part
    expectations: tuple[Expectation, ...]
    recording: Path | None
    file: str
    line: int


def beside(campaign_file: Path) -> Path:
    """The file of a campaign's rehearsals."""
    return campaign_file.parent / FOLDER / campaign_file.name


def read_goldens(path: Path, campaigns: Mapping[str, Campaign]) -> list[Golden]:
    """Every rehearsal of a file. ``campaigns`` are the one that is rehearsed and those it leads on to. Raises CampaignError."""
    reading = Reading(path, "a file of rehearsals", "silent: {persona: silent}")
    known = presets()
    known_names = Known(campaigns)
    goldens = [_golden(reading, path, name, value, known, known_names) for name, value in reading.data.items()]
    reading.done()
    return [golden for golden in goldens if golden]


def _golden(reading: Reading, path: Path, name: str, value: object, known: Mapping[str, Persona], names: Known) -> Golden | None:
    keys = ("persona", "start", "days", "years", "must", "must_not", "record")
    data = reading.mapping(value, (name,), (*KEYS, *keys))
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,47}", name):
        reading.refuse((name,), f"'{name}' is not a name", "it has small letters, digits, '-' and '_', and begins with a letter")
        return None
    base = blank(name)
    if "persona" in data and reading.one_of(str(data["persona"]), known, (name, "persona"), "persona"):
        base = known[str(data["persona"])]
    own = {key: part for key, part in data.items() if key in KEYS}
    persona = replace(read_persona(reading, (name,), own, base), name=name)
    domain = persona.person.email.partition("@")[2]
    persona = replace(persona, person=replace(persona.person, email=f"{name}@{domain}"))
    must = read_expectations(reading, (name, "must"), data.get("must"), names, must=True)
    must_not = read_expectations(reading, (name, "must_not"), data.get("must_not"), names, must=False)
    records = data.get("record", False)
    if not isinstance(records, bool):
        reading.refuse((name, "record"), f"{shown(records)} is neither true nor false", "write true or false")
    if not (data.get("must") or data.get("must_not") or records):
        reading.refuse((name,), f"'{name}' expects nothing", "say what must or must_not happen, or 'record: true'")
    return Golden(
        name=name,
        part=Part(persona=persona, since=_start(reading, (name, "start"), data.get("start")), days=_days(reading, (name,), data)),
        expectations=(*must, *must_not),
        recording=path.parent / path.stem / f"{name}.txt" if records is True else None,
        file=reading.file,
        line=reading.line_of((name,)),
    )


def _start(reading: Reading, path: problems.Path, value: object) -> date:
    if value is None:
        return START
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        reading.refuse(path, f"'{value}' is no day", f"write it like {START}")
        return START
    if day.year < START.year:
        reading.refuse(
            path, f"{day} comes too soon: these rehearsals are to be the same for years", f"give a day from {START.year} on, like {START}"
        )
    return day


def _days(reading: Reading, path: problems.Path, data: Mapping[str, object]) -> int:
    if "days" in data and "years" in data:
        reading.refuse((*path, "days"), "a rehearsal has one length", "keep days or years")
    key, factor = ("days", 1) if "days" in data else ("years", _YEAR)
    given = data.get(key, 2)
    days = round(given * factor) if isinstance(given, int | float) and not isinstance(given, bool) else 0
    if not 1 <= days <= _MOST_DAYS:
        reading.refuse((*path, key), f"{shown(given)} is no length for a rehearsal", "give whole days, or years up to 10")
        return _YEAR
    return days


def waves(goldens: list[Golden]) -> list[list[Golden]]:
    """Rehearsals that can be played beside one another: no two of one wave are colleagues, who would be told of one another."""
    found: list[list[Golden]] = []
    for golden in goldens:
        company = golden.part.persona.person.company
        free = next((wave for wave in found if all(other.part.persona.person.company != company for other in wave)), None)
        if free is None:
            found.append([golden])
        else:
            free.append(golden)
    return found
