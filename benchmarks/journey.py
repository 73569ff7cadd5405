"""What a lead's journey of five touches costs, beside the same journey on the floor.

Everything runs on one development server in memory; each worker is a process of its own that is warmed up before it is measured.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from uuid_utils.compat import uuid7

from benchmarks import plans
from benchmarks.carrier import library
from benchmarks.floor import Floor
from benchmarks.idle import TOUCHED
from benchmarks.leave import leave
from benchmarks.meter import cpu_seconds, histories, is_quiet, machine
from local.processes import running
from local.temporal import DevServer, dev_server
from nurture.engagements import Delivery
from nurture.ourside import Enrolled
from nurture.profile import Profile
from nurture.state import newcomer
from workflows.gateway import Gateway
from workflows.options import TASK_QUEUE, lead_workflow_id
from workflows.wire import data_converter

LEADS_AT_A_TIME: Final = 20
"""On the way at once: few enough that no wake-up is late, so that every lead makes the same steps."""

WARM_UP: Final = 10
WARM: Final = 1000
COLD: Final = 0
PROFILE: Final = Profile(zone="Asia/Tokyo", country="JP", language="ja", segment="manufacturing")

Start = Callable[[UUID], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One way to make the journey. ``who`` is floor, plain or ruled."""

    who: str
    sandboxed: bool
    cache: int

    def __str__(self) -> str:
        name = {"floor": "floor", "plain": "product", "ruled": "product, rules"}[self.who]
        return f"{name}, {'sandboxed' if self.sandboxed else 'bare'}, {'warm' if self.cache else 'cold'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Per lead. CPU is in seconds."""

    runs: float
    events: float
    bytes: float
    worker_s: float
    server_s: float


JOURNEYS: Final = [
    Journey(who=who, sandboxed=sandboxed, cache=cache)
    for cache in (WARM, COLD)
    for sandboxed in (True, False)
    for who in ("floor", "plain", "ruled")
]


async def measure(server: DevServer, journey: Journey, leads: int) -> Cost:
    """Send leads on this journey and say what each cost."""
    client = await Client.connect(server.address)
    trip = Trip(client, await _starter(server.address, journey.who), completes=journey.who == "floor")
    command = [sys.executable, "-m", "benchmarks.carrier", server.address, "floor" if journey.who == "floor" else "lead"]
    command += ["--cache", str(journey.cache), *(["--sandboxed"] if journey.sandboxed else [])]
    async with running("worker", command, show=trip.hear) as worker:
        await worker.serving(trip.make(WARM_UP))
        before = cpu_seconds(worker.pid), cpu_seconds(server.process.pid)
        ids = await worker.serving(trip.make(leads))
        after = cpu_seconds(worker.pid), cpu_seconds(server.process.pid)
    written = await histories(client, ids)
    return Cost(
        runs=written.runs,
        events=written.events,
        bytes=written.bytes,
        worker_s=(after[0] - before[0]) / leads,
        server_s=(after[1] - before[1]) / leads,
    )


class Trip:
    """Sends leads on their way, a few at a time, and sees when they have arrived.

    A lead of the product ``completes`` nothing: it has arrived when it was touched as often as planned and is asleep again.
    """

    def __init__(self, client: Client, start: Start, completes: bool) -> None:
        self._client = client
        self._start = start
        self._completes = completes
        self._touched: Counter[str] = Counter()

    def hear(self, name: str, line: str) -> None:
        """Take in what the worker says."""
        if line.startswith(TOUCHED):
            self._touched[line.removeprefix(TOUCHED)] += 1
        else:
            print(f"{name}: {line}", file=sys.stderr)

    async def make(self, leads: int) -> list[str]:
        """The ids of the workflows, when all of them have arrived."""
        turn = asyncio.Semaphore(LEADS_AT_A_TIME)

        async def one() -> str:
            async with turn:
                lead = uuid7()
                workflow_id = await self._start(lead)
                if self._completes:
                    await self._client.get_workflow_handle(workflow_id).result()
                while not self._completes and not await self._is_asleep(lead, workflow_id):
                    await asyncio.sleep(0.1)
                return workflow_id

        return await asyncio.gather(*(one() for _ in range(leads)))

    async def _is_asleep(self, lead: UUID, workflow_id: str) -> bool:
        return self._touched[str(lead)] >= plans.TOUCHES and await is_quiet(self._client, workflow_id)


