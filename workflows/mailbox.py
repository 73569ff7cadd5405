"""The workflow that keeps reading a mailbox: look, wait, look again. It remembers how far it has read, whatever goes away meanwhile."""

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from nurture.mailbox import Cursor, Looked
from workflows.options import LOOK_INTO_MAILBOX, LOOKING, LOOKS_A_RUN, MAILBOX, TASK_QUEUE, mailbox_workflow_id


@workflow.defn(name=MAILBOX)
class Mailbox:
    """One mailbox, for as long as the settings name it."""

    @workflow.run
    async def run(self, cursor: Cursor) -> None:
        for _ in range(LOOKS_A_RUN):
            looked: Looked = await workflow.execute_activity(
                LOOK_INTO_MAILBOX, args=[cursor, workflow.now()], result_type=Looked, **LOOKING
            )
            if looked.over:
                return
            cursor = looked.cursor
            if not looked.more:
                await workflow.sleep(looked.again_after)
        workflow.continue_as_new(cursor)


async def keep_reading(client: Client, mailbox: str) -> None:
    """See to it that a mailbox is read. Where its workflow runs already, that goes on. Raises RPCError when Temporal is away."""
    await client.start_workflow(
        Mailbox.run,
        Cursor(mailbox=mailbox),
        id=mailbox_workflow_id(mailbox),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
