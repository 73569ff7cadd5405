"""The figures as CSV files: the numbers as they are, which spreadsheets open with Japanese names and carry out nothing of."""

import csv
from collections.abc import Callable, Iterable, Sequence
from io import StringIO
from typing import Final

from starlette.responses import Response

from nurture.counting.shares import Share
from store.looks.dashboard import Dashboard
from store.looks.reputation import Arrivals

Rows = Iterable[Sequence[object]]
_SHARE: Final = ("count", "of", "low", "high")
_ARRIVALS: Final = ("sent", "delivered", "bounced", "complained", "refused")


def _funnel(board: Dashboard) -> Rows:
    yield "stage", *_SHARE, "of_stage_before"
    for level in board.funnel:
        yield level.stage, *_share(level.reached), level.on.of


def _stays(board: Dashboard) -> Rows:
    yield "stage", "left", "days_quarter", "days_half", "days_three_quarters", "here", "here_days_half"
    for stay in board.stays:
        yield stay.stage, stay.left, stay.shortest, stay.days, stay.longest, stay.here, stay.here_days


def _handoffs(board: Dashboard) -> Rows:
    yield "by", "name", "opened", "kept", "due", "low", "high", "ahead", "withdrawn", "hours_half"
    for by, each in (("all", (board.handoffs.all,)), *board.handoffs.by.items()):
        for one in each:
            yield by, one.name, one.opened, *_share(one.kept), one.ahead, one.withdrawn, one.hours


def _renewals(board: Dashboard) -> Rows:
    yield "lead", "company", "ends_on", "auto_renews", "state", "owner", "deadline_at"
    for one in board.renewals:
        deadline = one.deadline_at.isoformat() if one.deadline_at else ""
        yield one.lead_id, one.company, one.ends_on, one.auto_renews, one.state, one.owner, deadline


def _days(board: Dashboard) -> Rows:
    yield "day", *_ARRIVALS
    for day, arrivals in board.letters.days.items():
        yield day, *_counts(arrivals)


def _domains(board: Dashboard) -> Rows:
    yield "domain", *_ARRIVALS, "bounces", "complaints"
    for domain, arrivals in board.letters.domains.items():
        yield domain or "*", *_counts(arrivals), *arrivals.verdicts.values()


FILES: Final[dict[str, Callable[[Dashboard], Rows]]] = {
    "funnel": _funnel,
    "stays": _stays,
    "handoffs": _handoffs,
    "renewals": _renewals,
    "days": _days,
    "domains": _domains,
}
"""By name, with what is in each."""


def as_file(name: str, board: Dashboard) -> Response:
    """The file to keep. Its name has the period's days in it."""
    text = StringIO()
    csv.writer(text).writerows([_harmless(value) for value in row] for row in FILES[name](board))
    period = f"{board.scope.since:%Y-%m-%d}-{board.scope.until:%Y-%m-%d}"
    said = {"Content-Disposition": f'attachment; filename="{name}-{period}.csv"', "Cache-Control": "no-store"}
    return Response(text.getvalue().encode("utf-8-sig"), headers=said, media_type="text/csv; charset=utf-8")


def _share(share: Share) -> tuple[object, ...]:
    return share.count, share.of, share.low, share.high


def _counts(arrivals: Arrivals) -> list[int]:
    return [getattr(arrivals, name) for name in _ARRIVALS]


def _harmless(value: object) -> object:
    """Text that a spreadsheet would take for a formula is made text again."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
