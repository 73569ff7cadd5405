"""What every test can ask for: a real PostgreSQL, and in it a database of its own that is migrated already and empty."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.client import Client, WorkflowHistory

from local.postgres import postgres
from local.privacy import read_all_histories
from store.database import Database
from store.migrate import migrate
from tests.once import commands_made_once, one_root, statements_compiled_once, types_asked_once

__all__ = ["commands_made_once", "one_root", "statements_compiled_once", "types_asked_once"]


def pytest_configure() -> None:
    """Programs that are told Ctrl-C are to hear it, also where whoever started the tests, such as a shell in the background, does not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.set_threshold(100_000, 50, 100)  # while all is loaded, nothing becomes garbage


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="keep the histories of the scenarios, for replay")


OWN = {
    "database_url": "postgresql:///here",
    "mail_url": "smtp://127.0.0.1:2525",
    "base_url": "https://letters.example.com",
    "link_secret": "only-for-tests-0123456789",
    "sender_address": "hello@example.com",
    "sender_name": "Hoshino",
    "sender_legal_name": "Hoshino Instruments",
    "sender_postal_address": "1-1 Example, Tokyo",
    "sender_contact": "hello@example.com",
}
"""Settings of a product that is complete, and sends nothing to anybody."""

LONG = [
    "forecast/test_same_as_the_real_thing",
    "demo/test_demo",
    "workflows/test_outages",
    "browser/test_every_page",
    "local/test_stack",
    "workflows/test_kills",
    "workflows/test_erased_runs",
    "rehearsal/test_commands",
    "commands/test_campaign_new",
    "workflows/test_doctor",
    "scenarios/test_stories",
    "scenarios/test_main_job",
]
"""Files that take longest: where several processes test, they go first, so that none is waited for at the end."""


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage, again and again, takes a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / f"{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server for the whole run, as a URL with ``{database}`` still to be filled in.

    Its folder is not pytest's: another run may close that one to the server's user.
    """
    with TemporaryDirectory(prefix="sodate-tests-") as folder, postgres(Path(folder) / "postgres") as url:
        asyncio.run(_forget_on_power_loss(url))
        yield url


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """A database without any tables, dropped after the test."""
    url = asyncio.run(_create(postgres_url))
    yield url
    asyncio.run(_drop(postgres_url, url))


class Databases:
    """Migrated, empty databases, each lent to one test at a time.

    To copy a database or to migrate one costs more than most tests do, so that one that comes back is emptied, as long as it still is as
    the migrations made it. It has another name then: whatever a test may have left running does not find it.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._free: list[str] = []
        self._as_migrated = ""

    async def lend(self) -> str:
        """The URL of a database that nobody else knows."""
        if self._free:
            return self._free.pop()
        url = await _create(self._server_url)
        await migrate(url)
        async with _connected(url) as connection:
            self._as_migrated = await connection.fetchval(_SHAPE)
        return url

    async def take_back(self, url: str) -> None:
        """Empty it for the next test; drop it where its tables are not those that were lent."""
        name = f"test_{uuid4().hex}"
        async with _connected(self._server_url.format(database="postgres")) as server:
            await server.execute(_DISCONNECT, _name_in(url))
            await server.execute(f"ALTER DATABASE {_name_in(url)} RENAME TO {name}")
        url = self._server_url.format(database=name)
        async with _connected(url) as connection:
            is_as_migrated = await connection.fetchval(_SHAPE) == self._as_migrated
            if is_as_migrated:
                await _empty(connection)
        if is_as_migrated:
            self._free.append(url)
        else:
            await _drop(self._server_url, url)


@pytest.fixture(scope="session")
def databases(postgres_url: str) -> Databases:
    """Lends databases; for tests that need more than one."""
    return Databases(postgres_url)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated, empty database that no other test knows; for processes, and for tests that are not async."""
    url = asyncio.run(databases.lend())
    yield url
    asyncio.run(databases.take_back(url))


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


_DISCONNECT = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_get_activity(NULL) WHERE datid = (SELECT oid FROM pg_database WHERE datname = $1)
"""

_SHAPE = """
    SELECT format('%s %s %s %s %s %s',
        (SELECT sum(oid::bigint + hashtext(relname)) FROM pg_class WHERE oid >= 16384),
        (SELECT sum(attrelid::bigint * attnum + atttypid::bigint * 31 + hashtext(attname)) FROM pg_attribute WHERE attrelid >= 16384),
        (SELECT sum(oid::bigint + hashtext(adbin::text)) FROM pg_attrdef),
        (SELECT sum(oid::bigint + hashtext(conname)) FROM pg_constraint WHERE oid >= 16384),
        (SELECT sum(oid::bigint) FROM pg_trigger WHERE oid >= 16384),
        (SELECT sum(oid::bigint + hashtext(prosrc)) FROM pg_proc WHERE oid >= 16384)
    )
"""
"""Sums over what a database is made of: whatever is made anew has another number. To write all of it out takes ten times as long."""

_USED = """
    SELECT string_agg(oid::regclass::text, ', '), string_agg(format('DELETE FROM %s', oid::regclass), '; ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""

_BEGIN_AGAIN = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"


async def _empty(connection: Any) -> None:
    """As it was made, down to the order in which rows will lie: to truncate is the same, and makes hundreds of new files."""
    used, delete = await connection.fetchrow(_USED)
    if used:
        await connection.execute(f"SET session_replication_role = replica; {delete}")
        await connection.execute(f"VACUUM {used}")
    await connection.execute(_BEGIN_AGAIN)


async def _create(server_url: str) -> str:
    name = f"test_{uuid4().hex}"
    async with _connected(server_url.format(database="postgres")) as server:
        await server.execute(f"CREATE DATABASE {name}")
    return server_url.format(database=name)


async def _drop(server_url: str, url: str) -> None:
    async with _connected(server_url.format(database="postgres")) as server:
        await server.execute(f"DROP DATABASE {_name_in(url)} WITH (FORCE)")


async def _forget_on_power_loss(server_url: str) -> None:
    async with _connected(server_url.format(database="postgres")) as server:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            await server.execute(f"ALTER SYSTEM SET {name} = off")
        await server.execute("SELECT pg_reload_conf()")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _name_in(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
