"""``mail pace`` and ``mail warm-up``: how fast letters go, while they go, and how a new domain begins."""

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Final

import typer
from pydantic_core import to_jsonable_python

from commands.console import Away, Json, WrongInput, number, remark, run, say, say_json, show, table
from commands.front import Clock, clock_of, database, system_user, temporal
from commands.mail.handing import NONE, number_between, rate, share
from commands.moments import distance
from nurture.pace import Count, Pace, WarmUp, nothing_counted
from nurture.plan.problems import did_you_mean
from settings import MAIL_URLS
from store.mail import pace
from store.team import audit
from store.team.audit import Deed, On
from workflows import pacing
from workflows.connection import library_of
from workflows.pacing import HandingOut

app = typer.Typer(no_args_is_help=True, help="See and set how fast letters go. Changes hold at once, also for letters that wait.")
app.command("rate")(rate)
app.command("share")(share)
warm_up = typer.Typer(no_args_is_help=True, help="Begin with few letters a day from a domain that nobody knows as a sender, and send more.")

_BY: Final = tuple(name for name in MAIL_URLS if name != "smtps")
_DOMAIN: Final = re.compile(r"(?=.{1,253}$)[^\s@.*]+(\.[^\s@.*]+)+")

Limit = Annotated[str | None, typer.Option(metavar=f"N|{NONE}", help="At most so many, or as many as there are.", show_default=False)]
Domain = Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain of SENDER_ADDRESS.", show_default=False)]


@app.command("show")
def show_(context: typer.Context, json: Json = False) -> None:
    """Show what is set, how many letters went in this hour and on this day (UTC), and how many wait for their turn."""
    now = clock_of(context)()
    lanes, counts, waits, engine = run(_look(now))
    if json:
        set_ = [{"lane": lane, **asdict(one), "now": asdict(counts.get(lane, nothing_counted(now)).at(now))} for lane, one in lanes.items()]
        say_json({"lanes": set_, "waiting": waits, "temporal": engine})
        return
    if lanes:
        shown = table("!letters", "!this hour", "!this day", "!warming up", title="The pace of letters")
        show(shown, (_row(lane, one, counts.get(lane, nothing_counted(now)).at(now), now) for lane, one in lanes.items()))
    else:
        say("No lane has a limit: letters go as they are due.")
    for one in waits:
        say(f"{number(one.letters, 'letter')} wait in '{one.lane}', the first since {distance(one.since, now)}", "yellow")
    if engine:
        rate = f"{engine.per_second:g} letters a second at most" if engine.per_second is not None else "letters as they are due"
        shares = "".join(f", {weight:g} for '{name}' where others have 1" for name, weight in engine.shares.items())
        say(f"Temporal hands out {rate}{shares}.")


@app.command("set")
def set_(
    context: typer.Context,
    by: Annotated[str | None, typer.Option(metavar="PROVIDER", help=f"Letters by one of {', '.join(_BY)}.", show_default=False)] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="DOMAIN", help="Letters to there; '*' is each domain without a limit of its own.", show_default=False),
    ] = None,
    per_hour: Limit = None,
    per_day: Limit = None,
    json: Json = False,
) -> None:
    """Let at most so many letters go, by a provider or to a domain: 'mail pace set --to gmail.com --per-hour 100 --per-day 1000'.

    Hours and days are UTC's. A tenth of each limit, and always one letter, is kept for leads who did something and wait for an answer.
    """
    if (by is None) is (to is None):
        raise typer.BadParameter("say either --by PROVIDER or --to DOMAIN", ctx=context)
    if per_hour is None and per_day is None:
        raise typer.BadParameter("say --per-hour, --per-day, or both", ctx=context)

    def change(before: Pace) -> Pace:
        hour = before.per_hour if per_hour is None else _limit("--per-hour", per_hour)
        return replace(before, per_hour=hour, per_day=before.per_day if per_day is None else _limit("--per-day", per_day))

    _change(lambda: f"by {_provider(by)}" if by is not None else f"to {_to(to or '')}", change, clock_of(context), json)


