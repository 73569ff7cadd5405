"""Each test has a database to itself: migrated, empty, and out of reach of whatever an earlier test left running."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store.database import Database
from tests.databases import Databases

pytestmark = pytest.mark.anyio

WHICH = "SELECT oid FROM pg_database WHERE datname = current_database()"
A_REFUSAL = "INSERT INTO suppressions VALUES ('0', '*', 'opted_out', now()) RETURNING 1"
REFUSALS = "SELECT count(*) FROM suppressions"


async def ask(url: str, question: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_database_that_comes_back_is_lent_again_empty_and_to_somebody_else(databases: Databases) -> None:
    first = databases.lend()
    was, stored = await ask(first, WHICH), await ask(first, A_REFUSAL)
    databases.take_back(first)

    second = databases.lend()
    is_now, found = await ask(second, WHICH), await ask(second, REFUSALS)
    databases.take_back(second)

    assert (stored, found) == (1, 0)
    assert was == is_now
    assert first != second


async def test_what_a_test_left_running_is_cut_off_and_is_not_let_in_again(databases: Databases) -> None:
    url = databases.lend()
    left = await asyncpg.connect(url)

    databases.take_back(url)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await left.execute(A_REFUSAL)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await asyncpg.connect(url)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE standings RENAME TO standings_away",
        "ALTER TABLE leads ADD CONSTRAINT trap CHECK (family_name <> 'Lovelace')",
        "ALTER TABLE leads ALTER COLUMN family_name SET DEFAULT 'Lovelace'",
        "ALTER TABLE leads ALTER COLUMN family_name DROP NOT NULL",
        "DROP INDEX uq_engagements_key",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
async def test_a_database_whose_tables_were_changed_is_not_lent_again(databases: Databases, change: str) -> None:
    changed = databases.lend()
    was = await ask(changed, WHICH)
    await ask(changed, change)
    databases.take_back(changed)

    another = databases.lend()
    is_now = await ask(another, WHICH)
    databases.take_back(another)

    assert was != is_now


async def tell(url: str, *statements: str) -> Any:
    """What the last statement says, through the product's own way into the database."""
    database = Database(url)
    async with database.transaction() as session:
        for statement in statements[:-1]:
            await session.execute(text(statement))
        said = await session.scalar(text(statements[-1]))
    await database.close()
    return said


WHO = "SELECT pg_backend_pid()"


async def test_who_is_lent_a_database_next_goes_on_with_its_connection_and_finds_nothing_in_it(databases: Databases) -> None:
    first = databases.lend()
    was = await tell(first, "SET search_path = nowhere", "SELECT pg_advisory_lock(1)", WHO)
    databases.take_back(first)

    second = databases.lend()
    is_now = await tell(second, WHO)
    path = await tell(second, "SHOW search_path")
    locks = await tell(second, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    databases.take_back(second)

    assert was == is_now
    assert (path, locks) == ('"$user", public', 0)


async def test_a_connection_that_was_cut_off_while_it_rested_is_followed_by_another(databases: Databases) -> None:
    url = databases.lend()
    was = await tell(url, WHO)
    cut_off = await ask(url, f"SELECT pg_terminate_backend({was}, 5000)")
    is_now = await tell(url, WHO)
    databases.take_back(url)

    assert cut_off
    assert was != is_now


async def test_who_still_has_a_connection_when_the_database_goes_back_cannot_leave_it_to_anybody(databases: Databases) -> None:
    first = databases.lend()
    database, was = Database(first), list[int | None]()

    async def give_it_back_too_soon() -> None:
        async with database.transaction() as session:
            was.append(await session.scalar(text(WHO)))
            databases.take_back(first)
            await session.scalar(text(WHO))

    with pytest.raises(DBAPIError):
        await give_it_back_too_soon()
    await database.close()

    second = databases.lend()
    is_now = await tell(second, WHO)
    databases.take_back(second)

    assert was != [is_now]
