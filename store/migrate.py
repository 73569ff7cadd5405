"""Brings a database up to date. Safe to run from every process at once: the second waits, and finds nothing left to do."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from store.database import driver_url

_LOCK = 7_305_100_001
"""One migration at a time: the number of an advisory lock that nothing else takes."""


async def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` (``postgresql://…``) to ``revision``, all of it or nothing."""
    engine = create_async_engine(driver_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def migration_config() -> Config:
    """Alembic's configuration, made without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations").replace("%", "%%"))
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
