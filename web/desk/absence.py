"""A rep says that they are away, until when, and that they are back."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from store.team import audit, reps
from store.team.audit import Deed, On
from web.desk.sealed import sealed_fields
from web.entrance import Person, may
from web.front import FrontOf
from web.rights import Right
from web.show import message
from web.visitors import language_of

router = APIRouter()

Worker = Annotated[Person, may(Right.WORK_TASKS)]

_LONGEST: Final = timedelta(days=366)


@router.post("/away")
async def away(request: Request, front: FrontOf, who: Worker) -> Response:
    """The rep is away until a day: what is open and theirs goes to all reps, and so does what would come to them."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    now = front.now()
    until = _day(fields.get("until"))
    if until is None or not now.date() < until <= now.date() + _LONGEST:
        return message(language_of(request), "wrong_absence", status=422)
    async with front.database.transaction() as session:
        await reps.away(session, who.name, until)
        await audit.note(session, who.name, Deed.REP_AWAY, On.PERSON, who.name, now, after={"until": until.isoformat()})
    return RedirectResponse("/inbox?done=away", 303)


@router.post("/back")
async def back(request: Request, front: FrontOf, who: Worker) -> Response:
    """The rep is back early."""
    fields = await sealed_fields(request, front, who)
    if isinstance(fields, Response):
        return fields
    async with front.database.transaction() as session:
        if await reps.back(session, who.name):
            await audit.note(session, who.name, Deed.REP_BACK, On.PERSON, who.name, front.now())
    return RedirectResponse("/inbox?done=back", 303)


def _day(typed: object) -> date | None:
    try:
        return date.fromisoformat(str(typed or "").strip().replace("/", "-"))
    except ValueError:
        return None
