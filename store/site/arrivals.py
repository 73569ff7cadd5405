"""Where people came from, first and last: what a link said of itself (utm), and where it stood. For reports; never for Temporal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from store.bulk import chunks
from store.tables import LeadArrival

OF_LINK: Final = ("source", "medium", "campaign", "term", "content")
"""What a link says of itself, as ``utm_…``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody comes to the site from somewhere. What nothing tells is empty.

    ``source``, ``medium``, ``campaign``, ``term`` and ``content`` are what ``utm_…`` in the link said, ``referrer`` is the page of another
    site and ``page`` ours, both without what follows a question mark.
    """

    at: datetime
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    referrer: str = ""
    page: str = ""

    @property
    def is_told(self) -> bool:
        """Whether anything says where from: who types the address comes from nowhere."""
        return any(getattr(self, part) for part in (*OF_LINK, "referrer"))

    def row(self) -> dict[str, Any]:
        """As rows hold it, without what is empty."""
        told = {part: value for part in (*OF_LINK, "referrer", "page") if (value := getattr(self, part))}
        return {"at": self.at.isoformat()} | told


def _arrival(row: Mapping[str, Any]) -> Arrival:
    fields: dict[str, Any] = {**row, "at": datetime.fromisoformat(row["at"])}
    return Arrival(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How many leads first came from somewhere, and how many of them are customers; ``last`` counts those who last came from there."""

    name: str
    first: int
    last: int
    customers: int


async def note(session: AsyncSession, arrivals: Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Keep where leads came from, first and last, each as ``Arrival.row``. What is known as first stays; a later one is the last."""
    rows = [{"lead_id": lead, "first": first, "last": last} for lead, (first, last) in sorted(arrivals.items(), key=lambda one: one[0])]
    for chunk in chunks(rows):
        await session.execute(_NOTE, {"rows": chunk})


async def of_lead(session: AsyncSession, lead_id: UUID) -> tuple[Arrival, Arrival] | None:
    """Where a lead came from, first and last; None where nothing ever told."""
    came = await session.get(LeadArrival, lead_id, populate_existing=True)
    return (_arrival(came.first), _arrival(came.last)) if came else None


async def sources(session: AsyncSession, part: str, since: datetime, most: int) -> Sequence[Source]:
    """Where the leads came from that were taken in since then, the most first. ``part`` is one of an arrival."""
    rows = await session.execute(_SOURCES, {"part": part, "since": since, "most": most})
    return [Source(**row._asdict()) for row in rows]


_NOTE = text("""
    INSERT INTO arrivals (lead_id, first, last)
    SELECT lead_id, first, last FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (lead_id uuid, first jsonb, last jsonb)
    ON CONFLICT (lead_id) DO UPDATE SET last = CASE
        WHEN CAST(excluded.last ->> 'at' AS timestamptz) >= CAST(arrivals.last ->> 'at' AS timestamptz) THEN excluded.last
        ELSE arrivals.last
    END
""")

_SOURCES = text("""
    WITH came AS (
        SELECT leads.id, coalesce(first ->> :part, '') AS first, coalesce(last ->> :part, '') AS last,
            EXISTS (SELECT FROM contracts WHERE lead_id = leads.id) AS is_customer
        FROM leads LEFT JOIN arrivals ON lead_id = leads.id WHERE leads.created_at >= :since
    )
    SELECT name, count(*) FILTER (WHERE is_first) AS first, count(*) FILTER (WHERE NOT is_first) AS last,
        count(*) FILTER (WHERE is_first AND is_customer) AS customers
    FROM came CROSS JOIN LATERAL (VALUES (first, true), (last, false)) AS said (name, is_first)
    GROUP BY name ORDER BY 2 DESC, 3 DESC, 1 LIMIT :most
""")
