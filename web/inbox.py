"""Where reps work: what is open, by deadline; one task with everything that happened; and their answer, taken from whoever is first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store import tasks
from store.tasks import TaskRow, WrongAnswer
from store.timeline import story
from web.bodies import UnreadableBody, read_fields
from web.entrance import Rep, is_sealed, seal
from web.front import Front, FrontOf
from web.moments import day_in_zone, in_zone
from web.outcomes import read_answer
from web.show import message, page
from web.submissions import Wrong, WrongFields, refused_by_store
from web.taskviews import blank, entry_view, task_view
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/inbox", include_in_schema=False)

_FIELD_OF = {"contract": "ends_on", "other_contact": "email"}
"""Where the outcome form shows what the store says of an answer, as far as the names differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An outcome form as it was typed, what is wrong with it, and what else the rep is to be told."""

    typed: Mapping[str, object] = field(default_factory=dict)
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    told: str = ""


@router.get("")
async def every_open_task(request: Request, front: FrontOf, rep: Rep, done: str = "") -> Response:
    """All open tasks, the next deadline first."""
    language = language_of(request)
    async with front.database.transaction() as session:
        rows = await tasks.open_tasks(session)
    views = [task_view(row, rep, front.now(), language) for row in rows]
    told = words(language)["inbox_answered"] if done == "answered" else ""
    return page("inbox", language, rep=rep, tasks=views, overdue=sum(view.is_overdue for view in views), told=told)


@router.get("/{task_id}")
async def one_task(task_id: str, request: Request, front: FrontOf, rep: Rep, done: str = "") -> Response:
    """One task, its outcome form, and the lead's story."""
    told = words(language_of(request))["inbox_claimed"] if done == "claimed" else ""
    return await _show(front, request, rep, task_id, Draft(told=told))


@router.post("/{task_id}/claim")
async def claim(task_id: str, request: Request, front: FrontOf, rep: Rep) -> Response:
    """Take a task. Of two who take it at once, the second is told who was first."""
    fields = await _fields(request)
    if isinstance(fields, Response):
        return fields
    language, id = language_of(request), _id(task_id)
    if not is_sealed(front, rep, fields.get("seal")):
        return await _show(front, request, rep, task_id, Draft(told=words(language)["inbox_expired"]), status=403)
    async with front.database.transaction() as session:
        mine = id is not None and await tasks.claim(session, id, rep, front.now())
        row = None if mine or id is None else await tasks.get(session, id)
    if mine:
        return RedirectResponse(f"/inbox/{id}?done=claimed", 303)
    taken = words(language)["inbox_lost_claim"].format(who=row.claimed_by) if row and row.is_open else ""
    return await _show(front, request, rep, task_id, Draft(told=taken), status=409)


@router.post("/{task_id}/outcome")
async def answer(task_id: str, request: Request, front: FrontOf, rep: Rep) -> Response:
    """Take an answer. What is wrong is shown beside its field, with all that was typed; of two answers at once, the first counts."""
    fields = await _fields(request)
    if isinstance(fields, Response):
        return fields
    language, id, now = language_of(request), _id(task_id), front.now()
    if not is_sealed(front, rep, fields.get("seal")):
        return await _show(front, request, rep, task_id, Draft(typed=fields, told=words(language)["inbox_expired"]), status=403)
    recorded = False
    try:
        async with front.database.transaction() as session:
            row = await tasks.get(session, id) if id else None
            if row is not None and row.is_open:
                said = read_answer(fields, today=day_in_zone(now, row.zone), task=row)
                recorded = await tasks.complete(session, row.id, rep, said, now)
    except WrongFields as wrong:
        return await _show(front, request, rep, task_id, Draft(typed=fields, wrong=wrong.fields), status=422)
    except WrongAnswer as wrong:
        said_by_store = {_FIELD_OF.get(wrong.field, wrong.field): refused_by_store(wrong.reason)}
        return await _show(front, request, rep, task_id, Draft(typed=fields, wrong=said_by_store), status=422)
    if not recorded:
        return await _show(front, request, rep, task_id, Draft(typed=fields), status=409)
    return RedirectResponse("/inbox?done=answered", 303)


async def _show(front: Front, request: Request, rep: str, task_id: str, draft: Draft, *, status: int = 200) -> Response:
    language, id, now = language_of(request), _id(task_id), front.now()
    async with front.database.transaction() as session:
        row = await tasks.get(session, id) if id else None
        entries = await story(session, row.lead_id) if row else []
    if row is None:
        return message(language, "no_page", status=404)
    told = draft.told or _why_closed(row, language)
    return page(
        "task",
        language,
        status=status,
        rep=rep,
        task=task_view(row, rep, now, language),
        time_there=in_zone(now, row.zone, language),
        told=told,
        bad=status >= 400,
        typed=blank(draft.typed),
        wrong=blank({name: problem.say(language) for name, problem in draft.wrong.items()}),
        story=[entry_view(entry, row.zone, language) for entry in reversed(entries)],
        seal=seal(front, rep),
    )


def _why_closed(row: TaskRow, language: str) -> str:
    w = words(language)
    if row.completed_at is not None:
        return w["inbox_lost_answer"].format(outcome=w[f"outcome_{row.outcome}"], who=row.completed_by)
    return w["inbox_withdrawn"] if row.withdrawn_at is not None else ""


async def _fields(request: Request) -> dict[str, object] | Response:
    try:
        return await read_fields(request)
    except UnreadableBody as unreadable:
        return message(language_of(request), unreadable.code, status=unreadable.status)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
