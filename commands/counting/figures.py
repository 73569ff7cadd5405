"""``figures``: what a manager looks at, of a period: how far leads come, handoffs, renewals coming up, and how letters arrive."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

import typer

from commands.console import Json, WrongInput, number, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from nurture.counting.reputation import Verdict
from nurture.counting.shares import Share
from nurture.plan.problems import did_you_mean
from store.looks import figures as stored
from store.looks.dashboard import Dashboard, dashboard
from store.looks.figures import Scope
from store.looks.handoffs import BY
from store.looks.renewals import WITHIN_DAYS, State


def figures(
    context: typer.Context,
    campaign: Annotated[
        str, typer.Option(metavar="NAME", help="Only of this campaign, all its editions together.", show_default=False)
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=731, help="Of the last so many days, today with them (UTC).")] = 30,
    json: Json = False,
) -> None:
    """Say what came of leads, tasks and letters: what the web's page of figures shows, for the terminal and for programs.

    Every share comes with the interval that the true one lies in, 95 of 100 times. Renewals are told as they stand today.
    """
    board = run(_read(campaign, days, clock_of(context)))
    if json:
        say_json(_as_json(board))
    else:
        _draw(board)


async def _read(campaign: str, days: int, clock: Clock) -> Dashboard:
    now = clock()
    ends = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    async with database() as db, db.transaction() as session:
        known = await stored.names(session)
        if campaign and campaign not in known:
            fix = did_you_mean(campaign, known, "there are") if known else "no campaign was started"
            raise WrongInput(f"there is no campaign '{campaign}'; {fix}")
        return await dashboard(session, Scope(since=ends - timedelta(days=days), until=ends, campaign=campaign), now)


def _draw(board: Dashboard) -> None:
    scope = board.scope
    last = scope.until - timedelta(days=1)
    say(f"{scope.campaign or 'All campaigns'}, {scope.since:%Y-%m-%d} to {last:%Y-%m-%d} (UTC)", "bold")
    shown = table("stage", "!came here", "of all", "of the stage before", "!left", "!half stay", "!there today", title="How far leads came")
    show(
        shown,
        (
            [
                level.stage,
                f"{level.reached.count:,}",
                _share(level.reached),
                _share(level.on),
                f"{stay.left:,}",
                _days(stay.days),
                f"{stay.here:,}",
            ]
            for level, stay in zip(board.funnel, board.stays, strict=True)
        ),
    )
    for by in BY:
        shown = table(f"!{by}", "!handoffs", "deadlines kept", "!open in time", "!half answered within", title=f"Handoffs by {by}")
        rows = board.handoffs.by[by]
        show(shown, ([one.name or "nobody", f"{one.opened:,}", _share(one.kept), f"{one.ahead:,}", _hours(one.hours)] for one in rows))
    _draw_renewals(board)
    _draw_letters(board)


def _draw_renewals(board: Dashboard) -> None:
    today = (board.scope.until - timedelta(days=1)).date()
    shown = table("contracts that end", *(f"!{state.replace('_', ' ')}" for state in State), title="Renewals coming up")
    show(shown, ([f"within {days} days", *(_ending(board, state, today, days) for state in State)] for days in WITHIN_DAYS))


def _ending(board: Dashboard, state: State, today: date, days: int) -> int:
    return sum(one.state is state and one.ends_on <= today + timedelta(days=days) for one in board.renewals)


def _draw_letters(board: Dashboard) -> None:
    letters = board.letters
    shown = table("!domain", "!sent", "!delivered", "bounced", "complaints", "!not sent", title="How letters arrive")
    rows = {"all": letters.all, **{domain or "all others": one for domain, one in letters.domains.items()}}
    show(
        shown,
        (
            [
                domain,
                f"{one.sent:,}",
                f"{one.delivered:,}",
                _judged(one.bounces, one.verdicts["bounces"]),
                _judged(one.complaints, one.verdicts["complaints"]),
                f"{one.refused:,}",
            ]
            for domain, one in rows.items()
        ),
    )
    for stop in board.stops:
        say(f"{f'The letters of {stop.campaign}' if stop.campaign else 'All letters'} are stopped since {stop.stopped_at:%Y-%m-%d}.", "red")
    for block in board.blocks:
        say(f"{block.transport} takes no letters from us since {block.blocked_at:%Y-%m-%d}.", "red")
    for one in board.warming:
        say(f"{one.lane.removeprefix('from ')} warms up: {one.went:,} of {one.may:,} letters went today.")
    if board.waiting:
        say(f"{number(board.waiting, 'letter')} wait for their turn.", "yellow")


def _judged(share: Share, verdict: Verdict) -> str:
    warning = "" if verdict in (Verdict.GOOD, Verdict.OPEN) else f": {verdict.replace('_', ' ')}"
    return _share(share, 2) + warning


def _share(one: Share, digits: int = 1) -> str:
    return f"{one.part:.{digits}%} ({one.low:.{digits}%} to {one.high:.{digits}%})" if one.part is not None else "–"


def _days(days: float | None) -> str:
    return "–" if days is None else f"{days:.1f} days"


def _hours(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:.1f} hours"


def _as_json(board: Dashboard) -> dict[str, Any]:
    """As it is kept, with what stands to which limit; JSON has no days as names, so that each day and each domain is a line."""
    letters = board.letters
    told = asdict(board)
    told["letters"]["all"]["verdicts"] = letters.all.verdicts
    told["letters"]["days"] = [{"day": day, **asdict(one)} for day, one in letters.days.items()]
    told["letters"]["domains"] = [{"domain": domain, **asdict(one), "verdicts": one.verdicts} for domain, one in letters.domains.items()]
    return told
