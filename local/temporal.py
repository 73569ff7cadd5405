"""Real Temporal servers from wheels: the development server, which keeps its state in a file, and the one that skips time."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment

from local.processes import Child, Show, answers, free_port, running, tool


@dataclass(frozen=True, slots=True, kw_only=True)
class DevServer:
    """A running development server. ``ui_url`` is empty when it has no user interface."""

    address: str
    ui_url: str
    client: Client
    process: Child


@asynccontextmanager
async def dev_server(
    folder: Path | None = None,
    ui_port: int | None = None,
    *,
    port: int | None = None,
    arguments: Sequence[str] = (),
    show: Show = lambda name, line: None,
    keeps: Sequence[int] = (),
) -> AsyncIterator[DevServer]:
    """Run the development server while the block lasts.

    With a ``folder`` its state is in ``temporal.db`` there, so that the next one on the same folder goes on where this one stopped;
    without, in memory. Without a ``ui_port`` it has no user interface. ``arguments`` are more of ``temporal server start-dev``;
    ``show`` and ``keeps`` are those of ``running``.
    """
    port = port or free_port()
    command = [tool("temporal"), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    command += ["--ui-port", str(ui_port)] if ui_port else ["--headless"]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        command += ["--db-filename", str(folder / "temporal.db")]
    address = f"127.0.0.1:{port}"
    # Its file survives a kill, and now and then it takes for ever to drain.
    async with running("temporal", [*command, *arguments], show=show, patience_s=5, keeps=keeps) as server:
        client = await Client.connect(address, data_converter=pydantic_data_converter, lazy=True)

        async def ask() -> None:
            # The namespace is there a moment after the port is.
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace), retry=False)

        await answers(server, ask)
        yield DevServer(address=address, ui_url=f"http://127.0.0.1:{ui_port}" if ui_port else "", client=client, process=server)


@asynccontextmanager
async def time_skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """Run the server that skips time, in memory, one for each use: its clock is shared by everything on it."""
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=tool("temporal-test-server"), data_converter=pydantic_data_converter
    )
    try:
        yield environment
    finally:
        with anyio.CancelScope(shield=True):
            await environment.shutdown()


def quiet_core() -> None:
    """Temporal's core would warn that a server that skips time is not one for production."""
    quiet = LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR"))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=quiet)), error_if_already_set=False)
