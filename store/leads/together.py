"""Writes down what many leads did at the same time, in a few statements however many they are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from store.bulk import CHUNK, chunks
from store.leads.engagements import facts_of, tell_relays


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An engagement that is written down with others. ``key`` is one that was not recorded before."""

    lead_id: UUID
    engagement: Engagement
    source: str
    details: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


async def record_together(session: AsyncSession, happened: Sequence[Written]) -> None:
    """Write down engagements of many leads in their order, as many of each as there are. The leads' rows are locked already."""
    for start in range(0, len(happened), CHUNK):
        counts: Counter[UUID] = Counter()
        rows = []
        for one in happened[start : start + CHUNK]:
            counts[one.lead_id] += 1
            row = {"lead_id": one.lead_id, "nth": counts[one.lead_id], "kind": one.engagement.kind, "at": one.engagement.at}
            rows.append(row | {"source": one.source, "facts": facts_of(one.engagement), "details": dict(one.details), "key": one.key})
        await session.execute(_WRITE, {"rows": next(chunks(rows))})
    if happened:
        await tell_relays(session)


async def recorded(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of these keys that were recorded before."""
    return set(await session.scalars(_RECORDED, {"keys": list(keys)}))


_WRITE: Final = text("""
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row
            (lead_id uuid, nth int, kind text, at timestamptz, source text, facts jsonb, details jsonb, key text)
    ), counted AS (
        UPDATE leads SET engagements = engagements + happened, enrollments = enrollments + enrolled
        FROM (
            SELECT lead_id, count(*) AS happened, count(*) FILTER (WHERE kind = 'enrolled') AS enrolled FROM given GROUP BY lead_id
        ) AS of_lead
        WHERE leads.id = of_lead.lead_id
        RETURNING leads.id, leads.engagements - happened AS before
    )
    INSERT INTO engagements (lead_id, seq, kind, at, source, facts, details, key)
    SELECT id, before + nth, kind, at, source, facts, details, key FROM given JOIN counted ON id = lead_id
""")

_RECORDED: Final = text("SELECT key FROM engagements WHERE key = ANY(CAST(:keys AS text[]))")
