"""A mailbox is read on by the code of tomorrow: what its workflow did before replays."""

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from local.histories import library_in
from worker import workflow_runner
from workflows.mailbox import Mailbox
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

HISTORIES = Path(__file__).parent / "histories"


@pytest.mark.parametrize("name", ["a_whole_run", "the_run_after_it"])
async def test_a_recorded_run_of_a_mailbox_replays(name: str) -> None:
    """If this fails, mailboxes would not be read any more once this code is deployed: guard the change with ``workflow.patched``."""
    history = WorkflowHistory.from_json(f"mailbox-{name}", (HISTORIES / f"{name}.json").read_text(encoding="utf-8"))
    replayer = Replayer(
        workflows=[Mailbox], data_converter=data_converter(library_in(HISTORIES)), workflow_runner=workflow_runner(sandboxed=True)
    )

    await asyncio.wait_for(replayer.replay_workflow(history), 60)
