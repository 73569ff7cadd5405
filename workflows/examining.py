"""Examines every open lead: somebody comes back to it at a moment that is known, and its workflow runs. It wakes none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from temporalio.client import Client

from store.database import Database
from store.journeys import standings
from store.journeys.standings import Trouble
from store.leads import lookups
from store.looks import renewals
from workflows import visibility
from workflows.findings import Finding, of_contract, of_disagreement, of_late, of_orphan, of_stuck
from workflows.visibility import Look, NotListed

SAMPLE: Final = 200
"""How many open leads are looked up one by one where Temporal's list cannot be read, and how many that raise a suspicion."""

MANY: Final = 20_000
"""So many open leads are counted in ranges; fewer are listed one by one."""

SETTLES: Final = timedelta(minutes=5)
"""How long a workflow may run before the store knows of it."""

Looks = dict[UUID, Look | None]
Show = Callable[[int, int], None]
"""Gets how many leads are looked up so far, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found at ``at``. ``looked_up`` leads were looked up in Temporal; ``away`` says why not, where it could not be asked."""

    at: datetime
    open: int
    on_their_way: int
    looked_up: int
    away: str
    findings: list[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class InStore:
    """What the store alone tells."""

    open: int
    on_their_way: int
    findings: list[Finding]


async def examine_store(database: Database, now: datetime) -> InStore:
    """Examine all leads in the database."""
    async with database.transaction() as session:
        open_leads, on_their_way = await lookups.counts(session)
        found = [of_orphan(orphan) for orphan in await standings.orphans(session, now)]
        found += [of_contract(contract) for contract in await renewals.unwatched(session, now)]
    return InStore(open=open_leads, on_their_way=on_their_way, findings=found)


async def examine(
    database: Database, client: Client, now: datetime, *, deep: bool = False, show: Show = lambda done, of: None
) -> Examination:
    """Examine all leads in the database, and beside it all that Temporal lists as running, or counts where they are very many.

    With ``deep`` every open lead is looked up one by one instead, because the list may be some seconds old. Where there is no list,
    those that raise a suspicion are, and a sample. Raises RPCError when Temporal is away.
    """
    known = await examine_store(database, now)
    suspects = list(dict.fromkeys(finding.lead_id for finding in known.findings if finding.kind is not Trouble.NO_RENEWAL))[:SAMPLE]
    seen = None if deep else await _by_the_list(database, client, now, known.open, suspects, show)
    looked_up, looks, found = seen or await _one_by_one(database, client, suspects, deep, show)
    told = [of_late(finding, looks.get(finding.lead_id)) for finding in known.findings]
    return Examination(
        at=now, open=known.open, on_their_way=known.on_their_way, looked_up=looked_up, away="", findings=in_order([*told, *found])
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By lead, each kind of trouble once. That a workflow says nothing needs no word where it does not run."""
    once = {(finding.lead_id, finding.kind): finding for finding in findings}
    gone = {lead for lead, kind in once if kind is Trouble.GONE}
    told = [finding for (lead, kind), finding in once.items() if not (kind is Trouble.SILENT and lead in gone)]
    return sorted(told, key=lambda finding: finding.lead_id)


async def _by_the_list(
    database: Database, client: Client, now: datetime, open_leads: int, suspects: list[UUID], show: Show
) -> tuple[int, Looks, list[Finding]] | None:
    """Compare the store with the list of what runs; None where there is none. Where they differ, the workflow itself is described."""

    def shown(listed: int) -> None:
        show(min(listed, open_leads), open_leads)

    async with database.transaction() as session:
        is_open = await standings.known_to_be_open(session)
    try:
        if open_leads < MANY:
            running = await visibility.running(client, shown)
        else:
            running = await visibility.running_as(client, (lead for lead, open_ in is_open.items() if open_), shown)
    except NotListed:
        return None
    try:
        troubled = await visibility.troubled(client)
    except NotListed:
        troubled = dict[UUID, str]()
    async with database.transaction() as session:
        nobodys = await standings.strangers(session, [lead for lead in running if lead not in is_open])
    missing = [lead for lead, open_ in is_open.items() if open_ and lead not in running]
    closed = [lead for lead, began_at in running.items() if not is_open.get(lead, True) and began_at < now - SETTLES]
    looks = await visibility.look_at(client, list(dict.fromkeys((*missing, *closed, *nobodys, *troubled, *suspects))))
    found = [*await _gone(database, looks), *_stuck(looks, troubled)]
    async with database.transaction() as session:
        still = await standings.still_closed(session, [lead for lead in closed if (look := looks[lead]) and look.runs])
    found += [of_disagreement(lead, Trouble.STILL_RUNS) for lead in still]
    found += [of_disagreement(lead, Trouble.UNKNOWN) for lead in nobodys if (look := looks[lead]) and look.runs]
    return open_leads, looks, found


async def _one_by_one(database: Database, client: Client, suspects: list[UUID], deep: bool, show: Show) -> tuple[int, Looks, list[Finding]]:
    """Describe open leads: all of them, or those that raise a suspicion and some by chance."""
    async with database.transaction() as session:
        some = await lookups.open_ids(session, None if deep else SAMPLE)
    chosen = list(dict.fromkeys((*suspects, *some)))
    looks = await visibility.look_at(client, chosen, lambda done: show(done, len(chosen)))
    return len(chosen), looks, [*await _gone(database, looks), *_stuck(looks, {})]


async def _gone(database: Database, looks: Looks) -> list[Finding]:
    """Those whose workflow does not run, although the store says afterwards too that they are open, or never heard of them."""
    missing = [lead for lead, look in looks.items() if look is None or not look.runs]
    async with database.transaction() as session:
        still = await lookups.still_open(session, missing)
        silent = await standings.never_heard_of(session, [lead for lead in missing if lead not in still])
    return [of_disagreement(lead, Trouble.GONE) for lead in (*still, *silent)]


def _stuck(looks: Looks, troubled: dict[UUID, str]) -> list[Finding]:
    return [of_stuck(lead, look, troubled.get(lead, "")) for lead, look in looks.items() if look and look.is_stuck]
