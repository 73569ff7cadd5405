"""Nobody is kept for longer than there is a reason to: who is due, and from when on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from nurture.leadside import Replied
from store import tables
from store.consent import consents
from store.database import Database
from store.erasing import retention
from store.leads import engagements, leads
from store.leads.leads import Person

pytestmark = pytest.mark.anyio

THEN = datetime(2024, 2, 29, 9, 0, tzinfo=UTC)
OVER = datetime(2027, 2, 28, 9, 0, tzinfo=UTC)


async def known(database: Database, name: str = "ada") -> UUID:
    async with database.transaction() as session:
        lead, _ = await leads.register(session, Person(email=f"{name}@example.com"), THEN)
    return lead


async def due(database: Database, at: datetime) -> list[tuple[UUID, datetime]]:
    async with database.transaction() as session:
        return [(one.lead_id, one.due_at) for one in await retention.due(session, 3, at, 10)]


async def test_somebody_with_whom_nothing_ever_happened_is_due_after_three_years(database: Database) -> None:
    lead = await known(database)

    assert await due(database, OVER - timedelta(seconds=1)) == []
    assert await due(database, OVER) == [(lead, OVER)]


async def test_the_years_count_from_what_last_happened(database: Database) -> None:
    lead, later = await known(database), THEN + timedelta(days=100)
    async with database.transaction() as session:
        await engagements.record(session, lead, Replied(at=later))

    assert await due(database, OVER + timedelta(days=99)) == []
    assert [one for one, _ in await due(database, OVER + timedelta(days=101))] == [lead]


async def test_a_consent_counts_as_something_that_happened(database: Database) -> None:
    await known(database)
    async with database.transaction() as session:
        await consents.give(session, "ada@example.com", "insights", consents.Basis.OPT_IN, {}, THEN + timedelta(days=100))

    assert await due(database, OVER + timedelta(days=99)) == []


OPEN = {
    "a campaign that is under way": "INSERT INTO enrollments VALUES (:lead, 1, 'welcome', 'welcome@1', :then)",
    "a contract without an end": "INSERT INTO contracts (lead_id, ends_on, changed_at) VALUES (:lead, NULL, :then)",
    "a contract that ends later": "INSERT INTO contracts (lead_id, ends_on, changed_at) VALUES (:lead, '2027-01-01', :then)",
    "a rep's open task": "INSERT INTO tasks (id, lead_id, enrollment, campaign, reason, why, opened_at, deadline_at) "
    "VALUES (:id, :lead, 1, 'welcome', 'demo', '', :then, :then)",
    "an open standing": "INSERT INTO standings (lead_id, no, open, stage, why, positions) VALUES (:lead, 1, true, 'unknown', '', '[]')",
}


@pytest.mark.parametrize("what", OPEN)
async def test_nobody_goes_with_whom_something_is_open(database: Database, what: str) -> None:
    lead = await known(database)
    async with database.transaction() as session:
        edition = "INSERT INTO campaign_editions VALUES ('welcome@1', 'welcome', '{}', '', :then)"
        await session.execute(text(edition), {"then": THEN})
        values = {"lead": lead, "then": THEN, "id": uuid4()}
        await session.execute(text(OPEN[what]), {name: value for name, value in values.items() if f":{name}" in OPEN[what]})

    assert await due(database, OVER + timedelta(days=365)) == []


async def test_a_customer_goes_as_long_after_the_end_of_the_contract(database: Database) -> None:
    lead = await known(database)
    async with database.transaction() as session:
        session.add(tables.Contract(lead_id=lead, ends_on=datetime(2025, 1, 1, tzinfo=UTC).date(), changed_at=THEN))

    assert await due(database, datetime(2027, 12, 31, tzinfo=UTC)) == []
    assert await due(database, datetime(2028, 1, 1, tzinfo=UTC)) == [(lead, datetime(2028, 1, 1, tzinfo=UTC))]


async def test_some_at_a_time_the_longest_known_first(database: Database) -> None:
    first, _ = await known(database), await known(database, "eve")

    async with database.transaction() as session:
        assert [one.lead_id for one in await retention.due(session, 3, OVER, 1)] == [first]


async def test_what_came_from_nobody_who_is_known_goes_too(database: Database) -> None:
    async with database.transaction() as session:
        for days, digest in ((0, "old"), (30, "young")):
            at = THEN + timedelta(days=days)
            session.add(tables.Stray(digest=digest, arrived_at=at, sort="unclear", reason="", candidates=[]))
            session.add(tables.Visit(id=uuid4(), visitor=uuid4(), content="pricing", at=at))
            session.add(tables.Visitor(id=uuid4(), site=digest, agreed_at=at, seen_at=at))

    async with database.transaction() as session:
        gone = await retention.forget_the_unknown(session, 3, OVER + timedelta(days=1), 10)

        left = [
            row[0]
            for row in await session.execute(
                text("SELECT digest FROM strays UNION ALL SELECT content FROM visits UNION ALL SELECT site FROM visitors")
            )
        ]
    assert (gone, left) == (3, ["young", "pricing", "young"])
