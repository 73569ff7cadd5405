"""What a rep answers to a task, checked for what its outcome needs, and taken once."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from nurture.calendar import zone
from nurture.engagements import TaskCompleted
from nurture.kinds import Outcome
from nurture.profile import Contract
from store import contracts, engagements
from store.leads import profile_of, register
from store.persons import Person
from store.tables import Account, Lead, Task

FARTHEST: Final = timedelta(days=5 * 366)
"""How far ahead ``not_now`` may put a lead off: five years."""

LONGEST: Final = 10_000
"""Characters that a rep's notes may have."""


class WrongAnswer(ValueError):
    """An answer that its outcome does not allow: the field, and what it needs."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field} {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A rep's answer. ``until`` belongs to not_now, ``contract`` to won, ``other_contact`` to other_contact; elsewhere they do not count.

    ``contract.ends_on`` None says that the contract is open-ended.
    """

    outcome: Outcome
    until: date | None = None
    contract: Contract | None = None
    other_contact: Person | None = None
    notes: str = ""


async def complete(session: AsyncSession, id: UUID, by: str, answer: Answer, now: datetime) -> bool:
    """Answer a task and tell the lead's workflow; False when it was answered before, and nothing changes.

    ``won`` keeps the contract, ``other_contact`` registers the colleague in the same account, without any consent. Raises WrongAnswer.
    """
    task = await session.get(Task, id, with_for_update={"key_share": True}, populate_existing=True)
    if task is None:
        raise WrongAnswer("task", "is unknown")
    if task.completed_at is not None:
        return False
    if task.withdrawn_at is not None:
        raise WrongAnswer("task", "was withdrawn, because a later one took its place")
    lead = await session.get_one(Lead, task.lead_id)
    checked = _checked(answer, by, now.astimezone(zone(profile_of(lead).zone)).date())
    other_lead = await _other_lead(session, lead, checked.other_contact, now) if checked.other_contact else None
    if checked.contract:
        await contracts.write(session, lead.id, checked.contract, now)
    task.completed_at, task.completed_by, task.outcome, task.notes = now, by.strip(), checked.outcome, checked.notes
    await session.flush()
    completed = TaskCompleted(
        at=now, task=id, outcome=checked.outcome, until=checked.until, contract=checked.contract, other_lead=other_lead
    )
    await engagements.record(session, lead.id, completed, source="task", key=f"task:{id}")
    return True


def _checked(answer: Answer, by: str, today: date) -> Answer:
    """The answer with only what belongs to its outcome. ``today`` is the lead's."""
    if not by.strip() or len(by) > 200:
        raise WrongAnswer("by", "says who answers, in at most 200 characters")
    if len(answer.notes) > LONGEST or "\0" in answer.notes:
        raise WrongAnswer("notes", f"are plain text of at most {LONGEST} characters")
    plain = Answer(outcome=Outcome(answer.outcome), notes=answer.notes.strip())
    match plain.outcome:
        case Outcome.WON:
            if answer.contract is None:
                raise WrongAnswer("contract", "is needed: the day on which it ends, or that it is open-ended")
            if answer.contract.ends_on is not None and answer.contract.ends_on < today:
                raise WrongAnswer("contract", "must not have ended already")
            return replace(plain, contract=answer.contract)
        case Outcome.NOT_NOW:
            if answer.until is None:
                raise WrongAnswer("until", "is needed: the day from which the lead may be asked again")
            if not today < answer.until <= today + FARTHEST:
                raise WrongAnswer("until", "must be a day from tomorrow on, within five years")
            return replace(plain, until=answer.until)
        case Outcome.OTHER_CONTACT:
            if answer.other_contact is None:
                raise WrongAnswer("other_contact", "is needed: at least the mail address of the person to talk to")
            return replace(plain, other_contact=answer.other_contact)
        case _:
            return plain


async def _other_lead(session: AsyncSession, lead: Lead, person: Person, now: datetime) -> UUID:
    if person.email == lead.email:
        raise WrongAnswer("other_contact", "must be somebody else than the lead")
    account = await session.get(Account, lead.account_id) if lead.account_id else None
    person = replace(person, company=account.name if account else person.company, source=person.source or "other_contact")
    return (await register(session, person, now))[0]
