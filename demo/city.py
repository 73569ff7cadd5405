"""A city of towns, played fast: each account lives in a district with a clock, a server and a worker process of its own.

A server that skips time takes one thing after the other, since its clock stands while a letter is sent. Districts go on beside one another.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from temporalio.client import Client
from temporalio.common import Priority

from demo.reps import TEAMS
from local.catcher import catcher
from local.defaults import local_settings
from local.processes import Child, Show, free_port, running
from local.temporal import time_skipping_server
from local.town import Town, let_pass
from nurture.engagements import Delivery
from nurture.state import LeadState
from settings import read_settings
from store.database import Database
from store.tables import Lead
from workflows.connection import library_of
from workflows.gateway import Gateway
from workflows.relay import Relay
from workflows.wire import data_converter

_NO_ROOTS: Final = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
"""Nothing here speaks TLS, and to read all root certificates of a machine anew for each word to a rep, as Apprise does, takes 28 ms."""


@dataclass(eq=False)
class District(Town):
    """A town for some of the accounts, with a worker in a process and a team of its own. ``port`` is where its web app is to be."""

    _worker: Child
    _number: int
    _of: int
    port: int

    def __post_init__(self) -> None:
        super().__post_init__()
        self.team = TEAMS[self._number]

    def houses(self, lead: Lead) -> bool:
        """Whether a lead lives here: where its account does."""
        return (lead.account_id or lead.id).int % self._of == self._number

    async def skip_to(self, moment: datetime) -> None:
        """Let time pass until ``moment``. Raises Died when the worker is gone: nothing would ever be done then."""
        await self._worker.serving(super().skip_to(moment))


class _Doorman(Gateway):
    """Speaks to each lead in its district."""

    def __init__(self, database: Database, districts: Sequence[District]) -> None:
        super().__init__(districts[0].client)
        self._database = database
        self._districts = districts
        self._homes: dict[UUID, District] = {}

    async def deliver(self, state: LeadState, delivery: Delivery, priority: Priority = Priority.default) -> None:
        if state.lead not in self._homes:
            async with self._database.transaction() as session:
                lead = await session.get_one(Lead, state.lead)
            self._homes[state.lead] = next(district for district in self._districts if district.houses(lead))
        await self._homes[state.lead].gateway.deliver(state, delivery, priority)


@asynccontextmanager
async def city(
    database_url: str, *, since: datetime, letters: Path, show: Show, size: int, **changes: str
) -> AsyncIterator[Sequence[District]]:
    """A city of ``size`` districts on a migrated database. Their letters are kept in one folder; ``show`` gets what workers write.

    ``changes`` are settings.
    """
    async with AsyncExitStack() as opened:
        servers = [await opened.enter_async_context(time_skipping_server()) for _ in range(size)]
        post = await opened.enter_async_context(catcher(letters))
        database = Database(database_url, pool_size=20)
        opened.push_async_callback(database.close)
        library = library_of(database)
        now = max(await asyncio.gather(*(let_pass(server, since) for server in servers)))
        districts = []
        for number, server in enumerate(servers):
            address, port = server.client.service_client.config.target_host, free_port()
            base_url = f"http://127.0.0.1:{port}"
            environment = (
                local_settings(database_url=database_url, smtp_url=post.url, base_url=base_url, temporal_address=address) | changes
            )
            command = [sys.executable, "-m", "demo.district"]
            worker = await opened.enter_async_context(running("worker", command, show=show, environment=environment | _NO_ROOTS))
            client = await Client.connect(address, data_converter=data_converter(library))
            settings = read_settings(environment)
            districts.append(District(settings, database, server, client, library, post, now, worker, number, size, port))
        relay = Relay(database, _Doorman(database, districts), library, lambda: max(district.now for district in districts))
        relaying = asyncio.create_task(relay.run())
        try:
            yield districts
        finally:
            relaying.cancel()
            with suppress(asyncio.CancelledError):
                await relaying
