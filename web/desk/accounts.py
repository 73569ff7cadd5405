"""A company or a single lead as a rep sees it: what comes next, what is open, who has it, and what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from store import rollups
from store.leads import company_of
from store.rollups import Member
from store.tables import Lead
from web.desk.frame import desk
from web.desk.stagerange import stage_name
from web.desk.taskviews import TaskView, entry_view, task_view
from web.entrance import Person, may
from web.formfields import readable
from web.front import FrontOf
from web.moments import from_now, in_zone
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/inbox", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_LEADS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One lead of the company in words. ``next`` is why it waits, ``at`` when that ends and ``left`` how far away it is."""

    name: str
    title: str
    email: str
    owner: str
    stage: str
    places: str
    next: str
    at: str
    left: str
    tasks: tuple[TaskView, ...]
    last: tuple[dict[str, str], ...]


@router.get("/accounts/{account_id}")
async def one_account(account_id: str, request: Request, front: FrontOf, who: Looker) -> Response:
    """All leads of one company."""
    language, now, id = language_of(request), front.now(), id_in(account_id)
    async with front.database.transaction() as session:
        seen = await rollups.of_account(session, id, now) if id else None
    if seen is None:
        return message(language, "no_page", status=404)
    members = [_view(member, who.name, now, language) for member in seen.members]
    return desk("account", request, who, company=seen.name, leads=seen.leads, members=members)


@router.get("/leads/{lead_id}")
async def one_lead(lead_id: str, request: Request, front: FrontOf, who: Looker) -> Response:
    """One lead with all that happened to it: where a notice without a task leads."""
    language, now, id = language_of(request), front.now(), id_in(lead_id)
    async with front.database.transaction() as session:
        member = await rollups.of_lead(session, id, now) if id else None
        company = await company_of(session, await session.get_one(Lead, id)) if member else ""
    if member is None:
        return message(language, "no_page", status=404)
    view = _view(member, who.name, now, language)
    return desk("account", request, who, company=company or view.name, leads=1, members=[view])


def _view(member: Member, rep: str, now: datetime, language: str) -> MemberView:
    w = words(language)
    return MemberView(
        name=member.name or w["unnamed"],
        title=member.title,
        email=member.email,
        owner=member.owner,
        stage=stage_name(member.stage, language) if member.stage else "",
        places=", ".join(readable(place) for place in member.places),
        next=member.why if member.is_open else w["account_nothing_next"],
        at=in_zone(member.next_at, member.zone, language) if member.is_open and member.next_at else "",
        left=from_now(member.next_at, now, language) if member.is_open and member.next_at else "",
        tasks=tuple(task_view(task, rep, now, language) for task in member.tasks),
        last=tuple(entry_view(entry, member.zone, language) for entry in member.last),
    )
