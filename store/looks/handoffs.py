"""How handoffs went: how many there were, which deadlines were kept, and how long leads waited for an answer; by reason, rep and team."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.shares import Share, share
from store.looks.figures import Scope

BY: Final = ("reason", "rep", "team")
"""By what handoffs are told apart. A rep is whoever answered, or else has claimed it; the team is whom the campaign asked."""

MOST: Final = 30
"""Lines that are told of each; those with the most handoffs come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoffs:
    """Tasks that were opened in the period. ``kept`` are those answered in time, of all that were answered or whose deadline is over.

    ``ahead`` are open with time left, ``withdrawn`` nobody has to answer any more. ``hours`` is the middle one from opening to answer.
    """

    name: str
    opened: int
    kept: Share
    ahead: int
    withdrawn: int
    hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFigures:
    """All handoffs of the period, and the same by each of ``BY``."""

    all: Handoffs
    by: Mapping[str, tuple[Handoffs, ...]]


async def handoffs(session: AsyncSession, scope: Scope, now: datetime) -> HandoffFigures:
    """Count the handoffs of a period. What the leader had to take over was not kept, whoever answered then."""
    asked = {"since": scope.since, "until": scope.until, "campaign": scope.campaign, "now": now}
    rows = list(await session.execute(_HANDOFFS, asked))
    found = {by: tuple(_counted(row) for row in rows if row.by == by)[:MOST] for by in BY}
    return HandoffFigures(all=next(_counted(row) for row in rows if row.by == "all"), by=found)


def _counted(row: Row[str, str, int, int, int, int, int, float | None]) -> Handoffs:
    return Handoffs(
        name=row.name,
        opened=row.opened,
        kept=share(row.kept, row.kept + row.missed),
        ahead=row.ahead,
        withdrawn=row.withdrawn,
        hours=row.hours,
    )


_HANDOFFS: Final = text("""
    WITH handed AS (
        SELECT reason, coalesce(nullif(completed_by, ''), claimed_by) AS rep, coalesce(told.team, 'sales') AS team,
            opened_at, completed_at, withdrawn_at,
            escalated_at IS NOT NULL OR coalesce(completed_at, withdrawn_at, CAST(:now AS timestamptz)) > deadline_at AS late
        FROM tasks
        LEFT JOIN LATERAL (
            SELECT audience AS team FROM notifications
            WHERE key = tasks.id || '\\:opened' AND audience NOT IN ('reps', 'owner')
        ) AS told ON true
        WHERE opened_at >= :since AND opened_at < :until AND :campaign IN ('', campaign)
    )
    SELECT CASE grouping(reason, rep, team) WHEN 7 THEN 'all' WHEN 3 THEN 'reason' WHEN 5 THEN 'rep' ELSE 'team' END AS by,
        coalesce(reason, rep, team, '') AS name,
        count(*) AS opened,
        count(*) FILTER (WHERE completed_at IS NOT NULL AND NOT late) AS kept,
        count(*) FILTER (WHERE late) AS missed,
        count(*) FILTER (WHERE completed_at IS NULL AND withdrawn_at IS NULL AND NOT late) AS ahead,
        count(*) FILTER (WHERE withdrawn_at IS NOT NULL AND NOT late) AS withdrawn,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(extract(epoch FROM completed_at - opened_at) AS float8) / 3600) AS hours
    FROM handed GROUP BY GROUPING SETS ((), (reason), (rep), (team)) ORDER BY by, opened DESC, name
""")