@warm_up.command("start")
def start(
    context: typer.Context,
    domain: Domain,
    first_day: Annotated[int, typer.Option(min=1, metavar="N", help="So many letters on the first day.")] = 50,
    doubles_in_days: Annotated[float, typer.Option(min=0.5, max=365, metavar="DAYS", help="Twice as many after so many days.")] = 7,
    at_most: Annotated[int | None, typer.Option(min=1, metavar="N", help="Up to so many a day.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Warm a domain up from today on (UTC): 'mail warm-up start example.com --first-day 50 --at-most 5000'. Begun anew, it begins anew.

    'forecast' knows the same schedule ('sending'), and says before you begin whether campaigns will fit into it.
    """
    now = clock_of(context)
    plan = WarmUp(began_at=now(), first_day=first_day, doubles_in_days=doubles_in_days, at_most=at_most)
    _change(lambda: f"from {_domain('DOMAIN', domain)}", lambda before: replace(before, warm_up=plan), now, json)


@warm_up.command("end")
def end(context: typer.Context, domain: Domain, json: Json = False) -> None:
    """Warm a domain up no longer: as many letters go as there are."""
    _change(lambda: f"from {_domain('DOMAIN', domain)}", lambda before: replace(before, warm_up=None), clock_of(context), json)


def _change(lane: Callable[[], str], change: Callable[[Pace], Pace], now: Clock, json: bool) -> None:
    async def carry_out() -> tuple[str, Pace, Pace, int]:
        name = lane()
        async with database() as db, db.transaction() as session:
            before = (await pace.settings(session)).get(name, Pace())
            after = change(before)
            if after == before:
                return name, before, after, 0
            values = {"before": to_jsonable_python(before), "after": to_jsonable_python(after)}
            await audit.note(session, system_user(), Deed.PACE_SET, On.SENDING, name, at := now(), **values)
            return name, before, after, await pace.set_(session, name, after, at)

    name, before, after, again = run(carry_out())
    if json:
        say_json({"lane": name, "changed": after != before, **asdict(after), "asking_again": again})
    elif after == before:
        say(f"Nothing changed: letters '{name}' go like this already.", "green")
    else:
        say(f"It holds from now on for letters '{name}'. {number(again, 'letter')} that waited for it ask again.", "green")


async def _look(now: datetime) -> tuple[dict[str, Pace], dict[str, Count], list[pace.Waiting], HandingOut | None]:
    async with database() as db:
        async with db.transaction() as session:
            seen = await pace.settings(session), await pace.counts(session), await pace.waiting(session, now)
        try:
            async with temporal(library_of(db)) as client:
                return *seen, await pacing.handing_out(client)
        except Away as away:
            remark(f"{away}. How fast it hands out letters is not known.")
            return *seen, None


def _row(lane: str, one: Pace, count: Count, now: datetime) -> list[object]:
    day = one.on(now)
    warm = one.warm_up
    grows = f"since {warm.began_at:%Y-%m-%d}, twice as many in {warm.doubles_in_days:g} days" if warm else ""
    return [
        lane,
        f"{count.in_hour:,} of {one.per_hour:,}" if one.per_hour is not None else "",
        f"{count.in_day:,} of {day:,}" if day is not None else "",
        grows + (f", up to {warm.at_most:,}" if warm and warm.at_most else ""),
    ]


def _provider(name: str) -> str:
    if name not in _BY:
        raise WrongInput(f"--by: no letters go by '{name}'; {did_you_mean(name, _BY, 'they go by')}")
    return name


def _to(domain: str) -> str:
    return domain if domain == "*" else _domain("--to", domain)


def _domain(option: str, written: str) -> str:
    domain = written.strip().lower()
    if not _DOMAIN.fullmatch(domain):
        raise WrongInput(f"{option}: '{written}' is no domain; write it like example.com")
    return domain


def _limit(option: str, written: str) -> int | None:
    limit = number_between(option, written, 1, 1_000_000_000)
    if limit is not None and limit != int(limit):
        raise WrongInput(f"{option}: '{written}' is not a whole number of letters")
    return None if limit is None else int(limit)
