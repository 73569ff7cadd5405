"""Databases for tests: migrated, empty, and out of reach of whatever an earlier test left running."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg
from anyio.from_thread import BlockingPortal, start_blocking_portal

from store.migrate import migrate

_OWNER: Final = "postgres@"
_LONGEST_LEAVING_S: Final = 60.0


@dataclass
class Home:
    """One database: who may enter it now, the connection that keeps it in order, and what it was like as the migrations had made it.

    ``resting`` are connections that whoever is lent it next may go on with, by their numbers at the server.
    """

    name: str
    guest: str
    keeper: Any
    shape: str
    resting: dict[int, Any] = field(default_factory=dict)

    def send_home(self) -> None:
        """End the connections that rest."""
        while self.resting:
            _, connection = self.resting.popitem()
            connection.terminate()


class Databases:
    """Migrated, empty databases, each lent to one test at a time. ``server_url`` has ``{database}`` still to be filled in.

    One is migrated, and others are copied from it. To copy one costs more than most tests do, so that one that comes back is emptied, as
    long as it still is as the migrations made it. Who borrows it next has another name: by the old one, whatever a test may have left
    running is not let in. What keeps the databases in order has connections of its own, for as long as there are databases: to connect
    takes longer than to empty.
    """

    def __init__(self, server_url: str, portal: BlockingPortal) -> None:
        self._server_url = server_url
        self._portal = portal
        self._pattern = ""
        self._free: list[Home] = []
        self._lent: dict[str, Home] = {}

    def lend(self) -> str:
        """The URL of a migrated, empty database that nobody else knows."""
        return self._portal.call(self._lend)

    def take_back(self, url: str) -> None:
        """Empty it for the next test; drop it where its tables are not those that were lent."""
        home = self._lent.pop(url)
        if not self._portal.call(self._take_back, home):
            home.send_home()

    def lent_to(self, database: str | None, guest: str | None) -> Home | None:
        """The database that is lent to this guest now."""
        return next((home for home in self._lent.values() if (home.name, home.guest) == (database, guest)), None)

    def send_home(self) -> None:
        """End the connections that rest."""
        for home in (*self._free, *self._lent.values()):
            home.send_home()

    def create(self) -> str:
        """The name of a database without any tables."""
        return self._portal.call(self._create)

    def drop(self, name: str) -> None:
        self._portal.call(self._drop, name)

    async def _lend(self) -> str:
        home = self._free.pop() if self._free else await self._found()
        url = self._server_url.format(database=home.name).replace(_OWNER, f"{home.guest}@")
        self._lent[url] = home
        return url

    async def _found(self) -> Home:
        if not self._pattern:
            self._pattern = await self._create()
            await migrate(self._server_url.format(database=self._pattern))
        name, guest = await self._create(f"TEMPLATE {self._pattern}"), _guest()
        keeper = await self._keeper(name)
        await keeper.execute(f"CREATE ROLE {guest} SUPERUSER LOGIN")
        return Home(name, guest, keeper, await keeper.fetchval(_SHAPE))

    async def _take_back(self, home: Home) -> bool:
        """Whether it can be lent again."""
        if home.keeper.is_closed():  # as when a test has cut off everybody
            home.keeper = await self._keeper(home.name)
        was, home.guest = home.guest, _guest()
        await home.keeper.execute(f"ALTER ROLE {was} RENAME TO {home.guest}")
        resting = list(home.resting)
        await home.keeper.fetch(_SEND_AWAY, resting)
        async with asyncio.timeout(_LONGEST_LEAVING_S):
            while await home.keeper.fetchval(_SOMEBODY_IS_THERE, resting):
                await asyncio.sleep(0.002)
        if await home.keeper.fetchval(_SHAPE) == home.shape:
            await _empty(home.keeper)
            self._free.append(home)
            return True
        await home.keeper.close()
        await self._drop(home.name)
        return False

    async def _create(self, how: str = "") -> str:
        name = f"test_{uuid4().hex}"
        await self._tell_server(f"CREATE DATABASE {name} {how}")
        return name

    async def _drop(self, name: str) -> None:
        await self._tell_server(f"DROP DATABASE {name} WITH (FORCE)")

    async def forget_on_power_loss(self) -> None:
        """What tests leave need not outlive the machine, nor be in order for long."""
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            await self._tell_server(f"ALTER SYSTEM SET {name} = off")
        await self._tell_server("SELECT pg_reload_conf()")

    async def _tell_server(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server_url.format(database="postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _keeper(self, name: str) -> Any:
        """A connection that sets off no triggers, so that what refers to other rows can be deleted before them."""
        return await asyncpg.connect(
            self._server_url.format(database=name), server_settings={"session_replication_role": "replica"}, command_timeout=60
        )

    async def leave(self) -> None:
        """Close what keeps the databases in order."""
        for home in (*self._free, *self._lent.values()):
            await home.keeper.close()


@contextmanager
def databases_of(server_url: str) -> Iterator[Databases]:
    """Databases of a server, which are kept in order in a thread of their own: tests that are async and others ask for them alike."""
    with start_blocking_portal() as portal:
        databases = Databases(server_url, portal)
        portal.call(databases.forget_on_power_loss)
        yield databases
        portal.call(databases.leave)


_OTHERS: Final = """
    FROM pg_stat_get_activity(NULL)
    WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid() AND pid <> ALL($1::int[])
"""
_SEND_AWAY: Final = f"SELECT pg_terminate_backend(pid) {_OTHERS}"
_SOMEBODY_IS_THERE: Final = f"SELECT EXISTS (SELECT {_OTHERS})"

_SHAPE: Final = """
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

_USED: Final = """
    SELECT string_agg(oid::regclass::text, ', '), string_agg(format('DELETE FROM %s', oid::regclass), '; ') FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""

_BEGIN_AGAIN: Final = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"


async def _empty(keeper: Any) -> None:
    """As it was made, down to the order in which rows will lie: to truncate is the same, and makes hundreds of new files."""
    used, delete = await keeper.fetchrow(_USED)
    if used:
        await keeper.execute(delete)
        await keeper.execute(f"VACUUM {used}")
    await keeper.execute(_BEGIN_AGAIN)


def _guest() -> str:
    return f"guest_{uuid4().hex}"
