"""A lead that was sent a letter, and colleagues of hers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from mail.compose import message_id_of
from mail.reading.reader import read
from store import tables
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.leads import leads
from store.leads.persons import Person
from store.mail import inbound
from store.mail.inbound import Taken
from tests.mail.reading.dialects import LEAD, TOUCH

NOW = datetime(2026, 4, 28, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A lead and the letter that it was sent last."""

    id: UUID
    touch: UUID
    message_id: str


@dataclass
class House:
    """What comes in by mail, on a real database."""

    database: Database
    now: datetime = NOW

    async def somebody(self, email: str = LEAD, *, letter: bool = True, message_id: str = "", **fields: Any) -> Lead:
        """A lead that we know, with a letter on the ledger."""
        touch = uuid4()
        message_id = message_id or message_id_of(touch, "hello@example.com")
        async with self.database.transaction() as session:
            before = self.now - timedelta(days=60)
            person = Person(email=email, **fields)
            lead, _ = await leads.register(session, person, before)
            await consents.give(session, email, "insights", Basis.OPT_IN, {"text": "Yes"}, before)
            if letter:
                session.add(
                    tables.Touch(
                        key=touch,
                        lead_id=lead,
                        enrollment=1,
                        campaign="welcome@1",
                        letter="hello",
                        topic="insights",
                        why="it is time",
                        claimed_at=before,
                        address=email,
                        message_id=message_id,
                        sent_at=self.now - timedelta(days=1),
                    )
                )
        return Lead(id=lead, touch=touch, message_id=message_id)

    async def arrives(self, message: bytes) -> Taken:
        """A message comes in."""
        async with self.database.transaction() as session:
            verdict = read(message, self.now)
            return await inbound.take(session, verdict, message, self.now, source="test", ours={"hello@example.com"})

    async def heard(self, lead: Lead) -> list[tables.Engagement]:
        """The engagements of a lead."""
        async with self.database.transaction() as session:
            of_lead = select(tables.Engagement).where(tables.Engagement.lead_id == lead.id).order_by(tables.Engagement.seq)
            return list(await session.scalars(of_lead))

    async def kinds(self, lead: Lead) -> list[str]:
        return [engagement.kind for engagement in await self.heard(lead)]

    async def may_write_to(self, address: str) -> bool:
        async with self.database.transaction() as session:
            return await consents.refusal(session, address, "insights") is None

    async def strays(self) -> list[tables.Stray]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(tables.Stray).order_by(tables.Stray.arrived_at, tables.Stray.digest)))

    async def touch(self, lead: Lead) -> tables.Touch:
        async with self.database.transaction() as session:
            return await session.get_one(tables.Touch, lead.touch)


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
async def hanako(house: House) -> Lead:
    """She was sent the letter that the messages of the corpus answer."""
    return await house.somebody(message_id=TOUCH, family_name="Sato", given_name="Hanako", company="Asanagi Pump", zone="Asia/Tokyo")
