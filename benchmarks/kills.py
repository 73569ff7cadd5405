"""``python -m benchmarks.kills``: workers killed in the middle of very many sends, at every boundary of a send, and what became of each.

A worker of production is killed with SIGKILL while a number of sends stand at one boundary; another takes its place. The boundary is
chosen from outside: by a double that answers no further, by a lock in the database, or by keeping back what the worker says to Temporal.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from benchmarks.doubles import Boundary
from benchmarks.leave import leave
from benchmarks.meter import is_quiet, machine
from benchmarks.stand import Case, Stand, holding, letters_due
from local.postgres import create_database, postgres
from local.temporal import dev_server
from store.migrate import migrate
from workflows.options import lead_workflow_id

PATIENCE_S: Final = 120.0
"""How long a worker is waited for that does nothing more."""

_STALE_S: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the sends of a case. ``killed`` stood at the boundary when their worker was killed, in ``kills`` kills."""

    case: Case
    kills: int
    killed: int
    letters: int
    arrived: int
    doubled: int
    repeated: int
    asked: int
    lost: int
    booked: int
    seconds: float

    @property
    def keeps_its_promise(self) -> bool:
        """Every letter arrived and is booked, and none twice but where nobody could know."""
        may_be_doubled = self.killed if self.case.may_double else 0
        return not self.lost and self.booked == self.letters and self.doubled <= may_be_doubled


CASES: Final = [
    *(Case(boundary=boundary) for boundary in Boundary),
    *(Case(boundary=boundary, by="resend") for boundary in Boundary),
    *(Case(boundary=boundary, policy="ask") for boundary in (Boundary.AFTER_ROW, Boundary.DURING_DATA, Boundary.AFTER_YES)),
]


async def _killed(stand: Stand, at_a_time: int, most: int) -> int:
    """Kill a worker once so many sends stand at the boundary as it makes at a time. Gives how many they were."""
    async with stand.worker(at_a_time) as worker:
        stood = await worker.serving(_gathered(stand, min(at_a_time, most)))
        if stand.case.boundary is Boundary.AFTER_COMMIT:
            before = await stand.booked()
            stand.way.flows.clear()
            stood = stand.shore.may_go(on=True)
            await worker.serving(_until(lambda: _is(stand.booked, before + stood)))
        await stand.kill(worker)
    return stood


async def _gathered(stand: Stand, wanted: int) -> int:
    """Wait for so many sends at the boundary, or until no more come."""
    stood, since = 0, time.monotonic()
    while stood < wanted:
        await asyncio.sleep(0.05)
        now_stand = await stand.at_the_boundary()
        if now_stand != stood:
            stood, since = now_stand, time.monotonic()
        elif time.monotonic() - since > (_STALE_S if stood else PATIENCE_S):
            break
    return stood


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await asyncio.sleep(0.1)


async def _is(count: Callable[[], Awaitable[int]], wanted: int) -> bool:
    return await count() == wanted


async def _rest(stand: Stand, client: Client, at_a_time: int) -> None:
    """A worker that nobody kills does what is left, until nothing is, or for as long as anything is done."""
    left, room = set(stand.people), asyncio.Semaphore(20)

    async def look(lead: UUID) -> None:
        async with room:
            if await is_quiet(client, lead_workflow_id(lead)):
                left.discard(lead)

    async def all_done() -> bool:
        await stand.answer()
        if await stand.booked() == len(stand.people):
            await asyncio.gather(*map(look, [*left]))
        return not left

    async with stand.worker(at_a_time) as worker:
        last, since = -1, time.monotonic()
        while time.monotonic() - since < PATIENCE_S and not await worker.serving(all_done()):
            await asyncio.sleep(1)
            if (booked := await stand.booked()) != last:
                last, since = booked, time.monotonic()


async def tally(case: Case, letters: int, at_a_time: int, database_url: str, client: Client) -> Tally:
    """Kill workers until so many sends stood at the boundary, let the rest be done, and count.

    The database is migrated and empty, and nobody else works in the namespace of ``client``.
    """
    began, kills, killed = time.monotonic(), 0, 0
    async with letters_due(case, letters, database_url, client) as stand:
        async with holding(stand):
            while killed < letters:
                stood = await _killed(stand, at_a_time, letters - killed)
                kills, killed = kills + 1, killed + stood
        await _rest(stand, client, at_a_time)
        arrived = list(stand.shore.arrived.values())
        assert all(len(set(copies)) == 1 for copies in arrived), "copies of one letter have one Message-ID"
        return Tally(
            case=case,
            kills=kills,
            killed=killed,
            letters=letters,
            arrived=len(arrived),
            doubled=sum(len(copies) > 1 for copies in arrived),
            repeated=stand.shore.repeated,
            asked=stand.asked,
            lost=letters - len(arrived),
            booked=await stand.booked(),
            seconds=time.monotonic() - began,
        )


def _table(rows: list[Tally]) -> Table:
    table = Table(title="Workers killed in the middle of a send")
    for column in ("killed", "by", "in doubt", "kills", "sends", "letters", "arrived", "doubled", "known by key", "asked", "lost", "s"):
        table.add_column(column, justify="left" if column in ("killed", "by", "in doubt") else "right")
    for row in rows:
        counts = (row.kills, row.killed, row.letters, row.arrived, row.doubled, row.repeated, row.asked, row.lost, round(row.seconds))
        table.add_row(row.case.boundary, row.case.by, row.case.policy, *map(str, counts))
    return table


async def _main(cases: list[Case], sends: int, at_a_time: int) -> bool:
    rows: list[Tally] = []
    console = Console(width=140)
    with TemporaryDirectory(prefix="sodate-kills-") as folder, postgres(Path(folder) / "postgres") as server_url:
        async with dev_server() as temporal:
            for number, case in enumerate(cases):
                url = await create_database(server_url, f"case_{number}")
                await migrate(url)
                rows.append(await tally(case, sends, at_a_time, url, temporal.client))
                console.print(_table(rows[-1:]))
    console.print(_table(rows))
    console.print(f"Measured on {machine()}. A kill takes all the sends with it that stand at the boundary, {at_a_time} or a few more.")
    for row in rows:
        if not row.keeps_its_promise:
            console.print(f"BROKEN: {row}")
    return all(row.keeps_its_promise for row in rows)


if __name__ == "__main__":
    given = argparse.ArgumentParser(description="Kill workers in the middle of sends, and count what became of the letters.")
    given.add_argument("--sends", type=int, default=1000, help="at least so many sends are killed at each boundary")
    given.add_argument("--at-a-time", type=int, default=40, help="so many sends a worker makes at a time, and a kill takes with it")
    given.add_argument("--by", choices=("smtp", "resend"), help="only by SMTP, or only by a provider with keys")
    given.add_argument("--boundary", choices=tuple(Boundary), help="only at this boundary")
    given.add_argument("--policy", choices=("resend", "ask"), help="only with this policy for letters in doubt")
    chosen = given.parse_args()
    wanted = [
        case
        for case in CASES
        if chosen.by in (None, case.by) and chosen.boundary in (None, case.boundary) and chosen.policy in (None, case.policy)
    ]
    leave(0 if asyncio.run(_main(wanted, chosen.sends, chosen.at_a_time)) else 1)
