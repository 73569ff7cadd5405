"""The local servers are the real ones: they remember, they stop, and they start again where they were."""

import sys
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from local.postgres import create_database, postgres
from local.processes import free_port, running
from local.temporal import dev_server, time_skipping_server

pytestmark = pytest.mark.anyio


@workflow.defn(name="Sleeper")
class Sleeper:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(timedelta(days=730))


async def test_a_database_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with postgres(tmp_path / "postgres") as server:
        url = await create_database(server, "kept")
        assert await create_database(server, "kept") == url
        await keep_a_seven(url)

    with postgres(tmp_path / "postgres") as server:
        assert await the_seven(server) == 7


async def test_a_database_whose_user_was_killed_serves_the_next_one_and_stops_with_it(tmp_path: Path) -> None:
    killed = "import os, sys, pathlib, local.postgres as p\nwith p.postgres(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    async with running("killed", [sys.executable, "-c", killed, str(tmp_path / "postgres")]) as user:
        assert await user.ended() == -9
    assert (tmp_path / "postgres" / "postmaster.pid").exists()

    with postgres(tmp_path / "postgres") as server:
        await keep_a_seven(await create_database(server, "kept"))
        assert await the_seven(server) == 7

    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


async def keep_a_seven(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE leads AS SELECT 7 AS id")
    await connection.close()


async def the_seven(server: str) -> object:
    connection = await asyncpg.connect(server.format(database="kept"))
    try:
        return await connection.fetchval("SELECT id FROM leads")
    finally:
        await connection.close()


async def test_temporal_can_be_stopped_and_goes_on_where_it_was(tmp_path: Path) -> None:
    port = free_port()
    async with dev_server(tmp_path, port=port) as server:
        await server.client.start_workflow("Sleeper", id="sleeper", task_queue="q")

    with pytest.raises(RuntimeError, match="connect"):
        await Client.connect(f"127.0.0.1:{port}")

    async with dev_server(tmp_path, port=port) as server:
        again = await server.client.get_workflow_handle("sleeper").describe()
        assert (server.address, server.ui_url, again.status) == (f"127.0.0.1:{port}", "", WorkflowExecutionStatus.RUNNING)


async def test_two_years_pass_in_a_moment() -> None:
    async with time_skipping_server() as server:
        began = await server.get_current_time()
        async with Worker(server.client, task_queue="q", workflows=[Sleeper], workflow_runner=UnsandboxedWorkflowRunner()):
            await server.client.execute_workflow(Sleeper.run, id="sleeper", task_queue="q")

        assert await server.get_current_time() - began >= timedelta(days=730)
