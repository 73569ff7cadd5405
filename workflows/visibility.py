"""What Temporal says of leads' workflows without waking any: which run, which fail again and again, and how one of them is."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeWorkflowExecutionRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.options import LEAD, lead_workflow_id

_RUNNING: Final = f"WorkflowType = '{LEAD}' AND ExecutionStatus = 'Running'"
_TROUBLED: Final = f"{_RUNNING} AND TemporalReportedProblems IS NOT NULL"
_PAGE: Final = 1_000
RANGE: Final = 1_000
"""How many leads are counted at once, where they are very many."""

_COUNTED: Final = datetime.max.replace(tzinfo=UTC)
"""Stands for the beginning of a run that was counted, not listed."""

_AT_A_TIME: Final = 32
_CANNOT: Final = (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.INVALID_ARGUMENT)
_FAILS_AGAIN: Final = 3
"""The attempt from which on a workflow task counts as failing again and again: the first ones follow one another at once."""


class NotListed(Exception):
    """This server cannot list workflows by that: it is for tests, or old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a lead's workflow is. ``ended`` is Temporal's word for how its last run ended, empty while it runs.

    ``attempt`` counts the tries of what its code is to do next; ``errand`` is what is under way for it in the world, if anything is.
    """

    run: str
    began_at: datetime
    ended: str
    attempt: int
    errand: str
    errand_attempt: int

    @property
    def runs(self) -> bool:
        return not self.ended

    @property
    def is_stuck(self) -> bool:
        return self.runs and self.attempt >= _FAILS_AGAIN


async def running(client: Client, show: Callable[[int], None] = lambda listed: None) -> dict[UUID, datetime]:
    """Every lead whose workflow runs, and since when its run does. The list may be some seconds old. Raises NotListed and RPCError."""
    found: dict[UUID, datetime] = {}
    async for page in _pages(client, _RUNNING):
        found.update((lead, _moment(run)) for run in page if (lead := _lead_of(run)))
        show(len(found))
    return found


async def running_as(
    client: Client, expected: Iterable[UUID], show: Callable[[int], None] = lambda listed: None, *, size: int = RANGE
) -> dict[UUID, datetime]:
    """The same for very many leads: ``expected`` are counted by ranges of ids, and a range is only listed where its number differs.

    One that is missing and one too many in the same range are not noticed: ranges differ from look to look, so that a later one does.
    """
    found, ordered = dict[UUID, datetime](), sorted(expected)
    cuts = [0, *range(random.randint(1, size), len(ordered), size), len(ordered)]
    for start, end in pairwise(cuts):
        low = f" AND WorkflowId >= '{lead_workflow_id(ordered[start])}'" if start else ""
        high = f" AND WorkflowId < '{lead_workflow_id(ordered[end])}'" if end < len(ordered) else ""
        if await _count(client, _RUNNING + low + high) == end - start:
            found.update(dict.fromkeys(ordered[start:end], _COUNTED))
        else:
            async for page in _pages(client, _RUNNING + low + high):
                found.update((lead, _moment(run)) for run in page if (lead := _lead_of(run)))
        show(len(found))
    return found


async def troubled(client: Client) -> dict[UUID, str]:
    """Every lead whose workflow Temporal says has problems, and which. Raises NotListed and RPCError."""
    found: dict[UUID, str] = {}
    async for page in _pages(client, _TROUBLED):
        found.update((lead, _problem(run)) for run in page if (lead := _lead_of(run)))
    return found


async def look_at(client: Client, leads: Sequence[UUID], show: Callable[[int], None] = lambda done: None) -> dict[UUID, Look | None]:
    """How the workflows of these leads are, each described on its own, which is exact. Raises RPCError."""
    calls, looks = asyncio.Semaphore(_AT_A_TIME), dict[UUID, Look | None]()

    async def describe(lead: UUID) -> None:
        async with calls:
            looks[lead] = await _look_at_one(client, lead)
            show(len(looks))

    await asyncio.gather(*map(describe, leads))
    return looks


async def run_ids(client: Client, lead: UUID) -> list[str]:
    """Every run of a lead that Temporal has kept, ended or not. Raises NotListed and RPCError."""
    pages = _pages(client, f"WorkflowId = '{lead_workflow_id(lead)}'")
    return [run.execution.run_id async for page in pages for run in page]


async def _look_at_one(client: Client, lead: UUID) -> Look | None:
    asked = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=WorkflowExecution(workflow_id=lead_workflow_id(lead)))
    try:
        said = await client.workflow_service.describe_workflow_execution(asked, retry=True)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    run = said.workflow_execution_info
    again = max(said.pending_activities, key=lambda errand: errand.attempt, default=None)
    return Look(
        run=run.execution.run_id,
        began_at=_moment(run),
        ended="" if run.status == Status.WORKFLOW_EXECUTION_STATUS_RUNNING else _word(run),
        attempt=said.pending_workflow_task.attempt,
        errand=again.activity_type.name if again else "",
        errand_attempt=again.attempt if again else 0,
    )


async def _count(client: Client, query: str) -> int:
    asked = CountWorkflowExecutionsRequest(namespace=client.namespace, query=query)
    try:
        return (await client.workflow_service.count_workflow_executions(asked, retry=True)).count
    except RPCError as error:
        if error.status in _CANNOT:
            raise NotListed(str(error)) from None
        raise


async def _pages(client: Client, query: str) -> AsyncIterator[Sequence[WorkflowExecutionInfo]]:
    token = b""
    while True:
        asked = ListWorkflowExecutionsRequest(namespace=client.namespace, page_size=_PAGE, query=query, next_page_token=token)
        try:
            page = await client.workflow_service.list_workflow_executions(asked, retry=True)
        except RPCError as error:
            if error.status in _CANNOT:
                raise NotListed(str(error)) from None
            raise
        yield page.executions
        token = page.next_page_token
        if not token:
            return


def _lead_of(run: WorkflowExecutionInfo) -> UUID | None:
    """Whose workflow it is; None for one that somebody started by hand under a name of their own."""
    with suppress(ValueError):
        return UUID(run.execution.workflow_id.removeprefix("lead-"))
    return None


def _moment(run: WorkflowExecutionInfo) -> datetime:
    return run.start_time.ToDatetime(tzinfo=UTC)


def _problem(run: WorkflowExecutionInfo) -> str:
    """``NonDeterministicError``, ``WorkflowWorkerUnhandledFailure`` …"""
    said = run.search_attributes.indexed_fields["TemporalReportedProblems"].data.decode()
    found = re.search(r"cause=WorkflowTaskFailedCause(\w+)", said)
    return found[1] if found else "unknown"


def _word(run: WorkflowExecutionInfo) -> str:
    return Status.Name(run.status).removeprefix("WORKFLOW_EXECUTION_STATUS_").lower()
