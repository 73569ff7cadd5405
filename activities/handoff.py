"""Calls a human in: a task, word to the rep, and word to the leader when a deadline has passed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.moment import moment_of
from activities.notify import Notifier
from activities.word import tell_once
from nurture.actions import EnrollElsewhere, Escalate, HandOff, Receipt
from nurture.kinds import Audience
from nurture.standing import Record
from store import tables
from store.bulk import lock_leads
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, standings
from store.leads import engagements


class HandoffActivities:
    """Each is keyed by the task, so that a second attempt opens, tells and enrolls nothing twice."""

    def __init__(self, database: Database, notifier: Notifier) -> None:
        self._database = database
        self._notifier = notifier

    @activity.defn(name="hand_off")
    async def hand_off(self, handoff: HandOff, record: Record) -> Receipt:
        """Open a task and tell the reps."""
        async with self._database.transaction() as session:
            await lock_leads(session, [handoff.lead])
            is_new = await tasks.open_task(
                session,
                id=handoff.task,
                lead_id=handoff.lead,
                enrollment=handoff.enrollment,
                campaign=handoff.campaign,
                reason=handoff.reason,
                say=handoff.say,
                why=handoff.why,
                at=moment_of(handoff.at),
                deadline_at=handoff.deadline_at,
                to=handoff.to,
                checklist=handoff.checklist,
                asks=handoff.asks,
                outcomes=handoff.outcomes,
                artefact=handoff.artefact,
                named=handoff.named,
                channel=handoff.channel,
            )
            if not is_new:
                await self._answer_again(session, handoff)
            await standings.write(session, handoff.lead, record)
        await self._tell(handoff.to, handoff.task, f"{handoff.task}:opened", handoff)
        return Receipt()

    @activity.defn(name="escalate")
    async def escalate(self, escalation: Escalate, record: Record) -> Receipt:
        """Give the task to the leader, with a deadline of its own."""
        async with self._database.transaction() as session:
            await tasks.escalate(session, escalation.task, escalation.deadline_at, moment_of(escalation.at))
            await standings.write(session, escalation.lead, record)
        await self._tell(Audience.LEADER, escalation.task, f"{escalation.task}:{escalation.escalation}", escalation)
        return Receipt()

    @activity.defn(name="enroll_elsewhere")
    async def enroll_elsewhere(self, order: EnrollElsewhere, record: Record) -> Receipt:
        """Enroll the lead in another campaign. It reaches the workflow as an engagement, as every enrollment does."""
        async with self._database.transaction() as session:
            campaign = await campaigns.current(session, order.campaign)
            if campaign is None:
                raise ApplicationError(f"the campaign '{order.campaign}' has not been started", type="NotStarted")
            await lock_leads(session, [order.lead])
            await self._rely_on_contract(session, order, campaign.topic)
            await standings.write(session, order.lead, record)  # first, because it may say that the lead's last run through it is over
            await enrollments.enroll(session, order.lead, campaign, moment_of(order.at), source="campaign")
        return Receipt()

    async def _answer_again(self, session: AsyncSession, handoff: HandOff) -> None:
        """A run that is built up again comes to tasks that were answered before it began: it hears the answer once it waits for it."""
        task = await session.get_one(tables.Task, handoff.task, populate_existing=True)
        if task.opened_at < handoff.at and task.completed_at is not None and task.completed_at < handoff.at:
            run = activity.info().workflow_run_id
            await engagements.repeat(session, f"task:{task.id}", f"task:{task.id}:{run}")

    async def _rely_on_contract(self, session: AsyncSession, order: EnrollElsewhere, topic: str) -> None:
        """A customer may be written to about what it bought: the contract is the ground, and is kept as its proof."""
        contract = await session.get(tables.Contract, order.lead)
        if contract is not None:
            lead = await session.get_one(tables.Lead, order.lead)
            evidence = {"contract_since": contract.changed_at.isoformat(), "ends_on": str(contract.ends_on)}
            await consents.give(session, lead.email, topic, Basis.CUSTOMER, evidence, moment_of(order.at))

    async def _tell(self, audience: Audience, task: UUID, key: str, about: HandOff | Escalate) -> None:
        async def say() -> bool:
            async with self._database.transaction() as session:
                row = await tasks.get(session, task)
            if row is None or not row.is_open:
                return False
            await self._notifier.tell_of_task(audience, row, moment_of(about.at))
            return True

        await tell_once(self._database, say, key=key, audience=audience, lead=about.lead, at=moment_of(about.at), task=task)
