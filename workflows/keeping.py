"""Keeps nobody longer than there is a reason to, and finishes erasures that were cut off, while nobody runs a command."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from temporalio.client import Client

from store.database import Database
from store.erasing import erasure, retention, stubs
from store.erasing.stubs import Reason
from store.machines import repeats
from workflows.erasing import Eraser

EVERY: Final = timedelta(hours=1)
AT_A_TIME: Final = 20
"""How many people a look erases: a search for all of them reads each table once."""

ANSWERS_AT_A_TIME: Final = 10_000
"""How many answers to programs go in a look."""

CUT_OFF_AFTER: Final = timedelta(minutes=10)
"""How long an erasure is left to whoever began it."""

RETENTION: Final = "retention"
"""By whom people are erased whose time is over."""

_log = logging.getLogger(__name__)


class Keeper:
    """Runs in every worker. Two that look at the same time do the same work twice, which changes nothing."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime], *, years: int) -> None:
        self._database = database
        self._eraser = Eraser(database, client, now)
        self._now = now
        self._years = years

    async def run(self) -> None:
        """Look every hour, until cancelled."""
        while True:
            await asyncio.sleep(EVERY / timedelta(seconds=1))
            try:
                await self.look()
            except Exception as error:  # whatever it is, the work beside it must go on
                _log.error("nobody could be erased (%s): tried again later", type(error).__name__)

    async def look(self) -> int:
        """Erase whom it is time to erase, some at a time, and finish what was begun; how many erasures were finished. Raises RPCError."""
        now = self._now()
        async with self._database.transaction() as session:
            await retention.forget_the_unknown(session, self._years, now, AT_A_TIME)
            await repeats.sweep(session, now, ANSWERS_AT_A_TIME)
            over = await retention.due(session, self._years, now, AT_A_TIME)
        for due in over:
            async with self._database.transaction() as session:
                await erasure.begin(session, due.lead_id, reason=Reason.RETENTION, by=RETENTION, now=now)
        async with self._database.transaction() as session:
            cut_off = await stubs.under_way(session, now - CUT_OFF_AFTER, AT_A_TIME)
            own = await stubs.under_way(session, now, AT_A_TIME, reason=Reason.RETENTION)
        begun = {stub.lead_id: stub for stub in (*cut_off, *own)}
        done = await self._eraser.finish(list(begun.values()))
        for one in done:
            if one.named_in:
                _log.error("lead %s is erased, but named still in %s", one.stub.lead_id, ", ".join(one.named_in))
        return sum(one.stub.finished_at is not None for one in done)
