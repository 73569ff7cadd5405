"""A town for many, played fast: each lead lives in a district with a server and a worker process of its own, so that all cores have work.

A server that skips time takes one thing after the other, since its clock stands while a letter is sent. Districts do it beside one another.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from local.catcher import Catcher, catcher
from local.defaults import local_settings
from local.processes import Child, Show, running
from local.temporal import time_skipping_server
from local.town import Town, let_pass
from nurture.engagements import Delivery
from nurture.state import LeadState
from settings import Settings, read_settings
from store.database import Database
from worker import library_of
from workflows.gateway import Gateway
from workflows.relay import Relay
from workflows.wire import Library, data_converter

_DISTRICTS: Final = 2


class _Doorman(Gateway):
    """Speaks to each lead in its district."""

    def __init__(self, clients: Sequence[Client]) -> None:
        super().__init__(clients[0])
        self._gateways = [Gateway(client) for client in clients]

    async def deliver(self, state: LeadState, delivery: Delivery) -> None:
        await self._gateways[_district(state.lead, len(self._gateways))].deliver(state, delivery)


class City(Town):
    """A town with districts. Their clocks are moved together."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        servers: Sequence[WorkflowEnvironment],
        clients: Sequence[Client],
        library: Library,
        post: Catcher,
        now: datetime,
        workers: Sequence[Child],
    ) -> None:
        super().__init__(settings, database, servers[0], clients[0], library, post, now)
        self._servers = servers
        self._clients = clients
        self._workers = workers

    def client_of(self, lead: UUID) -> Client:
        return self._clients[_district(lead, len(self._clients))]

    async def skip_to(self, moment: datetime) -> None:
        """Let time pass until ``moment`` in every district. Raises Died when a worker is gone: nothing would ever be done then."""
        passing = asyncio.create_task(self._pass(moment))
        dying = [asyncio.create_task(worker.must_live()) for worker in self._workers]
        try:
            await asyncio.wait([passing, *dying], return_when=asyncio.FIRST_COMPLETED)
            for death in dying:
                if death.done():
                    death.result()
            self.now = await passing
        finally:
            for task in (passing, *dying):
                task.cancel()

    async def _pass(self, moment: datetime) -> datetime:
        return max(await asyncio.gather(*(let_pass(server, moment) for server in self._servers)))


@asynccontextmanager
async def city(database_url: str, *, since: datetime, letters: Path, show: Show, **changes: str) -> AsyncIterator[City]:
    """A city on a migrated database. It keeps letters in a folder; ``show`` gets what workers write, and ``changes`` are settings."""
    async with AsyncExitStack() as opened:
        servers = [await opened.enter_async_context(time_skipping_server()) for _ in range(_DISTRICTS)]
        post = await opened.enter_async_context(catcher(letters))
        environment = local_settings(database_url=database_url, smtp_url=post.url, base_url="https://sodate.example.com") | changes
        settings = read_settings(environment)
        database = Database(database_url, pool_size=20)
        opened.push_async_callback(database.close)
        library = library_of(database)
        addresses = [server.client.service_client.config.target_host for server in servers]
        clients = [await Client.connect(address, data_converter=data_converter(library)) for address in addresses]
        now = max(await asyncio.gather(*(let_pass(server, since) for server in servers)))
        workers = [
            await opened.enter_async_context(
                running(
                    "worker",
                    [sys.executable, "-m", "local.district"],
                    show=show,
                    environment=environment | {"TEMPORAL_ADDRESS": address},
                )
            )
            for address in addresses
        ]
        here = City(settings, database, servers, clients, library, post, now, workers)
        relaying = asyncio.create_task(Relay(database, _Doorman(clients), library, here.clock).run())
        try:
            yield here
        finally:
            relaying.cancel()
            with suppress(asyncio.CancelledError):
                await relaying


def _district(lead: UUID, districts: int) -> int:
    """Where a lead lives: by its id, which is random at its end."""
    return lead.int % districts
