"""What is not settled with a lead: nothing is sold to it meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def open_ones(session: AsyncSession, lead_id: UUID) -> dict[UUID, datetime]:
    """Every open issue of a lead, and since when; the oldest first."""
    rows = await session.execute(_OPEN, {"lead": lead_id})
    return {row.issue: row.at for row in rows}


_OPEN = text("""
    SELECT CAST(facts ->> 'issue' AS uuid) AS issue, at FROM engagements AS opened
    WHERE lead_id = :lead AND kind = 'issue_opened' AND NOT EXISTS (
        SELECT FROM engagements AS closed
        WHERE closed.lead_id = :lead AND closed.kind = 'issue_closed' AND closed.facts ->> 'issue' = opened.facts ->> 'issue'
    )
    ORDER BY seq
""")
