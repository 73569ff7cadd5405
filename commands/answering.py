"""A rep's answer as it is typed: which options belong to which outcome, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from commands.console import WrongInput
from commands.front import Clock
from commands.moments import read_day
from nurture.kinds import Outcome
from nurture.profile import Contract
from store import tasks
from store.database import Database
from store.leads import Person, WrongPerson
from store.tasks import Answer, TaskRow, WrongAnswer

OUTCOME_OF: Final[Mapping[str, Outcome]] = {
    "until": Outcome.NOT_NOW,
    "contract_ends_on": Outcome.WON,
    "open_ended": Outcome.WON,
    "auto_renews": Outcome.WON,
    "contact_email": Outcome.OTHER_CONTACT,
    "contact_family_name": Outcome.OTHER_CONTACT,
    "contact_given_name": Outcome.OTHER_CONTACT,
    "contact_title": Outcome.OTHER_CONTACT,
    "contact_phone": Outcome.OTHER_CONTACT,
}
"""The options that belong to one outcome only."""

_OPTION_OF: Final = {
    "contract": "--contract-ends-on",
    "until": "--until",
    "other_contact": "--contact-email",
    "by": "--as",
    "notes": "--notes",
}
_SHORTEST_ID: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """An answer as it was typed. ``contact`` has the fields of another person."""

    outcome: Outcome
    until: str | None = None
    contract_ends_on: str | None = None
    open_ended: bool = False
    auto_renews: bool = False
    contact: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""

    def contract(self) -> Contract | None:
        if not (self.contract_ends_on or self.open_ended):
            return None
        ends_on = read_day("--contract-ends-on", self.contract_ends_on) if self.contract_ends_on else None
        return Contract(ends_on=ends_on, auto_renews=self.auto_renews)

    def other_contact(self, task: TaskRow) -> Person | None:
        """Somebody at the same company, who is taken to live where the lead lives and to speak its language."""
        if not self.contact:
            return None
        if "email" not in self.contact:
            raise WrongInput("--contact-email: is missing; give at least the mail address of the person to talk to")
        same: dict[str, Any] = {"company": task.company, "language": task.language, "country": task.country, "zone": task.zone}
        try:
            return Person(**same, **self.contact, source="other_contact")
        except WrongPerson as wrong:
            raise WrongInput(f"--contact-{wrong.field.replace('_', '-')}: {wrong.reason}") from None


async def found(database: Database, task: str) -> TaskRow:
    """A task by its id, or an open one by the first letters of its id. Raises WrongInput."""
    start = task.strip().lower()
    async with database.transaction() as session:
        try:
            row = await tasks.get(session, UUID(start))
            rows = [row] if row else []
        except ValueError:
            rows = [row for row in await tasks.open_tasks(session) if str(row.id).startswith(start)] if len(start) >= _SHORTEST_ID else []
    if len(rows) != 1:
        what = (
            f"{len(rows)} open tasks begin with '{task}'; give more of the id"
            if rows
            else f"there is no open task '{task}'; see 'tasks list'"
        )
        raise WrongInput(f"ID: {what}")
    return rows[0]


async def answer(database: Database, task: str, typed: Typed, by: str, now: Clock) -> tuple[TaskRow, bool]:
    """Answer a task; gives it as it then is, and whether this was its first answer. Raises WrongInput."""
    until = read_day("--until", typed.until) if typed.until else None
    contract = typed.contract()
    row = await found(database, task)
    said = Answer(outcome=typed.outcome, until=until, contract=contract, other_contact=typed.other_contact(row), notes=typed.notes)
    try:
        async with database.transaction() as session:
            is_first = await tasks.complete(session, row.id, by, said, now())
            answered = await tasks.get(session, row.id)
    except WrongAnswer as wrong:
        raise WrongInput(f"{_OPTION_OF.get(wrong.field, wrong.field)}: {wrong.reason}") from None
    assert answered is not None
    return answered, is_first


async def claim(database: Database, task: str, by: str, now: Clock) -> TaskRow:
    """Take a task. Raises WrongInput when somebody else has it, or it is not open."""
    row = await found(database, task)
    async with database.transaction() as session:
        taken = await tasks.claim(session, row.id, by, now())
        row = await tasks.get(session, row.id) or row
    if not taken:
        why = f"{row.claimed_by} has it" if row.is_open else "it is not open any more"
        raise WrongInput(f"ID: task {str(row.id)[:8]} cannot be taken: {why}; see 'tasks list' for those that are free")
    return row
