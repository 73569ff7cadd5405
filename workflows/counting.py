"""Counts clicks on the links of letters once they have waited long enough for whatever would show that a machine was at work."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from store.database import Database
from store.mail import clicks

EVERY_SECONDS: Final = 15.0

_log = logging.getLogger(__name__)


class Counting:
    """Runs in every worker; each takes clicks that no other has. It looks at clicks that wait, never at leads."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def run(self) -> None:
        """Count, until cancelled."""
        while True:
            try:
                await self.count()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("clicks cannot be counted (%s): tried again soon", type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def count(self) -> int:
        """Count what has waited long enough; gives how many clicks were judged."""
        judged = 0
        while True:
            async with self._database.transaction() as session:
                some = await clicks.count(session, self._now())
            if not some:
                return judged
            judged += some
