"""Where a notice of a task leads: to the task for who is signed in; to others, for some hours, a glance at it that changes nothing."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from mail.tasklinks import read_task_token
from store.desk import tasks
from store.looks.briefs import brief
from web.desk.brief import brief_view
from web.desk.taskviews import task_view
from web.entrance import person_in
from web.front import FrontOf
from web.rights import Right
from web.show import LINKED, message, page
from web.visitors import language_of

router = APIRouter(include_in_schema=False)


@router.get("/t/{token}")
async def glance(token: str, request: Request, front: FrontOf) -> Response:
    """Show a task by its link. Everything else about it needs signing in, from where one lands on the task."""
    language, now = language_of(request), front.now()
    said = read_task_token(front.settings.link_secret, token)
    if said is None:
        return message(language, "no_page", status=404, headers=LINKED)
    id, until = said
    who = await person_in(request, front)
    if until <= now or (who is not None and Right.WORK_TASKS in who.rights):
        return RedirectResponse(f"/inbox/{id}", 303, LINKED)
    async with front.database.transaction() as session:
        row = await tasks.get(session, id)
        known = await brief(session, row, now) if row is not None and row.is_open else None
    if row is None or known is None:
        return RedirectResponse(f"/inbox/{id}", 303, LINKED)
    view = task_view(row, "", now, language)
    return page("glance", language, headers=LINKED, task=view, brief=brief_view(known, row, now, language))
