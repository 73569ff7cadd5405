"""Looks after all leads while nobody runs a command, and tells operators of trouble when it comes, when it stays, and when it is over."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.service import RPCError

from store.database import Database
from store.looks import looks
from store.looks.looks import LookRow
from workflows.examining import Examination, examine, examine_store, in_order

EVERY: Final = timedelta(minutes=15)
REMIND: Final = timedelta(days=1)
"""How long trouble that was told may stay before it is told again."""

_NAMED: Final = 10
"""How many leads an alarm names."""

_log = logging.getLogger(__name__)


class Watch:
    """Runs in every worker; one of them looks at a time. ``tell`` gets a title and words, and says whether somebody took them."""

    def __init__(
        self,
        database: Database,
        client: Client,
        tell: Callable[[str, str], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._client = client
        self._tell = tell
        self._now = now

    async def run(self) -> None:
        """Look every quarter of an hour, until cancelled. A worker that has just begun lets leads catch up first."""
        while True:
            await asyncio.sleep(EVERY / timedelta(seconds=1))
            try:
                await self.look()
            except Exception as error:  # whatever it is, the work that is looked after must go on
                _log.error("the doctor could not look (%s) and looks again later", type(error).__name__)

    async def look(self) -> LookRow | None:
        """Look now, keep what was seen, and raise the alarm where it is due; None when another worker does, or did a moment ago."""
        now = self._now()
        async with self._database.transaction() as session:
            if not await looks.is_due(session, now, EVERY - timedelta(minutes=1)):
                return None
            seen = await self._examine(now)
            row = await keep(session, seen, looks.WORKER)
            before = await looks.last_told(session)
            if alarm := alarm_of(row, before, seen):
                await self._raise(session, row, *alarm)
        return row

    async def _examine(self, now: datetime) -> Examination:
        try:
            return await examine(self._database, self._client, now)
        except RPCError as error:
            return await without_temporal(self._database, now, f"Temporal does not answer ({error.status.name})")

    async def _raise(self, session: AsyncSession, row: LookRow, title: str, body: str) -> None:
        _log.warning("the doctor: %s", title)
        if await self._tell(title, body):
            await looks.told(session, row.id, row.at)
        else:
            _log.error("operators could not be told what the doctor found: tried again at the next look")


async def without_temporal(database: Database, now: datetime, away: str) -> Examination:
    """What the store alone tells, where Temporal does not answer, and why."""
    known = await examine_store(database, now)
    found = in_order(known.findings)
    return Examination(at=now, open=known.open, on_their_way=known.on_their_way, looked_up=0, away=away, findings=found)


async def keep(session: AsyncSession, seen: Examination, by: str, repaired: Counter[str] | None = None) -> LookRow:
    """Keep what was seen."""
    return await looks.keep(
        session,
        at=seen.at,
        by=by,
        open=seen.open,
        looked_up=seen.looked_up,
        away=seen.away,
        found=[(finding.kind, finding.lead_id) for finding in seen.findings],
        repaired=dict(repaired or {}),
    )


def alarm_of(row: LookRow, before: LookRow | None, seen: Examination) -> tuple[str, str] | None:
    """The title and the words of the alarm that is due; None where nothing came, and what is told already was told lately.

    ``before`` is the look that was told last: what is in it is known.
    """
    troubled = bool(row.found or row.away)
    was_troubled = before is not None and bool(before.found or before.away)
    if not troubled:
        return ("Every lead is looked after again", f"{row.open:,} open leads.") if was_troubled else None
    came = set(row.leads) - set(before.leads if before else ()) or (row.away and not (before and before.away))
    if not came and before and before.told_at and row.at - before.told_at < REMIND:
        return None
    leads = len({finding.lead_id for finding in seen.findings})
    title = f"{leads:,} {'lead' if leads == 1 else 'leads'} would be forgotten" if leads else row.away
    kinds = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in row.found.items()]
    named = [f"{finding.lead_id}: {finding.why}" for finding in seen.findings[:_NAMED]]
    more = [f"… and {len(seen.findings) - _NAMED:,} more"] if len(seen.findings) > _NAMED else []
    return title, "\n".join(filter(None, (row.away if leads else "", ", ".join(kinds), *named, *more, "What to do: starter.py doctor")))
