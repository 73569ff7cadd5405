"""Everything that is known of one lead: from its workflow where that can be asked, and from the database."""

import asyncio
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import WorkflowQueryFailedError

from commands.console import Away, WrongInput
from commands.front import gateway
from nurture.places import zone_problem
from nurture.plan.problems import did_you_mean
from nurture.profile import Contract
from nurture.standing import Standing
from store import tables
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments, selections, standings
from store.leads import contracts, leads, lookups
from store.looks import timeline

QUERY_SECONDS: Final = 5.0
"""How long a workflow may take to say how it stands; without a worker it never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """One lead. ``asked`` says whom the standing is from; ``none`` is a lead without a running workflow, whose store knows it all."""

    lead: tables.Lead
    company: str
    standing: Standing | None
    asked: Literal["workflow", "store", "none"]
    enrollments: list[tables.Enrollment]
    waiting: int
    tasks: list[tasks.TaskRow]
    contract: Contract | None
    consents: list[tables.Consent]
    suppressions: list[tables.Suppression]
    story: list[timeline.Entry]

    @property
    def zone(self) -> str:
        """The lead's zone; UTC where nobody has said it."""
        return self.lead.zone if self.lead.zone and not zone_problem(self.lead.zone) else "UTC"


async def found(database: Database, name: str) -> UUID:
    """The id of a lead by id or address. Raises WrongInput."""
    async with database.transaction() as session:
        lead = await leads.find(session, name)
    if lead is None:
        raise WrongInput(f"there is no lead '{name}'; give the id or the address of one that was imported")
    return lead.id


async def started(session: AsyncSession, option: str, name: str) -> None:
    """Raises WrongInput for a campaign that was never started."""
    known = [row.name for row in await selections.started_campaigns(session)]
    if name not in known:
        raise WrongInput(f"{option}: no campaign '{name}' was started; {did_you_mean(name, known, 'there are') or 'none was'}")


async def portrait(database: Database, name: str) -> Portrait:
    """Look at a lead by id or address. Raises WrongInput when there is none."""
    lead_id = await found(database, name)
    asked, said = await _ask(database, lead_id)
    async with database.transaction() as session:
        lead = await session.get_one(tables.Lead, lead_id)
        return Portrait(
            lead=lead,
            company=await leads.company_of(session, lead),
            standing=said or await standings.of_lead(session, lead_id),
            asked=asked,
            enrollments=await enrollments.of_lead(session, lead_id),
            waiting=await lookups.waiting_engagements(session, lead_id),
            tasks=await tasks.open_tasks(session, lead_id=lead_id),
            contract=await contracts.of_lead(session, lead_id),
            consents=await lookups.consents_of(session, lead.email),
            suppressions=await lookups.suppressions_of(session, lead.email),
            story=await timeline.story(session, lead_id),
        )


async def _ask(database: Database, lead_id: UUID) -> tuple[Literal["workflow", "store", "none"], Standing | None]:
    try:
        async with gateway(database) as way, asyncio.timeout(QUERY_SECONDS):
            said = await way.standing(lead_id)
    except (Away, TimeoutError, WorkflowQueryFailedError):
        return "store", None
    return ("workflow" if said else "none"), said
