"""How long people are kept with whom nothing happens any more, and who is due to go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A lead, when anything last happened with it, and from when on it is not kept."""

    lead_id: UUID
    last_at: datetime
    due_at: datetime


async def due(session: AsyncSession, years: int, until: datetime, most: int) -> Sequence[Due]:
    """Whom it is time to erase by ``until``, the longest known first.

    What counts is what last happened: an engagement, a consent, a letter, an answered task, the end of a campaign or of a contract. Nobody
    goes who is in a campaign, has a contract that runs or has no end, or whom a rep still has a task for.
    """
    rows = await session.execute(_DUE, {"years": years, "until": until, "most": most})
    return [Due(**row._asdict()) for row in rows]


async def forget_the_unknown(session: AsyncSession, years: int, now: datetime, most: int) -> int:
    """What came in from people who never became known goes after as long: mail for a human, and what visitors of the site looked at."""
    wanted = {"years": years, "now": now, "most": most}
    return sum([(await session.execute(query, wanted)).scalar_one() for query in _OLD])


_DUE = text("""
    SELECT id AS lead_id, last_at, last_at + make_interval(years => :years) AS due_at
    FROM leads CROSS JOIN LATERAL (
        SELECT greatest(
            leads.created_at,
            (SELECT max(at) FROM engagements WHERE lead_id = leads.id),
            (SELECT max(greatest(given_at, withdrawn_at)) FROM consents WHERE address = leads.email),
            (SELECT max(sent_at) FROM touches WHERE lead_id = leads.id),
            (SELECT max(completed_at) FROM tasks WHERE lead_id = leads.id),
            (SELECT max(over_at) FROM enrollments WHERE lead_id = leads.id),
            (SELECT CAST(ends_on AS timestamp) AT TIME ZONE 'UTC' FROM contracts WHERE lead_id = leads.id)
        ) AS last_at
    ) AS life
    WHERE leads.created_at <= CAST(:until AS timestamptz) - make_interval(years => :years, days => -1)
    AND last_at + make_interval(years => :years) <= CAST(:until AS timestamptz)
    AND NOT EXISTS (SELECT FROM enrollments WHERE lead_id = leads.id AND over_at IS NULL)
    AND NOT EXISTS (SELECT FROM standings WHERE lead_id = leads.id AND open)
    AND NOT EXISTS (SELECT FROM contracts WHERE lead_id = leads.id AND ends_on IS NULL)
    AND NOT EXISTS (SELECT FROM tasks WHERE lead_id = leads.id AND completed_at IS NULL AND withdrawn_at IS NULL)
    AND NOT EXISTS (SELECT FROM erasures WHERE erasures.lead_id = leads.id)
    ORDER BY leads.created_at, leads.id
    LIMIT :most
""")


def _too_old(table: str, key: str, since: str) -> TextClause:
    """Deletes what is kept no longer of a table without anybody's name in it, and counts it."""
    return text(f"""
        WITH gone AS (
            DELETE FROM {table} WHERE {key} IN (
                SELECT {key} FROM {table} WHERE {since} < CAST(:now AS timestamptz) - make_interval(years => :years) LIMIT :most
            ) RETURNING 1
        )
        SELECT count(*) FROM gone
    """)


_OLD: Final = (_too_old("strays", "digest", "arrived_at"), _too_old("visits", "id", "at"), _too_old("visitors", "id", "seen_at"))
