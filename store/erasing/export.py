"""Everything that is known of one person, table by table and as it is kept: for the person, who may ask for it."""

from base64 import b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.erasing.erasure import known_of
from store.erasing.holdings import HOLDINGS, REFUSALS, Holding, Subject, subject_of
from store.erasing.traces import traces
from store.leads import leads, scores
from store.tables import Lead, Table


async def everything(session: AsyncSession, lead_id: UUID, now: datetime) -> dict[str, Any]:
    """All rows that are about a lead, by table, each with every column; letters and messages as base64 of their bytes.

    ``named_elsewhere`` says in which columns of other people's rows the person is named: those are for a human to look at, because they
    tell of somebody else, too. Raises NoResultFound.
    """
    lead = await session.get_one(Lead, lead_id)
    subject = await subject_of(session, lead)
    points = (await scores.scores(session, [lead_id], now)).get(lead_id)
    return {
        "lead_id": lead_id,
        "exported_at": now,
        "company": await leads.company_of(session, lead),
        "points": points,
        **{holding.name: await _rows(session, holding, subject) for holding in (*HOLDINGS, REFUSALS)},
        "named_elsewhere": await _elsewhere(session, lead, subject),
    }


async def _rows(session: AsyncSession, holding: Holding, subject: Subject) -> list[dict[str, Any]]:
    table = Table.metadata.tables[holding.name]
    rows = await session.execute(select(table).where(holding.rows(subject)).order_by(*table.primary_key))
    return [{name: _said(value) for name, value in row._asdict().items()} for row in rows]


def _said(value: Any) -> Any:
    return b64encode(value).decode("ascii") if isinstance(value, bytes) else value


async def _elsewhere(session: AsyncSession, lead: Lead, subject: Subject) -> list[str]:
    own: set[tuple[str, str]] = set()
    for holding in HOLDINGS:
        places: Select[str] = select(literal_column("CAST(ctid AS text)")).select_from(holding.table).where(holding.rows(subject))
        own.update((holding.name, place) for place in await session.scalars(places))
    known = await known_of(session, lead, subject)
    found = await traces(session, known.words, known.colleagues)
    return sorted({f"{trace.table}.{trace.column}" for trace in found if (trace.table, trace.place) not in own})
