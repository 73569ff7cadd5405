"""What was used: CPU seconds of a process, events and bytes of histories, room in databases."""

import os
import platform
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Means over leads; what a lead left behind when its workflow continued as new counts too."""

    runs: float
    events: float
    bytes: float


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in user and system mode."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


async def is_quiet(client: Client, workflow_id: str) -> bool:
    """Whether a workflow waits for nothing but time and signals, or has ended."""
    state = (await client.get_workflow_handle(workflow_id).describe()).raw_description
    return not (state.pending_activities or state.HasField("pending_workflow_task"))


async def histories(client: Client, ids: Collection[str]) -> Histories:
    """What the workflows of these ids have written."""
    runs = events = size = 0
    for workflow_id in ids:
        run_id: str | None = (await client.get_workflow_handle(workflow_id).describe()).run_id
        while run_id:
            handle = client.get_workflow_handle(workflow_id, run_id=run_id)
            written = (await handle.describe()).raw_description.workflow_execution_info
            runs += 1
            events += written.history_length
            size += written.history_size_bytes
            first = await anext(handle.fetch_history_events(page_size=1))
            run_id = first.workflow_execution_started_event_attributes.continued_execution_run_id
    return Histories(runs=runs / len(ids), events=events / len(ids), bytes=size / len(ids))


def sqlite_bytes(file: Path) -> int:
    """The room that a SQLite database uses, without what is free in its file."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as database:
        pages, free, size = (database.execute(f"PRAGMA {of}").fetchone()[0] for of in ("page_count", "freelist_count", "page_size"))
    return int((pages - free) * size)


def machine() -> str:
    """The machine, for the head of a report."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load average {load:.1f}"
