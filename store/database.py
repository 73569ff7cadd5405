"""The way into the database: one engine a process, one transaction a piece of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

SECRET: Final = "secret"
"""Under which name a session carries the secret."""

_FRESH_SECONDS: Final = 1.0
_RESTS_SINCE: Final = "rests_since"


class Database:
    """Connections to one database. ``url`` is ``postgresql://…``, as in ``DATABASE_URL``.

    By ``secret`` addresses of people who were erased are known again: see ``store.leads.keyed``.
    """

    def __init__(self, url: str, *, pool_size: int = 10, secret: str = "") -> None:
        self.url = url
        self._engine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_use_lifo=True,  # the connection that was in use last has the statements prepared
            hide_parameters=True,
        )
        _ping_the_idle(self._engine)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, info={SECRET: secret})

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """All of it or nothing: committed when the block ends, rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    async def close(self) -> None:
        await self._engine.dispose()


def _ping_the_idle(engine: AsyncEngine) -> None:
    """Look whether a connection is still alive before it is used, unless it was in use a moment ago: a ping costs three round trips."""

    @event.listens_for(engine.sync_engine, "checkin")
    def rest(connection: Any, record: Any) -> None:
        record.info[_RESTS_SINCE] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def wake(connection: Any, record: Any, proxy: Any) -> None:
        rests_since = record.info.get(_RESTS_SINCE)
        if rests_since is not None and monotonic() - rests_since > _FRESH_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error:
                raise DisconnectionError("the connection died while it rested") from None


def driver_url(url: str) -> str:
    """The URL in SQLAlchemy's words."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
