"""Where reps work: what is theirs, what they have put off, and what is open at all, by deadline and likelihood."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from store.desk import desks
from store.desk.desks import OnDesk, View
from store.mail import personal
from store.team import reps
from store.team.people import Role
from store.team.reps import LEADER, SALES, TEAMS
from web.desk import absence, letters, live, passing, ranks, stagerange, task
from web.desk.frame import desk
from web.desk.letterviews import letter_view
from web.desk.taskviews import TaskView, task_view
from web.entrance import Person, may, seal
from web.front import FrontOf
from web.moments import written
from web.rights import Right
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/inbox", include_in_schema=False)
for room in (ranks, live, absence, passing, letters, task):  # a task's own page last: its path is like any
    router.include_router(room.router)

Worker = Annotated[Person, may(Right.WORK_TASKS)]

_TEAMS_OF: Final[Mapping[Role, frozenset[str]]] = {
    Role.REP: frozenset({SALES, "service"}),
    Role.LEADER: frozenset({LEADER}),
    Role.MARKETING: frozenset({"marketing"}),
    Role.OPERATOR: TEAMS,
}
"""Whose free tasks are on a desk, by role."""

_DONE: Final = ("answered", "put_off", "handed_over", "away", "back")


@router.get("")
async def my_desk(request: Request, front: FrontOf, who: Worker, view: str = View.MINE, done: str = "") -> Response:
    """The rep's own tasks and those that are free, or what is put off, or all that is open; of their stages, or of others."""
    language, now = language_of(request), front.now()
    wanted = View(view) if view in set(View) else View.MINE
    async with front.database.transaction() as session:
        chosen = await stagerange.chosen(request, session, language, who.stages)
        found = await desks.desk(session, who.name, teams_of(who), now, view=wanted, stages=chosen.stages, own=chosen.is_own)
        away_until = (await reps.absences(session)).get(who.name)
        not_sent = await personal.not_sent(session, who.name, now)
    is_away = away_until is not None and away_until > now.date()
    return desk(
        "inbox",
        request,
        who,
        tasks=[_view(one, who.name, now, language) for one in found.tasks],
        total=found.total,
        overdue=found.overdue,
        put_off=found.put_off,
        view=wanted,
        views=tuple(View),
        told=words(language).get(f"inbox_{done}", "") if done in _DONE else "",
        chosen=chosen,
        away_until=written(away_until, language) if is_away and away_until else "",
        not_sent=[(one.letter.task_id, letter_view(one, "", language)) for one in not_sent],
        seal=seal(front, who),
    )


def teams_of(who: Person) -> frozenset[str]:
    """The teams whose free tasks somebody takes."""
    return frozenset().union(*(_TEAMS_OF[role] for role in who.roles))


def _view(one: OnDesk, rep: str, now: datetime, language: str) -> TaskView:
    return task_view(one.task, rep, now, language, recent=one.score.recent)
