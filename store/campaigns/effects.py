"""What campaigns came to: counted from what was sent, decided and answered. It reads only, and takes nobody's name out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.counting.shares import Share, share
from nurture.counting.trials import ACTS, OUTCOMES, Drawn, splits_of
from nurture.plan.campaign import Campaign
from store.campaigns import campaigns

_AT_A_TIME: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What is counted: leads have until ``within`` after a moment, and those whose time is not over at ``now`` do not count yet."""

    now: datetime
    within: timedelta

    @property
    def until(self) -> datetime:
        return self.now - self.within


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterResult:
    """A letter: how many got it, what followed before the next letter and within the time, and how many got it too lately to count."""

    letter: str
    outcomes: dict[str, Share]
    too_fresh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Leads that a rule or a human took off the plan: what was noted, by what, and after which letter of the campaign."""

    what: str
    by: str
    after: str
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """How often leads answered at an hour of a weekday on their own clocks; Monday is 1."""

    weekday: int
    hour: int
    answers: int


async def editions_of(session: AsyncSession, name: str) -> dict[str, Campaign]:
    """Every edition of a campaign that was started, by its ref."""
    refs = await session.scalars(text("SELECT ref FROM campaign_editions WHERE name = :name"), {"name": name})
    return await campaigns.load(session, refs)


async def letters_of(session: AsyncSession, refs: list[str], period: Period) -> list[LetterResult]:
    """Every letter that was sent, in the order of their first sending."""
    rows = await session.execute(_LETTERS, {**_times(period), "refs": refs})
    return [
        LetterResult(
            letter=row.letter,
            outcomes={name: share(getattr(row, name), row.sent) for name in ("answered", "clicked", "replied", "refused", "came_back")},
            too_fresh=row.fresh,
        )
        for row in rows
    ]


async def enrolled(session: AsyncSession, name: str, period: Period) -> dict[str, Share]:
    """What became of those who were enrolled, by outcome."""
    row = (await session.execute(_ENROLLED, {**_times(period), "name": name})).one()
    return {outcome: share(getattr(row, outcome), row.leads) for outcome in OUTCOMES}


async def drawn(session: AsyncSession, editions: dict[str, Campaign], period: Period) -> AsyncIterator[Drawn]:
    """Those who came to a split, each as it came there first."""
    steps = sorted({step for campaign in editions.values() for step in splits_of(campaign)})
    if not steps:
        return
    rows = await session.stream(_DRAWN, {**_times(period), "refs": [*editions], "steps": steps})
    async for row in rows.yield_per(_AT_A_TIME):
        yield Drawn(lead=row.lead_id, by=row.by, ref=row.ref, outcomes=frozenset(name for name in OUTCOMES if getattr(row, name)))


async def leavings(session: AsyncSession, refs: list[str]) -> list[Leaving]:
    """Where leads were led elsewhere than by the steps of their track, those with the most leads first."""
    rows = await session.execute(_LEAVINGS, {"refs": refs})
    return [Leaving(what=row.what, by=row.by, after=row.after, leads=row.leads) for row in rows]


async def off_the_plan(session: AsyncSession, name: str, refs: list[str]) -> Share:
    """How many of those who were enrolled have ever left the plan."""
    row = (await session.execute(_OFF, {"name": name, "refs": refs})).one()
    return share(row.off, row.leads)


async def hours(session: AsyncSession, name: str) -> list[Hour]:
    """When those who are in the campaign answer, each on the lead's own clock."""
    rows = await session.execute(_HOURS, {"name": name, "acts": [*ACTS]})
    return [Hour(weekday=row.weekday, hour=row.hour, answers=row.answers) for row in rows]


def _times(period: Period) -> dict[str, Any]:
    return {"until": period.until, "within": period.within, "acts": [*ACTS]}


def _had(of: str, since: str, ends: str) -> str:
    """For each outcome, whether the lead had it after a moment and until another."""
    heard = f"SELECT FROM engagements e WHERE e.lead_id = {of} AND e.at > {since} AND e.at <= {ends} AND"
    return f"""
        EXISTS ({heard} e.kind = ANY(:acts)) AS answered,
        EXISTS ({heard} e.kind = 'task_completed' AND e.facts ->> 'outcome' = 'won') AS won,
        EXISTS ({heard} e.kind = 'opted_out') AS refused"""


