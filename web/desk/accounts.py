"""A company as the team sees it: its leads with what comes next, who looks after them, what is open, and its contracts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store.looks import portfolios, rollups
from store.looks.portfolios import Portfolio
from store.looks.rollups import Member
from web.desk.frame import desk
from web.desk.retold import retold
from web.desk.stagerange import stage_name
from web.desk.taskviews import TaskView, entry_view, task_view
from web.entrance import Person, may
from web.formfields import readable
from web.front import FrontOf
from web.moments import from_now, in_zone, written
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One lead of the company in words. ``next`` is why it waits, ``at`` when that ends and ``left`` how far away it is."""

    id: UUID
    name: str
    title: str
    email: str
    owner: str
    stage: str
    places: str
    points: int
    recent: int
    next: str
    at: str
    left: str
    tasks: tuple[TaskView, ...]
    last: tuple[dict[str, str], ...]


@router.get("/accounts/{account_id}")
async def one_account(account_id: str, request: Request, front: FrontOf, who: Annotated[Person, may(Right.SEE_LEADS)]) -> Response:
    """All leads of one company."""
    language, now, id = language_of(request), front.now(), id_in(account_id)
    async with front.database.transaction() as session:
        seen = await rollups.of_account(session, id, now) if id else None
        whole = await portfolios.of_account(session, id) if id and seen else None
    if seen is None or whole is None:
        return message(language, "no_page", status=404)
    members = [_view(member, who.name, now, language) for member in seen.members]
    return desk(
        "account",
        request,
        who,
        company=seen.name,
        leads=seen.leads,
        members=members,
        recent=sum(member.recent for member in members),
        tasks=[(member, task) for member in members for task in member.tasks],
        whole=_whole(whole, now, language),
    )


@router.get("/inbox/accounts/{account_id}")
async def where_it_was(account_id: UUID) -> Response:
    """Links of notices that were sent long ago."""
    return RedirectResponse(f"/accounts/{account_id}", 301)


def _whole(whole: Portfolio, now: datetime, language: str) -> dict[str, object]:
    w = words(language)
    return {
        "stages": [(stage_name(stage, language) if stage else w["no_stage"], leads) for stage, leads in whole.stages],
        "owners": [(owner or w["nobody"], leads) for owner, leads in whole.owners],
        "letters": whole.letters,
        "lately": from_now(whole.lately_at, now, language) if whole.lately_at else "",
        "contracts": [
            (
                one.lead_id,
                one.name or w["unnamed"],
                w["contract_until"].format(day=written(one.ends_on, language)) if one.ends_on else w["open_ended"],
                w["days_left"].format(n=(one.ends_on - now.date()).days) if one.ends_on and one.ends_on >= now.date() else "",
                one.auto_renews,
            )
            for one in whole.contracts
        ],
    }


def _view(member: Member, rep: str, now: datetime, language: str) -> MemberView:
    w = words(language)
    return MemberView(
        id=member.id,
        name=member.name or w["unnamed"],
        title=member.title,
        email=member.email,
        owner=member.owner,
        stage=stage_name(member.stage, language) if member.stage else "",
        places=", ".join(readable(place) for place in member.places),
        points=member.score,
        recent=member.recent_score,
        next=retold(member.why, language) if member.is_open else w["account_nothing_next"],
        at=in_zone(member.next_at, member.zone, language) if member.is_open and member.next_at else "",
        left=from_now(member.next_at, now, language) if member.is_open and member.next_at else "",
        tasks=tuple(task_view(task, rep, now, language) for task in member.tasks),
        last=tuple(entry_view(entry, member.zone, language) for entry in member.last),
    )
