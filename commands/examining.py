"""Examines every open lead: somebody comes back to it at a moment that is known, and its workflow runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from commands.console import Away
from commands.front import gateway
from nurture.campaign import Campaign
from store import campaigns, lookups, selections, standings
from store.database import Database
from workflows.gateway import Gateway

SAMPLE: Final = 200
"""How many open leads are looked up in Temporal where not all of them are."""

_AT_A_TIME: Final = 32
_BATCH: Final = 1_000
_NO_WORKFLOW: Final = "it is open, but its workflow does not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A lead that would be forgotten: why, and what to do about it."""

    lead_id: UUID
    why: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found. ``looked_up`` leads were looked up in Temporal; ``away`` says why not, where it could not be asked."""

    open: int
    on_their_way: int
    looked_up: int
    away: str
    findings: list[Finding]


async def examine(database: Database, now: datetime, *, deep: bool, show: Callable[[int, int], None]) -> Examination:
    """Examine all leads in the database, and look up in Temporal all (``deep``), or those that raise a suspicion and a sample.

    ``show`` gets how many leads are looked up so far, and of how many.
    """
    async with database.transaction() as session:
        open_leads, on_their_way = await lookups.counts(session)
        found = [_of_orphan(orphan) for orphan in await standings.orphans(session, now)]
    found += await _unwatched_contracts(database, now)
    async with database.transaction() as session:
        chosen = await lookups.open_ids(session, None if deep else SAMPLE)
        if not deep:
            suspects = await lookups.still_open(session, [finding.lead_id for finding in found])
            chosen = list(dict.fromkeys((*suspects, *chosen)))
    looked_up, away = 0, ""
    try:
        async with gateway(database) as way:
            for start in range(0, len(chosen), _BATCH):
                batch = chosen[start : start + _BATCH]
                found += [_of_workflow(lead_id) for lead_id in await _not_running(database, way, batch)]
                looked_up += len(batch)
                show(looked_up, len(chosen))
    except Away as error:
        away = str(error)
    return Examination(
        open=open_leads, on_their_way=on_their_way, looked_up=looked_up, away=away, findings=sorted(found, key=lambda f: f.lead_id)
    )


async def _not_running(database: Database, way: Gateway, lead_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these leads whose workflow does not run, although the store says afterwards too that they are open."""
    calls = asyncio.Semaphore(_AT_A_TIME)

    async def runs(lead_id: UUID) -> bool:
        async with calls:
            return await way.is_open(lead_id)

    missing = [lead_id for lead_id, is_open in zip(lead_ids, await asyncio.gather(*map(runs, lead_ids)), strict=True) if not is_open]
    if not missing:
        return []
    async with database.transaction() as session:
        return sorted(await lookups.still_open(session, missing))


async def _unwatched_contracts(database: Database, now: datetime) -> list[Finding]:
    """Contracts that nobody opens the renewal of: their leads are in no track of a campaign that has a rule for it."""
    async with database.transaction() as session:
        places = await lookups.contract_places(session, now)
        editions = await campaigns.load(session, {place.ref for place in places if place.ref})
        started = await selections.started_campaigns(session)
        current = await campaigns.load(session, [row.ref for row in started])
    watched = {place.lead_id for place in places if place.ref and _watches(editions[place.ref], place.track)}
    names = [campaign.name for campaign in current.values() if any(rule.when.contract_ends_in for rule in campaign.rules)]
    do = (
        f"enroll it: campaign start campaigns/{names[0]}.yaml --lead {{id}}" if names else "start a campaign with a rule 'contract_ends_in'"
    )
    ends_on = {place.lead_id: place.ends_on for place in places if place.lead_id not in watched}
    return [
        Finding(
            lead_id=lead_id, why=f"its contract ends on {day}, and no campaign that it is in plans the renewal", do=do.format(id=lead_id)
        )
        for lead_id, day in ends_on.items()
    ]


def _watches(campaign: Campaign, track: str) -> bool:
    """Whether a lead in this track is moved, or was moved, by the nearing end of its contract."""
    return any(
        rule.when.contract_ends_in is not None and (track == rule.go or not rule.within or track in rule.within) for rule in campaign.rules
    )


def _of_orphan(orphan: standings.Orphan) -> Finding:
    do = f"see that a worker runs (python worker.py), then look closer: lead show {orphan.lead_id}"
    return Finding(lead_id=orphan.lead_id, why=orphan.why, do=do)


def _of_workflow(lead_id: UUID) -> Finding:
    do = f"somebody ended it; an operator takes it up again: temporal workflow reset --workflow-id lead-{lead_id} --type LastWorkflowTask"
    return Finding(lead_id=lead_id, why=_NO_WORKFLOW, do=do)
