"""``whatif``: forks a lead's life at a date, supposes something else, and shows both futures side by side. It only reads."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.text import Text

from commands.console import Json, WrongInput, out, printable, remark, run, say_json, show, table
from commands.front import clock_of, database
from commands.looking import found
from commands.moments import read_day, read_moment_or_day, there
from commands.why.omissions import read_without
from commands.why.suppositions import FORMS, read_all
from nurture.places import zone
from nurture.plan.campaign import FieldPlan
from nurture.why.decisions import Decision, facts_in_words
from nurture.why.explaining import campaigns_of
from nurture.why.playing import Turn
from nurture.why.retelling import difference, retell
from nurture.why.supposing import Future, Futures, Supposed, suppose
from store.journeys.retelling import editions, history_of

_AHEAD: Final = timedelta(days=180)
_FARTHEST: Final = timedelta(days=5 * 366)


_JUST_BEFORE: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    since: str | None
    changes: Sequence[str]
    without: Sequence[str]
    until: str | None

    @property
    def words(self) -> list[str]:
        return [*self.changes, *(f"without {omission}" for omission in self.without)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    lead: UUID
    futures: Futures
    zone: str
    since: datetime
    until: datetime
    is_exact: bool


def whatif(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="The lead's id, or its mail address.", show_default=False)],
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Where its life forks: the beginning of a day like 2027-03-01, or a moment; with --without, just before that came.",
            show_default=False,
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANGE", help=f"What is otherwise; may be given several times: {FORMS}.", show_default=False),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SIGNAL",
            help="What really came in and is left out, like 'replied', 'downloaded pricing_guide' or 'replied at 2027-01-10'; "
            "may be given several times.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="How far to play; 180 days from today when left out.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Play what would happen to one lead if something were otherwise, beside what happens as it is.

    In both futures letters are delivered, and nobody answers who has not answered really. Nothing is sent, changed or written down.
    """
    wish = _Wish(since=since, changes=change or [], without=without or [], until=until)
    compared = run(_compare(lead, wish, clock_of(context)()))
    if json:
        say_json(_as_json(compared, wish))
    else:
        _draw(compared, wish)


async def _compare(lead: str, wish: _Wish, now: datetime) -> _Compared:
    if not (wish.changes or wish.without):
        raise WrongInput(f"nothing is otherwise: give --change, and {FORMS}; or give --without, like 'replied'")
    if wish.since is None and not wish.without:
        raise WrongInput("--from: say where its life forks, with a day like 2027-03-01")
    async with database() as db:
        lead_id = await found(db, lead)
        async with db.transaction() as session:
            history, current = await history_of(session, lead_id), await editions(session)
    turns = retell(history, max(now, history.latest_at or now))
    zone_name = turns[-1].after.profile.zone if turns else "UTC"
    fork = read_moment_or_day("--from", wish.since, zone_name, now, hour=time.min) if wish.since else None
    without = read_without(wish.without, history.heard, zone_name, fork)
    if fork is None:
        fork = without[0].at - _JUST_BEFORE
    if not turns or turns[0].at > fork:
        first = f"the first thing that is known of it is of {there(turns[0].at, zone_name)}" if turns else "it was never in a campaign"
        raise WrongInput(f"--from: the lead was not there on {wish.since}; {first}")
    supposed = replace(read_all(wish.changes, _plans(turns), zone_name, fork), without=without)
    _is_in(supposed, turns, fork)
    end = _end(wish.until, zone_name, max(now, fork))
    futures = suppose(history, current, supposed, fork, end)
    return _Compared(
        lead=lead_id, futures=futures, zone=zone_name, since=fork, until=end, is_exact=difference(history, retell(history, fork)) is None
    )


def _plans(turns: Sequence[Turn]) -> dict[str, FieldPlan]:
    return {name: plan for enrollment in campaigns_of(turns).values() for name, plan in enrollment.campaign.fields.items()}


def _is_in(supposed: Supposed, turns: Sequence[Turn], fork: datetime) -> None:
    """Another edition changes something only for a lead that is in its campaign. Raises WrongInput."""
    if supposed.campaign is None:
        return
    since = max(place for place, turn in enumerate(turns) if turn.at <= fork)
    theirs = sorted({e.campaign.name for turn in turns[since:] for e in turn.after.enrollments})
    if supposed.campaign.name not in theirs:
        names = ", ".join(theirs) or "no campaign"
        raise WrongInput(f"--change: the lead is not in '{supposed.campaign.name}' then or later; it is in {names}")


def _end(until: str | None, zone_name: str, now: datetime) -> datetime:
    if until is None:
        return now + _AHEAD
    end = datetime.combine(read_day("--until", until), time.max, zone(zone_name)).astimezone(UTC)
    if not now < end <= now + _FARTHEST:
        raise WrongInput(f"--until: {until} is not ahead; give a day after today and after the fork, within five years")
    return end


def _draw(compared: _Compared, wish: _Wish) -> None:
    futures, clock = compared.futures, compared.zone
    shown = table(
        f"!{clock}", "As it is", "Supposed", title=f"From {there(compared.since, clock)}: {'; '.join(map(printable, wish.words))}"
    )
    show(shown, _rows(futures, clock))
    ends = table(f"!{there(compared.until, clock)}", "As it is", "Supposed", title="Where it is in the end")
    this, that = futures.as_it_is, futures.supposed
    show(
        ends,
        [
            ["Stage", this.stage, that.stage],
            ["Where", "\n".join(this.places) or "in no campaign", "\n".join(that.places) or "in no campaign"],
            ["Next", this.due, that.due],
        ],
    )
    if futures.parts_at is None:
        remark("Nothing is otherwise: both futures are the same.")
    if not compared.is_exact:
        remark(
            "What was written down of this lead before the fork is not told again exactly, so the futures may begin from a place beside it."
        )
    out().print(Text("Played only: nothing was sent, changed or written down.", "dim"))


def _rows(futures: Futures, clock: str) -> Iterator[list[object]]:
    """A row for each moment; what happens in both futures stands on both sides, and dim."""
    this, that = ([(one.at, _said(one)) for one in future.decisions] for future in (futures.as_it_is, futures.supposed))
    for at, said in sorted(dict.fromkeys([*this, *that]), key=lambda entry: entry[0]):
        both = (at, said) in this and (at, said) in that
        style = "dim" if both else "bold"
        yield [
            Text(there(at, clock), "dim"),
            Text(printable(said), style) if (at, said) in this else "",
            Text(printable(said), style) if (at, said) in that else "",
        ]


def _said(decision: Decision) -> str:
    facts = f" ({facts_in_words(decision.inputs)})" if decision.inputs else ""
    return f"{decision.what}: {decision.why}{facts}" if decision.why and decision.of == "move" else decision.what


def _as_json(compared: _Compared, wish: _Wish) -> dict[str, object]:
    return {
        "lead": compared.lead,
        "from": compared.since,
        "until": compared.until,
        "changes": list(wish.changes),
        "without": list(wish.without),
        "parts_at": compared.futures.parts_at,
        "told_exactly": compared.is_exact,
        "as_it_is": _future(compared.futures.as_it_is),
        "supposed": _future(compared.futures.supposed),
    }


def _future(future: Future) -> dict[str, object]:
    return {**asdict(future), "decisions": [{**asdict(one), "inputs": dict(one.inputs)} for one in future.decisions]}
