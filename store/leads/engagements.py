"""What leads did and what happened to them: written first, and numbered per lead without a gap."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.engagements import Engagement
from nurture.kinds import Kind
from store import tables
from store.bulk import chunks, lock_leads

CHANNEL: Final = "engagements"
"""The channel that is notified, once a transaction, when engagements wait to be relayed."""

ENGAGEMENT: Final[TypeAdapter[Any]] = TypeAdapter(Engagement)


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
