"""What a rep answers to a task, read from the outcome form. What an answer needs is the store's to say; this puts it beside its field."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from nurture.kinds import Outcome
from nurture.profile import Contract
from store.desk.checks import Asked, Problem, WrongAnswer, checked, tidied
from store.desk.tasks import Answer, TaskRow
from store.leads.leads import Person
from web.submissions import LONGEST, Wrong, WrongFields, asked_of_store, is_ticked, read_address, read_text

CONTACT: Final = ("family_name", "given_name", "email", "title", "phone")
"""The fields of another contact; the company is the lead's."""

_FIELD_OF: Final = {"contract": "ends_on", "other_contact": "email"}
"""Where the form shows what the store says of an answer, as far as the names differ."""


def read_answer(fields: Mapping[str, object], *, rep: str, task: TaskRow, asked: Asked) -> Answer:
    """Read an answer; only the fields that belong to the outcome and to the task count.

    Another contact is taken to live where the lead lives, and to speak its language. A box without a tick says no, except where nobody
    answered. Raises WrongFields, which names everything that is wrong at once.
    """
    wrong: dict[str, Wrong] = {}
    try:
        outcome = Outcome(_text(fields, "outcome"))
    except ValueError:
        raise WrongFields({"outcome": Wrong(code="outcome")}) from None
    answer = Answer(
        outcome=outcome,
        until=_day("until", fields, wrong) if outcome is Outcome.NOT_NOW else None,
        contract=_contract(fields, wrong) if outcome is Outcome.WON else None,
        other_contact=_contact(fields, task, wrong) if outcome is Outcome.OTHER_CONTACT else None,
        campaign=_text(fields, "campaign"),
        checks=tuple(_text(fields, f"check-{number}") for number in range(1, len(asked.checklist) + 1)),
        learned={name: _learned(fields, name, plan, outcome) for name, plan in asked.plans.items()},
        artefact=_text(fields, "artefact") if asked.wants_artefact else "",
        notes=_text(fields, "notes"),
    )
    try:
        checked(answer, rep, asked)
    except WrongAnswer as refused:
        wrong = {**beside_fields(refused, is_contact_wrong=not wrong.keys().isdisjoint(CONTACT)), **wrong}
    if wrong:
        raise WrongFields(wrong)
    return answer


def beside_fields(refused: WrongAnswer, *, is_contact_wrong: bool = False) -> dict[str, Wrong]:
    """What the store says of an answer, by the field of the form where it is shown."""
    problems = [p for p in refused.problems if not (is_contact_wrong and p.field == "other_contact")]
    return {_FIELD_OF.get(p.field, p.field): Wrong(code=p.code, values=p.values) for p in problems}


def _learned(fields: Mapping[str, object], name: str, plan: object, outcome: Outcome) -> str:
    if plan != "yes_no":
        return _text(fields, f"set-{name}")
    if is_ticked(fields.get(f"set-{name}")):
        return "yes"
    return "" if outcome is Outcome.NO_ANSWER else "no"


def _contract(fields: Mapping[str, object], wrong: dict[str, Wrong]) -> Contract | None:
    """The contract, where its end is said in one way."""
    ends_on = _day("ends_on", fields, wrong)
    open_ended = is_ticked(fields.get("open_ended"))
    if (ends_on is None) is not open_ended:
        return None
    return Contract(ends_on=ends_on, auto_renews=not open_ended and is_ticked(fields.get("auto_renews")))


def _contact(fields: Mapping[str, object], task: TaskRow, wrong: dict[str, Wrong]) -> Person | None:
    text = {name: read_text(name, fields.get(name), LONGEST[name], wrong) for name in CONTACT}
    text["email"] = read_address(text["email"], wrong)
    if wrong:
        return None
    with asked_of_store():
        return Person(
            email=text["email"],
            family_name=text["family_name"],
            given_name=text["given_name"],
            title=text["title"],
            phone=text["phone"],
            company=task.company,
            language=task.language,
            country=task.country,
            zone=task.zone,
            source="other_contact",
        )


def _day(name: str, fields: Mapping[str, object], wrong: dict[str, Wrong]) -> date | None:
    typed = _text(fields, name)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed.replace("/", "-"))
    except ValueError:
        wrong[name] = Wrong(code="date")
        return None


def read_lines(name: str, fields: Mapping[str, object], longest: int, wrong: dict[str, Wrong]) -> str:
    """Text of several lines; what is wrong with it goes into ``wrong``."""
    found: list[Problem] = []
    text = tidied(name, _text(fields, name), longest, found)
    wrong |= {problem.field: Wrong(code=problem.code, values=problem.values) for problem in found}
    return text


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(fields.get(name) or "").strip()
