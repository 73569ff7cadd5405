"""A house with something in every room: what each page needs to have all of its parts on it, and where each page is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from mail.links import confirm_token, preferences_token, unsubscribe_token
from mail.tasklinks import task_url
from nurture.leadside import Downloaded
from nurture.plan.campaign import Campaign
from nurture.profile import Contract
from nurture.reading.language import read_campaign
from settings import Settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.desk import tasks
from store.journeys import enrollments
from store.leads import contracts, leads
from store.leads.persons import Person
from store.mail import stops
from tests.web.conftest import Clock
from tests.web.leadlife import ADA, happens, heard
from web.files import link_to

HANAKO = Person(
    email="hanako.mizusawa@example.co.jp",
    given_name="花子",
    family_name="水沢",
    company=ADA.company,
    title="保全課長",
    language="ja",
    country="JP",
    zone="Asia/Tokyo",
)
ROOT = Path(__file__).parents[2]

NO_PAGES = {
    "/c/{token}": "leads on to where a letter links",
    "/download/{link}": "a file",
    "/figures/{name}.csv": "a file",
    "/healthz": "for operators' programs",
    "/inbox/accounts/{account_id}": "leads on",
    "/inbox/leads/{lead_id}": "leads on",
    "/inbox/news": "events, for the inbox's script",
    "/login/provider": "leads on to the provider of identities",
    "/login/provider/back": "leads on",
    "/static/sodate-site.js": "a script",
    "/campaigns/{name}/letters/{letter}/shown": "a letter alone, in the frame of its page",
}
"""Addresses that answer with something else than a page of ours."""


@dataclass(frozen=True, kw_only=True)
class House:
    """A campaign, a lead with a story and a contract, a task about it, and who gets letters in which language."""

    campaign: Campaign
    lead: UUID
    account: UUID
    task: UUID
    readers: dict[str, UUID]
    confirmations: dict[str, UUID]

    def public(self, app: FastAPI, settings: Settings, clock: Clock, language: str = "en") -> dict[str, str]:
        """Where visitors come, and whoever has a link of ours: each route with an address of it."""
        secret, reader = settings.link_secret, self.readers[language]
        return {
            "/": "/",
            "/thanks": "/thanks",
            "/thanks/confirm": "/thanks/confirm",
            "/thanks/download/{link}": f"/thanks/download/{link_to(app.state.front, uuid4(), 'planning_guide')}",
            "/guides/{name}": "/guides/planning",
            "/help/{name}": "/help/first-steps",
            "/help": "/help",
            "/pricing": "/pricing",
            "/webinar": "/webinar",
            "/fair": "/fair",
            "/whats-new": "/whats-new",
            "/confirm/{token}": f"/confirm/{confirm_token(secret, self.confirmations[language])}",
            "/preferences/{token}": f"/preferences/{preferences_token(secret, reader, self.campaign.topic)}",
            "/u/{token}": f"/u/{unsubscribe_token(secret, reader, self.campaign.topic)}",
            "/login": "/login",
            "/login/link": "/login/link?token=some",
            "/t/{token}": urlsplit(task_url("", secret, self.task, clock.now())).path,
        }

    def of_the_team(self) -> dict[str, str]:
        """The desk: each route with an address of it."""
        campaign = f"/campaigns/{self.campaign.name}"
        return {
            "/inbox": "/inbox",
            "/inbox/leads": "/inbox/leads",
            "/inbox/{task_id}": f"/inbox/{self.task}",
            "/inbox/{task_id}/letter": f"/inbox/{self.task}/letter",
            "/leads": "/leads?q=ada",
            "/leads/{lead_id}": f"/leads/{self.lead}",
            "/leads/{lead_id}/why": f"/leads/{self.lead}/why",
            "/leads/{lead_id}/decide/{what}": f"/leads/{self.lead}/decide/hold",
            "/accounts/{account_id}": f"/accounts/{self.account}",
            "/campaigns": "/campaigns",
            "/campaigns/{name}": campaign,
            "/campaigns/{name}/flow": f"{campaign}/flow",
            "/campaigns/{name}/letters": f"{campaign}/letters",
            "/campaigns/{name}/letters/{letter}": f"{campaign}/letters/hello",
            "/campaigns/{name}/start": f"{campaign}/start",
            "/campaigns/{name}/versions": f"{campaign}/versions",
            "/figures": "/figures",
            "/people": "/people",
            "/audit": "/audit",
            "/tokens": "/tokens",
            "/webhooks": "/webhooks",
        }


def pages_of(app: FastAPI) -> Iterator[str]:
    """Every address that answers a browser."""
    for route in iter_route_contexts(app.routes):
        if "GET" in (route.methods or ()) and str(getattr(route.endpoint, "__module__", "")).startswith("web."):
            yield str(route.path)


async def furnish(database: Database, clock: Clock) -> House:
    """Move everybody in: a lead that downloaded and whose letter went, a colleague of it, a task, a contract, and consents to confirm."""
    now, task = clock.now(), uuid4()
    file = ROOT / "campaigns" / "welcome.yaml"
    campaign = read_campaign(file.read_text("utf-8"), file.name)
    readers = {}
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, file.read_text("utf-8"), now)
        for person in (ADA, HANAKO):
            readers[person.language], _ = await leads.register(session, person, now)
            await consents.give(session, person.email, campaign.topic, Basis.OPT_IN, {"text": "Yes, write to me."}, now)
            await enrollments.enroll(session, readers[person.language], campaign, now)
    lead = readers["en"]
    await happens(database, lead, Downloaded(at=now, content="planning_guide"), now)
    await heard(database, readers["ja"], now)
    confirmations = {language: uuid4() for language in readers}
    async with database.transaction() as session:
        await contracts.change(session, lead, Contract(ends_on=(now + timedelta(days=20)).date()), now)
        await stops.stop(session, "welcome", "a price in it is wrong", now)
        session.add_all([_letter(lead, campaign, now, bounced_at=now), _letter(lead, campaign, now, delivered_at=now)])
        session.add_all([_confirmation(id, readers[language], campaign, now) for language, id in confirmations.items()])
        await tasks.open_task(
            session,
            id=task,
            lead_id=lead,
            enrollment=1,
            campaign=campaign.name,
            reason="replied",
            why="The lead replied to a letter.",
            say="Call back today.",
            at=now,
            deadline_at=now + timedelta(days=1),
            checklist=["What do they need?", "Who decides?"],
            channel="call",
        )
        account = (await session.get_one(tables.Lead, lead)).account_id
    assert account
    return House(campaign=campaign, lead=lead, account=account, task=task, readers=readers, confirmations=confirmations)


def _letter(lead: UUID, campaign: Campaign, at: datetime, **facts: datetime) -> tables.Touch:
    row = {"lead_id": lead, "enrollment": 1, "campaign": campaign.ref, "letter": "hello", "topic": campaign.topic, "why": "it was due"}
    return tables.Touch(**row, key=uuid4(), claimed_at=at, sent_at=at, address=ADA.email, **facts)


def _confirmation(id: UUID, lead: UUID, campaign: Campaign, at: datetime) -> tables.Confirmation:
    evidence = {"text": "Yes, write to me."}
    row = {"lead_id": lead, "address": "somebody@example.com", "topic": campaign.topic, "evidence": evidence, "asked_at": at}
    return tables.Confirmation(id=id, expires_at=at + timedelta(days=7), **row)
