"""What an answer to a task needs: the one place that says whether a rep's answer can be taken, whichever way it comes in."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

from nurture.kinds import Outcome
from nurture.plan.campaign import FieldPlan
from nurture.profile import Contract, Value, Values
from store.desk import asks
from store.leads import contracts
from store.leads.persons import Person

FARTHEST: Final = timedelta(days=5 * 366)
"""How far ahead ``not_now`` may put a lead off: five years."""

LONGEST: Final = 4000
"""Characters that a rep's notes may have."""

LONGEST_LINE: Final = 1000
"""Characters of the answer to one line of a checklist, and of a link."""

USUAL: Final = (Outcome.WON, Outcome.NOT_NOW, Outcome.NURTURE, Outcome.LOST, Outcome.BAD_FIT, Outcome.OTHER_CONTACT)
"""What may be answered to a task whose campaign says nothing of it."""

_MADE: Final = frozenset({Outcome.WON, Outcome.NURTURE, Outcome.MEETING_SET, Outcome.DONE})
"""The outcomes after which there is something to show, where the task is to make something."""

_TURNS_TEXT_AROUND: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with an answer: the field, what it needs, and a word for that which pages translate.

    The lines of a checklist are the fields ``check-1``, ``check-2`` …, and what is asked for ``set-<name>``.
    """

    field: str
    code: str
    reason: str
    values: tuple[tuple[str, object], ...] = ()


class WrongAnswer(ValueError):
    """An answer that cannot be taken. ``problems`` are all that is wrong with it; ``field`` and ``reason`` tell of the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        self.field, self.reason = problems[0].field, problems[0].reason
        super().__init__("; ".join(f"{problem.field} {problem.reason}" for problem in problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A rep's answer. ``until`` belongs to not_now, ``contract`` to won, ``other_contact`` to other_contact and ``campaign`` to
    other_project; elsewhere they do not count.

    ``contract.ends_on`` None says that the contract is open-ended. ``checks`` answers the lines of the checklist in their order,
    ``learned`` are the fields asked for as they were typed, ``artefact`` is a link to what was made, and ``campaign`` the one that the
    other project begins.
    """

    outcome: Outcome
    until: date | None = None
    contract: Contract | None = None
    other_contact: Person | None = None
    campaign: str = ""
    checks: tuple[str, ...] = ()
    learned: Mapping[str, Value] = field(default_factory=dict)
    artefact: str = ""
    notes: str = ""

    @property
    def values(self) -> Values:
        """What was learned, to be told to the lead's workflow."""
        return tuple(self.learned.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a task asks for, and about whom. ``today`` is the lead's day."""

    today: date
    email: str
    checklist: tuple[str, ...] = ()
    plans: Mapping[str, FieldPlan] = field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = USUAL
    wants_artefact: bool = False


def allowed(outcomes: tuple[str, ...] | list[str]) -> tuple[Outcome, ...]:
    """What may be answered to a task that names these outcomes, or none."""
    return tuple(map(Outcome, outcomes)) or USUAL


def checked(answer: Answer, by: str, asked: Asked) -> Answer:
    """The answer tidied, with only what belongs to its outcome, and with values in the place of what was typed. Raises WrongAnswer."""
    found: list[Problem] = []
    if not by.strip() or len(by) > 200:
        found.append(Problem(field="by", code="too_long", reason="says who answers, in at most 200 characters", values=(("limit", 200),)))
    if answer.outcome not in asked.outcomes:
        found.append(Problem(field="outcome", code="outcome", reason=f"is one of {', '.join(asked.outcomes)}"))
    plain = Answer(
        outcome=answer.outcome,
        checks=tuple(_check(number, line, answer, found) for number, line in enumerate(asked.checklist, 1)),
        learned=_learned(answer, asked, found),
        artefact=_artefact(answer, asked, found),
        notes=tidied("notes", answer.notes, LONGEST, found),
    )
    if len(answer.checks) > len(asked.checklist):
        reason = f"answers more than there are lines: the checklist has {len(asked.checklist)}"
        found.append(Problem(field=f"check-{len(asked.checklist) + 1}", code="control", reason=reason))
    plain = _of_outcome(plain, answer, asked, found)
    if found:
        raise WrongAnswer(*found)
    return plain


def _of_outcome(plain: Answer, answer: Answer, asked: Asked, found: list[Problem]) -> Answer:
    match answer.outcome:
        case Outcome.WON:
            found.extend(_wrong_contract(answer.contract, asked.today))
            return replace(plain, contract=answer.contract)
        case Outcome.NOT_NOW:
            found.extend(_wrong_until(answer.until, asked.today))
            return replace(plain, until=answer.until)
        case Outcome.OTHER_CONTACT:
            if answer.other_contact is None:
                reason = "is needed: at least the mail address of the person to talk to"
                found.append(Problem(field="other_contact", code="missing", reason=reason))
            elif answer.other_contact.email == asked.email:
                found.append(Problem(field="other_contact", code="same_person", reason="must be somebody else than the lead"))
            return replace(plain, other_contact=answer.other_contact)
        case Outcome.OTHER_PROJECT:
            return replace(plain, campaign=answer.campaign.strip())
        case _:
            return plain


def _wrong_contract(contract: Contract | None, today: date) -> list[Problem]:
    if contract is None:
        return [Problem(field="contract", code="end", reason="is needed: the day on which it ends, or that it is open-ended")]
    try:
        contracts.check(contract, today)
    except contracts.WrongContract as wrong:
        return [Problem(field="contract", code=wrong.code, reason=str(wrong))]
    return []


def _wrong_until(until: date | None, today: date) -> list[Problem]:
    if until is None:
        return [Problem(field="until", code="date", reason="is needed: the day from which the lead may be asked again")]
    if not today < until <= today + FARTHEST:
        code = "past" if until <= today else "far"
        return [Problem(field="until", code=code, reason="must be a day from tomorrow on, within five years")]
    return []


def _check(number: int, line: str, answer: Answer, found: list[Problem]) -> str:
    said = tidied(f"check-{number}", answer.checks[number - 1] if number <= len(answer.checks) else "", LONGEST_LINE, found)
    if not said and not any(problem.field == f"check-{number}" for problem in found):
        found.append(Problem(field=f"check-{number}", code="unanswered", reason=f"is not answered: {line}"))
    return said


def _learned(answer: Answer, asked: Asked, found: list[Problem]) -> dict[str, Value]:
    typed = {name: value for name, value in answer.learned.items() if value != ""}
    for name in sorted(typed.keys() - asked.plans.keys()):
        known = f"asked for are {', '.join(asked.plans)}" if asked.plans else "this task asks for no fields"
        found.append(Problem(field=f"set-{name}", code="control", reason=f"is not asked for; {known}"))
    learned: dict[str, Value] = {}
    for name, plan in asked.plans.items():
        if name in typed:
            try:
                learned[name] = asks.read(plan, typed[name])
            except asks.WrongValue as wrong:
                choices = (("choices", ", ".join(plan) if isinstance(plan, tuple) else ""),)
                found.append(Problem(field=f"set-{name}", code=wrong.code, reason=wrong.reason, values=choices))
    return learned


def _artefact(answer: Answer, asked: Asked, found: list[Problem]) -> str:
    link = tidied("artefact", answer.artefact, LONGEST_LINE, found)
    if not link:
        if asked.wants_artefact and answer.outcome in _MADE and not any(problem.field == "artefact" for problem in found):
            found.append(Problem(field="artefact", code="link_missing", reason="is needed: a link to what was made for this lead"))
        return ""
    if not _is_link(link):
        found.append(Problem(field="artefact", code="link", reason="is a link that begins with https:// or http://"))
    return link


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not any(sign.isspace() for sign in text)
    except ValueError:
        return False


def tidied(name: str, typed: str, longest: int, found: list[Problem]) -> str:
    """Text of several lines, tidied; what is wrong with it is added to ``found``."""
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\t", " ").strip())
    if any((unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n") or sign in _TURNS_TEXT_AROUND for sign in text):
        found.append(Problem(field=name, code="control", reason="contains characters that cannot be printed"))
        return ""
    if len(text) > longest:
        reason = f"is plain text of at most {longest} characters"
        found.append(Problem(field=name, code="too_long", reason=reason, values=(("limit", longest),)))
        return ""
    return text
