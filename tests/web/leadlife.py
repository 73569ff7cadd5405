"""Leads as pages show them: enrolled and told to a workflow that the core stands in for, so that the store knows where they are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from nurture.engagements import Engagement
from nurture.foresee import record_of, settle, standing_of
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.desk import steering
from store.journeys import enrollments, standings
from store.leads import engagements, leads, relaying
from store.leads.persons import Person
from tests.scenarios.telling import campaign

PLAN: dict[str, Any] = {
    "tracks": {
        "educate": {"stage": "interest", "steps": [{"wait": "10 days"}, {"email": "hello"}, {"wait": "20 days"}, {"email": "check_in"}]},
        "later": {"stage": "consideration", "steps": [{"wait": "40 days"}, {"email": "yearly_review"}]},
    },
    "rules": [{"name": "demo", "when": {"engagement": "demo_requested"}, "go": "later"}],
}
ADA = Person(
    email="ada.quillfeather@example.com",
    given_name="Ada",
    family_name="Quillfeather",
    company="Quillfeather Pumps Ltd",
    title="Head of Maintenance",
    language="en",
    country="GB",
    zone="Europe/London",
)


async def enrolled(database: Database, person: Person, now: datetime, name: str = "nurture") -> tuple[UUID, Campaign]:
    """A lead in a campaign that begins with a pause."""
    plan = campaign(name, **PLAN)
    async with database.transaction() as session:
        await campaigns.keep(session, plan, "", now)
        lead, _ = await leads.register(session, person, now)
        proof = {"text": "Yes, write to me.", "form": "download"}
        await consents.give(session, person.email, plan.topic, Basis.OPT_IN, proof, now)
        await enrollments.enroll(session, lead, plan, now)
    await heard(database, lead, now)
    return lead, plan


async def happens(database: Database, lead: UUID, engagement: Engagement, now: datetime) -> None:
    """Something happens to a lead, and its workflow has heard of it."""
    async with database.transaction() as session:
        await engagements.record(session, lead, engagement, source="test")
    await heard(database, lead, now)


async def heard(database: Database, lead: UUID, now: datetime) -> None:
    """Its workflow has heard of everything that came in, and has said how the lead stands."""
    async with database.transaction() as session:
        waiting = await relaying.waiting(session, 100)
        await relaying.relayed(session, waiting, now)
        before = await standings.last_number(session, lead)
        _, state = await steering.as_told(session, lead, now)
        state, action = settle(state, now)
        record = record_of(state, standing_of(state, action, now))
        await standings.write(session, lead, type(record)(no=before + 1, standing=record.standing, notes=state.notes, seen=state.seen))
