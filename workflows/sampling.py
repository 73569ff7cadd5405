"""Chooses leads whose histories stand for all: some of every kind of place, some whose run began lately and some whose run is old."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter
from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from nurture.standing import Standing
from store.database import Database
from store.journeys import standings
from workflows import visibility
from workflows.decided import Facts, standing_facts
from workflows.options import lead_workflow_id
from workflows.visibility import NotListed

_STANDING: Final = TypeAdapter(Standing)
_AT_A_TIME: Final = 16


async def sample(database: Database, client: Client, most: int, now: datetime) -> tuple[list[UUID], int]:
    """At most ``most`` leads whose workflow runs, and how many there are. Those that fail now come first. Raises RPCError."""
    async with database.transaction() as session:
        places = await standings.kinds_of_places(session)
    try:
        running = await visibility.running(client)
        troubled = list(await visibility.troubled(client))
    except NotListed:
        running, troubled = dict.fromkeys(places, now), list[UUID]()
    kinds: dict[tuple[str, int], list[UUID]] = {}
    for lead, began_at in running.items():
        kinds.setdefault((places.get(lead, ""), _age(now - began_at)), []).append(lead)
    return _in_turn(troubled, list(kinds.values()), most), len(running)


async def histories_of(client: Client, leads: Sequence[UUID]) -> AsyncIterator[WorkflowHistory]:
    """What Temporal keeps of the runs under way of these leads, in any order; one that is gone meanwhile is left out. Raises RPCError."""
    calls = asyncio.Semaphore(_AT_A_TIME)

    async def fetch(lead: UUID) -> WorkflowHistory | None:
        async with calls:
            try:
                return await client.get_workflow_handle(lead_workflow_id(lead)).fetch_history()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    return None
                raise

    for fetched in asyncio.as_completed([fetch(lead) for lead in leads]):
        if history := await fetched:
            yield history


async def stood(database: Database, leads: Sequence[UUID]) -> dict[str, tuple[int, Facts]]:
    """How these leads stand, by their workflows' ids, as a replay is held against it."""
    async with database.transaction() as session:
        found = await standings.numbered(session, leads)
    return {
        lead_workflow_id(lead): (no, standing_facts(_STANDING.dump_python(standing, mode="json", exclude_defaults=True)))
        for lead, (no, standing) in found.items()
    }


def _age(length: timedelta) -> int:
    """0 for a run of today, 1 for one of yesterday, then doubling."""
    return max(length.days, 0).bit_length()


def _in_turn(first: list[UUID], kinds: list[list[UUID]], most: int) -> list[UUID]:
    """``first``, and then one of each kind in turn, by chance, until there are enough."""
    for kind in kinds:
        random.shuffle(kind)
    chosen = dict.fromkeys(first)
    for turn in range(max(map(len, kinds), default=0)):
        for kind in kinds:
            if turn < len(kind):
                chosen[kind[turn]] = None
        if len(chosen) >= most:
            break
    return list(chosen)[:most]
