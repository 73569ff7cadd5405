"""Questions about one lead, and about what somebody has to look after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.addresses import hash_of_comparable
from store.tables import Consent, Suppression


async def consents_of(session: AsyncSession, address: str) -> list[Consent]:
    """What was ever allowed for an address, also what was withdrawn."""
    return list(await session.scalars(select(Consent).where(Consent.address == address).order_by(Consent.given_at, Consent.topic)))


async def suppressions_of(session: AsyncSession, address: str) -> list[Suppression]:
    """What must not be written to an address."""
    of_address = select(Suppression).where(Suppression.address_hash == hash_of_comparable(address))
    return list(await session.scalars(of_address.order_by(Suppression.at, Suppression.topic)))


async def contents(session: AsyncSession) -> list[str]:
    """Everything that a form of a campaign offers to download, or that a rule looks for as downloaded."""
    return list(await session.scalars(_CONTENTS))


async def topics(session: AsyncSession, address: str) -> list[str]:
    """Every topic of a campaign, and those that this address ever agreed to."""
    return list(await session.scalars(_TOPICS, {"address": address}))


async def waiting_engagements(session: AsyncSession, lead_id: UUID) -> int:
    """How many of the lead's engagements its workflow has not been told yet."""
    wanted = text("SELECT count(*) FROM engagements WHERE lead_id = :lead AND relayed_at IS NULL")
    return int((await session.execute(wanted, {"lead": lead_id})).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPlace:
    """A contract that ends, and one place where its lead is: an edition and a track, both empty for a lead that is nowhere."""

    lead_id: UUID
    ends_on: date
    ref: str
    track: str


async def contract_places(session: AsyncSession, now: datetime, until: date = date.max) -> list[ContractPlace]:
    """Every contract that ends from today to ``until`` and has stood for some minutes, with each place its lead is in."""
    wanted = {"today": now.date(), "until": until, "settled": now - timedelta(minutes=5)}
    return [ContractPlace(**row._asdict()) for row in await session.execute(_CONTRACT_PLACES, wanted)]


async def open_ids(session: AsyncSession, most: int | None = None) -> list[UUID]:
    """Every open lead, or ``most`` of them as they come by chance."""
    if most is None:
        return list(await session.scalars(text("SELECT lead_id FROM standings WHERE open ORDER BY lead_id")))
    return list(await session.scalars(text("SELECT lead_id FROM standings WHERE open ORDER BY random() LIMIT :most"), {"most": most}))


async def still_open(session: AsyncSession, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these leads that are open, and for which nothing is on its way."""
    return set(await session.scalars(_STILL_OPEN, {"ids": list(lead_ids)}))


async def counts(session: AsyncSession) -> tuple[int, int]:
    """How many leads are open, and how many are enrolled but their workflow has said nothing yet."""
    row = (await session.execute(_COUNTS)).one()
    return row.open, row.on_their_way


_CONTRACT_PLACES = text("""
    SELECT contracts.lead_id, ends_on, coalesce(ref, '') AS ref, coalesce(track, '') AS track
    FROM contracts
    LEFT JOIN standings ON standings.lead_id = contracts.lead_id AND standings.open
    LEFT JOIN LATERAL jsonb_to_recordset(standings.positions) AS place (enrollment int, track text) ON true
    LEFT JOIN enrollments ON enrollments.lead_id = contracts.lead_id AND number = place.enrollment
    WHERE ends_on >= :today AND ends_on <= :until AND changed_at < :settled
    AND NOT EXISTS (SELECT FROM engagements WHERE engagements.lead_id = contracts.lead_id AND relayed_at IS NULL)
    ORDER BY ends_on, contracts.lead_id
""")

_STILL_OPEN = text("""
    SELECT lead_id FROM standings WHERE open AND lead_id = ANY(CAST(:ids AS uuid[]))
    AND NOT EXISTS (SELECT FROM engagements WHERE engagements.lead_id = standings.lead_id AND relayed_at IS NULL)
""")

_COUNTS = text("""
    SELECT (SELECT count(*) FROM standings WHERE open) AS open,
           (SELECT count(DISTINCT lead_id) FROM enrollments WHERE NOT EXISTS (
               SELECT FROM standings WHERE standings.lead_id = enrollments.lead_id)) AS on_their_way
""")

_CONTENTS = text("""
    SELECT jsonb_array_elements_text(form.value -> 'contents')
    FROM campaign_editions CROSS JOIN LATERAL jsonb_each(CAST(snapshot AS jsonb) -> 'forms') AS form
    WHERE form.value ->> 'engagement' = 'downloaded'
    UNION
    SELECT rule -> 'when' ->> 'content'
    FROM campaign_editions CROSS JOIN LATERAL jsonb_array_elements(CAST(snapshot AS jsonb) -> 'rules') AS rule
    WHERE rule -> 'when' ->> 'engagement' = 'downloaded' AND rule -> 'when' ->> 'content' IS NOT NULL
    ORDER BY 1
""")

_TOPICS = text("""
    SELECT CAST(snapshot AS jsonb) ->> 'topic' FROM campaign_editions UNION SELECT topic FROM consents WHERE address = :address ORDER BY 1
""")
