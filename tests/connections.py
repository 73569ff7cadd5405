"""Connections to PostgreSQL that stay from test to test: to make one takes both sides 8 ms, and all that it knows by then is forgotten."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import await_only

from tests.databases import Databases, Home

_AT_MOST: Final = 8
"""How many rest in one database."""


class LastingLoop(asyncio.SelectorEventLoop):
    """The event loop of all async tests of a process. The runner of each test ends its tasks, and would close it with its connections."""

    def close(self) -> None:
        """Stay: see ``end``."""

    async def shutdown_default_executor(self) -> None:
        """Stay as well."""

    async def shutdown_asyncgens(self) -> None:
        """A loop that did this once says ever after that it is too late for generators."""

    def end(self) -> None:
        """Close it in earnest."""
        try:
            self.run_until_complete(super().shutdown_asyncgens())
            self.run_until_complete(super().shutdown_default_executor())
        finally:
            super().close()


class Connections:
    """Keeps what SQLAlchemy would close, for whoever is lent the database next; a connection is looked at before it is used again."""

    def __init__(self, databases: Databases, loop: LastingLoop) -> None:
        self._databases = databases
        self._loop = loop
        self._homes: dict[int, tuple[Home, str]] = {}
        self._rested: set[int] = set()

    def take(self, dialect: Any, record: Any, arguments: Any, options: dict[str, Any]) -> Any:
        """One that rests, or one that is made; none for those who are not lent the database, and in other loops."""
        home = self._databases.lent_to(options.get("database"), options.get("user"))
        if home is None or asyncio.get_running_loop() is not self._loop:
            return None
        while home.resting:
            _, rested = home.resting.popitem()
            try:
                await_only(rested.driver_connection.reset())
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                rested.terminate()
                continue
            return self._lent(rested, home)
        made = dialect.connect(*arguments, **options)
        self._rested.discard(made.driver_connection.get_server_pid())
        return self._lent(made, home)

    def _lent(self, connection: Any, home: Home) -> Any:
        self._homes[connection.driver_connection.get_server_pid()] = home, home.guest
        return connection

    def close(self, connection: Any) -> bool:
        """Let it rest, if it is sound and its database is still lent to whoever had it: whether it rests."""
        if connection.driver_connection.is_closed():
            return False
        pid = connection.driver_connection.get_server_pid()
        home, guest = self._homes.pop(pid, (None, ""))
        if home is None or home.guest != guest or len(home.resting) == _AT_MOST:
            return False
        connection.rollback()
        home.resting[pid] = connection
        self._rested.add(pid)
        return True

    def has_rested(self, connection: Any) -> bool:
        """Whether it was told already what a connection is to know."""
        return connection.driver_connection.get_server_pid() in self._rested


@contextmanager
def connections_kept(databases: Databases, loop: LastingLoop) -> Iterator[None]:
    """Have SQLAlchemy ask here whenever it would make a connection or close one."""
    kept, close, tell = Connections(databases, loop), PGDialect_asyncpg.do_close, PGDialect_asyncpg.on_connect

    def close_or_keep(dialect: Any, connection: Any) -> None:
        if not kept.close(connection):
            close(dialect, connection)

    def tell_once(dialect: Any) -> Callable[[Any], None]:
        told = tell(dialect)

        def once(connection: Any) -> None:
            if not kept.has_rested(connection):
                told(connection)

        return once

    event.listen(Engine, "do_connect", kept.take)
    with pytest.MonkeyPatch.context() as dialect:
        dialect.setattr(PGDialect_asyncpg, "do_close", close_or_keep)
        dialect.setattr(PGDialect_asyncpg, "on_connect", tell_once)
        yield
    event.remove(Engine, "do_connect", kept.take)
    databases.send_home()
