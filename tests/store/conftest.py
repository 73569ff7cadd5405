"""A moment, a campaign and leads for the tests of the store."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from nurture.plan.campaign import Campaign
from store.campaigns import campaigns
from store.database import Database
from store.leads import leads

Registered = Callable[..., Awaitable[UUID]]


@pytest.fixture
def now() -> datetime:
    return datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
async def welcome(database: Database, now: datetime) -> Campaign:
    """A campaign that was started."""
    campaign = Campaign.model_validate(
        {
            "campaign": "welcome",
            "topic": "product-news",
            "start": "hello",
            "forms": {"guide": {"engagement": "downloaded", "contents": ["guide"]}},
            "tracks": {"hello": {"steps": [{"email": "hello"}, {"wait": "3 days"}]}},
        }
    )
    async with database.transaction() as session:
        await campaigns.keep(session, campaign, "campaign: welcome", now)
    return campaign


@pytest.fixture
def registered(database: Database, now: datetime) -> Registered:
    """Registers a lead by the name before its address, and says its id."""

    async def register(name: str, **fields: Any) -> UUID:
        async with database.transaction() as session:
            lead_id, _ = await leads.register(session, leads.Person(email=f"{name}@example.com", **fields), now)
        return lead_id

    return register
