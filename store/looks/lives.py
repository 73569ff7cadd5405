"""How one lead's life went: its stages and points over time, and what it did, got and was asked, as marks on a line."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads import scores
from store.leads.scores import Earned

MOST_MARKS: Final = 400
"""What happened last, as far as it is drawn."""

_STAGE: Final = "stage "


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A stage, since when, and why."""

    at: datetime
    stage: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened: ``of`` is ``engagement``, ``letter`` or ``task``; ``what`` is its kind, letter or reason."""

    at: datetime
    of: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is drawn of a lead. ``since`` is when it became known. Points of ``window`` are recent."""

    since: datetime
    stages: tuple[Reached, ...]
    earned: tuple[Earned, ...]
    window: timedelta
    marks: tuple[Mark, ...]

    @property
    def points(self) -> int:
        """All points."""
        return sum(one.points for one in self.earned)

    def recent_points(self, now: datetime) -> int:
        """Those that are recent."""
        return sum(one.points for one in self.earned if one.day > now.astimezone(UTC).date() - self.window)


async def of_lead(session: AsyncSession, lead_id: UUID, since: datetime, now: datetime) -> Life:
    """A lead's life until now."""
    stages = [
        Reached(at=row.at, stage=row.what.removeprefix(_STAGE), why=row.why) for row in await session.execute(_STAGES, {"id": lead_id})
    ]
    first = [Reached(at=since, stage=_left_by(stages[0]))] if stages else []
    earned, window = await scores.earned(session, lead_id, now)
    marks = [Mark(at=row.at, of=row.of, what=row.what) for row in await session.execute(_MARKS, {"id": lead_id, "most": MOST_MARKS})]
    began = min([since, *(mark.at for mark in marks)])
    return Life(since=began, stages=(*first, *stages), earned=tuple(earned), window=window, marks=tuple(marks[::-1]))


def _left_by(reached: Reached) -> str:
    """The stage before, as the note of the next one says it; empty where it does not."""
    return reached.why.rpartition(" while in stage ")[2] if " while in stage " in reached.why else ""


_STAGES = text("SELECT at, what, why FROM notes WHERE lead_id = :id AND what LIKE 'stage %' ORDER BY no")

_MARKS = text("""
    SELECT at, of, what FROM (
        (SELECT at, 'engagement' AS of, kind AS what FROM engagements
         WHERE lead_id = :id AND kind NOT IN ('enrolled', 'profile_changed', 'facts_learned', 'edition_changed', 'task_completed')
         ORDER BY seq DESC LIMIT :most)
        UNION ALL
        (SELECT sent_at, 'letter', letter FROM touches WHERE lead_id = :id AND sent_at IS NOT NULL ORDER BY sent_at DESC LIMIT :most)
        UNION ALL
        (SELECT opened_at, 'task', reason FROM tasks WHERE lead_id = :id ORDER BY opened_at DESC LIMIT :most)
    ) AS happened ORDER BY at DESC LIMIT :most
""")
