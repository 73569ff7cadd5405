"""Everything that Temporal keeps of a lead: its runs from the first, read as bytes, and taken out of Temporal for good."""

from contextlib import suppress
from uuid import UUID

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from workflows.options import lead_workflow_id
from workflows.visibility import NotListed, run_ids


async def runs_of(client: Client, lead: UUID) -> list[WorkflowHistory]:
    """The histories of a lead's runs that follow one another by continuing as new, the latest first; none for a lead without a workflow."""
    runs: list[WorkflowHistory] = []
    run_id: str | None = None
    while True:
        try:
            history = await client.get_workflow_handle(lead_workflow_id(lead), run_id=run_id).fetch_history()
        except RPCError:
            return runs
        runs.append(history)
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        if not run_id:
            return runs


async def every_run_of(client: Client, lead: UUID) -> dict[str, WorkflowHistory]:
    """All that is kept of a lead, by run: those that follow one another, and those from before, where the server lists them.

    Raises RPCError when Temporal is away.
    """
    listed: list[str] = []
    with suppress(NotListed):
        listed = await run_ids(client, lead)
    found = {history.run_id: history for history in await runs_of(client, lead)}
    for run in listed:
        if run not in found:
            found[run] = await client.get_workflow_handle(lead_workflow_id(lead), run_id=run).fetch_history()
    return found


async def delete_run(client: Client, lead: UUID, run: str) -> bool:
    """Take a run that has ended out of Temporal; False where it is gone, or the server cannot: it goes when its time is over."""
    which = WorkflowExecution(workflow_id=lead_workflow_id(lead), run_id=run)
    try:
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=which), retry=True
        )
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED):
            return False
        raise
    return True


def as_bytes(history: WorkflowHistory) -> bytes:
    """Everything that Temporal keeps of a run, with Japanese text as itself and as JSON may escape it."""
    raw = b"".join(event.SerializeToString() for event in history.events)
    return raw + raw.decode("utf-8", "ignore").encode("ascii", "backslashreplace")
