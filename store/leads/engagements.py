"""What leads did and what happened to them: written first, numbered per lead without a gap, relayed to its workflow in order."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Delivery, Engagement
from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from store import tables
from store.bulk import chunks, lock_leads
from store.campaigns import campaigns

CHANNEL: Final = "engagements"
"""The channel that is notified, once a transaction, when engagements wait to be relayed."""

AT_A_TIME: Final = 100
"""How many engagements of one lead travel in one delivery; the others follow in the next."""

ENGAGEMENT: Final[TypeAdapter[Any]] = TypeAdapter(Engagement)
_DIRECTLY: Final = {"synchronize_session": False}
_log = logging.getLogger(__name__)


class UnknownLead(LookupError):
    """There is no lead of this id."""


async def record(
    session: AsyncSession,
    lead_id: UUID,
    engagement: Engagement,
    *,
    source: str = "",
    details: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> int | None:
    """Write an engagement down as the lead's next and return its number; None when ``key`` was recorded before, and nothing changes.

    The lead's row stays locked until the transaction ends, so that numbers become visible in their order. Raises UnknownLead.
    """
    row = {
        "lead": lead_id,
        "kind": engagement.kind,
        "at": engagement.at,
        "source": source,
        "facts": facts_of(engagement),
        "details": dict(details or {}),
        "key": key,
        "enrolled": int(engagement.kind is Kind.ENROLLED),
        "channel": CHANNEL,
    }
    done = (await session.execute(_RECORD, row)).one()
    if not done.is_known:
        raise UnknownLead(f"no lead {lead_id}")
    seq: int | None = done.seq
    return seq


async def repeat(session: AsyncSession, key: str, again: str) -> int | None:
    """Record what a rep answered under ``key`` once more, for a workflow that could not take it then; None when there is nothing to repeat.

    ``again`` is the key of the repetition.
    """
    row = await session.scalar(select(tables.Engagement).where(tables.Engagement.key == key))
    if row is None:
        return None
    return await record(session, row.lead_id, ENGAGEMENT.validate_python(row.facts), source="record", key=again)


async def record_all(session: AsyncSession, happened: Sequence[tuple[UUID, Engagement]], *, source: str = "") -> int:
    """Write down one engagement each for many leads at once, and say how many. They are relayed after what single leads do."""
    if len({lead_id for lead_id, _ in happened}) < len(happened):
        raise ValueError("one engagement at a time for each lead")
    facts = {id(engagement): facts_of(engagement) for engagement in {id(e): e for _, e in happened}.values()}
    rows = [{"lead_id": lead_id, "kind": e.kind, "at": e.at, "facts": facts[id(e)]} for lead_id, e in happened]
    await lock_leads(session, [lead_id for lead_id, _ in happened])
    recorded = 0
    for chunk in chunks(rows):
        written = await session.execute(_NUMBER_AND_WRITE, {"rows": chunk, "source": source})
        recorded += written.scalar_one()
    if recorded:
        await tell_relays(session)
    return recorded


async def latest_seq(session: AsyncSession, lead_id: UUID) -> int:
    """The number of the lead's last stored engagement; 0 when there is none."""
    return await session.scalar(_LATEST, {"lead": lead_id}) or 0


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


def facts_of(engagement: Engagement) -> dict[str, Any]:
    """The engagement as its row holds it, without its number, for which the row has a column."""
    facts: dict[str, Any] = ENGAGEMENT.dump_python(engagement, mode="json", exclude_defaults=True)
    facts.pop("seq", None)
    return facts


async def tell_relays(session: AsyncSession) -> None:
    """Something waits to be relayed once this transaction is committed."""
    await session.execute(_NOTIFY, {"channel": CHANNEL})


_NOTIFY = text("SELECT pg_notify(:channel, '')")

_LATEST = text("SELECT engagements FROM leads WHERE id = :lead")

_RECORD = text("""
    WITH locked AS (
        SELECT engagements FROM leads WHERE id = :lead FOR NO KEY UPDATE
    ), written AS (
        INSERT INTO engagements (lead_id, seq, kind, at, source, facts, details, key)
        SELECT :lead, engagements + 1, :kind, :at, :source, :facts, :details, :key FROM locked
        ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
        RETURNING seq
    ), counted AS (
        UPDATE leads SET engagements = seq, enrollments = enrollments + :enrolled FROM written WHERE id = :lead
    )
    SELECT EXISTS (SELECT FROM locked) AS is_known, (SELECT seq FROM written) AS seq, (SELECT pg_notify(:channel, '') FROM written) AS told
""").bindparams(bindparam("facts", type_=JSONB), bindparam("details", type_=JSONB))

_NUMBER_AND_WRITE = text("""
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (lead_id uuid, kind text, at timestamptz, facts jsonb)
    ), numbered AS (
        UPDATE leads SET engagements = engagements + 1, enrollments = enrollments + CAST(kind = 'enrolled' AS int)
        FROM given WHERE leads.id = given.lead_id
        RETURNING leads.id, leads.engagements, given.kind, given.at, given.facts
    ), written AS (
        INSERT INTO engagements (lead_id, seq, kind, at, source, facts, bulk)
        SELECT id, engagements, kind, at, :source, facts, true FROM numbered
        RETURNING 1
    )
    SELECT count(*) FROM written
""")

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
