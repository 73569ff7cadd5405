"""Serves the web app, in production and on one machine. No access log: addresses of visitors and tokens of letters belong in no log."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from settings import read_settings
from store.database import Database
from web.app import create_app


def from_environment() -> FastAPI:
    """The app for production: ``uvicorn --factory web.server:from_environment --no-access-log``. Its clock is the wall's."""
    settings = read_settings()
    app = create_app(settings, Database(settings.database_url, secret=settings.erasing_secret), lambda: datetime.now(UTC))
    # What is there by now stays: to look through all of it for garbage holds every visitor up for a tenth of a second.
    gc.collect()
    gc.freeze()
    return app


class _Guest(uvicorn.Server):
    """A server that leaves the signals of the process to whoever runs it, and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the app until the block ends, and give its URL. With port 0 the system chooses one."""
    with socket.create_server((host, port)) as door:
        server = _Guest(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=5))
        running = asyncio.create_task(server.serve([door]))
        try:
            await server.ready.wait()
            yield f"http://{host}:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
