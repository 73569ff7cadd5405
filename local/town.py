"""A town in which time can be skipped: the production code on real servers, with a clock of its own and mail that goes nowhere."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from temporalio.api.enums.v1 import EventType
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import PollerBehaviorSimpleMaximum

from local.catcher import Catcher, catcher
from local.defaults import local_settings
from local.histories import is_idle
from local.temporal import time_skipping_server
from nurture.engagements import Engagement
from nurture.plan.campaign import Campaign
from settings import Settings, read_settings
from store import tables
from store.campaigns import campaigns
from store.consent import consents
from store.consent.consents import Basis
from store.database import Database
from store.desk import tasks
from store.desk.tasks import Answer, TaskRow
from store.journeys import enrollments
from store.leads import engagements, leads
from store.leads.persons import Person
from worker import working
from workflows.connection import library_of
from workflows.gateway import Gateway
from workflows.options import lead_workflow_id
from workflows.wire import Library, data_converter

FOUNDED = datetime(2040, 3, 4, 12, tzinfo=UTC)
"""A Sunday that is far enough away for a town not to depend on the day on which it is built."""

_LOOK = 0.01
_A_MOMENT = timedelta(seconds=1)
"""What is due after whole days is over by then: the server that skips time loses a lead whose timer is cancelled in the moment in which it
fires (temporalio/sdk-java#3088)."""

_LONGEST_SKIP = timedelta(minutes=10)
"""How long much that is due in one skip may take by our own clock."""

_LONGEST_SETTLING_S = 120.0
"""A server that hangs is to fail whoever waits for it."""

SMALL_SERVER: dict[str, Any] = {
    # The server that skips time stops answering when many polls wait on it at once.
    "workflow_task_poller_behavior": PollerBehaviorSimpleMaximum(4),
    "activity_task_poller_behavior": PollerBehaviorSimpleMaximum(2),
    # A mistake in workflow code is to fail its test, not to be tried again for ever.
    "workflow_failure_exception_types": [Exception],
    # Without a name one is made of all code that is loaded, and nobody asks which code it was on a server that is thrown away.
    "build_id": "town",
}
"""Options of a worker on a server that skips time."""


@dataclass(eq=False)
class Town:
    """Everything that happens goes through the production front doors; only the clock and the post office are ours."""

    settings: Settings
    database: Database
    _server: WorkflowEnvironment
    client: Client
    library: Library
    post: Catcher
    now: datetime

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.client)

    def clock(self) -> datetime:
        """The town's time, for front doors that take a clock."""
        return self.now

    def client_of(self, lead: UUID) -> Client:
        """The way to the server where the lead lives."""
        return self.client

    async def skip(self, **length: float) -> None:
        """Let time pass, and a moment more: ``skip(days=3)``. Whatever is due meanwhile happens, in its order."""
        await self.skip_to(self.now + timedelta(**length) + _A_MOMENT)

    async def skip_to(self, moment: datetime) -> None:
        """Let time pass until ``moment``."""
        self.now = max(moment, await let_pass(self._server, moment))

    async def delivered(self) -> None:
        """Wait until Temporal has everything that came in: time may pass then without anything being told too late."""
        waiting = text("SELECT EXISTS (SELECT FROM engagements WHERE relayed_at IS NULL)")
        while True:
            async with self.database.transaction() as session:
                if not await session.scalar(waiting):
                    return
            await asyncio.sleep(_LOOK)

    async def start(self, campaign: Campaign) -> Campaign:
        """Start a campaign, so that leads can be enrolled."""
        async with self.database.transaction() as session:
            await campaigns.keep(session, campaign, "", self.now)
        return campaign

    async def register(self, person: Person, *topics: str) -> UUID:
        """A lead, with its consent to the topics."""
        async with self.database.transaction() as session:
            lead, _ = await leads.register(session, person, self.now)
            for topic in topics:
                await consents.give(session, person.email, topic, Basis.OPT_IN, {"text": "Yes, write to me."}, self.now)
        return lead

    async def enroll(self, lead: UUID, campaign: str) -> None:
        """Enroll a lead in a campaign that was started, and let it do what it does at once."""
        async with self.database.transaction() as session:
            edition = await campaigns.current(session, campaign)
            assert edition is not None, f"{campaign} has not been started"
            await enrollments.enroll(session, lead, edition, self.now)
        await self.settle([lead])

    async def engage(self, lead: UUID, engagement: Engagement, details: dict[str, Any] | None = None) -> None:
        """Something happens to a lead, and it does what it then does at once."""
        async with self.database.transaction() as session:
            await engagements.record(session, lead, engagement, source="town", details=details)
        await self.settle([lead])

    async def answer(self, task: TaskRow, answer: Answer, by: str = "Rep") -> None:
        """A rep answers a task."""
        async with self.database.transaction() as session:
            await tasks.complete(session, task.id, by, answer, self.now)
        await self.settle([task.lead_id])

    async def tasks_of(self, lead: UUID) -> list[TaskRow]:
        """The open tasks about a lead."""
        async with self.database.transaction() as session:
            return await tasks.open_tasks(session, lead_id=lead)

    async def letters_to(self, lead: UUID) -> list[str]:
        """The letters that arrived at a lead's address, in their order, by name; one that arrived twice is there twice."""
        async with self.database.transaction() as session:
            row = await session.get_one(tables.Lead, lead)
            names = {
                sent.message_id: sent.letter for sent in await session.scalars(select(tables.Touch).where(tables.Touch.lead_id == lead))
            }
        return [names[letter.message_id] for letter in self.post.letters(to=row.email)]

    async def timers_of(self, lead: UUID) -> int:
        """How many timers the lead's run under way has set."""
        history = await self.client.get_workflow_handle(lead_workflow_id(lead)).fetch_history()
        return sum(event.HasField("timer_started_event_attributes") for event in history.events)

    async def settle(self, some: Iterable[UUID]) -> None:
        """Wait until these leads have dealt with everything that came in for them, while their time stands still.

        Raises TimeoutError after two minutes, with what those that do not come to rest did last.
        """
        unsettled = set(some)
        try:
            async with asyncio.timeout(_LONGEST_SETTLING_S):
                await self._settle(unsettled)
        except TimeoutError:
            raise TimeoutError("; ".join([await self._unrest(lead) for lead in unsettled])) from None

    async def _settle(self, unsettled: set[UUID]) -> None:
        while unsettled:
            before = await self._delivered(unsettled)
            idle = await asyncio.gather(*(self._is_idle(lead) for lead in before))
            # What they did last may itself have brought something in.
            after = await self._delivered(unsettled)
            unsettled -= {lead for lead, is_idle in zip(before, idle, strict=True) if is_idle and after.get(lead) == before[lead]}
            if unsettled:
                await asyncio.sleep(_LOOK)

    async def _unrest(self, lead: UUID) -> str:
        told = "everything" if await self._delivered([lead]) else "not everything"
        history = await self.client_of(lead).get_workflow_handle(lead_workflow_id(lead)).fetch_history()
        last = ", ".join(f"{event.event_id} {EventType.Name(event.event_type)}" for event in history.events[-8:])
        return f"lead {lead} was told {told} and does not come to rest after {last}"

    async def _delivered(self, some: Iterable[UUID]) -> dict[UUID, int]:
        """Those of these leads that Temporal has everything of, each with the number of its last engagement."""
        async with self.database.transaction() as session:
            return {row.id: row.engagements for row in await session.execute(_DELIVERED, {"leads": list(some)})}

    async def _is_idle(self, lead: UUID) -> bool:
        try:
            return is_idle(await self.client_of(lead).get_workflow_handle(lead_workflow_id(lead)).fetch_history())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise


