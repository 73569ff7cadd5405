"""Deploys are changes to runs under way: every history ever recorded replays on today's code."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from local.histories import library_in
from worker import workflow_runner
from workflows.lead import Lead
from workflows.wire import data_converter

pytestmark = pytest.mark.anyio

HISTORIES = Path(__file__).parent / "histories"
RECORDED = sorted(file for file in HISTORIES.glob("*.json") if not file.name.endswith(".campaign.json"))


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    converter = data_converter(library_in(HISTORIES))
    return Replayer(workflows=[Lead], data_converter=converter, workflow_runner=workflow_runner(sandboxed=True))


def test_histories_are_recorded() -> None:
    assert len(RECORDED) >= 40


async def test_every_recorded_history_replays(replayer: Replayer) -> None:
    """If this fails, runs under way would break when this code is deployed.

    Do not record the history again. Make the change apply only to runs that start under new rules: raise ``RULES`` in ``nurture/state.py``
    and ask ``state.rules`` before taking the changed way, or guard changed commands with ``workflow.patched``.
    """
    async with asyncio.timeout(240), replayer.workflow_replay_iterator(_histories()) as results:
        replayed = {result.history.workflow_id: result.replay_failure async for result in results}

    assert len(replayed) == len(RECORDED)
    assert {name: failure for name, failure in replayed.items() if failure} == {}


async def _histories() -> AsyncIterator[WorkflowHistory]:
    for file in RECORDED:
        yield WorkflowHistory.from_json(f"lead-{file.stem}", file.read_text(encoding="utf-8"))
