"""Erases people: their workflows end, their rows go, and what is left is searched until nothing of them is found."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from time import monotonic
from typing import Final
from uuid import UUID

from temporalio.client import Client, WorkflowHistory

from store.database import Database
from store.erasing import erasure, stubs
from store.erasing.stubs import Stub
from store.leads.known import pattern_of
from workflows.gateway import Gateway
from workflows.runs import as_bytes, delete_run, every_run_of

PATIENCE: Final = timedelta(seconds=30)
"""How long a workflow may take to end by itself. One that has a letter under way, or no worker, is ended then."""

_LOOK_SECONDS: Final = 0.1
_RUNS: Final = "runs"
_FILES: Final = "files"

Names = Callable[[str], bool]
"""Whether somebody who is looked for is named in a text."""

Files = Callable[[Names], int]
"""Takes away the files of letters in which somebody is named, and says how many."""


def no_files(is_named: Names) -> int:
    """Letters go out to a mail server, and nothing is kept in files."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What is left of a person. ``named_in`` says where the person is named still: an erasure is finished once that is nowhere."""

    stub: Stub
    named_in: tuple[str, ...]


class Eraser:
    """Finishes erasures that were begun. Each step may be done again: an erasure that was cut off is finished by another of these."""

    def __init__(
        self, database: Database, client: Client, now: Callable[[], datetime], *, files: Files = no_files, patience: timedelta = PATIENCE
    ) -> None:
        self._database = database
        self._client = client
        self._gateway = Gateway(client)
        self._now = now
        self._files = files
        self._patience = patience

    async def finish(self, begun: Sequence[Stub]) -> list[Verified]:
        """Erase these, and say what is left of each. Every table is read through once for all of them. Raises RPCError."""
        for stub in begun:
            await self._end(stub.lead_id)
            async with self._database.transaction() as session:
                await erasure.forget(session, stub.lead_id, self._now())
            # A relay that had the lead meanwhile may have begun a workflow anew: from here on there is nothing to begin one from.
            await self._gateway.end(stub.lead_id)
        async with self._database.transaction() as session:
            await erasure.cut_out_of_others(session, begun)
            named = await erasure.still_named(session, begun)
        return [await self._verify(stub, named[stub.lead_id]) for stub in begun]

    async def _end(self, lead: UUID) -> None:
        """The workflow hears of it as of everything else, and ends by itself; one that does not is ended."""
        if not await self._gateway.is_open(lead):
            return
        async with self._database.transaction() as session:
            hears = await erasure.tell(session, lead, self._now())
        give_up = monotonic() + (self._patience.total_seconds() if hears else 0)
        while await self._gateway.is_open(lead):
            if monotonic() >= give_up:
                await self._gateway.end(lead)
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _verify(self, stub: Stub, in_database: list[str]) -> Verified:
        is_named = pattern_of(stub.words)
        files = await asyncio.to_thread(self._files, is_named)
        own = await every_run_of(self._client, stub.lead_id)
        colleagues = stub.known.colleagues if stub.known else ()
        others = [await every_run_of(self._client, lead) for lead in colleagues]
        names = [f"run {run}" for run, history in chain(own.items(), *(runs.items() for runs in others)) if _says(history, is_named)]
        if not (in_database or names):
            gone = sum([await delete_run(self._client, stub.lead_id, run) for run in own])
            async with self._database.transaction() as session:
                await stubs.finish(session, stub.lead_id, self._now(), {_FILES: files, _RUNS: gone})
        async with self._database.transaction() as session:
            left = await stubs.find(session, stub.lead_id)
        return Verified(stub=left or stub, named_in=(*in_database, *names))


def _says(history: WorkflowHistory, is_named: Names) -> bool:
    return is_named(as_bytes(history).decode("utf-8", "replace"))
