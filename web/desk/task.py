"""One task with its brief and everything that happened; and the rep's answer, taken from whoever is first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store.desk import answers, desks, tasks
from store.desk.tasks import WrongAnswer
from store.looks import timeline
from store.looks.briefs import brief
from store.mail import personal
from store.team import audit
from store.team.audit import Deed, On
from web.desk.brief import brief_view
from web.desk.frame import desk
from web.desk.letterviews import letter_view
from web.desk.outcomes import beside_fields, read_answer
from web.desk.retold import advised
from web.desk.sealed import fields_of
from web.desk.taskstate import mark_of, said_of_closed
from web.desk.taskviews import ask_views, blank, entry_view, task_view, typed_lines
from web.entrance import Person, may, seal, seal_problem
from web.front import Front, FrontOf
from web.moments import in_zone
from web.paths import id_in
from web.rights import Right, Role
from web.show import message
from web.submissions import Wrong, WrongFields
from web.visitors import language_of
from web.words import words

router = APIRouter()

Worker = Annotated[Person, may(Right.WORK_TASKS)]

_DONE: Final = ("claimed", "taken_back", "written")
"""What a page may say that was just done."""

_STORY: Final = 40
"""Lines of the story that are shown beside a task; the lead's own page has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An outcome form as it was typed, what is wrong with it, and what else the rep is to be told."""

    typed: Mapping[str, object] = field(default_factory=dict)
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    told: str = ""
    is_late: bool = False
    """Somebody else was faster."""


@router.get("/{task_id}")
async def one_task(task_id: str, request: Request, front: FrontOf, who: Worker, done: str = "") -> Response:
    """One task, its brief, its outcome form, and the lead's story."""
    told = words(language_of(request)).get(f"task_{done}", "") if done in _DONE else ""
    return await show(front, request, who, task_id, Draft(told=told))


@router.post("/{task_id}/claim")
async def claim(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Take a task. Of two who take it at once, the second is told who was first."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    language, id = language_of(request), id_in(task_id)
    if problem := seal_problem(front, who, fields.get("seal")):
        return await show(front, request, who, task_id, Draft(told=words(language)[problem].format(user=who.name)), status=403)
    async with front.database.transaction() as session:
        mine = id is not None and await tasks.claim(session, id, who.name, front.now())
        if mine:
            await audit.note(session, who.name, Deed.TASK_CLAIMED, On.TASK, id, front.now())
        row = None if mine or id is None else await tasks.get(session, id)
    if mine:
        return RedirectResponse(f"/inbox/{id}?done=claimed", 303)
    taken = words(language)["inbox_lost_claim"].format(who=row.claimed_by) if row and row.is_open else ""
    return await show(front, request, who, task_id, Draft(told=taken), status=409)


@router.post("/{task_id}/outcome")
async def answer(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Take an answer. What is wrong is shown beside its field, with all that was typed; of two answers at once, the first counts."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    language, id, now = language_of(request), id_in(task_id), front.now()
    if problem := seal_problem(front, who, fields.get("seal")):
        return await show(
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
                if recorded:
                    await audit.note(session, who.name, Deed.TASK_ANSWERED, On.TASK, row.id, now, after={"outcome": said.outcome})
    except WrongFields as wrong:
        return await show(front, request, who, task_id, Draft(typed=fields, wrong=wrong.fields), status=422)
    except WrongAnswer as wrong:
        if wrong.field != "task":
            return await show(front, request, who, task_id, Draft(typed=fields, wrong=beside_fields(wrong)), status=422)
    if not recorded:
        return await show(front, request, who, task_id, Draft(typed=fields, is_late=True), status=409)
    return RedirectResponse(way_back(request, done="answered"), 303)


async def show(front: Front, request: Request, who: Person, task_id: str, draft: Draft, *, status: int = 200) -> Response:
    """The page of a task, with what was typed into one of its forms."""
    language, id, now = language_of(request), id_in(task_id), front.now()
    async with front.database.transaction() as session:
        row = await tasks.get(session, id) if id else None
        asked = await answers.asked_of(session, id, now) if id else None
        if row is None or asked is None:
            return message(language, "no_page", status=404)
        entries, more = await timeline.page(session, row.lead_id, _STORY)
        others = await answers.second_campaigns(session, row.lead_id) if row.is_open else []
        may_give = row.is_open and (leads(who) or row.claimed_by in ("", who.name))
        takers = await desks.takers(session, who.name, now.date()) if may_give else []
        known = brief_view(await brief(session, row, now), row, now, language)
        letters = [letter_view(one, row.zone, language) for one in await personal.of_lead(session, row.lead_id)]
        given = await desks.handovers(session, row.id)
    return desk(
        "task",
        request,
        who,
        status=status,
        task=task_view(row, who.name, now, language),
        mark=mark_of(row),
        brief=known,
        letters=letters,
        takers=takers,
        given=given[:1],
        time_there=in_zone(now, row.zone, language),
        told=draft.told if row.is_open and draft.told else said_of_closed(row, language, is_late=draft.is_late) or draft.told,
        bad=status >= 400,
        typed=blank(draft.typed),
        wrong=blank({name: problem.say(language) for name, problem in draft.wrong.items()}),
        typed_lines=typed_lines(draft.typed, asked.checklist, language),
        outcomes=asked.outcomes,
        checklist=[advised(line, language) for line in asked.checklist],
        asks=ask_views(asked),
        campaigns=others,
        story=[entry_view(entry, row.zone, language) for entry in entries],
        earlier=more is not None,
        seal=seal(front, who),
        back=way_back(request),
        query=f"?{request.url.query}" if request.query_params.get("stages") else "",
    )


def leads(who: Person) -> bool:
    """Whether somebody may give away what others have."""
    return not {Role.LEADER, Role.OPERATOR}.isdisjoint(who.roles)


def way_back(request: Request, **more: str) -> str:
    """The way to the list, with the range of stages that the rep looks after."""
    stages = request.query_params.get("stages")
    query = urlencode(more | ({"stages": stages} if stages else {}), safe=".")
    return f"/inbox?{query}" if query else "/inbox"
