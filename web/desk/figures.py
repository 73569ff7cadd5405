"""The page of figures: of a period and a campaign, each picture with its table, and each table as a file."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from store.looks import figures
from store.looks.dashboard import Dashboard, dashboard
from store.looks.figures import Scope
from store.looks.handoffs import BY
from store.looks.renewals import WITHIN_DAYS, State
from web.desk import figures_views as views
from web.desk.figures_files import FILES, as_file
from web.desk.figures_headlines import headlines
from web.desk.frame import desk
from web.desk.stagerange import stage_name
from web.entrance import Person, may
from web.front import FrontOf
from web.moments import written
from web.rights import Right
from web.show import message
from web.visitors import language_of

router = APIRouter(prefix="/figures", include_in_schema=False)

Looker = Annotated[Person, may(Right.SEE_FIGURES)]

PERIODS: Final = (7, 30, 90, 365)
"""Days that can be chosen at once."""

LONGEST: Final = timedelta(days=731)

_MOST_RENEWALS: Final = 50
"""Contracts that are named on the page; the file has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the page is of: from the first day to the last, both UTC's, and a campaign. ``wrong`` says that the days made no period."""

    first: date
    last: date
    campaign: str
    known: tuple[str, ...]
    wrong: bool

    @property
    def scope(self) -> Scope:
        """The days as moments."""
        begins, ends = (datetime.combine(day, time(), UTC) for day in (self.first, self.last + timedelta(days=1)))
        return Scope(since=begins, until=ends, campaign=self.campaign)

    def link(self, path: str, days: int | None = None) -> str:
        """A link that keeps the choice, or keeps the campaign and takes the last so many days."""
        period = {"days": str(days)} if days else {"from": str(self.first), "to": str(self.last)}
        return f"{path}?{urlencode(period | ({'campaign': self.campaign} if self.campaign else {}))}"


async def _chosen(request: Request, session: AsyncSession, now: datetime) -> Chosen:
    """The choice that a request makes: ``days``, or ``from`` and ``to``, and ``campaign``. Without one it is the last 30 days of all."""
    asked, known, today = request.query_params, await figures.names(session), now.astimezone(UTC).date()
    days = int(asked["days"]) if asked.get("days", "") in map(str, PERIODS) else 30
    first, last, wrong = today - timedelta(days=days - 1), today, False
    if asked.get("from") or asked.get("to"):
        try:
            given = date.fromisoformat(asked.get("from", "")), date.fromisoformat(asked.get("to") or str(today))
        except ValueError:
            wrong = True
        else:
            wrong = not timedelta(0) <= given[1] - given[0] <= LONGEST or given[0].year < 2000 or given[1].year > 2200
            first, last = (first, last) if wrong else given
    return Chosen(first=first, last=last, campaign=asked.get("campaign", ""), known=tuple(known), wrong=wrong)


@router.get("")
async def all_figures(request: Request, front: FrontOf, who: Looker) -> Response:
    """Everything at a glance."""
    language, now = language_of(request), front.now()
    async with front.database.transaction() as session:
        chosen = await _chosen(request, session, now)
        if chosen.campaign and chosen.campaign not in chosen.known:
            return message(language, "no_page", status=404)
        board = await dashboard(session, chosen.scope, now)
    return desk("figures", request, who, chosen=chosen, periods=PERIODS, board=board, seen=_seen(board, chosen, now.date(), language))


@router.get("/{name}.csv")
async def one_table(name: str, request: Request, front: FrontOf, who: Looker) -> Response:
    """A table as a file for spreadsheets, with the numbers as they are."""
    async with front.database.transaction() as session:
        chosen = await _chosen(request, session, front.now())
        if name not in FILES or (chosen.campaign and chosen.campaign not in chosen.known):
            return message(language_of(request), "no_page", status=404)
        return as_file(name, await dashboard(session, chosen.scope, front.now()))


def _seen(board: Dashboard, chosen: Chosen, today: date, language: str) -> dict[str, object]:
    """The figures in words and as pictures."""
    letters = board.letters
    return {
        "headlines": headlines(board, language),
        "funnel": [
            (stage_name(level.stage, language), level.reached.count, views.bar(level.reached), views.bar(level.on))
            for level in board.funnel
        ],
        "stays": views.stay_views(board.stays, language),
        "handoffs": {by: [views.handoff_view(by, one, language) for one in board.handoffs.by[by]] for by in BY},
        "all_handoffs": views.handoff_view("", board.handoffs.all, language),
        "renewal_bars": views.renewal_pieces(board.renewals, today),
        "within_days": WITHIN_DAYS,
        "states": list(State),
        "renewals": [(one, written(one.ends_on, language), (one.ends_on - today).days) for one in board.renewals[:_MOST_RENEWALS]],
        "days": views.day_views(letters.days, chosen.first, chosen.last),
        "domains": [
            (domain, one, views.bar(one.bounces, 1), views.bar(one.complaints, 2))
            for domain, one in {"*": letters.all, **letters.domains}.items()
        ],
        "written": lambda day: written(day, language),
    }
