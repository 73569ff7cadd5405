"""What waits to be carried to leads' workflows: in order for each, no lead in two hands at once, and marked once it is there."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Delivery, Engagement
from nurture.plan.campaign import Campaign
from store import tables
from store.campaigns import campaigns
from store.leads.engagements import ENGAGEMENT, tell_relays

AT_A_TIME: Final = 100
"""How many engagements of one lead travel in one delivery; the others follow in the next."""

_DIRECTLY: Final = {"synchronize_session": False}
_log = logging.getLogger(__name__)


async def waiting(session: AsyncSession, limit: int, known: dict[str, Campaign] | None = None) -> dict[UUID, Delivery]:
    """What waits to be relayed, for at most ``limit`` leads (some hundreds), in order for each; bulk goes last.

    The leads are this transaction's until it ends: other relays pass them over, while more may be recorded for them. ``known`` is the
    caller's own store of campaigns by ref, which saves reading them every time; those that it lacks are added to it.
    """
    known = {} if known is None else known
    deliveries: dict[UUID, Delivery] = {}
    passed: set[UUID] = set()
    for urgent in (True, False):
        while len(deliveries) < limit:
            wanted = {"passed": list(passed), "limit": limit - len(deliveries)}
            found = list(dict.fromkeys(await session.scalars(_URGENT if urgent else _WAITING, wanted)))
            if not found:
                break
            passed.update(found)
            deliveries.update(await take(session, found, known))
    return deliveries


async def relayed(session: AsyncSession, delivered: Mapping[UUID, Delivery], now: datetime) -> None:
    """The leads' workflows have these. Belongs into the transaction that ``waiting`` was asked in.

    What was not among them waits on: its lead may have asked for it again meanwhile.
    """
    pairs = [(lead_id, engagement.seq) for lead_id, delivery in delivered.items() for engagement in delivery.engagements]
    await session.execute(_RELAYED, {"ids": [lead_id for lead_id, _ in pairs], "seqs": [seq for _, seq in pairs], "now": now})


async def acted_alone(session: AsyncSession, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these leads for whom more waits to be relayed than what happened to very many at once."""
    return set(await session.scalars(_ALONE, {"ids": list(lead_ids)}))


async def relay_again(session: AsyncSession, lead_id: UUID, after_seq: int) -> None:
    """Everything of this lead after ``after_seq`` waits to be relayed once more."""
    of_lead = update(tables.Engagement).where(tables.Engagement.lead_id == lead_id, tables.Engagement.seq > after_seq)
    await session.execute(of_lead.values(relayed_at=None), execution_options=_DIRECTLY)
    await tell_relays(session)


async def take(session: AsyncSession, found: Sequence[UUID], known: dict[str, Campaign]) -> dict[UUID, Delivery]:
    """Lock those of these leads that no other relay has, and read what waits for them, which is less than before if it was faster.

    A lead with something that cannot be read is left out.
    """
    keys = [int.from_bytes(lead_id.bytes[8:], signed=True) for lead_id in found]
    locked = list(await session.scalars(_LOCK, {"ids": list(found), "keys": keys}))
    rows = (await session.execute(_OF_LEADS, {"ids": locked, "limit": AT_A_TIME})).all()
    missing = {row.facts["campaign"] for row in rows if "campaign" in row.facts} - known.keys()
    known.update(await campaigns.load(session, missing) if missing else {})
    of_lead: dict[UUID, list[Engagement]] = {}
    broken: set[UUID] = set()
    for row in rows:
        try:
            engagement = ENGAGEMENT.validate_python({**row.facts, "seq": row.seq}, context=known)
        except (ValidationError, LookupError):
            # One lead's row must not keep the others waiting; the doctor names the lead, since it goes on waiting.
            _log.error("engagement %s of lead %s cannot be read: the lead is left out", row.seq, row.lead_id)
            broken.add(row.lead_id)
        else:
            of_lead.setdefault(row.lead_id, []).append(engagement)
    return {lead_id: Delivery(engagements=tuple(them)) for lead_id, them in of_lead.items() if lead_id not in broken}


_URGENT = text("""
    SELECT lead_id FROM engagements WHERE relayed_at IS NULL AND NOT bulk AND lead_id <> ALL(CAST(:passed AS uuid[]))
    ORDER BY at, lead_id LIMIT :limit
""")

_WAITING = text("""
    SELECT lead_id FROM engagements WHERE relayed_at IS NULL AND lead_id <> ALL(CAST(:passed AS uuid[]))
    ORDER BY at, lead_id LIMIT :limit
""")

_LOCK = text("""
    SELECT lead_id FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS bigint[])) AS found (lead_id, key) WHERE pg_try_advisory_xact_lock(key)
""")

_OF_LEADS = text("""
    SELECT lead_id, seq, facts
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS locked (id, place)
    CROSS JOIN LATERAL (
        SELECT lead_id, seq, facts FROM engagements WHERE lead_id = locked.id AND relayed_at IS NULL ORDER BY seq LIMIT :limit
    ) AS of_lead
    ORDER BY place, seq
""")

_RELAYED = text("""
    UPDATE engagements SET relayed_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS int[])) AS done (lead, number)
    WHERE lead_id = lead AND seq = number AND relayed_at IS NULL
""")

_ALONE = text("""
    SELECT DISTINCT lead_id FROM engagements WHERE relayed_at IS NULL AND NOT bulk AND lead_id = ANY(CAST(:ids AS uuid[]))
""")
