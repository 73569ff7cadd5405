"""How far leads came, and how long they stayed on the way: counted over all leads, in a few queries however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.shares import Share, share
from nurture.stages import STAGE_SETS, translated

_ENOUGH: Final = 5_000
"""Of more leads than these, every so many-th tells the middle one of how long they have been where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is counted: from ``since`` until before ``until``, of one campaign with all its editions, or of all where it is empty."""

    since: datetime
    until: datetime
    campaign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A stage. ``reached`` are those of all who came there or further, and ``on`` those of the stage before."""

    stage: str
    reached: Share
    on: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long leads were in a stage, in days, of those ``left`` who left it in the period: the middle one, and the middle half's ends.

    ``here`` are in it today, half of them for longer than ``here_days``. None where there is nobody.
    """

    stage: str
    left: int
    days: float | None
    shortest: float | None
    longest: float | None
    here: int
    here_days: float | None


async def names(session: AsyncSession) -> list[str]:
    """Every campaign that was ever started."""
    return list(await session.scalars(text("SELECT DISTINCT name FROM campaign_editions ORDER BY name")))


async def model(session: AsyncSession, campaign: str) -> tuple[str, ...]:
    """The stages of a campaign, in order; of all of them, those of the model that most use."""
    preset = await session.scalar(_MODEL, {"campaign": campaign})
    return STAGE_SETS[preset or "btob"]


async def funnel(session: AsyncSession, scope: Scope) -> list[Level]:
    """How far the leads came that were enrolled in the period, until today. Who fell back has been there all the same."""
    stages = await model(session, scope.campaign)
    furthest = {row.place: row.leads for row in await session.execute(_FUNNEL, _asked(scope, stages))}
    reached = [sum(leads for place, leads in furthest.items() if place >= at) for at in range(len(stages))]
    return [
        Level(stage=stage, reached=share(reached[at], reached[0]), on=share(reached[at], reached[max(at - 1, 0)]))
        for at, stage in enumerate(stages)
    ]


async def stays(session: AsyncSession, scope: Scope, now: datetime) -> list[Stay]:
    """How long leads stay in each stage."""
    stages = await model(session, scope.campaign)
    left = {row.place: row for row in await session.execute(_LEFT, _asked(scope, stages))}
    here = {row.place: row for row in await session.execute(_HERE, _asked(scope, stages) | {"enough": _ENOUGH})}
    return [_stay(stage, left.get(place), here.get(place), now) for place, stage in enumerate(stages)]


def _stay(stage: str, left: Row[Any] | None, here: Row[Any] | None, now: datetime) -> Stay:
    shortest, days, longest = left.days if left else (None, None, None)
    return Stay(
        stage=stage,
        left=left.leads if left else 0,
        days=days,
        shortest=shortest,
        longest=longest,
        here=here.leads if here else 0,
        here_days=(now - here.since) / timedelta(days=1) if here and here.since else None,
    )


def _asked(scope: Scope, stages: tuple[str, ...]) -> dict[str, Any]:
    """What the queries are given. A stage of another model counts as the one that stands for it."""
    model = next(name for name, known in STAGE_SETS.items() if known == stages)
    known = sorted({stage for each in STAGE_SETS.values() for stage in each})
    return {
        "since": scope.since,
        "until": scope.until,
        "campaign": scope.campaign,
        "stages": known,
        "places": [stages.index(translated(stage, model)) for stage in known],
    }


_MODEL: Final = text("""
    SELECT model FROM (
        SELECT DISTINCT ON (name) coalesce(CAST(snapshot AS jsonb) ->> 'stages', 'btob') AS model
        FROM campaign_editions WHERE :campaign IN ('', name) ORDER BY name, started_at DESC
    ) AS current
    GROUP BY model ORDER BY count(*) DESC, model LIMIT 1
""")

_PLACES: Final = "unnest(CAST(:stages AS text[]), CAST(:places AS int[])) AS known (stage, place)"

_OF_CAMPAIGN: Final = "(:campaign = '' OR {0}.lead_id IN (SELECT lead_id FROM enrollments WHERE campaign = :campaign))"

_FUNNEL: Final = text(f"""
    SELECT place, count(*) AS leads FROM (
        SELECT cohort.lead_id, coalesce(max(place), 0) AS place
        FROM (
            SELECT DISTINCT lead_id FROM enrollments
            WHERE enrolled_at >= :since AND enrolled_at < :until AND CASE WHEN :campaign = '' THEN number = 1 ELSE campaign = :campaign END
        ) AS cohort
        LEFT JOIN notes ON notes.lead_id = cohort.lead_id AND what LIKE 'stage %'
        LEFT JOIN {_PLACES} ON 'stage ' || known.stage = what
        GROUP BY cohort.lead_id
    ) AS furthest
    GROUP BY place
""")

_LEFT: Final = text(f"""
    SELECT coalesce(place, 0) AS place, count(since) AS leads,
        percentile_cont(ARRAY[0.25, 0.5, 0.75])
        WITHIN GROUP (ORDER BY greatest(0, CAST(extract(epoch FROM at - since) AS float8) / 86400)) AS days
    FROM (
        SELECT moved.at, before.stage, coalesce(
            before.at, (SELECT enrolled_at FROM enrollments WHERE lead_id = moved.lead_id AND number = 1)
        ) AS since
        FROM notes AS moved LEFT JOIN LATERAL (
            SELECT at, substr(what, 7) AS stage FROM notes
            WHERE what LIKE 'stage %' AND lead_id = moved.lead_id AND at < moved.at ORDER BY at DESC LIMIT 1
        ) AS before ON true
        WHERE moved.what LIKE 'stage %' AND moved.at >= :since AND moved.at < :until AND {_OF_CAMPAIGN.format("moved")}
        OFFSET 0
    ) AS stays LEFT JOIN {_PLACES} USING (stage)
    GROUP BY 1
""")

_HERE: Final = text(f"""
    WITH counted AS MATERIALIZED (
        SELECT stage, count(*) AS leads FROM standings WHERE open AND {_OF_CAMPAIGN.format("standings")} GROUP BY stage
    ), looked_at AS (
        SELECT stage, coalesce(
            (SELECT max(at) FROM notes WHERE what LIKE 'stage %' AND lead_id = standings.lead_id),
            (SELECT enrolled_at FROM enrollments WHERE lead_id = standings.lead_id AND number = 1)
        ) AS since
        FROM standings
        WHERE open AND uuid_hash(lead_id) % greatest(CAST((SELECT sum(leads) FROM counted) / :enough AS int), 1) = 0
            AND {_OF_CAMPAIGN.format("standings")}
        OFFSET 0
    ), middle AS (
        SELECT place, percentile_disc(0.5) WITHIN GROUP (ORDER BY since) AS since FROM looked_at JOIN {_PLACES} USING (stage) GROUP BY place
    )
    SELECT place, CAST(sum(leads) AS int) AS leads, min(since) AS since
    FROM counted JOIN {_PLACES} USING (stage) LEFT JOIN middle USING (place) GROUP BY place
""")
