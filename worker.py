"""The worker: carries leads' workflows and everything they have done, and relays what comes in. It can run many times over."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import uvloop
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.handoff import HandoffActivities
from activities.inbound import InboundActivities
from activities.notify import Notifier, NotTold
from activities.standing import StandingActivities
from activities.touch import TouchActivities
from activities.word import WordActivities
from mail.letters import Letters
from mail.mailbox import name_of
from mail.transport import Transport, transport_of
from settings import Settings, SettingsError, read_settings
from store.database import Database
from workflows.connection import connect, library_of
from workflows.counting import Counting
from workflows.courier import Courier
from workflows.gateway import Gateway
from workflows.keeping import Keeper
from workflows.lead import Lead
from workflows.mailbox import Mailbox, keep_reading
from workflows.options import LETTERS, TASK_QUEUE
from workflows.posting import Post
from workflows.relay import Relay
from workflows.watch import Watch
from workflows.wire import Library

ACTIVITIES_AT_A_TIME: Final = 20
"""So many letters, and beside them so much else."""

PASSED_THROUGH: Final = ("nurture", "pydantic", "pydantic_core", "jinja2", "holidays", "workflows.options")
"""Pure or constant modules that every workflow instance shares; the sandbox need not execute them again for each."""


def workflow_runner(sandboxed: bool) -> WorkflowRunner:
    """The strict sandbox for tests, the bare runner for production: see docs/decisions."""
    if not sandboxed:
        return UnsandboxedWorkflowRunner()
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH))


def workers_of(client: Client, settings: Settings, database: Database, transport: Transport, **options: Any) -> tuple[Worker, Worker]:
    """The worker of leads and what they have done, and the one of their letters: however many of these there are, nothing else waits.

    The first takes letters too, because some were put there before letters had a queue of their own.
    """
    touch = TouchActivities(database, Letters(settings.templates_dir), transport, settings, Notifier(settings))
    defaults: dict[str, Any] = {
        "max_concurrent_activities": ACTIVITIES_AT_A_TIME,
        "workflow_task_poller_behavior": PollerBehaviorSimpleMaximum(20),
        "workflow_runner": workflow_runner(settings.sandboxed),
        "graceful_shutdown_timeout": timedelta(seconds=20),
        **options,
    }
    activities = [touch.send_touch, *activities_of(settings, database)]
    leads = Worker(client, task_queue=TASK_QUEUE, workflows=[Lead, Mailbox], activities=activities, **defaults)
    return leads, Worker(client, task_queue=LETTERS, activities=[touch.send_touch], **defaults)


def activities_of(settings: Settings, database: Database) -> Sequence[Callable[..., Any]]:
    """Every activity but the one that sends letters, with the connections it needs."""
    notifier = Notifier(settings)
    handoff = HandoffActivities(database, notifier)
    word = WordActivities(database, notifier)
    standing = StandingActivities(database)
    inbound = InboundActivities(database, settings)
    return [
        handoff.hand_off,
        handoff.escalate,
        handoff.enroll_elsewhere,
        word.tell,
        standing.write_down,
        standing.recall,
        standing.close,
        inbound.look_into_mailbox,
    ]


def operators_of(settings: Settings) -> Callable[[str, str], Awaitable[bool]]:
    """How operators are told something; it says whether anybody took it."""
    notifier = Notifier(settings)

    async def tell(title: str, body: str) -> bool:
        try:
            await notifier.tell_operators(title, body)
        except NotTold:
            return False
        return True

    return tell


def watch_of(settings: Settings, client: Client, database: Database, now: Callable[[], datetime]) -> Watch:
    """The doctor that looks while nobody runs a command, and tells operators."""
    return Watch(database, client, operators_of(settings), now)


def courier_of(settings: Settings, database: Database, now: Callable[[], datetime]) -> Courier:
    """What carries to receivers of webhooks what happened."""
    return Courier(database, Post(inside=settings.webhooks_inside), settings.link_secret, operators_of(settings), now)


@asynccontextmanager
async def working(
    settings: Settings, client: Client, database: Database, library: Library, now: Callable[[], datetime], **options: Any
) -> AsyncIterator[Relay]:
    """A worker, its relay and its doctor, until the block ends. Raises ExceptionGroup when one of these breaks.

    ``options`` are the Temporal worker's.
    """
    transport = transport_of(str(settings.mail_url), starttls=settings.smtp_starttls, connections=ACTIVITIES_AT_A_TIME)
    try:
        worker, letters = workers_of(client, settings, database, transport, **options)
        relay = Relay(database, Gateway(client), library, now)
        # Should the relay end by itself, the block is cancelled: a worker that relays nothing must not look alive.
        async with worker, letters, asyncio.TaskGroup() as group:
            beside = [group.create_task(relay.run()), group.create_task(watch_of(settings, client, database, now).run())]
            beside.append(group.create_task(Counting(database, now).run()))
            beside.append(group.create_task(courier_of(settings, database, now).run()))
            beside.append(group.create_task(Keeper(database, client, now, years=settings.retention_years).run()))
            try:
                if settings.imap_url:
                    await keep_reading(client, name_of(settings.imap_url))
                yield relay
            finally:
                for task in beside:
                    task.cancel()
    finally:
        await transport.close()


async def main() -> None:
    """Work until a signal says stop."""
    gc.freeze()  # what is loaded by now stays: to look through it for garbage takes long, at the end too
    settings = read_settings()
    database = Database(settings.database_url, pool_size=ACTIVITIES_AT_A_TIME + 5, secret=settings.erasing_secret)
    library = library_of(database)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with working(settings, await connect(library), database, library, lambda: datetime.now(UTC)):
        logging.getLogger(__name__).info("working on task queue %s", TASK_QUEUE)
        await stop.wait()
    await database.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apprise").setLevel(logging.WARNING)  # it names whom it tells
    try:
        uvloop.run(main())
    except SettingsError as error:
        raise SystemExit(str(error)) from None
