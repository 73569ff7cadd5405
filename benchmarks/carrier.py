"""A worker as a process of its own, so that its CPU seconds can be told from everyone else's."""

import argparse
import asyncio
import signal
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from typing import Final

from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from benchmarks import idle, plans
from benchmarks.floor import Floor, touch
from benchmarks.leave import leave
from nurture.plan.campaign import Campaign
from worker import workflow_runner
from workflows.lead import Lead
from workflows.options import LETTERS, TASK_QUEUE
from workflows.wire import Library, data_converter

POLLERS: Final = PollerBehaviorSimpleMaximum(20)


def library() -> Library:
    """The campaigns of the benchmarks, without a database."""
    known = {campaign.ref: campaign for campaign in (plans.plain(), plans.ruled())}

    async def fetch(refs: Iterable[str]) -> Mapping[str, Campaign]:
        return {ref: known[ref] for ref in refs}

    return Library(fetch)


async def _carry(address: str, who: str, cache: int, sandboxed: bool) -> None:
    workers = []
    if who == "floor":
        worker = Worker(
            await Client.connect(address),
            task_queue=TASK_QUEUE,
            workflows=[Floor],
            activities=[touch],
            workflow_runner=SandboxedWorkflowRunner() if sandboxed else UnsandboxedWorkflowRunner(),
            max_cached_workflows=cache,
            workflow_task_poller_behavior=POLLERS,
        )
    else:
        client = await Client.connect(address, data_converter=data_converter(library()))
        workers.append(Worker(client, task_queue=LETTERS, activities=idle.ACTIVITIES))
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[Lead],
            activities=idle.ACTIVITIES,
            workflow_runner=workflow_runner(sandboxed),
            max_cached_workflows=cache,
            workflow_task_poller_behavior=POLLERS,
        )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with AsyncExitStack() as stack:
        for one in (*workers, worker):
            await stack.enter_async_context(one)
        await stop.wait()


def _main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("address")
    arguments.add_argument("who", choices=("floor", "lead"))
    arguments.add_argument("--cache", type=int, required=True)
    arguments.add_argument("--sandboxed", action="store_true")
    given = arguments.parse_args()
    asyncio.run(_carry(given.address, given.who, given.cache, given.sandboxed))
    leave()


if __name__ == "__main__":
    _main()