_LETTERS: Final = text(
    f"""
    WITH sent AS (
        SELECT t.*, least(lead(sent_at) OVER (PARTITION BY lead_id ORDER BY sent_at), sent_at + CAST(:within AS interval)) AS ends_at
        FROM touches t WHERE sent_at IS NOT NULL AND confirms IS NULL
    ), followed AS (
        SELECT s.*, {_had("s.lead_id", "s.sent_at", "s.ends_at")},
            EXISTS (SELECT FROM engagements e WHERE e.lead_id = s.lead_id AND e.at > s.sent_at AND e.kind = 'clicked'
                AND e.at <= s.sent_at + CAST(:within AS interval) AND e.facts ->> 'letter' = s.letter) AS clicked
        FROM sent s WHERE campaign = ANY(:refs) AND sent_at <= :until
    )
    SELECT letter, min(sent_at) AS first_at, count(*) FILTER (WHERE not_fresh) AS sent,
        count(*) FILTER (WHERE NOT not_fresh) AS fresh,
        count(*) FILTER (WHERE answered) AS answered, count(*) FILTER (WHERE clicked) AS clicked,
        count(*) FILTER (WHERE replied_at IS NOT NULL) AS replied,
        count(*) FILTER (WHERE refused OR complained_at IS NOT NULL) AS refused,
        count(*) FILTER (WHERE bounced_at IS NOT NULL) AS came_back
    FROM (
        SELECT letter, sent_at, answered, clicked, refused, replied_at, complained_at, bounced_at, true AS not_fresh FROM followed
        UNION ALL
        SELECT letter, sent_at, false, false, false, NULL, NULL, NULL, false FROM sent
        WHERE campaign = ANY(:refs) AND sent_at > :until
    ) counted
    GROUP BY letter ORDER BY first_at, letter
    """
)

_ENROLLED: Final = text(
    f"""
    SELECT count(*) AS leads, count(*) FILTER (WHERE answered) AS answered, count(*) FILTER (WHERE won) AS won,
        count(*) FILTER (WHERE refused) AS refused
    FROM (
        SELECT {_had("n.lead_id", "n.enrolled_at", "n.enrolled_at + CAST(:within AS interval)")}
        FROM (
            SELECT DISTINCT ON (lead_id) lead_id, enrolled_at FROM enrollments WHERE campaign = :name ORDER BY lead_id, number
        ) n
        WHERE n.enrolled_at <= :until
    ) counted
    """
)

_DRAWN: Final = text(
    f"""
    SELECT n.lead_id, n.by, n.ref, {_had("n.lead_id", "n.at", "n.at + CAST(:within AS interval)")}
    FROM (
        SELECT DISTINCT ON (lead_id, by) lead_id, by, ref, at FROM notes
        WHERE ref = ANY(:refs) AND by = ANY(:steps) ORDER BY lead_id, by, no
    ) n
    WHERE n.at <= :until
    """
)

_LEAVINGS: Final = text(
    """
    SELECT n.what, n.by, coalesce(t.letter, '') AS after, count(DISTINCT n.lead_id) AS leads
    FROM notes n LEFT JOIN LATERAL (
        SELECT letter FROM touches WHERE lead_id = n.lead_id AND sent_at <= n.at AND campaign = ANY(:refs) ORDER BY sent_at DESC LIMIT 1
    ) t ON true
    WHERE n.ref = ANY(:refs) AND n.by NOT LIKE 'step %' AND (n.what LIKE '% → %' OR n.what LIKE '%: over')
    GROUP BY 1, 2, 3 ORDER BY leads DESC, 1, 2, 3
    """
)

_OFF: Final = text(
    """
    SELECT count(*) AS leads, count(*) FILTER (WHERE EXISTS (
        SELECT FROM notes n WHERE n.lead_id = e.lead_id AND n.ref = ANY(:refs) AND n.by NOT LIKE 'step %'
        AND (n.what LIKE '% → %' OR n.what LIKE '%: over')
    )) AS off
    FROM (SELECT DISTINCT lead_id FROM enrollments WHERE campaign = :name) e
    """
)

_HOURS: Final = text(
    """
    SELECT CAST(extract(isodow FROM wall) AS int) AS weekday, CAST(extract(hour FROM wall) AS int) AS hour, count(*) AS answers
    FROM (
        SELECT e.at AT TIME ZONE coalesce(z.name, 'UTC') AS wall
        FROM engagements e JOIN leads l ON l.id = e.lead_id LEFT JOIN pg_timezone_names z ON z.name = l.zone
        WHERE e.kind = ANY(:acts) AND EXISTS (
            SELECT FROM enrollments n WHERE n.lead_id = e.lead_id AND n.campaign = :name
            AND e.at BETWEEN n.enrolled_at AND coalesce(n.over_at, 'infinity')
        )
    ) answered
    GROUP BY 1, 2 ORDER BY 1, 2
    """
)
