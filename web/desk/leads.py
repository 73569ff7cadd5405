"""Leads: found by name, address or company, and each on a page of its own, with all that happened to it and why."""

from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store.leads import finding
from store.leads.finding import Wanted
from store.looks import dossier, ranking
from web.desk.ahead import ahead_of
from web.desk.frame import desk
from web.desk.leadviews import lead_view, row_view
from web.desk.stagerange import stage_name
from web.entrance import Person, may
from web.front import FrontOf
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.visitors import language_of
from web.words import words

router = APIRouter(include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_LEADS)]

_DONE: Final = frozenset({"send_now", "skip", "move", "hold", "release", "stop"})


@router.get("/leads")
async def leads_that_are_looked_for(request: Request, front: FrontOf, who: Looker, after: str = "") -> Response:
    """A page of leads, the newest first: all, or those that the filters leave."""
    language, asked = language_of(request), request.query_params
    typed = asked.get("find", "").strip()
    wanted = Wanted(
        words=finding.words_of(typed), stage=asked.get("stage", ""), campaign=asked.get("campaign", ""), owner=asked.get("owner", "")
    )
    async with front.database.transaction() as session:
        rows, is_more = await finding.found(session, wanted, id_in(after))
        stages = [(stage, stage_name(stage, language)) for stage in await ranking.known_stages(session)]
        campaigns, owners = await finding.campaigns(session), await finding.owners(session)
    query = {name: value for name in ("find", "stage", "campaign", "owner") if (value := asked.get(name, "").strip())}
    more = f"/leads?{urlencode(query | {'after': str(rows[-1].id)})}" if is_more else ""
    first = f"/leads?{urlencode(query)}" if query else "/leads"
    return desk(
        "leads",
        request,
        who,
        leads=[row_view(row, front.now(), language) for row in rows],
        wanted=wanted,
        typed=typed,
        stages=stages,
        campaigns=[(name, name) for name in campaigns],
        owners=[(name, name) for name in owners],
        more=more,
        first=first if id_in(after) else "",
    )


@router.get("/leads/{lead_id}")
async def one_lead(lead_id: str, request: Request, front: FrontOf, who: Looker, before: str = "", done: str = "") -> Response:
    """One lead: where it is and why, what comes next, what it agreed to, and its story, the latest first."""
    language, now, id = language_of(request), front.now(), id_in(lead_id)
    async with front.database.transaction() as session:
        found = await dossier.of_lead(session, id, now, _moment(before)) if id else None
        if found is None:
            return message(language, "no_page", status=404)
        ahead = await ahead_of(session, found, now, language)
    told = words(language)[f"done_{done}"] if done in _DONE else ""
    earlier = f"/leads/{id}?{urlencode({'before': found.earlier.isoformat()})}#story" if found.earlier else ""
    view = lead_view(found, ahead, who.name, now, language)
    return desk("lead", request, who, lead=view, told=told, earlier=earlier, latest=bool(before), may_steer=Right.STEER_LEADS in who.rights)


@router.get("/inbox/leads/{lead_id}")
async def where_it_was(lead_id: UUID) -> Response:
    """Links of notices that were sent long ago."""
    return RedirectResponse(f"/leads/{lead_id}", 301)


def _moment(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
