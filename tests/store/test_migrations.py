"""The database: built from empty by its migrations, and then exactly what the tables say."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import CommandLine, Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from store.database import driver_url
from store.migrate import migrate
from store.tables import Table

pytestmark = pytest.mark.anyio


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrations_build_what_the_tables_say(empty_database_url: str) -> None:
    await migrate(empty_database_url)

    engine = create_async_engine(driver_url(empty_database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
        names = await connection.run_sync(lambda c: set(inspect(c).get_table_names()))
    await engine.dispose()

    assert found == []
    assert names == set(Table.metadata.tables) | {"alembic_version"}


async def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(3)))
    await migrate(empty_database_url)

    engine = create_async_engine(driver_url(empty_database_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


def test_alembic_works_by_hand_up_and_down(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("DATABASE_URL", empty_database_url)

    def alembic(*words: str) -> str:
        typed, said = CommandLine(), StringIO()
        options = typed.parser.parse_args(words)
        typed.run_cmd(Config(root / "alembic.ini", stdout=said, cmd_opts=options), options)
        return said.getvalue()

    alembic("upgrade", "head")
    alembic("check")
    newest = max(path.name for path in (root / "migrations" / "versions").glob("*.py")).partition("_")[0]
    assert f"{newest} (head)" in alembic("current")

    alembic("downgrade", "base")
    assert alembic("current") == ""
