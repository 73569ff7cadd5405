"""How interested leads are, in points: counted from what they did when somebody looks, so that no lead wakes for it.

The same totals as ``nurture.memory``: a content earns once for each kind, wherever it was placed. They are counted by the scoring of the
campaign whose stages count for the lead: its oldest under way, or else the one that was over last; a memory keeps what was earned under
another edition, and of more than sixty different things takes the rest for new each time.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.memory import REMEMBERED
from nurture.plan.campaign import Scoring

_EPOCH: Final = date(1970, 1, 1)
_SCORING: Final = TypeAdapter(Scoring | None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The points of everything that the lead did, and those of the last weeks, as far back as its campaign counts."""

    points: int = 0
    recent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A lead in the order of likelihood."""

    lead_id: UUID
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """The points of one day (UTC)."""

    day: date
    points: int


async def scores(session: AsyncSession, lead_ids: Collection[UUID], now: datetime) -> dict[UUID, Score]:
    """The points of each of these leads."""
    table = await _points(session, now)
    rows = await session.execute(_OF_THESE, {**table, "ids": list(lead_ids)})
    return {row.lead_id: Score(points=row.points, recent=row.recent) for row in rows}


async def earned(session: AsyncSession, lead_id: UUID, now: datetime) -> tuple[list[Earned], timedelta]:
    """What a lead earned day by day, and how long points are recent."""
    rows = (await session.execute(_EARNED, {**await _points(session, now), "id": lead_id})).all()
    days = [Earned(day=_EPOCH + timedelta(days=row.day), points=row.points) for row in rows if row.day is not None]
    return days, now.astimezone(UTC).date() - (_EPOCH + timedelta(days=rows[0].since)) + timedelta(days=1)


async def likeliest(session: AsyncSession, now: datetime, *, stages: Collection[str] | None, most: int) -> list[Ranked]:
    """The open leads with the most recent points; of two alike the one with more points, and then for whom something is due sooner.

    Only leads that something happened to lately can have recent points, so all the others are counted only where those are too few.
    """
    wanted = {**await _points(session, now), "every": stages is None, "stages": list(stages or ()), "most": most}
    found = (await session.execute(_LATELY, wanted)).all()
    if len(found) < most or found[-1].recent <= 0:
        found = (await session.execute(_OPEN, wanted)).all()
    return [Ranked(lead_id=row.lead_id, score=Score(points=row.points, recent=row.recent)) for row in found]


async def _points(session: AsyncSession, now: datetime) -> dict[str, Any]:
    """What earns how much and counts as recent since when, in each edition; a lead that was never in a campaign goes by the defaults."""
    kept = await session.execute(text("SELECT ref, CAST(snapshot AS jsonb) -> 'scoring' AS scoring FROM campaign_editions"))
    scorings = {"": Scoring()} | {row.ref: _SCORING.validate_python(row.scoring) or Scoring() for row in kept}
    today = now.astimezone(UTC).date()
    since = {ref: today - timedelta(days=scoring.recent.days - 1) for ref, scoring in scorings.items()}
    points = [{"ref": ref, "what": what, "worth": worth} for ref, scoring in scorings.items() for what, worth in scoring.points.items()]
    return {
        "points": json.dumps(points),
        "windows": json.dumps([{"ref": ref, "since": (day - _EPOCH).days} for ref, day in since.items()]),
        "kinds": sorted({row["what"].partition(":")[0] for row in points} & REMEMBERED),
        "since": datetime.combine(min(since.values()), time(), UTC),
    }


_WORTHS: Final = """
    points AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:points AS jsonb)) AS row (ref text, what text, worth int)
    ), windows AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:windows AS jsonb)) AS row (ref text, since int)
    ), models AS (
        SELECT lead_id, ref FROM candidates CROSS JOIN LATERAL (
            SELECT ref FROM enrollments WHERE enrollments.lead_id = candidates.lead_id
            ORDER BY over_at IS NOT NULL, CASE WHEN over_at IS NULL THEN number END, over_at DESC, number DESC LIMIT 1
        ) AS model
    ), deeds AS (
        SELECT lead_id, kind, content, day FROM candidates CROSS JOIN LATERAL (
            SELECT kind, content, (min(ARRAY[seq, CAST(at AT TIME ZONE 'UTC' AS date) - DATE '1970-01-01']))[2] AS day
            FROM engagements
            CROSS JOIN LATERAL (SELECT coalesce(nullif(facts ->> 'content', ''), facts ->> 'letter', '') AS content) AS about
            WHERE engagements.lead_id = candidates.lead_id AND kind = ANY(CAST(:kinds AS text[]))
            GROUP BY kind, content, CASE WHEN content = '' THEN seq END
        ) AS did
    ), worths AS (
        SELECT lead_id, day, since, coalesce(of_content.worth, of_kind.worth, 0) AS worth
        FROM deeds
        LEFT JOIN models USING (lead_id)
        JOIN windows ON windows.ref = coalesce(models.ref, '')
        LEFT JOIN points AS of_kind ON of_kind.ref = windows.ref AND of_kind.what = kind
        LEFT JOIN points AS of_content ON of_content.ref = windows.ref AND of_content.what = kind || ':' || content
    )
"""

_SCORED: Final = f"""
    {_WORTHS}, scored AS (
        SELECT lead_id, sum(worth) AS points, sum(worth) FILTER (WHERE day >= since) AS recent FROM worths GROUP BY lead_id
    )
    SELECT candidates.lead_id, coalesce(points, 0) AS points, coalesce(recent, 0) AS recent
    FROM candidates LEFT JOIN scored USING (lead_id)
"""

_OF_OPEN: Final = """
    SELECT lead_id, least(next_at, deadline_at) AS due_at FROM standings
    WHERE open AND (CAST(:every AS boolean) OR stage = ANY(CAST(:stages AS text[])))
"""

_FIRST: Final = "ORDER BY recent DESC, points DESC, due_at, lead_id LIMIT :most"

_OF_THESE = text(f"WITH candidates AS (SELECT unnest(CAST(:ids AS uuid[])) AS lead_id), {_SCORED}")

_EARNED = text(f"""
    WITH candidates AS (SELECT CAST(:id AS uuid) AS lead_id), {_WORTHS},
    earned AS (SELECT day, sum(worth) AS points FROM worths WHERE worth <> 0 GROUP BY day)
    SELECT since, day, points FROM windows LEFT JOIN earned ON true
    WHERE ref = coalesce((SELECT ref FROM models), '') ORDER BY day
""")

_OPEN = text(f"WITH candidates AS ({_OF_OPEN}), {_SCORED} {_FIRST}")

_LATELY = text(f"""
    WITH candidates AS MATERIALIZED (
        {_OF_OPEN} AND lead_id IN (
            SELECT lead_id FROM engagements WHERE at >= :since AND kind <> 'enrolled' AND kind = ANY(CAST(:kinds AS text[]))
        )
    ), {_SCORED} {_FIRST}
""")
