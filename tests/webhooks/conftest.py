"""A web app that takes events of every provider, a lead, and a letter that was sent to it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from nurture.plan.campaign import Campaign
from settings import Settings
from store import tables
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.leads import leads
from store.mail import touches
from tests.web.conftest import Clock, campaign, clock, kept, settings, visitor
from web.app import create_app

__all__ = ["campaign", "clock", "kept", "settings", "visitor"]

KEY = UUID(int=1)
PROVIDER_ID = "0a129aee-e1cd-480d-b08d-4f48548ff48d"
SENDGRID_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:letters"
RESEND_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = f"resend={RESEND_SECRET} postmark=hook:s3cret mailgun=key-1 sendgrid={SENDGRID_KEY} ses={TOPIC}"


@dataclass
class Post:
    """Sends events in, and looks up what came of them."""

    browser: httpx.AsyncClient
    database: Database
    clock: Clock
    app: FastAPI
    lead: UUID

    async def letter(self, key: UUID = KEY, *, provider_id: str = PROVIDER_ID, committed: bool = True) -> None:
        """A letter that the provider took; without ``committed`` the worker has not written that down."""
        frozen = touches.Frozen(language="en", address="ada@example.com", message_id=f"<{key}@example.com>", message=b"letter")
        at = self.clock.now()
        async with self.database.transaction() as session:
            await touches.claim(
                session, key=key, lead_id=self.lead, enrollment=1, campaign="welcome", letter="hello", topic="maintenance", why="due", at=at
            )
            await touches.attempted(session, key, at, through="resend", frozen=frozen)
            if committed:
                await touches.sent(session, key, provider_id, at)

    async def touch(self, key: UUID = KEY) -> tables.Touch:
        async with self.database.transaction() as session:
            return await session.get_one(tables.Touch, key)

    async def events(self) -> list[tables.ProviderEvent]:
        async with self.database.transaction() as session:
            found = select(tables.ProviderEvent).order_by(tables.ProviderEvent.received_at, tables.ProviderEvent.id)
            return list(await session.scalars(found))

    async def refused(self, address: str = "ada@example.com") -> bool:
        async with self.database.transaction() as session:
            return await consents.refusal(session, address, "maintenance") == "suppressed"


@pytest.fixture
async def post(settings: Settings, database: Database, clock: Clock, campaign: Campaign) -> AsyncIterator[Post]:
    async with database.transaction() as session:
        lead, _ = await leads.register(session, leads.Person(email="ada@example.com", language="en"), clock.now())
        await consents.give(session, "ada@example.com", "maintenance", Basis.OPT_IN, {"text": "Yes."}, clock.now())
    app = create_app(settings.model_copy(update={"webhook_secrets": SECRETS}), database, clock.now)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://letters.example.com") as browser:
        yield Post(browser=browser, database=database, clock=clock, app=app, lead=lead)