async def _starter(address: str, who: str) -> Start:
    if who == "floor":
        bare = await Client.connect(address)

        async def start_floor(lead: UUID) -> str:
            return (await bare.start_workflow(Floor.run, plans.TOUCHES, id=f"floor-{lead}", task_queue=TASK_QUEUE)).id

        return start_floor
    gateway = Gateway(await Client.connect(address, data_converter=data_converter(library())))
    campaign = plans.plain() if who == "plain" else plans.ruled()

    async def start_lead(lead: UUID) -> str:
        enrolled = Enrolled(at=datetime.now(UTC), seq=1, campaign=campaign, enrollment=1, profile=PROFILE)
        await gateway.deliver(newcomer(lead), Delivery(engagements=(enrolled,)))
        return lead_workflow_id(lead)

    return start_lead


def report(costs: dict[Journey, Cost], head: str) -> None:
    """Print the tables."""
    console = Console(width=140)
    table = Table(title=head)
    for column in (
        "journey",
        "runs",
        "events",
        "bytes",
        "worker s",
        "server s",
        "events ×",
        "bytes ×",
        "worker ×",
        "server ×",
        "÷ sandboxed floor",
    ):
        table.add_column(column, justify="left" if column == "journey" else "right")
    for journey, cost in costs.items():
        floor = costs.get(Journey(who="floor", sandboxed=journey.sandboxed, cache=journey.cache))
        strict = costs.get(Journey(who="floor", sandboxed=True, cache=journey.cache))
        ratios = (cost.events, cost.bytes, cost.worker_s, cost.server_s)
        floors = (floor.events, floor.bytes, floor.worker_s, floor.server_s) if floor else ()
        table.add_row(
            str(journey),
            f"{cost.runs:.2f}",
            f"{cost.events:.1f}",
            f"{cost.bytes:.0f}",
            f"{cost.worker_s:.4f}",
            f"{cost.server_s:.4f}",
            *(f"{mine / its:.2f}" for mine, its in zip(ratios, floors, strict=False)),
            *([""] * (4 - len(floors))),
            f"{cost.worker_s / strict.worker_s:.2f}" if strict else "",
        )
    console.print(table)
    console.print("Aims: events × 1.10, bytes × 2.0, worker × 2.0 when warm; bare and cold, at most 1.0 of the sandboxed floor.")


async def main(leads: int, rounds: int, only: Sequence[str]) -> None:
    """Measure every journey, in ``rounds`` that share the leads, and print what they cost."""
    journeys = [journey for journey in JOURNEYS if not only or all(word in str(journey).replace(",", "").split() for word in only)]
    found: dict[Journey, list[Cost]] = {journey: [] for journey in journeys}
    head = machine()
    async with dev_server() as server:
        for _ in range(rounds):
            for journey in journeys:
                began = time.perf_counter()
                found[journey].append(await measure(server, journey, leads // rounds))
                print(f"{journey}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    costs = {journey: _together(ones) for journey, ones in found.items()}
    report(costs, f"{leads} leads in {rounds} round{'' if rounds == 1 else 's'}, {plans.TOUCHES} touches; {head}")


def _together(rounds: Sequence[Cost]) -> Cost:
    """What is written is the mean over all leads; CPU is that of the best round, because neighbours on the machine only ever add to it."""
    return Cost(
        runs=mean(cost.runs for cost in rounds),
        events=mean(cost.events for cost in rounds),
        bytes=mean(cost.bytes for cost in rounds),
        worker_s=min(cost.worker_s for cost in rounds),
        server_s=min(cost.server_s for cost in rounds),
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--leads", type=int, default=200)
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--only", nargs="*", default=[], metavar="WORD", help="only journeys with these words, such as: product cold")
    given = arguments.parse_args()
    asyncio.run(main(given.leads, given.rounds, given.only))
    leave()
