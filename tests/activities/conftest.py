"""A desk that sends letters at chosen moments, to a mail server that answers as it is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from temporalio.common import Priority
from temporalio.testing import ActivityEnvironment

from activities.notify import Notifier
from activities.touch import TouchActivities
from local.defaults import local_settings
from mail.letters import Letters
from mail.transport import Transport
from nurture.actions import Receipt, SendTouch
from nurture.plan.campaign import Campaign
from nurture.standing import Record, Standing
from settings import read_settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.leads import leads
from tests.mail.conftest import connect, folder, letters, open_post_office, post_office

__all__ = ["connect", "folder", "letters", "open_post_office", "post_office"]

NOW = datetime(2027, 3, 2, 2, 0, tzinfo=UTC)
CAMPAIGN = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "news",
        "start": "hello",
        "window": {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"},
        "tracks": {"hello": {"steps": [{"email": "hello"}, {"wait": "3 days"}]}},
    }
)


class Desk:
    """Sends letters of one campaign, at moments that the tests choose."""

    def __init__(self, database: Database, activities: TouchActivities) -> None:
        self.database = database
        self.activities = activities

    async def lead(self, name: str) -> UUID:
        async with self.database.transaction() as session:
            lead, _ = await leads.register(session, leads.Person(email=f"{name}@example.com", language="en"), NOW)
            await consents.give(session, f"{name}@example.com", "news", Basis.OPT_IN, {"text": "Yes."}, NOW)
        return lead

    async def send(self, lead: UUID, *, later: timedelta = timedelta(), urgency: int | None = None, **otherwise: Any) -> Receipt:
        """Attempt the lead's letter. Raises ApplicationError where Temporal is to try it again."""
        touch = SendTouch(
            lead=lead, enrollment=1, visit=1, step="1", campaign=CAMPAIGN.ref, letter="hello", at=NOW, seen=0, why="it is due"
        )
        touch = replace(touch, **otherwise)
        world = ActivityEnvironment()
        world.info = replace(world.info, current_attempt_scheduled_time=NOW + later, priority=Priority(priority_key=urgency))
        record = Record(no=1, standing=Standing(stage="interest", next_at=None, why="it waits"))
        receipt: Receipt = await world.run(self.activities.send_touch, touch, record)
        return receipt

    async def row(self, lead: UUID) -> tables.Touch:
        async with self.database.transaction() as session:
            return (await session.scalars(select(tables.Touch).where(tables.Touch.lead_id == lead))).one()

    async def blocks(self) -> list[tables.SenderBlock]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(tables.SenderBlock).order_by(tables.SenderBlock.blocked_at)))


@pytest.fixture
async def open_desk(
    database: Database, letters: Letters, connect: Callable[..., Transport], anyio_backend: str
) -> Callable[..., Awaitable[Desk]]:
    async with database.transaction() as session:
        await campaigns.keep(session, CAMPAIGN, "", NOW)

    async def open_(url: str, transport: Transport | None = None, **settings: str) -> Desk:
        environment = local_settings(database_url=database.url, smtp_url=url, base_url="https://sodate.example.com", environment={})
        read = read_settings({**environment, "NOTIFY_LEADER_URL": "", **settings})
        return Desk(database, TouchActivities(database, letters, transport or connect(url), read, Notifier(read)))

    return open_
