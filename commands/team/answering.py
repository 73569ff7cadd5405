"""A rep's answer as it is typed: which options belong to which outcome, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commands.console import WrongInput
from commands.front import Clock, system_user
from commands.moments import both, read_day
from nurture.kinds import Outcome
from nurture.profile import Contract
from store.database import Database
from store.desk import answers, asks, tasks
from store.desk.checks import Problem, allowed
from store.desk.tasks import Answer, TaskRow, WrongAnswer
from store.leads.leads import Person, WrongPerson
from store.team import audit, people
from store.team.audit import Deed, On

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
    "campaign": Outcome.OTHER_PROJECT,
}
"""The options that belong to one outcome only."""

_OPTION_OF: Final = {
    "contract": "--contract-ends-on",
    "until": "--until",
    "other_contact": "--contact-email",
    "by": "--as",
    "task": "ID: the task",
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
    campaign: str = ""
    checks: Sequence[str] = ()
    sets: Sequence[str] = ()
    artefact: str = ""
    notes: str = ""

    def learned(self) -> dict[str, str]:
        """The fields that were given as ``field=value``."""
        pairs = {name.strip(): (equals, value.strip()) for name, equals, value in (given.partition("=") for given in self.sets)}
        wrong = [name for name, (equals, value) in pairs.items() if not (name and equals and value)]
        if wrong:
            raise WrongInput(*(f"--set: '{name}' has no value; write it like --set field=value" for name in wrong))
        return {name: value for name, (_, value) in pairs.items()}

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A task as it is after an answer: whether this answer was the first, and if not, whether it says the same as the first."""

    row: TaskRow
    is_first: bool
    is_same: bool


async def found(database: Database, task: str) -> TaskRow:
    """A task by its id, or by the first letters of its id, the open ones first. Raises WrongInput."""
    start = task.strip().lower()
    async with database.transaction() as session:
        try:
            row = await tasks.get(session, UUID(start))
            rows = [row] if row else []
        except ValueError:
            rows = await tasks.find(session, start) if len(start) >= _SHORTEST_ID else []
    if len(rows) != 1:
        kind = "open tasks" if rows and rows[0].is_open else "tasks"
        what = (
            f"{len(rows)} {kind} begin with '{task}'; give more of the id" if rows else f"there is no open task '{task}'; see 'tasks list'"
        )
        raise WrongInput(f"ID: {what}")
    return rows[0]


async def answer(database: Database, task: str, typed: Typed, by: str, now: Clock) -> Taken:
    """Answer a task. Raises WrongInput."""
    until = read_day("--until", typed.until) if typed.until else None
    contract, learned = typed.contract(), typed.learned()
    row = await found(database, task)
    said = Answer(
        outcome=typed.outcome,
        until=until,
        contract=contract,
        other_contact=typed.other_contact(row),
        campaign=typed.campaign,
        checks=tuple(typed.checks),
        learned=learned,
        artefact=typed.artefact,
        notes=typed.notes,
    )
    try:
        async with database.transaction() as session:
            await _check_may_work(session, by)
            is_first = await tasks.complete(session, row.id, by, said, now())
            if is_first:
                after = {"outcome": said.outcome, "by": by}
                await audit.note(session, system_user(), Deed.TASK_ANSWERED, On.TASK, row.id, now(), after=after)
            is_same = is_first or await answers.says_the_same(session, row.id, said, now())
            answered = await tasks.get(session, row.id)
    except WrongAnswer as wrong:
        raise WrongInput(*map(_complaint, wrong.problems)) from None
    assert answered is not None
    return Taken(row=answered, is_first=is_first, is_same=is_same)


async def claim(database: Database, task: str, by: str, now: Clock) -> TaskRow:
    """Take a task. Raises WrongInput when somebody else has it, or it is not open, and for a name that is nobody."""
    row = await found(database, task)
    async with database.transaction() as session:
        await _check_may_work(session, by)
        taken = await tasks.claim(session, row.id, by, now())
        if taken:
            await audit.note(session, system_user(), Deed.TASK_CLAIMED, On.TASK, row.id, now(), after={"by": by})
        row = await tasks.get(session, row.id) or row
    if not taken:
        why = f"{row.claimed_by} has it" if row.is_open else closed(row)
        raise WrongInput(f"ID: task {str(row.id)[:8]} cannot be taken: {why}; see 'tasks list' for those that are free")
    return row


async def wanted(database: Database, row: TaskRow) -> list[str]:
    """What the answer to a task has to say, in the options of the command."""
    async with database.transaction() as session:
        plans = await asks.plans(session, row.lead_id, row.enrollment, row.asks)
    fields = [f"--set {name}={'|'.join(plan) if isinstance(plan, tuple) else plan}" for name, plan in plans.items()]
    lines = [f"--check '…'  {number}. {line}" for number, line in enumerate(row.checklist, 1)]
    link = ["--artefact URL  a link to what was made for this lead"] * row.wants_artefact
    return [f"--outcome {'|'.join(allowed(tuple(row.outcomes)))}", *lines, *fields, *link]


def closed(row: TaskRow) -> str:
    """Who answered a task what and when, or that it was withdrawn."""
    if row.completed_at is None:
        return "it was withdrawn, because a later one took its place"
    return f"{row.completed_by} answered it with '{row.outcome}' on {both(row.completed_at, row.zone)}"


async def _check_may_work(session: AsyncSession, name: str) -> None:
    if not await people.may_work_tasks(session, name):
        raise WrongInput(f"--as: '{name}' is nobody of the team who works tasks; see 'people list'")


def _complaint(problem: Problem) -> str:
    kind, _, name = problem.field.partition("-")
    if kind == "check":
        return f"--check: line {name} {problem.reason}"
    option = f"--set {name}" if kind == "set" else _OPTION_OF.get(problem.field, f"--{problem.field}")
    return f"{option} {problem.reason}" if problem.field == "task" else f"{option}: {problem.reason}"
