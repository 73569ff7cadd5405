"""Which leads are most likely to buy, so that reps work from the top; of all, or of the stages that somebody looks after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.stages import STAGE_SETS
from store.leads import scores
from store.leads.leads import name_of
from store.leads.scores import Score
from store.tables import Account, Lead, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An open lead in the list, with where it is and what comes next. ``next_at`` is a wake-up, ``deadline_at`` that of a rep's task."""

    lead_id: UUID
    name: str
    email: str
    company: str
    stage: str
    fit: str
    recent_score: int
    score: int
    owner: str
    why: str
    next_at: datetime | None
    deadline_at: datetime | None
    held_until: date | None
    zone: str


async def known_stages(session: AsyncSession) -> tuple[str, ...]:
    """The stages of the models that started campaigns use."""
    used = set(await session.scalars(text("SELECT DISTINCT coalesce(CAST(snapshot AS jsonb) ->> 'stages', 'btob') FROM campaign_editions")))
    sets = [stages for name, stages in STAGE_SETS.items() if name in used] or list(STAGE_SETS.values())[:1]
    return tuple(dict.fromkeys(stage for stages in sets for stage in stages))


async def ranked(
    session: AsyncSession, now: datetime, *, stages: Collection[str] | None = None, most: int = 100
) -> tuple[list[Ranked], int]:
    """The ``most`` open leads that are likeliest to buy, of all or of these stages, and how many there are.

    Recent points count first, then all points; of two alike comes first the one for whom something is due sooner.
    """
    wanted = [Standing.open, *([Standing.stage.in_(stages)] if stages is not None else [])]
    total = await session.scalar(select(func.count()).select_from(Standing).where(*wanted)) or 0
    first = await scores.likeliest(session, now, stages=stages, most=most)
    query = (
        select(Standing, Lead, Account.name)
        .join(Lead, Lead.id == Standing.lead_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .where(Standing.lead_id.in_([one.lead_id for one in first]))
        .execution_options(populate_existing=True)
    )
    found = {standing.lead_id: (standing, lead, company) for standing, lead, company in await session.execute(query)}
    return [_row(*found[one.lead_id], one.score) for one in first], total


def _row(standing: Standing, lead: Lead, company: str | None, score: Score) -> Ranked:
    return Ranked(
        name=name_of(lead),
        company=company or "",
        recent_score=score.recent,
        score=score.points,
        **{field: getattr(standing, field) for field in ("lead_id", "stage", "why", "next_at", "deadline_at", "held_until")},
        **{field: getattr(lead, field) for field in ("email", "fit", "owner", "zone")},
    )
