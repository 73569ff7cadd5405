"""The audit log as a page: what people changed, by person, thing and day, the last change first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from store.tables import Audit
from store.team import audit
from store.team.audit import Asked, On
from web.desk.frame import desk
from web.entrance import Person, may
from web.formfields import readable
from web.front import FrontOf
from web.moments import in_zone
from web.rights import Right
from web.visitors import language_of
from web.words import words

router = APIRouter(prefix="/audit", include_in_schema=False)

_LONGEST: Final = 200
_BIGGEST: Final = 2**63
_FIELDS: Final = ("who", "on", "subject", "since", "until")


class _NoDay(ValueError):
    """What was typed is no day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line in words. ``path`` leads to the thing, where it has a page; ``values`` are what changed, each with what it was and is."""

    at: str
    who: str
    what: str
    on: str
    subject: str
    path: str
    values: tuple[tuple[str, str, str], ...]


@router.get("")
async def every_change(request: Request, front: FrontOf, who: Annotated[Person, may(Right.SEE_AUDIT)]) -> Response:
    """What was changed; ``below`` goes on behind a line that was shown."""
    language = language_of(request)
    typed = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    below, found, wrong = _number(request.query_params.get("below", "")), list[Audit](), False
    try:
        asked = _asked(typed)
    except _NoDay:
        wrong = True
    else:
        async with front.database.transaction() as session:
            found = await audit.lines(session, asked, below=below, limit=audit.PAGE + 1)
    shown = found[: audit.PAGE]
    filters = {name: value for name, value in typed.items() if value}
    return desk(
        "audit",
        request,
        who,
        status=422 if wrong else 200,
        lines=[line_view(line, language) for line in shown],
        typed=typed,
        wrong=wrong,
        kinds=list(On),
        older=f"/audit?{urlencode(filters | {'below': shown[-1].id})}" if len(found) > audit.PAGE else "",
        newest=f"/audit?{urlencode(filters)}" if below is not None else "",
    )


def line_view(line: Audit, language: str) -> LineView:
    """A line of the log in words. What has no word is shown as it is kept."""
    w = words(language)
    before, after = line.before or {}, line.after or {}
    return LineView(
        at=in_zone(line.at, "UTC", language),
        who=line.who,
        what=w.get(f"did_{line.what}", readable(line.what)),
        on=w.get(f"on_{line.kind}", line.kind),
        subject=line.subject,
        path=_PATHS.get(line.kind, "").format(line.subject),
        values=tuple((readable(name), _said(before, name), _said(after, name)) for name in dict.fromkeys([*before, *after])),
    )


_PATHS: Final[Mapping[str, str]] = {On.TASK: "/inbox/{}", On.LEAD: "/leads/{}", On.ACCOUNT: "/accounts/{}"}


def _said(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _asked(typed: Mapping[str, str]) -> Asked:
    """Raises _NoDay."""
    return Asked(who=typed["who"], on=typed["on"], subject=typed["subject"], since=_day(typed["since"]), until=_day(typed["until"]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _NoDay(text) from None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) < _BIGGEST else None
