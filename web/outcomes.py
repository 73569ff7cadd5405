"""What a rep answers to a task, read from the outcome form field by field."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from nurture.kinds import Outcome
from nurture.profile import Contract
from store.answers import FARTHEST
from store.leads import Person
from store.tasks import Answer, TaskRow
from web.submissions import LONGEST, Wrong, WrongFields, is_ticked, person_of, read_address, read_text

LONGEST_NOTES: Final = 4000
CONTACT: Final = ("family_name", "given_name", "email", "title", "phone")
"""The fields of another contact; the company is the lead's."""


def read_answer(fields: Mapping[str, object], *, today: date, task: TaskRow) -> Answer:
    """Read an answer; only the fields that belong to the outcome count.

    ``today`` is the lead's day. Another contact is taken to live where the lead lives, and to speak its language.
    Raises WrongFields, which names everything that is wrong at once.
    """
    wrong: dict[str, Wrong] = {}
    try:
        outcome = Outcome(str(fields.get("outcome") or ""))
    except ValueError:
        raise WrongFields({"outcome": Wrong(code="outcome")}) from None
    notes = _notes(fields.get("notes"), wrong)
    until = _day("until", fields, today, wrong) if outcome is Outcome.NOT_NOW else None
    if outcome is Outcome.NOT_NOW and until is None:
        wrong.setdefault("until", Wrong(code="date"))
    elif until is not None and until > today + FARTHEST:
        wrong.setdefault("until", Wrong(code="far"))
    contract = _contract(fields, today, wrong) if outcome is Outcome.WON else None
    contact = _contact(fields, task, wrong) if outcome is Outcome.OTHER_CONTACT else None
    if wrong:
        raise WrongFields(wrong)
    return Answer(outcome=outcome, until=until, contract=contract, other_contact=contact, notes=notes)


def _contract(fields: Mapping[str, object], today: date, wrong: dict[str, Wrong]) -> Contract | None:
    ends_on = _day("ends_on", fields, today, wrong)
    open_ended = is_ticked(fields.get("open_ended"))
    if (ends_on is None) is not open_ended:
        wrong.setdefault("ends_on", Wrong(code="end"))
    return Contract(ends_on=ends_on, auto_renews=not open_ended and is_ticked(fields.get("auto_renews")))


def _contact(fields: Mapping[str, object], task: TaskRow, wrong: dict[str, Wrong]) -> Person | None:
    text = {name: read_text(name, fields.get(name), LONGEST[name], wrong) for name in CONTACT}
    text["email"] = read_address(text["email"], wrong)
    if text["email"] and text["email"] == task.email:
        wrong["email"] = Wrong(code="same_person")
    if wrong:
        return None
    return person_of(**text, company=task.company, language=task.language, country=task.country, zone=task.zone, source="other_contact")


def _day(name: str, fields: Mapping[str, object], today: date, wrong: dict[str, Wrong]) -> date | None:
    typed = str(fields.get(name) or "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed.replace("/", "-"))
    except ValueError:
        wrong[name] = Wrong(code="date")
        return None
    if day <= today:
        wrong[name] = Wrong(code="past")
    return day


def _notes(value: object, wrong: dict[str, Wrong]) -> str:
    """Text of several lines."""
    lines = str(value or "").replace("\r\n", "\n").split("\n")
    notes = "\n".join(read_text("notes", line.replace("\t", " "), LONGEST_NOTES, wrong) for line in lines).strip()
    if len(notes) > LONGEST_NOTES:
        wrong["notes"] = Wrong(code="too_long", values=(("limit", LONGEST_NOTES),))
    return notes
