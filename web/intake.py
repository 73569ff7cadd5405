"""Stores what a provider tells, many requests in one transaction, and takes it into account afterwards, one round at a time."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import Database
from store.mail import reports
from store.mail.reports import Report, Told
from web.together import Together

_BETWEEN_ROUNDS: Final = 0.05
"""Seconds in which more gathers: a round costs about the same for one event as for a hundred."""

_EVERY: Final = timedelta(minutes=1)
"""How often all that waits for its letter is looked at. Many may be of letters that others send through the same provider."""

_FRESH: Final = timedelta(seconds=10)
"""What came in this time is looked at in every round: its letter may be committed any moment."""

_log = logging.getLogger(__name__)


class Intake:
    """What one provider tells. Requests that come while others are being stored go together with the next."""

    def __init__(self, database: Database, provider: str, now: Callable[[], datetime]) -> None:
        self._database, self._provider, self._now = database, provider, now
        self._requests, self._taking = Together(self._store), asyncio.Lock()
        self._is_asked = False
        self._all_looked_at = datetime.min.replace(tzinfo=UTC)

    async def store(self, told: Sequence[Report]) -> None:
        """Return once all of it is stored. Raises what the database has against it, and never what it has against another request."""
        await self._requests.add(told)

    async def take_in(self) -> None:
        """Take in what is stored and waits. Those who ask while that goes on are served together by the next round."""
        if self._is_asked:
            return
        self._is_asked = True
        try:
            await self._taking.acquire()
        finally:
            self._is_asked = False
        try:
            await self._round()
        finally:
            asyncio.get_running_loop().call_later(_BETWEEN_ROUNDS, self._taking.release)

    async def _store(self, requests: Sequence[Sequence[Report]]) -> None:
        async with self._database.transaction() as session:
            await reports.keep(session, self._provider, [report for told in requests for report in told], self._now())

    async def _round(self) -> None:
        """What fails is taken back by itself, so that it keeps no other back; it is tried again."""
        now = self._now()
        async with self._database.transaction() as session:
            told = await reports.waiting(session, self._provider, now, self._since(now))
            if not told or await self._taken(session, told, now):
                return
            for one in told:
                if not await self._taken(session, [one], now):
                    _log.error("the event %s of %s is not taken in", one.id, self._provider)

    def _since(self, now: datetime) -> timedelta:
        if now - self._all_looked_at < _EVERY:
            return _FRESH
        self._all_looked_at = now
        return reports.PATIENCE

    async def _taken(self, session: AsyncSession, told: Sequence[Told], now: datetime) -> bool:
        try:
            async with session.begin_nested():
                await reports.take(session, self._provider, told, now)
        except SQLAlchemyError as failure:
            _log.warning("%d events of %s cannot be taken in: %s", len(told), self._provider, type(failure).__name__)
            return False
        return True
