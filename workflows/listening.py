"""Waits for work that other processes write into the database, and looks for it from time to time, should word of it get lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

AWAY_SECONDS: Final = 5.0
"""How long nothing is tried while the database is away."""

_log = logging.getLogger(__name__)


async def keep_listening(url: str, channel: str, look: Callable[[], Awaitable[float]], heard: asyncio.Event | None = None) -> None:
    """Look whenever something is said on a channel of the database, until cancelled.

    ``look`` gives in how many seconds it wants to look again at the latest. Whoever sets ``heard`` has it look at once.
    """
    heard = heard or asyncio.Event()
    while True:
        try:
            listener = await asyncpg.connect(url)
            try:
                await listener.add_listener(channel, lambda *_: heard.set())
                while not listener.is_closed():
                    heard.clear()
                    seconds = await look()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(seconds):  # wait_for would take what is heard for an answer to being cancelled
                            await heard.wait()
            finally:
                listener.terminate()
        except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("the database is away (%s): looking again soon", type(error).__name__)
            await asyncio.sleep(AWAY_SECONDS)
