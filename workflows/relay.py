"""Carries stored engagements to the leads' workflows: in order for each lead, and again until Temporal has them."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.service import RPCError

from nurture.engagements import Delivery
from nurture.state import LeadState, newcomer
from store.database import Database
from store.journeys import states
from store.leads import accounts, engagements, relaying
from workflows.gateway import Gateway
from workflows.listening import keep_listening
from workflows.options import BULK, PROMPT
from workflows.wire import Library

LEADS_AT_A_TIME: Final = 200
CALLS_AT_A_TIME: Final = 64
LOOK_AGAIN_SECONDS: Final = 5.0
"""How long a notification that was lost, or an engagement that could not be relayed, may lie."""

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
        await keep_listening(self._database.url, engagements.CHANNEL, self._look)

    async def pass_on(self) -> int:
        """Relay what waits now, for some leads; the number of engagements that Temporal has taken."""
        async with self._database.transaction() as session:
            waiting = await relaying.waiting(session, LEADS_AT_A_TIME, self._library)
            if not waiting:
                return 0
            begin = await self._beginnings(session, waiting)
            alone = await relaying.acted_alone(session, list(waiting))
            took = await asyncio.gather(*(self._took(state, waiting[lead], lead in alone) for lead, state in begin.items()))
            taken = {lead: waiting[lead] for lead, it_did in zip(begin, took, strict=True) if it_did}
            await accounts.tell_colleagues(self._database, taken)
            await relaying.relayed(session, taken, self._now())
        return sum(len(delivery.engagements) for delivery in taken.values())

    async def _look(self) -> float:
        return 0.0 if await self.pass_on() else LOOK_AGAIN_SECONDS

    async def _beginnings(self, session: AsyncSession, waiting: Mapping[UUID, Delivery]) -> dict[UUID, LeadState]:
        """What a workflow would begin with for each of these leads, if none is running."""
        left_behind: Mapping[UUID, dict[str, Any]] = await states.left(session, list(waiting))
        begin: dict[UUID, LeadState] = {}
        for lead in waiting:
            try:
                kept = left_behind.get(lead)
                begin[lead] = await states.read(session, kept, self._library) if kept else newcomer(lead)
            except ValidationError:
                _log.error("lead %s: what its workflow left behind cannot be read, so the lead is left out; the doctor names it", lead)
        return begin

    async def _took(self, state: LeadState, delivery: Delivery, is_alone: bool) -> bool:
        """Whether Temporal has it. A lead who acts does not wait behind those who were started with very many others."""
        try:
            async with self._calls:
                await self._gateway.deliver(state, delivery, PROMPT if is_alone else BULK)
        except RPCError as error:
            _log.warning("lead %s: Temporal is away (%s), %d engagements wait", state.lead, error.status.name, len(delivery.engagements))
            return False
        return True
