"""What a rep answers to a task, taken once: it steers the lead, and may name its owner, register a colleague or begin another campaign."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Fit, Outcome
from nurture.ourside import TaskCompleted
from nurture.places import zone
from store.bulk import lock_leads
from store.campaigns import campaigns
from store.desk import asks
from store.desk.checks import Answer, Asked, Problem, WrongAnswer, allowed, checked
from store.journeys import enrollments
from store.leads import contracts, engagements
from store.leads.keyed import Erased
from store.leads.leads import profile_of, register
from store.leads.persons import Person
from store.tables import Account, CampaignEdition, Engagement, Enrollment, Lead, Task


async def complete(session: AsyncSession, id: UUID, by: str, answer: Answer, now: datetime) -> bool:
    """Answer a task and tell the lead's workflow; False when it was answered before, and nothing changes.

    ``won`` keeps the contract, ``other_contact`` registers the colleague in the same account, without any consent, and ``other_project``
    enrolls the lead in the campaign that it names. Whoever completes a task that names an owner is the lead's from then on, unless
    somebody is already. Raises WrongAnswer.
    """
    await _lock(session, id, answer.other_contact)
    task = await session.get(Task, id, with_for_update={"key_share": True}, populate_existing=True)
    if task is None:
        raise _wrong("task", "is unknown")
    if task.completed_at is not None:
        return False
    if task.withdrawn_at is not None:
        raise _wrong("task", "was withdrawn, because a later one took its place")
    lead = await session.get_one(Lead, task.lead_id, populate_existing=True)
    taken = checked(answer, by, await _asked(session, task, lead, now))
    other_lead = await _other_lead(session, lead, taken.other_contact, now) if taken.other_contact else None
    if taken.contract:
        await contracts.write(session, lead.id, taken.contract, now)
    task.completed_at, task.completed_by, task.outcome, task.notes = now, by.strip(), taken.outcome, taken.notes
    task.answers, task.learned, task.artefact = list(taken.checks), dict(taken.learned), taken.artefact
    task.second_campaign = taken.campaign
    if task.names_owner and not lead.owner:
        lead.owner = by.strip()
    if taken.outcome is Outcome.BAD_FIT:
        lead.fit = Fit.POOR
    await session.flush()
    completed = TaskCompleted(
        at=now,
        task=id,
        outcome=taken.outcome,
        until=taken.until,
        contract=taken.contract,
        other_lead=other_lead,
        learned=taken.values,
    )
    await engagements.record(session, lead.id, completed, source="task", key=f"task:{id}")
    if taken.campaign:
        await _begin(session, lead.id, taken.campaign, now)
    return True


async def second_campaigns(session: AsyncSession, lead_id: UUID) -> list[str]:
    """The started campaigns that another project of this lead may begin."""
    under_way = select(Enrollment.campaign).where(Enrollment.lead_id == lead_id, Enrollment.over_at.is_(None))
    names = select(CampaignEdition.name).where(CampaignEdition.name.not_in(under_way)).distinct().order_by(CampaignEdition.name)
    return list(await session.scalars(names))


async def says_the_same(session: AsyncSession, id: UUID, answer: Answer, now: datetime) -> bool:
    """Whether an answer that came too late says what was answered."""
    task = await session.get(Task, id)
    facts: dict[str, Any] | None = await session.scalar(select(Engagement.facts).where(Engagement.key == f"task:{id}"))
    if task is None or facts is None or task.outcome != answer.outcome:
        return False
    lead = await session.get_one(Lead, task.lead_id)
    try:
        late = checked(answer, "somebody", await _asked(session, task, lead, now))
    except WrongAnswer:
        return False
    contact = await session.scalar(select(Lead.id).where(Lead.email == late.other_contact.email)) if late.other_contact else None
    said = TaskCompleted(
        at=now, task=id, outcome=late.outcome, until=late.until, contract=late.contract, other_lead=contact, learned=late.values
    )
    same = {key: value for key, value in engagements.facts_of(said).items() if key != "at"}
    return same == {key: value for key, value in facts.items() if key != "at"} and late.campaign == task.second_campaign


async def asked_of(session: AsyncSession, id: UUID, now: datetime) -> Asked | None:
    """What a task asks for; None when there is no such task."""
    task = await session.get(Task, id)
    return await _asked(session, task, await session.get_one(Lead, task.lead_id), now) if task else None


async def _asked(session: AsyncSession, task: Task, lead: Lead, now: datetime) -> Asked:
    return Asked(
        today=now.astimezone(zone(profile_of(lead).zone)).date(),
        email=lead.email,
        checklist=tuple(task.checklist),
        plans=await asks.plans(session, task.lead_id, task.enrollment, task.asks),
        outcomes=allowed(task.outcomes),
        wants_artefact=task.wants_artefact,
    )


async def _lock(session: AsyncSession, task: UUID, contact: Person | None) -> None:
    """Lock the leads before anything of theirs, in the order of all writers."""
    ids = [await session.scalar(select(Task.lead_id).where(Task.id == task))]
    if contact:
        ids.append(await session.scalar(select(Lead.id).where(Lead.email == contact.email)))
    await lock_leads(session, [id for id in ids if id])


async def _begin(session: AsyncSession, lead_id: UUID, name: str, now: datetime) -> None:
    """Enroll the lead in the campaign that another project begins. Raises WrongAnswer."""
    campaign = await campaigns.current(session, name)
    if campaign is None:
        raise _wrong("campaign", f"'{name}' has not been started", "campaign")
    if not await enrollments.enroll(session, lead_id, campaign, now, source="task"):
        raise _wrong("campaign", f"'{name}' has this lead already, or had it and does not take it again", "enrolled")


async def _other_lead(session: AsyncSession, lead: Lead, person: Person, now: datetime) -> UUID:
    account = await session.get(Account, lead.account_id) if lead.account_id else None
    person = replace(person, company=account.name if account else person.company, source=person.source or "other_contact")
    try:
        return (await register(session, person, now))[0]
    except Erased as gone:
        raise _wrong("other_contact", gone.reason) from None


def _wrong(field: str, reason: str, code: str = "store") -> WrongAnswer:
    return WrongAnswer(Problem(field=field, code=code, reason=reason, values=(("reason", reason),)))
