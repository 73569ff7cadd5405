"""How leads of a campaign moved in a time: from track to track, and from stage to stage of the customer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

JOINED: Final = ""
"""In the place of a stage: not in the campaign yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How often leads were led ``into`` a track by something: ``rule NAME``, ``step TRACK.STEP``, or nothing that is named for a human."""

    by: str
    into: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """So many leads were in the stage ``source`` when the time began, and are in ``target`` now."""

    source: str
    target: str
    leads: int


async def moves(session: AsyncSession, refs: Collection[str], since: datetime) -> list[Move]:
    """How often each way between tracks of these editions was taken."""
    rows = await session.execute(_MOVES, {"refs": [*refs], "since": since})
    return [Move(by=row.by, into=row.what.rpartition(" → ")[2], times=row.times) for row in rows]


async def between_stages(session: AsyncSession, campaign: str, since: datetime) -> list[Flow]:
    """In which stage everyone who was ever in the campaign was then, and is now."""
    rows = await session.execute(_BETWEEN_STAGES, {"campaign": campaign, "since": since})
    return [Flow(source=row.source, target=row.target, leads=row.leads) for row in rows]


_MOVES: Final = text("""
    SELECT by, what, count(*) AS times FROM notes
    WHERE ref = ANY(:refs) AND at >= :since AND what LIKE '% → %' GROUP BY by, what ORDER BY by, what
""")

# A note of a stage says which one was left in its reason, but for what was shown while something was open: there the note before it does.
_BETWEEN_STAGES: Final = text("""
    WITH members AS (
        SELECT lead_id, min(enrolled_at) AS since FROM enrollments WHERE campaign = :campaign GROUP BY lead_id
    ), changed AS MATERIALIZED (
        SELECT DISTINCT ON (lead_id) lead_id, no, why FROM notes
        WHERE ref = '' AND at >= :since AND what LIKE 'stage %' ORDER BY lead_id, no
    ), was AS (
        SELECT lead_id, coalesce(nullif(split_part(why, ' while in stage ', 2), ''), (
            SELECT substring(earlier.what FROM 7) FROM notes AS earlier
            WHERE earlier.lead_id = changed.lead_id AND earlier.no < changed.no AND earlier.what LIKE 'stage %' ORDER BY no DESC LIMIT 1
        )) AS stage FROM changed
    )
    SELECT CASE WHEN members.since < :since THEN coalesce(was.stage, standings.stage) ELSE '' END AS source, standings.stage AS target,
           count(*) AS leads
    FROM members JOIN standings USING (lead_id) LEFT JOIN was USING (lead_id)
    GROUP BY 1, 2 ORDER BY 1, 2
""")
