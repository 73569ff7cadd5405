"""Tells Temporal that a slow errand is still under way, so that one whose worker has died is known within seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from temporalio import activity

_EVERY_SECONDS: Final = 4.0


@asynccontextmanager
async def alive() -> AsyncIterator[None]:
    """Beat while the block lasts. An errand that is done sooner never does."""
    beating = asyncio.create_task(_beat())
    try:
        yield
    finally:
        beating.cancel()


async def _beat() -> None:
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        activity.heartbeat()
