"""What every test can ask for: a real PostgreSQL, and in it a database of its own that is migrated already and empty."""

import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import Client, WorkflowHistory

from local.postgres import postgres
from local.privacy import read_all_histories
from store.database import Database
from tests.connections import LastingLoop, connections_kept
from tests.databases import Databases, databases_of
from tests.once import commands_made_once, letters_read_once, one_root, statements_compiled_once, types_asked_once

__all__ = ["commands_made_once", "letters_read_once", "one_root", "statements_compiled_once", "types_asked_once"]


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
    "scenarios/test_stories",
    "scenarios/test_main_job",
    "workflows/test_erased_runs",
    "rehearsal/test_commands",
    "scenarios/test_language",
    "local/test_stack",
    "scenarios/test_stages",
    "workflows/test_kills",
    "commands/test_campaign_new",
    "workflows/test_doctor",
]
"""Files that take longest: where several processes test, they go first, so that none is waited for at the end. Those that mostly wait for
others stand beside those that do not."""


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage, again and again, takes a tenth of the time of all tests."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / f"{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def loop() -> Iterator[LastingLoop]:
    """The event loop of all async tests."""
    loop = LastingLoop()
    yield loop
    loop.end()


@pytest.fixture(scope="session")
def anyio_backend(loop: LastingLoop) -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": lambda: loop}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server for the whole run, as a URL with ``{database}`` still to be filled in.

    Its folder is not pytest's: another run may close that one to the server's user.
    """
    with TemporaryDirectory(prefix="sodate-tests-") as folder, postgres(Path(folder) / "postgres") as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres_url: str, loop: LastingLoop) -> Iterator[Databases]:
    """Lends databases; for tests that need more than one."""
    with databases_of(postgres_url) as databases, connections_kept(databases, loop):
        yield databases


@pytest.fixture
def empty_database_url(databases: Databases, postgres_url: str) -> Iterator[str]:
    """A database without any tables, dropped after the test."""
    name = databases.create()
    yield postgres_url.format(database=name)
    databases.drop(name)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A migrated, empty database that no other test knows; for processes, and for tests that are not async."""
    url = databases.lend()
    yield url
    databases.take_back(url)


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
