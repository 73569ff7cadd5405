"""A task leaves a rep's desk without an answer: put off until later, back again, or handed over to somebody else with a word."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from nurture.places import zone, zone_problem
from store.desk import desks, tasks
from store.desk.desks import LATEST
from store.team import audit
from store.team.audit import Deed, On
from web.desk.outcomes import read_lines
from web.desk.sealed import fields_of
from web.desk.task import Draft, leads, show, way_back
from web.entrance import Person, may, seal_problem
from web.front import Front, FrontOf
from web.paths import id_in
from web.rights import Right
from web.submissions import Wrong
from web.visitors import language_of
from web.words import words

router = APIRouter()

Worker = Annotated[Person, may(Right.WORK_TASKS)]

LONGEST_WORD: Final = 500
_MORNING: Final = 9
"""The hour on the lead's clock at which something that is put off to a day is there again."""

_DAYS: Final = {"tomorrow": 1, "days": 3, "week": 7}


@router.post("/{task_id}/later")
async def put_off(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Take a task off the list until a moment. It is the rep's then, and its deadline stays."""
    fields = await _fields(task_id, request, front, who)
    if isinstance(fields, Response):
        return fields
    language, id, now = language_of(request), id_in(task_id), front.now()
    async with front.database.transaction() as session:
        row = await tasks.get(session, id) if id else None
        until = _until(fields, row.zone, now) if row else None
        done = row is not None and isinstance(until, datetime) and await desks.put_off(session, row.id, who.name, until, now)
        if done and isinstance(until, datetime):
            await audit.note(session, who.name, Deed.TASK_SNOOZED, On.TASK, task_id, now, after={"until": until.isoformat()})
    if isinstance(until, Wrong):
        return await show(front, request, who, task_id, Draft(typed=fields, wrong={"day": until}), status=422)
    if not done:
        told = words(language)["inbox_not_yours_to_pass"]
        return await show(front, request, who, task_id, Draft(told=told), status=409)
    return RedirectResponse(way_back(request, done="put_off"), 303)


@router.post("/{task_id}/now")
async def take_back(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Put a task that was put off on the list again."""
    fields = await _fields(task_id, request, front, who)
    if isinstance(fields, Response):
        return fields
    async with front.database.transaction() as session:
        id = id_in(task_id)
        if id is not None and await desks.take_back(session, id, who.name):
            await audit.note(session, who.name, Deed.TASK_SNOOZED, On.TASK, id, front.now(), after={"until": None})
    return RedirectResponse(f"/inbox/{id}?done=taken_back" if id else "/inbox", 303)


@router.post("/{task_id}/hand-over")
async def hand_over(task_id: str, request: Request, front: FrontOf, who: Worker) -> Response:
    """Give a task to another rep or a team, who is told of it with the rep's word."""
    fields = await _fields(task_id, request, front, who)
    if isinstance(fields, Response):
        return fields
    language, id, now = language_of(request), id_in(task_id), front.now()
    wrong: dict[str, Wrong] = {}
    word = read_lines("word", fields, LONGEST_WORD, wrong)
    taker = str(fields.get("taker") or "")
    done = False
    async with front.database.transaction() as session:
        if taker not in await desks.takers(session, who.name, now.date()):
            wrong["taker"] = Wrong(code="taker")
        if id is not None and not wrong:
            done = await desks.hand_over(session, id, who.name, taker, word, now, leads=leads(who))
        if done:
            await audit.note(session, who.name, Deed.TASK_HANDED_OVER, On.TASK, task_id, now, after={"taker": taker})
    if wrong:
        return await show(front, request, who, task_id, Draft(typed=fields, wrong=wrong), status=422)
    if not done:
        return await show(front, request, who, task_id, Draft(told=words(language)["inbox_not_yours_to_pass"]), status=409)
    return RedirectResponse(way_back(request, done="handed_over"), 303)


async def _fields(task_id: str, request: Request, front: Front, who: Person) -> dict[str, object] | Response:
    """What was sent, if it came from a page that this person was shown."""
    fields = await fields_of(request)
    if isinstance(fields, Response):
        return fields
    if problem := seal_problem(front, who, fields.get("seal")):
        told = words(language_of(request))[problem].format(user=who.name)
        return await show(front, request, who, task_id, Draft(typed=fields, told=told), status=403)
    return fields


def _until(fields: dict[str, object], there: str, now: datetime) -> datetime | Wrong:
    """Until when: in two hours, or the morning of a day on the lead's clock."""
    typed, span = str(fields.get("day") or "").strip(), str(fields.get("span") or "")
    if span == "hours" and not typed:
        return now + timedelta(hours=2)
    clock = zone("UTC" if zone_problem(there) else there)
    if typed:
        try:
            day = date.fromisoformat(typed.replace("/", "-"))
        except ValueError:
            return Wrong(code="date")
    elif span in _DAYS:
        day = now.astimezone(clock).date() + timedelta(days=_DAYS[span])
    else:
        return Wrong(code="date")
    if day < now.astimezone(clock).date():
        return Wrong(code="past")
    until = datetime(day.year, day.month, day.day, _MORNING, tzinfo=clock).astimezone(UTC)
    if until <= now:
        return Wrong(code="past")
    return Wrong(code="too_far_off", values=(("days", LATEST.days),)) if until > now + LATEST else until
