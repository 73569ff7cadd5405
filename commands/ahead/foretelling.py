"""What a forecast says in the terminal, and to programs."""

from dataclasses import asdict
from itertools import groupby
from typing import Any, Final

from commands.console import number, say, show, table
from forecast.findings import Forecast
from forecast.verdicts import verdicts

_MOST_ROWS: Final = 12


def show_forecast(f: Forecast) -> None:
    """The figures that matter, as tables and sentences."""
    until = f.dates[-1]
    say(f"{number(f.leads, 'lead')} from {f.begins_on:%d %b %Y} to {until:%d %b %Y}", "bold")
    _show_months(f)
    _show_handoffs(f)
    _show_stages(f)
    won = f.contracts
    say(f"Contracts: {won['won']:,} won, {won['renewed']:,} renewed; {number(won['left'], 'customer leaves', 'customers leave')}.")
    for verdict in verdicts(f):
        say(verdict.text, "yellow" if verdict.is_warning else "green")


def _show_months(f: Forecast) -> None:
    rows = []
    for (year, month), group in groupby(range(f.days), key=lambda day: (f.dates[day].year, f.dates[day].month)):
        days = list(group)
        work, sending = [d for d in days if f.desk.capacity[d]], [d for d in days if f.mails[d]]
        per_rep = sum(f.desk.opened[d] for d in days) / max(len(work), 1) / max(f.reps, 1)
        rows.append(
            [
                f"{year}-{month:02}",
                f"{sum(f.arrivals[d] for d in days):,}",
                f"{sum(f.mails[d] for d in days):,}",
                f"{sum(f.mails[d] for d in sending) / max(len(sending), 1):,.0f}",
                f"{max(f.mails[d] for d in days):,}",
                f"{sum(f.desk.opened[d] for d in days):,}",
                f"{per_rep:.1f}" if f.reps else "–",
                f"{sum(f.desk.missed[d] for d in days):,}",
            ]
        )
    columns = ("!month", "!new leads", "!mails", "!a sending day", "!most on a day", "!tasks", "!a rep and day", "!deadlines missed")
    shown = table(*columns, title="Month by month")
    for column in shown.columns[1:]:
        column.justify = "right"
    show(shown, rows)


def _show_handoffs(f: Forecast) -> None:
    shown = table("!reason", "!campaign", "!tasks", "!answered late", "answers", title="Handoffs by reason")
    for column in shown.columns[2:4]:
        column.justify = "right"
    rows = f.handoffs[:_MOST_ROWS]
    show(
        shown,
        (
            [
                row.reason,
                row.campaign,
                f"{row.opened:,}",
                f"{row.late / row.opened:.0%}",
                ", ".join(f"{n:,} {outcome.replace('_', ' ')}" for outcome, n in sorted(row.answers.items(), key=lambda one: -one[1])[:5]),
            ]
            for row in rows
        ),
    )
    if len(f.handoffs) > len(rows):
        rest = f.handoffs[len(rows) :]
        say(f"and {number(sum(row.opened for row in rest), 'task')} for {number(len(rest), 'other reason')}")


def _show_stages(f: Forecast) -> None:
    shown = table("!on", *(f"!{stage}" for stage in f.stages), title="Leads by stage")
    for column in shown.columns[1:]:
        column.justify = "right"
    days = sorted({round((f.days - 1) * part / 4) for part in range(5)})
    rows = []
    for day in days:
        everyone = sum(leads[day] for leads in f.stages.values()) or 1
        rows.append([f"{f.dates[day]:%d %b %Y}", *(f"{leads[day] / everyone:.1%}" for leads in f.stages.values())])
    show(shown, rows)


def as_json(f: Forecast) -> dict[str, Any]:
    """The same for programs: totals, and what is counted by day as lists that begin on ``begins_on``."""
    return {
        **asdict(f),
        "missed_deadlines": f.missed,
        "needed_reps": f.needed_reps,
        "letters_nobody_gets": [f"{row.campaign}/{row.letter}" for row in f.silent_letters],
        "tracks_nobody_enters": [f"{row.campaign}/{row.track}" for row in f.empty_tracks],
        "warnings": [verdict.text for verdict in verdicts(f) if verdict.is_warning],
    }
