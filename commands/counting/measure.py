"""``measure``: what a campaign came to, by letter, by the sides of its splits, along its plan, and by the hours of leads' answers."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from commands.console import Json, WrongInput, number, remark, run, say, say_json, show, table
from commands.front import Clock, clock_of, database
from nurture.counting.shares import Gap, Share
from nurture.counting.trials import OUTCOMES, Side, Sides, Trial
from nurture.plan.problems import did_you_mean
from store.campaigns import campaigns, effects
from store.campaigns.effects import Hour, Leaving, LetterResult, Period

_WEEK: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_ROWS: Final = 12
_FEW: Final = 30
"""With fewer leads on a side a split tells nearly nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was counted of a campaign. Shares come with the interval that the true share lies in, 95 of 100 times."""

    campaign: str
    within_days: int
    enrolled: dict[str, Share]
    letters: list[LetterResult]
    splits: list[Trial]
    off_the_plan: Share
    leavings: list[Leaving]
    hours: list[Hour]


def measure(
    context: typer.Context,
    campaign: Annotated[
        str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name, all its editions together.", show_default=False)
    ],
    within: Annotated[int, typer.Option(min=1, max=730, help="How many days an answer may take to be counted.")] = 30,
    json: Json = False,
) -> None:
    """Say what a campaign came to: letters, the sides of its splits and hold-outs, where leads left the plan, and when they answer.

    Every share comes with the interval that the true one lies in, 95 of 100 times: of few leads little is known, and the interval says so.
    Only leads that have had the whole time to answer are counted. Nothing is changed.
    """
    measured = run(_measure(campaign, within, clock_of(context)))
    if json:
        say_json(_as_json(measured))
    else:
        _draw(measured)


async def _measure(name: str, within: int, clock: Clock) -> Measured:
    async with database() as db, db.transaction() as session:
        editions = await effects.editions_of(session, name)
        if not editions:
            known = [one.name for one in await campaigns.running(session)]
            fix = did_you_mean(name, known, "there are") if known else "no campaign was started"
            raise WrongInput(f"there is no campaign '{name}'; {fix}")
        period, refs = Period(now=clock(), within=timedelta(days=within)), [*editions]
        sides = Sides(editions)
        async for one in effects.drawn(session, editions, period):
            sides.add(one)
        return Measured(
            campaign=name,
            within_days=within,
            enrolled=await effects.enrolled(session, name, period),
            letters=await effects.letters_of(session, refs, period),
            splits=sides.trials(),
            off_the_plan=await effects.off_the_plan(session, name, refs),
            leavings=await effects.leavings(session, refs),
            hours=await effects.hours(session, name),
        )


def _draw(m: Measured) -> None:
    say(f"{m.campaign}: what came of it within {number(m.within_days, 'day')}", "bold")
    of = m.enrolled[OUTCOMES[0]].of
    if of:
        shares = ", ".join(f"{_share(m.enrolled[name])} {name}" for name in OUTCOMES)
        say(f"Of {number(of, 'lead')} that had the whole time since they were enrolled: {shares}.")
    else:
        say("Nobody has been enrolled for so long yet.")
    _draw_letters(m.letters)
    for trial in m.splits:
        _draw_trial(trial)
    _draw_path(m)
    _draw_hours(m.hours)


def _draw_letters(letters: list[LetterResult]) -> None:
    shown = table("!letter", "!sent", "answered", "clicked", "replied", "refused", "came back", "!too lately", title="Letters")
    show(
        shown,
        (
            [one.letter, f"{one.outcomes['answered'].of:,}", *(_share(each) for each in one.outcomes.values()), f"{one.too_fresh:,}"]
            for one in letters
        ),
    )


def _draw_trial(trial: Trial) -> None:
    shown = table("!side", "leads to", "!leads", *OUTCOMES, title=f"Split at {trial.step}, against side {trial.base}")
    show(shown, ([f"{side.place}", _where(side), f"{side.leads:,}", *(_result(side, name) for name in OUTCOMES)] for side in trial.sides))
    if min(side.leads for side in trial.sides) < _FEW:
        remark(f"A side with fewer than {_FEW} leads tells nearly nothing yet.")


def _where(side: Side) -> str:
    there = f"'{side.go}'" if side.go else "on in its track"
    return f"{there}, a hold-out without letters" if side.is_hold_out else f"{there}: {', '.join(side.letters)}"


def _result(side: Side, outcome: str) -> Text:
    said = Text(_share(side.outcomes[outcome]))
    gap = side.against.get(outcome)
    if gap is None:
        return said
    style = ("green" if (gap.by > 0) == (outcome != "refused") else "red") if gap.is_told else "dim"
    return said.append(f"\n{_gap(gap)}", style)


def _draw_path(m: Measured) -> None:
    off = m.off_the_plan
    say(f"{number(off.count, 'lead')} of {off.of:,} that were enrolled ever left the plan by a rule or a human: {_share(off)}.")
    shown = table("where to", "after the letter", "by", "!leads", title="Where leads left the plan")
    rows = m.leavings[:_MOST_ROWS]
    show(shown, ([one.what.partition(": ")[2], one.after or "none yet", one.by or "a human", f"{one.leads:,}"] for one in rows))
    if len(m.leavings) > len(rows):
        say(f"and {number(len(m.leavings) - len(rows), 'way')} with fewer leads; --json has all")


def _draw_hours(hours: list[Hour]) -> None:
    counted = {(one.weekday, one.hour): one.answers for one in hours}
    most = max(counted.values(), default=0)
    shown = table("!hour", *(f"!{day}" for day in _WEEK), title="When leads answer, on their own clocks")
    for column in shown.columns[1:]:
        column.justify = "right"
    wanted = sorted({hour for _, hour in counted})
    show(
        shown,
        (
            [
                f"{hour:02}:00",
                *(
                    Text(f"{counted[day, hour]:,}" if (day, hour) in counted else "", "bold" if counted.get((day, hour)) == most else "")
                    for day in range(1, 8)
                ),
            ]
            for hour in wanted
        ),
    )


def _share(one: Share) -> str:
    return f"{one.part:.1%} ({one.low:.1%} to {one.high:.1%})" if one.part is not None else "–"


def _gap(gap: Gap) -> str:
    said = f"{100 * gap.by:+.1f} points ({100 * gap.low:+.1f} to {100 * gap.high:+.1f})"
    return f"{said}: a difference" if gap.is_told else f"{said}: cannot be told"


def _as_json(measured: Measured) -> dict[str, Any]:
    told = asdict(measured)
    for trial, found in zip(told["splits"], measured.splits, strict=True):
        for side, one in zip(trial["sides"], found.sides, strict=True):
            side["is_hold_out"] = one.is_hold_out
            for name, gap in one.against.items():
                if gap is not None:
                    side["against"][name]["is_told"] = gap.is_told
    return told
