"""The starter as its users call it: in this process with a clock of our own, or as a process that can be killed."""

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import anyio.to_thread
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from commands.app import app
from store.database import Database

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "127.0.0.1:1"
"""Nobody listens here."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Starter = Callable[..., Awaitable[Said]]
Ask = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def now() -> datetime:
    return datetime(2027, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def nothing_set() -> dict[str, str | None]:
    """The environment of somebody who has set nothing up. A Temporal of this machine is not to be found by chance."""
    return {"DATABASE_URL": None, "TEMPLATES_DIR": None, "TEMPORAL_ADDRESS": NOWHERE, "TEMPORAL_CONFIG_FILE": os.devnull, "COLUMNS": "100"}


@pytest.fixture
def environment(nothing_set: dict[str, str | None], database_url: str) -> dict[str, str | None]:
    """What the starter finds in its environment: a database, and no Temporal."""
    return {**nothing_set, "DATABASE_URL": database_url}


def caller(environment: dict[str, str | None], now: datetime) -> Starter:
    async def starter(*arguments: object, clock: Callable[[], datetime] = lambda: now, **changes: str | None) -> Said:
        def carry_out() -> Said:
            done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={**environment, **changes}, obj=clock)
            if done.exception is not None and not isinstance(done.exception, SystemExit):
                raise done.exception
            return Said(done.exit_code, done.stdout, done.stderr)

        return await anyio.to_thread.run_sync(carry_out)

    return starter


@pytest.fixture
def starter(environment: dict[str, str | None], now: datetime, anyio_backend: str) -> Starter:
    """Carries out a command; ``clock`` is what it takes for the time, and what is named is changed in its environment."""
    return caller(environment, now)


@pytest.fixture
def bare_starter(nothing_set: dict[str, str | None], now: datetime, anyio_backend: str) -> Starter:
    """The same where nothing is set up."""
    return caller(nothing_set, now)


@pytest.fixture
def ask(database: Database) -> Ask:
    """Asks the database itself, in SQL."""

    async def ask(question: str, **values: object) -> list[Any]:
        async with database.transaction() as session:
            rows = (await session.execute(text(question), values)).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    return ask


@pytest.fixture
def process(environment: dict[str, str | None]) -> Callable[..., Any]:
    """Runs the starter as a process of its own, which is gone when the block ends."""

    given = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}

    @contextmanager
    def process(*arguments: object) -> Iterator[Popen[str]]:
        command = [sys.executable, str(ROOT / "starter.py"), *map(str, arguments)]
        with Popen(command, cwd=ROOT, env=given, stdout=PIPE, stderr=PIPE, text=True) as running:
            try:
                yield running
            finally:
                running.kill()

    return process


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of leads."""

    def csv(content: str | bytes, name: str = "leads.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return csv
