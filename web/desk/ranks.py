"""The list of leads by likelihood, from whose top reps work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from store.looks import ranking
from store.looks.ranking import Ranked
from web.desk import stagerange
from web.desk.frame import desk
from web.desk.retold import retold
from web.desk.stagerange import stage_name
from web.entrance import Person, may
from web.front import FrontOf
from web.moments import from_now
from web.rights import Right
from web.visitors import language_of
from web.words import words

router = APIRouter()

Looker = Annotated[Person, may(Right.SEE_LEADS)]

_MOST: Final = 200
"""Leads on the page: more than a team calls in a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankView:
    """A lead of the list in words."""

    id: UUID
    name: str
    email: str
    company: str
    stage: str
    fit: str
    recent: int
    points: int
    owner: str
    next: str
    left: str


@router.get("/leads")
async def leads_by_likelihood(request: Request, front: FrontOf, who: Looker) -> Response:
    """Open leads, the likeliest first, of the stages that are one's own, of all or of a range."""
    language = language_of(request)
    async with front.database.transaction() as session:
        chosen = await stagerange.chosen(request, session, language, who.stages)
        rows, total = await ranking.ranked(session, front.now(), stages=chosen.stages, most=_MOST)
    views = [_view(row, front.now(), language) for row in rows]
    top = max([1, *(view.recent for view in views)])
    return desk("ranks", request, who, leads=views, top=top, total=total, chosen=chosen)


def _view(row: Ranked, now: datetime, language: str) -> RankView:
    w = words(language)
    due = w["task_due"].format(left=from_now(row.deadline_at, now, language)) if row.deadline_at else ""
    return RankView(
        id=row.lead_id,
        name=row.name or w["unnamed"],
        email=row.email,
        company=row.company,
        stage=stage_name(row.stage, language),
        fit=w[f"fit_{row.fit}"],
        recent=row.recent_score,
        points=row.score,
        owner=row.owner,
        next=due or retold(row.why, language),
        left=from_now(row.next_at, now, language) if row.next_at and not due else "",
    )
