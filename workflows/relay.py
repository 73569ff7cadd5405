"""Carries stored engagements to the leads' workflows: in order for each lead, and again until Temporal has them."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter, ValidationError
from temporalio.service import RPCError

from nurture.engagements import Delivery
from nurture.state import LeadState
from store import engagements, states
from store.database import Database
from workflows.gateway import Gateway
from workflows.wire import Library

LEADS_AT_A_TIME: Final = 200
CALLS_AT_A_TIME: Final = 64
LOOK_AGAIN_SECONDS: Final = 5.0
"""How long a notification that was lost, or an engagement that could not be relayed, may lie."""

_STATE: Final = TypeAdapter(LeadState)
_log = logging.getLogger(__name__)


class Relay:
    """Runs in every worker; leads are divided by locks. It looks at what waits to be relayed, never at leads."""

    def __init__(self, database: Database, gateway: Gateway, library: Library, now: Callable[[], datetime]) -> None:
        self._database = database
        self._gateway = gateway
        self._library = library
        self._now = now
        self._calls = asyncio.Semaphore(CALLS_AT_A_TIME)

    async def run(self) -> None:
        """Relay whatever comes in, until cancelled."""
        heard = asyncio.Event()
        while True:
            try:
                listener = await asyncpg.connect(self._database.url)
                try:
                    await listener.add_listener(engagements.CHANNEL, lambda *_: heard.set())
                    await self._while_listening(listener, heard)
                finally:
                    listener.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("the database is away (%s): looking again soon", type(error).__name__)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def pass_on(self) -> int:
        """Relay what waits now, for some leads; the number of engagements that Temporal has taken."""
        async with self._database.transaction() as session:
            waiting = await engagements.waiting(session, LEADS_AT_A_TIME, self._library)
            if not waiting:
                return 0
            left_behind = await states.left(session, list(waiting))
            taken = await asyncio.gather(*(self._deliver(lead, left_behind.get(lead), waiting[lead]) for lead in waiting))
            await engagements.relayed_all(
                session, {lead: delivery.engagements[-1].seq for lead, delivery in taken if delivery}, self._now()
            )
        return sum(len(delivery.engagements) for _, delivery in taken if delivery)

    async def _while_listening(self, listener: asyncpg.Connection, heard: asyncio.Event) -> None:
        while not listener.is_closed():
            heard.clear()
            if await self.pass_on():
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), LOOK_AGAIN_SECONDS)

    async def _deliver(self, lead: UUID, left_behind: object, delivery: Delivery) -> tuple[UUID, Delivery | None]:
        try:
            state = _STATE.validate_python(left_behind, context=self._library) if left_behind else LeadState(lead=lead)
            async with self._calls:
                await self._gateway.deliver(state, delivery)
        except ValidationError:
            _log.error("lead %s: what its workflow left behind cannot be read, so the lead is left out; the doctor names it", lead)
            return lead, None
        except RPCError as error:
            _log.warning("lead %s: Temporal is away (%s), %d engagements wait", lead, error.status.name, len(delivery.engagements))
            return lead, None
        return lead, delivery
