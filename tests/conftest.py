"""What every test can ask for: a real PostgreSQL, and in it a database of its own that is migrated already."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.client import Client, WorkflowHistory

from local.postgres import postgres
from local.privacy import read_all_histories
from store.database import Database
from store.migrate import migrate


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="keep the histories of the scenarios, for replay")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server for the whole run, as a URL with ``{database}`` still to be filled in.

    Its folder is not pytest's: another run may close that one to the server's user.
    """
    with TemporaryDirectory(prefix="sodate-tests-") as folder, postgres(Path(folder) / "postgres") as url:
        forget_on_power_loss = [f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        asyncio.run(_do(url, *forget_on_power_loss, "SELECT pg_reload_conf()"))
        yield url


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> str:
    """The name of a migrated database that nobody is connected to, to be copied."""
    asyncio.run(_do(postgres_url, "CREATE DATABASE migrated"))
    asyncio.run(migrate(postgres_url.format(database="migrated")))
    return "migrated"


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """A database without any tables, dropped after the test."""
    yield from _created(postgres_url, "template1")


@pytest.fixture
def database_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """A migrated, empty database for one test, dropped after it; for processes, and for tests that are not async."""
    yield from _created(postgres_url, migrated_template)


@pytest.fixture
async def database(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """The same, opened."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def nothing_personal() -> Callable[[Client, Database], Awaitable[dict[UUID, list[WorkflowHistory]]]]:
    """Reads every history of every lead as bytes, and fails where one holds anything personal. Gives the histories."""
    return read_all_histories


def _created(url: str, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    asyncio.run(_do(url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield url.format(database=name)
    asyncio.run(_do(url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _do(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url.format(database="postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
