"""Personas: made-up leads as data, what each is and how it behaves, read from a file with place and fix for whatever is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from nurture.kinds import Outcome
from nurture.plan import problems
from nurture.plan.problems import CampaignError, Problem, did_you_mean
from nurture.plan.spans import Span
from rehearsal.cues import Cue, WrongCue, read_deed, read_occasion
from rehearsal.reading import Reading, shown
from store.leads.persons import FIELDS, Person, WrongPerson

PRESETS: Final = Path(__file__).parent / "personas.yaml"
KEYS: Final = ("about", "lead", "consent", "contract", "does", "reps")
"""What may be said of a persona."""

ANY: Final = "any"
"""The answers to tasks of every other reason."""

NOBODY: Final = "nobody"
"""A task that nobody answers."""

_LEAD: Final = (*FIELDS, "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a rep answers to a task; None is nobody. ``length`` and ``day`` belong to won and not_now, ``after`` counts from its opening."""

    outcome: Outcome | None
    length: Span | None = None
    day: date | None = None
    after: Span | None = None
    learned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A contract that a persona has from the start: how long it still runs, or its last day; neither is open-ended."""

    length: Span | None = None
    day: date | None = None
    auto_renews: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A made-up lead: who it is, what it does, and what reps answer to tasks about it, by reason, one after the other.

    Without ``consent`` no letter may go to it. ``places`` say in which file and line the reasons in ``answers`` are written.
    """

    name: str
    about: str
    person: Person
    consent: bool = True
    contract: Term | None = None
    cues: tuple[Cue, ...] = ()
    answers: Mapping[str, tuple[Response, ...]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@cache
def presets() -> Mapping[str, Persona]:
    """The personas that come with the product, by name."""
    return read_personas(PRESETS)


def read_personas(path: Path) -> dict[str, Persona]:
    """Every persona of a file, by name. Raises CampaignError."""
    reading = Reading(path, "a file of personas", "silent: {about: never answers}")
    found = {name: read_persona(reading, (name,), part, blank(name)) for name, part in reading.data.items()}
    reading.done()
    return found


def read_script(path: Path) -> Persona:
    """A script: one persona at the top of its own file, named after it. Raises CampaignError."""
    reading = Reading(path, "a script", "does: [after 2 days: replied]")
    persona = read_persona(reading, (), reading.data, blank(path.stem))
    reading.done()
    return persona


def named(name: str, known: Mapping[str, Persona]) -> Persona:
    """The persona of this name. Raises CampaignError with the nearest one."""
    if name not in known:
        fix = did_you_mean(name, known, "known are")
        raise CampaignError([Problem(file="--persona", line=0, what=f"there is no persona '{name}'", fix=fix)])
    return known[name]


def blank(name: str) -> Persona:
    """A persona of whom nothing is said yet: somebody in London who speaks English, and may be written to."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.casefold()).strip("-") or "somebody"
    called = name.replace("_", " ").replace("-", " ").capitalize()
    person = Person(email=f"{plain}@example.com", given_name=called, company="Example Pumps Ltd", language="en", country="GB")
    return Persona(name=name, about="", person=person)


def read_persona(reading: Reading, path: problems.Path, value: object, base: Persona) -> Persona:
    """What is written at a place, on top of ``base``: cues and answers are added, everything else takes the place of the base's."""
    data = reading.mapping(value, path, KEYS)
    answers, lines = _answers(reading, (*path, "reps"), data.get("reps"))
    return replace(
        base,
        about=reading.text(data["about"], (*path, "about")) if "about" in data else base.about,
        person=_person(reading, (*path, "lead"), data.get("lead"), base.person),
        consent=_yes(reading, (*path, "consent"), data["consent"]) if "consent" in data else base.consent,
        contract=_term(reading, (*path, "contract"), data["contract"]) if "contract" in data else base.contract,
        cues=(*base.cues, *_cues(reading, (*path, "does"), data.get("does"))),
        answers={**base.answers, **answers},
        places={**base.places, **{reason: (reading.file, line) for reason, line in lines.items()}},
    )


def _person(reading: Reading, path: problems.Path, value: object, base: Person) -> Person:
    person = base
    given = {name: reading.text(part, (*path, name)) for name, part in reading.mapping(value, path, _LEAD).items()}
    if "country" in given and "zone" not in given:
        given["zone"] = ""  # the country's, where it has one only
    for name, text in sorted(given.items(), key=lambda item: item[0] == "zone"):
        try:
            change: dict[str, Any] = {name: text}
            person = replace(person, **change)
        except WrongPerson as wrong:
            reading.refuse((*path, name), f"{wrong.field} {wrong.reason}: '{text[:60]}'", "correct it")
    return person


def _yes(reading: Reading, path: problems.Path, value: object) -> bool:
    if not isinstance(value, bool):
        reading.refuse(path, f"{shown(value)} is neither true nor false", "write true or false")
    return value is True


def _term(reading: Reading, path: problems.Path, value: object) -> Term | None:
    data = reading.mapping(value, path, ("ends_in", "ends_on", "auto_renews"))
    length = reading.span(data["ends_in"], (*path, "ends_in")) if "ends_in" in data else None
    day = _day(reading, (*path, "ends_on"), data["ends_on"]) if "ends_on" in data else None
    if length and day:
        reading.refuse(path, "a contract ends once", "keep ends_in or ends_on")
    return Term(
        length=length,
        day=day,
        auto_renews=_yes(reading, (*path, "auto_renews"), data.get("auto_renews", False)),
        file=reading.file,
        line=reading.line_of(path),
    )


def _day(reading: Reading, path: problems.Path, value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        reading.refuse(path, f"'{value}' is no day", "write it like 2041-03-31")
        return None


def _cues(reading: Reading, path: problems.Path, value: object) -> list[Cue]:
    cues = []
    for place, item in enumerate(reading.items(value, path)):
        at = (*path, place) if isinstance(value, list) else path
        for when, deeds in reading.mapping(item, at).items():
            for deed in reading.items(deeds, (*at, when)):
                try:
                    said = reading.text(deed, (*at, when))
                    cues.append(Cue(when=read_occasion(when), deed=read_deed(said), file=reading.file, line=reading.line_of((*at, when))))
                except WrongCue as wrong:
                    reading.refuse((*at, when), wrong.what, wrong.fix)
    return cues


def _answers(reading: Reading, path: problems.Path, value: object) -> tuple[dict[str, tuple[Response, ...]], dict[str, int]]:
    answers, lines = dict[str, tuple[Response, ...]](), dict[str, int]()
    for reason, several in reading.mapping(value, path).items():
        at = (*path, reason)
        found = [_response(reading, at, one) for one in reading.items(several, at)]
        answers[reason], lines[reason] = tuple(response for response in found if response), reading.line_of(at)
    return {reason: found for reason, found in answers.items() if found}, lines


def _response(reading: Reading, path: problems.Path, value: object) -> Response | None:
    """``won for 365 days``, ``not_now until 2040-09-01``, ``nobody``; or the same under ``answer``, with ``after`` and ``learned``."""
    data: dict[str, Any] = reading.mapping(value, path, ("answer", "after", "learned")) if isinstance(value, dict) else {"answer": value}
    words = reading.text(data.get("answer"), (*path, "answer") if "answer" in data and isinstance(value, dict) else path)
    word, _, rest = words.partition(" ")
    after = reading.span(data["after"], (*path, "after")) if "after" in data else None
    learned = reading.mapping(data.get("learned"), (*path, "learned"))
    if word == NOBODY:
        return Response(outcome=None)
    if not reading.one_of(word, (*Outcome, NOBODY), path, "answer of a rep"):
        return None
    outcome, (how, _, what) = Outcome(word), rest.partition(" ")
    if rest and (outcome not in (Outcome.WON, Outcome.NOT_NOW) or how not in ("for", "until")):
        reading.refuse(
            path, f"'{rest}' does not belong after '{word}'", "write 'won for 365 days', 'not_now until 2040-09-01', or the word alone"
        )
        return None
    return Response(
        outcome=outcome,
        length=reading.span(what, path) if how == "for" else None,
        day=_day(reading, path, what) if how == "until" else None,
        after=after,
        learned=tuple((name, reading.text(part, (*path, "learned", name))) for name, part in learned.items()),
    )
