"""The web app on a real database, with a campaign that has a download form and a demo form."""

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import httpx
import pytest
from sqlalchemy import select

from nurture.plan.campaign import Campaign
from settings import Settings
from store import tables
from store.campaigns import campaigns
from store.database import Database
from store.team import people, sessions
from store.team.people import Role
from tests.conftest import OWN
from web.app import create_app

CONSENT = "Yes, write to me about maintenance. I can stop it at any time."


@dataclass
class Clock:
    """The business's clock, which stands still until it is set."""

    at: datetime = field(default_factory=lambda: datetime(2025, 3, 3, 1, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.model_validate(OWN | {"database_url": database_url, "form_posts_per_minute": 1000})


@pytest.fixture
async def campaign(database: Database, clock: Clock) -> Campaign:
    """A started campaign with both forms, and one that was kept before anybody asked where it leads."""
    kept = json.dumps(
        {
            "campaign": "welcome",
            "topic": "maintenance",
            "language": "en",
            "start": "hello",
            "forms": {
                "download": {"engagement": "downloaded", "contents": ["sensor-guide", "checklist"], "consent": CONSENT},
                "demo": {"engagement": "demo_requested", "consent": CONSENT, "thanks": "https://www.example.com/thanks"},
                "odd": {"engagement": "demo_requested", "thanks": "//evil.example.net/"},
            },
            "tracks": {"hello": {"steps": [{"wait": "1 day"}]}},
        }
    )
    started = Campaign.restore("welcome@older", kept)
    async with database.transaction() as session:
        await campaigns.keep(session, started, "", clock.now())
    return started


@pytest.fixture
async def visitor(settings: Settings, database: Database, clock: Clock, campaign: Campaign) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of somebody who visits, and who follows no redirect."""
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        yield client


class Now(Protocol):
    """Whatever has the business's time."""

    def now(self) -> datetime: ...


def cookie(name: str, *, https: bool = True) -> dict[str, str]:
    """What the browser of somebody sends who is signed in by ``signed_in``."""
    return {"Cookie": f"{'__Host-' if https else ''}session=token-of-{name.encode().hex()}"}


async def signed_in(
    database: Database, clock: Now, name: str = "Mika", *, roles: Collection[Role] = (Role.OPERATOR,), https: bool = True
) -> dict[str, str]:
    """Sign somebody of the team in, taken in before where nobody knows the name, and give the headers that their browser sends."""
    return await let_in(database, clock.now(), name, roles=roles, https=https)


async def let_in(
    database: Database, now: datetime, name: str, *, roles: Collection[Role] = (Role.OPERATOR,), https: bool = True
) -> dict[str, str]:
    """The same at a moment."""
    headers = cookie(name, https=https)
    token = headers["Cookie"].partition("=")[2]
    async with database.transaction() as session:
        await people.take_in(session, name, address_of(name), roles, now)
        row = tables.DeskSession(token_hash=bytes.fromhex(sessions.key_of(token)), person=name)
        row.created_at, row.used_at, row.ends_at = now, now, now + sessions.LASTS
        await session.merge(row)
    return headers


def address_of(name: str) -> str:
    """Where somebody of the team gets letters: ``mika@team.example.com``."""
    local = name.lower() if name.isascii() and name.isalnum() else name.encode().hex()[:40]
    return f"{local}@team.example.com"


@pytest.fixture
async def operator(settings: Settings, database: Database, clock: Clock, campaign: Campaign) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an operator, Mika, who is signed in."""
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    headers = await signed_in(database, clock)
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com", headers=headers) as client:
        yield client


@dataclass
class Kept:
    """Reads what the store has."""

    database: Database

    async def leads(self) -> list[tables.Lead]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(tables.Lead).order_by(tables.Lead.email)))

    async def engagements(self) -> list[tables.Engagement]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(tables.Engagement).order_by(tables.Engagement.lead_id, tables.Engagement.seq)))

    async def kinds(self) -> list[str]:
        return [engagement.kind for engagement in await self.engagements()]

    async def consents(self) -> list[tables.Consent]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(tables.Consent)))

    async def suppressed_topics(self) -> list[str]:
        async with self.database.transaction() as session:
            return sorted(await session.scalars(select(tables.Suppression.topic)))


@pytest.fixture
def kept(database: Database) -> Kept:
    return Kept(database)
