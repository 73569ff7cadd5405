"""Puts right what can be put right without asking anybody: nothing is doubled by it, and nothing lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from temporalio.client import Client

from store.database import Database
from store.journeys.standings import Trouble
from store.leads import lookups
from workflows.findings import Finding
from workflows.gateway import Gateway
from workflows.relay import Relay
from workflows.revival import begin_again, go_on_where_it_was
from workflows.visibility import Look, look_at
from workflows.wire import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was done about a finding, or why nothing could be."""

    lead_id: UUID
    kind: Trouble
    did: str
    done: bool


async def repair(
    database: Database, client: Client, library: Library, findings: Sequence[Finding], now: datetime, show: Callable[[int], None]
) -> list[Repair]:
    """Repair what is repairable among these. ``show`` gets how many are dealt with. Raises RPCError when Temporal is away."""
    waiting = [finding.lead_id for finding in findings if finding.kind is Trouble.NOT_RELAYED]
    repairs = await _relay(database, client, library, waiting, now) if waiting else []
    gone = [finding.lead_id for finding in findings if finding.kind is Trouble.GONE]
    for lead, look in (await look_at(client, gone)).items():
        did = await _take_up(database, client, library, lead, look, now)
        repairs.append(Repair(lead_id=lead, kind=Trouble.GONE, did=did or _KNOWS_NOTHING, done=bool(did)))
        show(len(repairs))
    return repairs


async def _relay(database: Database, client: Client, library: Library, leads: Sequence[UUID], now: datetime) -> list[Repair]:
    """Relay what waits, as a worker would."""
    relay = Relay(database, Gateway(client), library, lambda: now)
    while await relay.pass_on():
        pass
    async with database.transaction() as session:
        left = {lead for lead in leads if await lookups.waiting_engagements(session, lead)}
    return [
        Repair(lead_id=lead, kind=Trouble.NOT_RELAYED, did=_NOT_TAKEN if lead in left else "relayed to its workflow", done=lead not in left)
        for lead in leads
    ]


async def _take_up(database: Database, client: Client, library: Library, lead: UUID, look: Look | None, now: datetime) -> str:
    if look and look.runs:
        return "its workflow runs by now"
    if look and await go_on_where_it_was(client, lead, look):
        return "taken up where it was ended, with all that its workflow knew"
    if await begin_again(database, Gateway(client), library, lead, now):
        return "begun again from what the database knows; its pauses begin anew, and no letter is sent twice"
    return ""


_KNOWS_NOTHING: Final = "could not be begun again: another worker has it at this moment, or what it left behind cannot be read"
_NOT_TAKEN: Final = "could not be relayed: Temporal did not take it, or it cannot be read, which the worker's log tells more of"
