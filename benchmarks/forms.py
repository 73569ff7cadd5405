"""``python -m benchmarks.forms``: how many form posts a second the product takes while everything behind them works, and how fast.

The whole product runs as ``make up`` runs it: PostgreSQL, Temporal's development server with a file, a worker that relays and sends, a mail
server, and the web app. Visitors post from a process of their own. None may be lost: what was answered with yes must be in the database,
once, and come to the leads' workflows.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
from sqlalchemy import text

from benchmarks.leave import leave
from benchmarks.meter import machine
from local.processes import ROOT
from local.stack import Stack, stack
from nurture.reading.language import read_campaign
from store.campaigns import campaigns
from store.database import Database

AIM_RATE, AIM_P99_MS = 300, 250
_FORM: Final = "download"
_NICE: Final = 15
_CAN_WAIT: Final = ("temporal", "worker")
_WARM: Final = "warm"
_MEASURED: Final = "measured"


async def _shoot(port: int, run: str, rate: int, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.shooter", str(port), _FORM, "--run", run, "--rate", str(rate), "--seconds", str(seconds)]
    shooter = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    said, _ = await shooter.communicate()
    shots: dict[str, Any] = json.loads(said)
    return shots


async def _start(database: Database, name: str) -> None:
    source = (ROOT / "campaigns" / name).read_text(encoding="utf-8")
    async with database.transaction() as session:
        await campaigns.keep(session, read_campaign(source, name), source, datetime.now(UTC))


async def _counts(database: Database, run: str) -> tuple[int, int, int]:
    """How many of these submissions are stored, how many leads they made, and how many engagements wait to be relayed."""
    async with database.transaction() as session:
        return tuple((await session.execute(_COUNT, {"run": f"%.{run}@example.com"})).one())


def _step_back(pids: Sequence[int], nice: int) -> None:
    """Have processes take what others leave, as docker-compose.yml has it by shares: visitors wait for nobody, what is behind them can.

    Where the system shares its cores between sessions, it is their sessions that step back.
    """
    for process in (Path("/proc") / str(pid) for pid in pids):
        for thread in (process / "task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), nice)
        if (process / "autogroup").exists():
            (process / "autogroup").write_text(str(nice))


def _used(everything: Stack) -> dict[str, float]:
    """CPU seconds so far, by process."""
    used = {child.name: _cpu([psutil.Process(child.pid)]) for child in everything.children}
    postmaster = int((everything.folder / "postgres" / "postmaster.pid").read_text().split()[0])
    return used | {"postgres": _cpu(psutil.Process(postmaster).children())}


def _cpu(processes: Sequence[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def _percentile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1e3


async def _main(rate: int, seconds: float, patience_s: float) -> None:
    with TemporaryDirectory(prefix="sodate-bench-") as folder:
        async with stack(Path(folder), show=lambda name, line: None, any_ports=True) as everything:
            database = Database(everything.settings["DATABASE_URL"])
            await _start(database, "welcome.yaml")
            port = int(everything.web_url.rpartition(":")[2])
            behind = [child.pid for child in everything.children if child.name in _CAN_WAIT]
            _step_back(behind, _NICE)
            await _shoot(port, _WARM, max(rate // 4, 1), 4)
            before, head = _used(everything), machine()
            shots = await _shoot(port, _MEASURED, rate, seconds)
            used = {name: after - before[name] for name, after in _used(everything).items()}
            _step_back(behind, 0)
            stored, leads, _ = await _counts(database, _MEASURED)
            print(f"Measured on {head}, for {shots['clock_s']:.0f} seconds.\n")
            print("| posts a second | p50 ms | p95 ms | p99 ms | longest | answers | taken | stored | lost |")
            print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
            times = shots["seconds"]
            figures = [f"{_percentile(times, share):,.0f}" for share in (0.5, 0.95, 0.99, 1)]
            answers = ", ".join(f"{count:,} {status}" for status, count in shots["answers"].items())
            lost = shots["taken"] - stored
            print(
                f"| {len(times) / shots['clock_s']:,.0f} | {' | '.join(figures)} | {answers} | {shots['taken']:,} | {stored:,} | {lost:,} |"
            )
            print("\nCPU seconds of a second: " + ", ".join(f"{name} {spent / shots['clock_s']:.2f}" for name, spent in used.items()))
            await _follow(database, leads, patience_s)
            await database.close()
    print(f"\nAim: {AIM_RATE} a second, p99 below {AIM_P99_MS} ms, none lost.")


async def _follow(database: Database, leads: int, patience_s: float) -> None:
    """See what came in reach the workflows."""
    began = time.perf_counter()
    while True:
        *_, waiting = await _counts(database, _MEASURED)
        async with database.transaction() as session:
            begun = await session.scalar(_BEGUN, {"run": f"%.{_MEASURED}@example.com"})
        took = time.perf_counter() - began
        if (not waiting and begun == leads) or took > patience_s:
            break
        await asyncio.sleep(1)
    print(f"{took:.0f} seconds later {begun:,} of {leads:,} leads' workflows have said how they stand; {waiting:,} engagements wait.")


_COUNT: Final = text("""
    WITH ours AS (SELECT id FROM leads WHERE email LIKE :run)
    SELECT (SELECT count(*) FROM engagements WHERE key LIKE 'form:%' AND lead_id IN (SELECT id FROM ours))
            + (SELECT count(*) FROM handouts WHERE lead_id IN (SELECT id FROM ours)) AS stored,
        (SELECT count(*) FROM ours) AS leads,
        (SELECT count(*) FROM engagements WHERE relayed_at IS NULL AND lead_id IN (SELECT id FROM ours)) AS waiting
""")

_BEGUN: Final = text("SELECT count(*) FROM leads JOIN standings ON lead_id = leads.id WHERE email LIKE :run")


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--rate", type=int, default=AIM_RATE)
    given.add_argument("--seconds", type=float, default=60)
    given.add_argument("--patience", type=float, default=600, help="seconds that the workflows are waited for afterwards")
    chosen = given.parse_args()
    asyncio.run(_main(chosen.rate, chosen.seconds, chosen.patience))
    leave()
