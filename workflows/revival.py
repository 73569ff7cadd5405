"""Takes a lead up again whose workflow is gone: where it was, where Temporal still knows that, or else from what the store knows."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError

from nurture.recollection import Recollection, after_recollection
from nurture.state import LeadState, newcomer
from store.database import Database
from store.journeys import notes, standings, states
from store.leads import relaying
from workflows.gateway import Gateway
from workflows.options import lead_workflow_id
from workflows.visibility import Look
from workflows.wire import Library

_ENDED_BY_SOMEBODY: Final = {"terminated", "canceled", "timed_out"}


async def go_on_where_it_was(client: Client, lead: UUID, look: Look) -> bool:
    """Reset a run that somebody ended to its last decision, with its timers and all that it knew; False where Temporal cannot."""
    if look.ended not in _ENDED_BY_SOMEBODY:
        return False
    try:
        history = await client.get_workflow_handle(lead_workflow_id(lead), run_id=look.run).fetch_history()
        decided = 0
        for event in history.events:
            if event.HasField("workflow_execution_cancel_requested_event_attributes"):
                break
            if event.HasField("workflow_task_completed_event_attributes"):
                decided = event.event_id
        if not decided:
            return False
        await client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=lead_workflow_id(lead), run_id=look.run),
                reason="the doctor takes it up again",
                workflow_task_finish_event_id=decided,
                request_id=str(uuid4()),
                reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST],
            )
        )
    except RPCError:
        return False
    return True


class _Elsewhere(Exception):
    """Another relay has the lead, or there is nothing to tell its workflow."""


async def begin_again(database: Database, gateway: Gateway, library: Library, lead: UUID, now: datetime) -> bool:
    """Start a workflow from what the store knows, and tell it all that it has not seen; False where it cannot, or a relay has the lead.

    What is decided again has the keys that it had before, so no letter and no task is doubled. Pauses begin anew. Raises RPCError.
    """
    try:
        async with database.transaction() as session:
            state = await _beginning(session, library, lead)
            await relaying.relay_again(session, lead, state.seen)
            waiting = await relaying.take(session, [lead], library)
            if lead not in waiting:
                raise _Elsewhere
            await gateway.deliver(state, waiting[lead])
            await relaying.relayed(session, waiting, now)
    except (_Elsewhere, ValidationError):
        return False
    return True


async def _beginning(session: AsyncSession, library: Library, lead: UUID) -> LeadState:
    """The state that was left behind last, or a newcomer's, which goes on counting where the store stopped. Raises ValidationError."""
    kept = (await states.left(session, [lead])).get(lead)
    state = await states.read(session, kept, library) if kept else newcomer(lead)
    known = Recollection(records=await standings.last_number(session, lead), noted=await notes.last_number(session, lead))
    return after_recollection(state, known)
