"""What visitors look at who agreed to be known again: kept under a number of their browser, and theirs once they say who they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from nurture.kinds import Kind
from nurture.leadside import Visited
from nurture.plan.popups import Look
from store import tables
from store.bulk import chunks
from store.leads import engagements
from store.leads.together import Written
from store.site import arrivals
from store.site.arrivals import Arrival
from store.tables import Visit

KEPT: Final = timedelta(days=90)
"""How long a visit is kept of somebody who does not say who they are, and a number that nobody comes with any more."""

MOST: Final = 80
"""Visits of one visitor: with what comes in with them, they reach a lead's workflow in one delivery. Of a lead, in a day."""

AGAIN: Final = timedelta(minutes=5)
"""The same content within this is the same visit."""

SOURCE: Final = "visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A visitor comes: on which site, and from where if that is told."""

    visitor: UUID
    site: str = ""
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A visitor as it is kept: ``lead_id`` is None while nobody knows who it is. ``shown`` says when each popup was last shown to it."""

    lead_id: UUID | None
    shown: dict[str, datetime]
    first: dict[str, Any] | None
    last: dict[str, Any] | None


async def see(
    session: AsyncSession, visitor: UUID, content: str, medium: str, now: datetime, *, site: str = "", arrival: Arrival | None = None
) -> Seen:
    """Keep a visit, unless it is not news or the visitor has as many as are kept. What is too old goes.

    The visit of a visitor who has said who they are is the lead's at once.
    """
    met = (await meet(session, [Meeting(visitor=visitor, site=site, arrival=arrival)], now))[visitor]
    await session.execute(_TOO_OLD, {"before": now - KEPT})
    if met.lead_id is not None:
        await _tell(session, met.lead_id, content, medium, now)
        if arrival and arrival.is_told:
            await arrivals.note(session, {met.lead_id: (arrival.row(), arrival.row())})
        return met
    counted = select(func.count(), func.count().filter(Visit.content == content, Visit.at > now - AGAIN)).where(Visit.visitor == visitor)
    so_far, just_now = (await session.execute(counted)).one()
    if not just_now and so_far < MOST:
        session.add(Visit(id=uuid7(), visitor=visitor, content=content, medium=medium, at=now))
        await session.flush()
    return met


async def meet(session: AsyncSession, meetings: Sequence[Meeting], now: datetime) -> dict[UUID, Seen]:
    """These visitors come. Their rows are this transaction's until it ends, so that who becomes known misses no visit that comes meanwhile.

    Whoever needs the leads' rows too takes these first.
    """
    rows = [
        {"id": one.visitor, "site": one.site, "came": one.arrival.row() if one.arrival and one.arrival.is_told else None}
        for one in sorted(meetings, key=lambda one: one.visitor)
    ]
    found = await session.execute(_MEET, {"rows": next(chunks(rows), "[]"), "now": now}) if rows else ()
    return {
        row.id: Seen(
            lead_id=row.lead_id,
            shown={name: datetime.fromisoformat(at).astimezone(UTC) for name, at in row.shown.items()},
            first=row.first,
            last=row.last,
        )
        for row in found
    }


async def looks(session: AsyncSession, visitor: UUID, since: datetime) -> list[Look]:
    """What this visitor looked at from then on, the earliest first."""
    seen = select(Visit.content, Visit.at).where(Visit.visitor == visitor, Visit.at >= since).order_by(Visit.at)
    return [Look(content=row.content, at=row.at) for row in await session.execute(seen)]


async def remember_shown(session: AsyncSession, visitor: UUID, popup: str, now: datetime) -> None:
    """The visitor was shown this popup."""
    await session.execute(_SHOWN, {"visitor": visitor, "popup": popup, "at": now.isoformat()})


async def claim(session: AsyncSession, meetings: Sequence[Meeting], leads: Mapping[UUID, UUID], met: Mapping[UUID, Seen]) -> list[Written]:
    """These visitors have said who they are: ``leads`` by visitor. Gives what they looked at, each with its own moment, to be recorded.

    It is nobody else's after. What a visitor looks at from then on is the lead's at once, until somebody else says at that browser who they
    are. Belongs before what the visitor did to become known, so that what happened first is told first.
    """
    if not leads:
        return []
    came: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = {}
    for one in meetings:
        lead, seen = leads[one.visitor], met[one.visitor]
        if seen.lead_id not in (None, lead):
            # Another person at the same browser: where the one before came from is not where this one did.
            came_from = one.arrival.row() if one.arrival and one.arrival.is_told else None
            seen = replace(seen, first=came_from, last=came_from)
        if seen.first and seen.last:
            came[lead] = seen.first, seen.last
    rows = [{"id": visitor, "lead_id": lead} for visitor, lead in leads.items()]
    await session.execute(_CLAIM, {"rows": next(chunks(rows))})
    await arrivals.note(session, came)
    taken = await session.execute(_TAKE, {"visitors": list(leads)})
    return [
        Written(
            lead_id=leads[visit.visitor],
            engagement=Visited(at=visit.at, content=visit.content),
            source=SOURCE,
            details=_where(visit.medium),
            key=f"visit:{visit.id}",
        )
        for visit in sorted(taken, key=lambda visit: (visit.at, visit.id))
    ]


async def forget(session: AsyncSession, visitor: UUID) -> None:
    """The visitor does not want to be known again: the number goes, and what was kept under it. What became a lead's stays the lead's."""
    await session.execute(delete(tables.Visitor).where(tables.Visitor.id == visitor), execution_options=_DIRECTLY)
    await session.execute(delete(Visit).where(Visit.visitor == visitor), execution_options=_DIRECTLY)


async def _tell(session: AsyncSession, lead_id: UUID, content: str, medium: str, now: datetime) -> None:
    """What a known visitor looks at; as much in a day as a visitor whom nobody knows has at all."""
    wanted = {
        "lead": lead_id,
        "kind": Kind.VISITED,
        "source": SOURCE,
        "content": content,
        "day": now - timedelta(days=1),
        "again": now - AGAIN,
    }
    so_far, just_now = (await session.execute(_LATELY, wanted)).one()
    if not just_now and so_far < MOST:
        await engagements.record(session, lead_id, Visited(at=now, content=content), source=SOURCE, details=_where(medium))


def _where(medium: str) -> dict[str, Any]:
    return {"medium": medium} if medium else {}


_DIRECTLY: Final = {"synchronize_session": False}

# What another one is just taking away is left to it, so that two cannot block each other.
_TOO_OLD = text("""
    WITH gone AS (
        DELETE FROM visits WHERE id IN (SELECT id FROM visits WHERE at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED)
    )
    DELETE FROM visitors WHERE id IN (SELECT id FROM visitors WHERE seen_at < :before LIMIT 1000 FOR UPDATE SKIP LOCKED)
""")

_MEET = text("""
    INSERT INTO visitors (id, site, agreed_at, seen_at, first, last)
    SELECT id, site, :now, :now, came, came FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, site text, came jsonb)
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at,
        first = coalesce(visitors.first, excluded.first), last = coalesce(excluded.last, visitors.last)
    RETURNING id, lead_id, shown, first, last
""")

_CLAIM = text("""
    UPDATE visitors SET lead_id = given.lead_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (id uuid, lead_id uuid) WHERE visitors.id = given.id
""")

_TAKE = text("DELETE FROM visits WHERE visitor = ANY(CAST(:visitors AS uuid[])) RETURNING id, visitor, content, medium, at")

_SHOWN = text("UPDATE visitors SET shown = shown || jsonb_build_object(CAST(:popup AS text), CAST(:at AS text)) WHERE id = :visitor")

_LATELY = text("""
    SELECT count(*) AS so_far, count(*) FILTER (WHERE at > :again AND facts ->> 'content' = :content) AS just_now
    FROM engagements WHERE lead_id = :lead AND kind = :kind AND source = :source AND at > :day
""")