async def let_pass(server: WorkflowEnvironment, moment: datetime) -> datetime:
    """Let time pass on a server until ``moment``, and give its time."""
    at = await server.get_current_time()
    if moment > at:
        request = SleepRequest()
        request.duration.FromTimedelta(moment - at)
        await server.client.test_service.unlock_time_skipping_with_sleep(request, timeout=_LONGEST_SKIP)
    return await server.get_current_time()


_DELIVERED = text("""
    SELECT id, engagements FROM leads
    WHERE id = ANY(CAST(:leads AS uuid[]))
    AND NOT EXISTS (SELECT FROM engagements WHERE lead_id = id AND relayed_at IS NULL)
""")


@asynccontextmanager
async def town(
    database_url: str, *, since: datetime = FOUNDED, letters: Path | None = None, sandboxed: bool = True, **changes: str
) -> AsyncIterator[Town]:
    """A town on a migrated database. It is ``since``, or the present if that is later; ``letters`` is a folder to keep letters in.

    ``changes`` are settings.
    """
    async with time_skipping_server() as server, catcher(letters) as post:
        environment = local_settings(
            database_url=database_url,
            smtp_url=post.url,
            base_url="https://sodate.example.com",
            link_secret="a secret for towns only",
            environment={},
        )
        settings = read_settings({**environment, "SANDBOXED": str(sandboxed), **changes})
        database = Database(database_url, pool_size=25, secret=settings.erasing_secret)
        library = library_of(database)
        client = await Client.connect(server.client.service_client.config.target_host, data_converter=data_converter(library))
        here = Town(settings, database, server, client, library, post, await let_pass(server, since))
        try:
            async with working(settings, client, database, library, here.clock, **SMALL_SERVER):
                yield here
        finally:
            await database.close()
