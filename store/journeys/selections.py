"""Questions about many leads at once: who is in a file, in a segment, may be written to, or waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.addresses import hash_of_comparable
from store.consent.consents import EVERYTHING
from store.leads.engagements import CHANNEL
from store.tables import Lead, Suppression


async def changed_here(session: AsyncSession, lead_ids: Sequence[UUID]) -> int:
    """How many of these leads this transaction has written, by the mark that PostgreSQL leaves on each row."""
    written = text("SELECT count(*) FROM leads WHERE id = ANY(CAST(:ids AS uuid[])) AND xmin = CAST(pg_current_xact_id() AS xid)")
    return int((await session.execute(written, {"ids": list(lead_ids)})).scalar_one())


async def without_zone(session: AsyncSession, lead_ids: Sequence[UUID]) -> int:
    """How many of these leads have no zone that could be told."""
    unknown = text("SELECT count(*) FROM leads WHERE id = ANY(CAST(:ids AS uuid[])) AND zone = ''")
    return int((await session.execute(unknown, {"ids": list(lead_ids)})).scalar_one())


async def suppressed(session: AsyncSession, wanted: Sequence[tuple[str, str]]) -> set[str]:
    """The addresses among these (address, topic) pairs that must not be written to. Addresses are as rows hold them."""
    by_hash: dict[str, list[tuple[str, str]]] = {}
    for address, topic in wanted:
        by_hash.setdefault(hash_of_comparable(address), []).append((address, topic))
    rows = await session.execute(select(Suppression.address_hash, Suppression.topic).where(Suppression.address_hash.in_(list(by_hash))))
    return {address for row in rows for address, topic in by_hash[row.address_hash] if row.topic in (EVERYTHING, topic)}


async def ids_of_addresses(session: AsyncSession, addresses: Sequence[str]) -> list[UUID]:
    """The leads of these addresses; those that nobody registered are left out."""
    wanted = text("SELECT id FROM leads WHERE email = ANY(CAST(:emails AS text[]))")
    return list(await session.scalars(wanted, {"emails": list(addresses)}))


async def ids_of_segments(session: AsyncSession, segments: Collection[str]) -> dict[str, list[UUID]]:
    """The leads of each of these segments."""
    found: dict[str, list[UUID]] = {segment: [] for segment in segments}
    for row in await session.execute(select(Lead.id, Lead.segment).where(Lead.segment.in_(segments))):
        found[row.segment].append(row.id)
    return found


async def segments(session: AsyncSession) -> list[str]:
    """Every segment that a lead is in."""
    return list(await session.scalars(select(Lead.segment).where(Lead.segment != "").distinct().order_by(Lead.segment)))


async def all_ids(session: AsyncSession) -> list[UUID]:
    """Every lead."""
    return list(await session.scalars(select(Lead.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailable:
    """How many leads may get letters about a topic, how many nobody has allowed it for, and how many must not."""

    allowed: int
    no_consent: int
    suppressed: int


async def mailable(session: AsyncSession, lead_ids: Sequence[UUID], topic: str) -> Mailable:
    """What would come of writing to these leads about the topic, as the send itself would decide it."""
    row = (await session.execute(_MAILABLE, {"ids": list(lead_ids), "topic": topic})).one()
    return Mailable(allowed=row.allowed, no_consent=row.no_consent, suppressed=row.suppressed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What Temporal does not have yet: leads that come into a campaign or change its edition, and all engagements of all leads."""

    leads: int
    everything: int


async def waiting_for(session: AsyncSession, campaign: str) -> Waiting:
    """What waits to be carried to Temporal."""
    row = (await session.execute(_WAITING, {"campaign": campaign})).one()
    return Waiting(leads=row.leads, everything=row.everything)


async def has_a_worker(session: AsyncSession) -> bool:
    """Whether a worker listens for what waits to be carried to Temporal."""
    return bool(await session.scalar(_LISTENS, {"listens": f"%LISTEN%{CHANNEL}%"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """How many leads of a campaign are at one place of one edition. ``track`` is empty while their workflows have not said it."""

    ref: str
    track: str
    step: str
    leads: int


async def under_way(session: AsyncSession, campaign: str) -> list[UnderWay]:
    """Where the leads are that this campaign is not over for."""
    return [UnderWay(**row._asdict()) for row in await session.execute(_UNDER_WAY, {"campaign": campaign})]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign that was started. ``ref`` is its current edition, ``waiting`` what Temporal does not have yet."""

    name: str
    ref: str
    topic: str
    started_at: datetime
    editions: int
    leads: int
    waiting: int
    forms: list[str]


async def started_campaigns(session: AsyncSession) -> list[CampaignRow]:
    """Every campaign that was started, by name."""
    return [CampaignRow(**row._asdict()) for row in await session.execute(_CAMPAIGNS)]


_MAILABLE = text("""
    SELECT count(*) FILTER (WHERE NOT suppressed AND allowed) AS allowed,
           count(*) FILTER (WHERE NOT suppressed AND NOT allowed) AS no_consent,
           count(*) FILTER (WHERE suppressed) AS suppressed
    FROM (
        SELECT EXISTS (
            SELECT FROM suppressions
            WHERE address_hash = encode(sha256(convert_to(email, 'UTF8')), 'hex') AND suppressions.topic IN (:topic, '*')
        ) AS suppressed, EXISTS (
            SELECT FROM consents WHERE address = email AND consents.topic = :topic AND withdrawn_at IS NULL
        ) AS allowed
        FROM leads WHERE id = ANY(CAST(:ids AS uuid[]))
    ) AS asked
""")

_WAITING = text("""
    SELECT count(*) AS everything, count(DISTINCT lead_id) FILTER (
        WHERE kind IN ('enrolled', 'edition_changed') AND split_part(facts ->> 'campaign', '@', 1) = :campaign
    ) AS leads
    FROM engagements WHERE relayed_at IS NULL
""")

# The relay of a worker holds a connection that listens, and listening is the last that it asked for.
_LISTENS = text("""
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle' AND query LIKE :listens
    )
""")

_UNDER_WAY = text("""
    SELECT ref, coalesce(place.track, '') AS track, coalesce(place.step, '') AS step, count(*) AS leads
    FROM enrollments
    LEFT JOIN standings USING (lead_id)
    LEFT JOIN LATERAL jsonb_to_recordset(standings.positions) AS place (enrollment int, track text, step text) ON place.enrollment = number
    WHERE campaign = :campaign AND over_at IS NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")

_CAMPAIGNS = text("""
    WITH waiting AS (
        SELECT split_part(facts ->> 'campaign', '@', 1) AS name, count(DISTINCT lead_id) AS waiting
        FROM engagements WHERE relayed_at IS NULL AND kind IN ('enrolled', 'edition_changed') GROUP BY 1
    ), enrolled AS (
        SELECT campaign AS name, count(DISTINCT lead_id) AS leads FROM enrollments GROUP BY campaign
    ), editions AS (
        SELECT name, count(*) AS editions FROM campaign_editions GROUP BY name
    ), newest AS (
        SELECT DISTINCT ON (name) name, ref, started_at, CAST(snapshot AS jsonb) AS plan
        FROM campaign_editions ORDER BY name, started_at DESC
    )
    SELECT name, ref, plan ->> 'topic' AS topic, started_at, editions, coalesce(leads, 0) AS leads, coalesce(waiting, 0) AS waiting,
           ARRAY(SELECT jsonb_object_keys(plan -> 'forms') ORDER BY 1) AS forms
    FROM newest JOIN editions USING (name) LEFT JOIN enrolled USING (name) LEFT JOIN waiting USING (name) ORDER BY name
""")
