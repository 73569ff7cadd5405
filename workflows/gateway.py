"""The client side: the one way in which an engagement reaches a lead's workflow."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowQueryRejectedError
from temporalio.common import Priority, QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from nurture.engagements import Delivery
from nurture.standing import Standing
from nurture.state import LeadState
from workflows.lead import Lead
from workflows.options import ENGAGE, PROMPT, TASK_QUEUE, lead_workflow_id

Answer = TypeVar("Answer")


class Gateway:
    """Speaks to leads' workflows."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def deliver(self, state: LeadState, delivery: Delivery, priority: Priority = PROMPT) -> None:
        """Signal a lead, and start its workflow from ``state`` when none is open. Raises RPCError when Temporal is away.

        A run that is open keeps the priority that it was started with.
        """
        await self._client.start_workflow(
            Lead.run,
            state,
            id=lead_workflow_id(state.lead),
            task_queue=TASK_QUEUE,
            start_signal=ENGAGE,
            start_signal_args=[delivery],
            priority=priority,
        )

    async def standing(self, lead: UUID) -> Standing | None:
        """How a lead stands, asked of its workflow; None when it has none open."""
        return await self._ask(lead, Lead.standing)

    async def end(self, lead: UUID) -> bool:
        """End a lead's workflow at once, whatever it is doing; False where none runs. For one that does not end by itself."""
        try:
            await self._handle(lead).terminate(reason="the lead was erased")
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def is_open(self, lead: UUID) -> bool:
        """Whether a lead's workflow is running."""
        try:
            description = await self._handle(lead).describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return description.status is WorkflowExecutionStatus.RUNNING

    async def _ask(self, lead: UUID, question: Callable[[Lead], Answer]) -> Answer | None:
        try:
            return await self._handle(lead).query(question, reject_condition=QueryRejectCondition.NOT_OPEN)
        except WorkflowQueryRejectedError:
            return None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    def _handle(self, lead: UUID) -> WorkflowHandle[Lead, None]:
        return self._client.get_workflow_handle_for(Lead.run, lead_workflow_id(lead))
