"""What commands stand on: the clock, the settings that they need, and the ways to the database and to Temporal."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from typing import Final

import asyncpg
import typer
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from temporalio.client import Client
from temporalio.service import RPCError

from commands.console import Away, WrongInput
from settings import Settings, SettingsError
from store.database import Database
from store.leads.keyed import NoSecret
from workflows.connection import connect, library_of
from workflows.gateway import Gateway
from workflows.wire import Library

Clock = Callable[[], datetime]

_NO_SUCH_TABLE: Final = "42P01"
PATIENCE_SECONDS: Final = 10.0
"""How long Temporal may take for one answer."""


def clock_of(context: typer.Context) -> Clock:
    """The clock that the caller of the app gave as ``obj``; the wall's when there is none."""
    return context.obj or (lambda: datetime.now(UTC))


def templates_dir() -> Path:
    """The folder of the letters."""
    folder = Path(os.environ.get("TEMPLATES_DIR") or str(Settings.model_fields["templates_dir"].default))
    if not folder.is_dir():
        raise WrongInput(f"{folder}: there is no such folder of letters; run this where the project is, or set TEMPLATES_DIR")
    return folder


def database_url() -> str | None:
    """The database of this process; None when it has none."""
    url = os.environ.get("DATABASE_URL")
    if url and not url.startswith("postgresql://"):
        raise WrongInput("DATABASE_URL is wrong: it begins with postgresql://")
    return url or None


def base_url() -> str:
    """Where the web app is reached. Raises WrongInput without the setting."""
    base = os.environ.get("BASE_URL", "")
    if not base.startswith(("http://", "https://")):
        raise WrongInput(f"BASE_URL is missing or wrong: {Settings.model_fields['base_url'].description}")
    return base


def system_user() -> str:
    """Who gives this command, for the audit log: the name of the system's user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "starter.py"


@asynccontextmanager
async def database() -> AsyncIterator[Database]:
    """The database, which answers and is up to date. Raises WrongInput without the setting, and Away when it does not answer."""
    url = database_url()
    if url is None:
        raise WrongInput(f"DATABASE_URL is missing; it says where the leads are: {Settings.model_fields['database_url'].description}")
    try:
        opened = Database(url, secret=os.environ.get("ERASURE_SECRET") or os.environ.get("LINK_SECRET") or "")
    except (ValueError, ArgumentError):
        raise WrongInput("DATABASE_URL is wrong; write it like postgresql://user:password@host:5432/sodate") from None
    try:
        await _answers(opened)
        yield opened
    except NoSecret as missing:
        raise WrongInput(str(missing)) from None
    except (DBAPIError, PoolTimeout, asyncpg.InterfaceError, OSError) as error:
        if isinstance(error, DBAPIError) and not (error.connection_invalidated or isinstance(error, InterfaceError)):
            raise
        raise _away(error) from None
    finally:
        await opened.close()


async def _answers(database: Database) -> None:
    """Raises Away for a database that does not answer, or that has no tables."""
    try:
        async with database.transaction() as session:
            await session.execute(text("SELECT FROM standings, engagements LIMIT 0"))
    except (DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if getattr(getattr(error, "orig", None), "sqlstate", "") == _NO_SUCH_TABLE:
            raise Away("the database has no tables yet; create them with: alembic upgrade head") from None
        raise _away(error) from None


@asynccontextmanager
async def temporal(library: Library) -> AsyncIterator[Client]:
    """Temporal itself. Raises WrongInput for settings that are wrong, and Away when it does not answer."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            client = await connect(library)
    except SettingsError as error:
        raise WrongInput(*str(error).splitlines()) from None
    except (RuntimeError, TimeoutError, OSError, ValueError) as error:
        raise Away(f"Temporal cannot be reached ({_short(error)}); see that it runs, and TEMPORAL_ADDRESS is right") from None
    try:
        yield client
    except RPCError as error:
        raise Away(f"Temporal does not answer ({error.status.name}); try again in a moment") from None


@asynccontextmanager
async def gateway(database: Database) -> AsyncIterator[Gateway]:
    """The way to the leads' workflows. Raises what ``temporal`` does."""
    async with temporal(library_of(database)) as client:
        yield Gateway(client)


def _away(error: BaseException) -> Away:
    said = _short(getattr(error, "orig", None) or error)
    return Away(f"the database cannot be reached ({said}); see that it runs, and DATABASE_URL is right")


def _short(error: BaseException) -> str:
    """The first line, cut between words."""
    return shorten((str(error).splitlines() or [""])[0], 160, placeholder=" …") or type(error).__name__
