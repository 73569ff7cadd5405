"""A district of a city: the production worker for the leads on one server, as a process of its own. The city relays to it."""

import asyncio
import gc
import logging
import signal

import uvloop

from local.temporal import quiet_core
from local.town import SMALL_SERVER
from mail.transport import transport_of
from settings import read_settings
from store.database import Database
from worker import ACTIVITIES_AT_A_TIME, workers_of
from workflows.connection import connect, library_of


async def main() -> None:
    """Work until a signal says stop."""
    gc.freeze()  # what is loaded by now stays: to look through it for garbage takes long, at the end too
    settings = read_settings()
    database = Database(settings.database_url, secret=settings.erasing_secret)
    transport = transport_of(str(settings.mail_url), starttls=settings.smtp_starttls, connections=ACTIVITIES_AT_A_TIME)
    stop = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        leads, letters = workers_of(await connect(library_of(database)), settings, database, transport, **SMALL_SERVER)
        async with leads, letters:
            await stop.wait()
    finally:
        await transport.close()
        await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")
    quiet_core()
    uvloop.run(main())
