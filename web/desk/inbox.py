"""Where reps work: what is open, by deadline; one task with everything that happened; and their answer, taken from whoever is first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store import answers, tasks
from store.tasks import TaskRow, WrongAnswer
from store.timeline import story
from web.bodies import UnreadableBody, read_fields
from web.desk import ranks, stagerange
from web.desk.frame import desk
from web.desk.outcomes import beside_fields, read_answer
from web.desk.taskviews import ask_views, blank, entry_view, task_view, typed_lines
from web.entrance import Person, may, seal, seal_problem
from web.front import Front, FrontOf
from web.moments import in_zone
from web.paths import id_in
from web.rights import Right
from web.show import message
from web.submissions import Wrong, WrongFields
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/inbox", include_in_schema=False)
router.include_router(ranks.router)

Worker = Annotated[Person, may(Right.WORK_TASKS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An outcome form as it was typed, what is wrong with it, and what else the rep is to be told."""

    typed: Mapping[str, object] = field(default_factory=dict)
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    told: str = ""
    is_late: bool = False
    """Somebody else was faster."""


@router.get("")
async def every_open_task(request: Request, front: FrontOf, who: Worker, done: str = "") -> Response:
    """All open tasks, or those of a range of stages, the next deadline first."""
    language = language_of(request)
    async with front.database.transaction() as session:
        chosen = await stagerange.chosen(request, session, language)
        rows = await tasks.open_tasks(session, stages=chosen.stages)
    views = [task_view(row, who.name, front.now(), language) for row in rows]
    told = words(language)["inbox_answered"] if done == "answered" else ""
    overdue = sum(view.is_overdue for view in views)
    return desk("inbox", request, who, tasks=views, overdue=overdue, told=told, chosen=chosen)


@router.get("/{task_id}")
async def one_task(task_id: str, request: Request, front: FrontOf, who: Worker, done: str = "") -> Response:
    """One task, its outcome form, and the lead's story."""
    told = words(language_of(request))["inbox_claimed"] if done == "claimed" else ""
    return await _show(front, request, who, task_id, Draft(told=told))


@router.post("/{task_id}/claim")
async def claim(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Take a task. Of two who take it at once, the second is told who was first."""
    fields = await _fields(request)
    if isinstance(fields, Response):
        return fields
    language, id = language_of(request), id_in(task_id)
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(front, request, who, task_id, Draft(told=words(language)[problem].format(user=who.name)), status=403)
    async with front.database.transaction() as session:
        mine = id is not None and await tasks.claim(session, id, who.name, front.now())
        row = None if mine or id is None else await tasks.get(session, id)
    if mine:
        return RedirectResponse(f"/inbox/{id}?done=claimed", 303)
    taken = words(language)["inbox_lost_claim"].format(who=row.claimed_by) if row and row.is_open else ""
    return await _show(front, request, who, task_id, Draft(told=taken), status=409)


@router.post("/{task_id}/outcome")
async def answer(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Take an answer. What is wrong is shown beside its field, with all that was typed; of two answers at once, the first counts."""
    fields = await _fields(request)
    if isinstance(fields, Response):
        return fields
    language, id, now = language_of(request), id_in(task_id), front.now()
    if problem := seal_problem(front, who, fields.get("seal")):
        return await _show(
            front, request, who, task_id, Draft(typed=fields, told=words(language)[problem].format(user=who.name)), status=403
        )
    recorded = False
    try:
        async with front.database.transaction() as session:
            row = await tasks.get(session, id) if id else None
            asked = await answers.asked_of(session, id, now) if id else None
            if row is not None and asked is not None and row.is_open:
                said = read_answer(fields, rep=who.name, task=row, asked=asked)
                recorded = await tasks.complete(session, row.id, who.name, said, now)
    except WrongFields as wrong:
        return await _show(front, request, who, task_id, Draft(typed=fields, wrong=wrong.fields), status=422)
    except WrongAnswer as wrong:
        if wrong.field != "task":
            return await _show(front, request, who, task_id, Draft(typed=fields, wrong=beside_fields(wrong)), status=422)
    if not recorded:
        return await _show(front, request, who, task_id, Draft(typed=fields, is_late=True), status=409)
    return RedirectResponse(_back(request, done="answered"), 303)


async def _show(front: Front, request: Request, who: Person, task_id: str, draft: Draft, *, status: int = 200) -> Response:
    language, id, now = language_of(request), id_in(task_id), front.now()
    async with front.database.transaction() as session:
        row = await tasks.get(session, id) if id else None
        asked = await answers.asked_of(session, id, now) if id else None
        entries = await story(session, row.lead_id) if row else []
        others = await answers.second_campaigns(session, row.lead_id) if row and row.is_open else []
    if row is None or asked is None:
        return message(language, "no_page", status=404)
    return desk(
        "task",
        request,
        who,
        status=status,
        task=task_view(row, who.name, now, language),
        time_there=in_zone(now, row.zone, language),
        told=draft.told if row.is_open and draft.told else _why_closed(row, language, is_late=draft.is_late) or draft.told,
        bad=status >= 400,
        typed=blank(draft.typed),
        wrong=blank({name: problem.say(language) for name, problem in draft.wrong.items()}),
        typed_lines=typed_lines(draft.typed, asked.checklist, language),
        outcomes=asked.outcomes,
        checklist=asked.checklist,
        asks=ask_views(asked),
        campaigns=others,
        story=[entry_view(entry, row.zone, language) for entry in reversed(entries)],
        seal=seal(front, who),
        back=_back(request),
        query=f"?{request.url.query}" if request.query_params.get("stages") else "",
    )


def _back(request: Request, **more: str) -> str:
    """The way to the list, with the range of stages that the rep looks after."""
    stages = request.query_params.get("stages")
    query = urlencode(more | ({"stages": stages} if stages else {}), safe=".")
    return f"/inbox?{query}" if query else "/inbox"


def _why_closed(row: TaskRow, language: str, *, is_late: bool) -> str:
    w = words(language)
    if row.completed_at is not None:
        when = f"{in_zone(row.completed_at, row.zone, language)} ({row.zone or 'UTC'})"
        told = w["inbox_lost_answer" if is_late else "inbox_closed"]
        return told.format(outcome=w[f"outcome_{row.outcome}"], who=row.completed_by, when=when)
    return w["inbox_withdrawn"] if row.withdrawn_at is not None else ""


async def _fields(request: Request) -> dict[str, object] | Response:
    try:
        return await read_fields(request)
    except UnreadableBody as unreadable:
        return message(language_of(request), unreadable.code, status=unreadable.status)
