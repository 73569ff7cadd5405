"""A world for rehearsals, thrown away afterwards: a database, a Temporal and a post office of its own, and no way to production."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
from anyio import CancelScope

from local.postgres import create_database, postgres
from local.temporal import quiet_core
from settings import Settings
from store.migrate import migrate

if TYPE_CHECKING:
    from local.town import Town

_TABLES: Final = "tables"
_FORGETFUL: Final = ("fsync", "synchronous_commit", "full_page_writes")
"""What a database need not do that nobody keeps."""

_LEAD_OUT: Final = ("DATABASE_", "SMTP_", "MAIL_", "TEMPORAL_", "NOTIFY_", "PG")
"""So begin variables that could lead somewhere. With every setting of production they are out of the environment while there is a world."""

_NO_WAY_OUT: Final = ("database_url", "base_url")
"""Settings with an address that is checked by itself, or that is only written into letters."""

_PROXIES: Final = "_PROXY"
_SENDER: Final = ("SENDER_ADDRESS", "SENDER_NAME", "SENDER_LEGAL_NAME", "SENDER_POSTAL_ADDRESS", "SENDER_CONTACT")
"""What letters say of who sends them: words only, so that a rehearsal may show them as they will be."""


class NotThrownAway(RuntimeError):
    """The world could reach something that is not its own. Nothing was begun in it."""


@asynccontextmanager
async def house() -> "AsyncIterator[House]":
    """A house for worlds, one after the other, with a database server in a folder of its own. It is gone when the block ends."""
    quiet_core()
    sender = {name: os.environ[name] for name in _SENDER if os.environ.get(name)}
    with _without_ways_out(), _without_remarks(), TemporaryDirectory(prefix="sodate-") as name:
        folder = Path(name).resolve()
        async with _server(folder / "pg") as starting:
            yield House(folder, starting, sender)


class House:
    """Where worlds come from. Made by ``house``; ``starting`` gives the server's URL once it runs."""

    def __init__(self, folder: Path, starting: asyncio.Future[str], sender: Mapping[str, str]) -> None:
        self._folder = folder
        self._starting = starting
        self._sender = sender
        self._worlds = 0

    @asynccontextmanager
    async def world(self, templates: Path, since: datetime, *, own_sender: bool = True) -> "AsyncIterator[Town]":
        """An empty town at ``since``, or at the present if that is later, with the letters of ``templates``.

        Letters name the sender of this environment, or without ``own_sender`` one that is the same everywhere. Raises NotThrownAway rather
        than begin where production could be reached, and SettingsError for a sender that is wrong.
        """
        from local.town import town  # while the database starts: it takes as long

        database_url = await self._database(await self._starting)
        changes: dict[str, Any] = {"TEMPLATES_DIR": str(templates), **(self._sender if own_sender else {})}
        try:
            async with town(database_url, since=since, sandboxed=False, **changes) as here:
                must_be_thrown_away(here.settings, here.client.service_client.config.target_host, here.post.url, self._folder)
                yield here
        except BaseExceptionGroup as several:  # the worker's group wraps whatever happens while it works
            raise _only_one(several) from None

    async def _database(self, server_url: str) -> str:
        """An empty database of today's tables, for one world. The first time they are made, and copied from then on."""
        if wrong := _wrong_with_database(server_url, self._folder):
            raise NotThrownAway(wrong)
        if not self._worlds:
            await _do(server_url, *(f"ALTER SYSTEM SET {name} = off" for name in _FORGETFUL), "SELECT pg_reload_conf()")
            await migrate(await create_database(server_url, _TABLES))
        self._worlds += 1
        name = f"world_{self._worlds}"
        await _do(server_url, f"CREATE DATABASE {name} TEMPLATE {_TABLES}")
        return server_url.format(database=name)


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[asyncio.Future[str]]:
    """A database server that starts while others do something, and is stopped when the block ends, however it ends."""
    server = postgres(folder)
    starting = asyncio.ensure_future(asyncio.to_thread(server.__enter__))
    try:
        await asyncio.sleep(0)
        yield starting
    finally:
        with CancelScope(shield=True):
            await asyncio.wait([starting])
            if starting.exception() is None:
                await asyncio.to_thread(server.__exit__, None, None, None)


def must_be_thrown_away(settings: Settings, temporal: str, post: str, folder: Path) -> None:
    """Raises NotThrownAway unless everything that these settings lead to is this world's own."""
    wrong = [
        _wrong_with_database(settings.database_url, folder),
        "" if _is_this_machine(f"//{temporal}") else "Temporal is not on this machine",
    ]
    for name in Settings.model_fields:
        value = str(getattr(settings, name))
        if "://" in value and name not in _NO_WAY_OUT and not _same_server(value, post):
            wrong.append(f"{name.upper()} is not the catcher of this rehearsal")
    if found := [what for what in wrong if what]:
        raise NotThrownAway("; ".join(found))


async def _do(server_url: str, *statements: str) -> None:
    connection = await asyncpg.connect(server_url.format(database="postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _wrong_with_database(url: str, folder: Path) -> str:
    """Why a database is not reached by a socket in this folder alone; empty when it is."""
    parts = urlsplit(url)
    sockets = parse_qs(parts.query).get("host", [])
    own = len(sockets) == 1 and Path(sockets[0]).resolve().is_relative_to(folder) and not parts.hostname
    return "" if own else "the database is not in this rehearsal's own folder"


def _same_server(url: str, post: str) -> bool:
    return _is_this_machine(url) and urlsplit(url).port == urlsplit(post).port


def _is_this_machine(url: str) -> bool:
    try:
        return ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False


@contextmanager
def _without_ways_out() -> Iterator[None]:
    """Take every variable that could lead out of this world from the environment, of this process and of those that it starts."""
    kept = {name: value for name, value in os.environ.items() if _leads_out(name.upper())}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def _without_remarks() -> Iterator[None]:
    """The relay warns of every moment in which a lead is between two runs, and tries again: no news to who rehearses a campaign."""
    log = logging.getLogger("workflows.relay")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _leads_out(name: str) -> bool:
    return name.lower() in Settings.model_fields or name.startswith(_LEAD_OUT) or name.endswith(_PROXIES)


def _only_one(error: BaseException) -> BaseException:
    """The error itself, where groups hold nothing but it."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
