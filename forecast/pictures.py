"""The pictures of a forecast, as SVG that stands by itself: the same forecast gives the same bytes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import RcKeyType

from forecast.findings import Forecast

INK: Final = "#22272a"
SOFT: Final = "#626a6d"
LINE: Final = "#e0ddd3"
GREEN: Final = "#2f6f5e"
PALE: Final = "#b9d3c8"
AMBER: Final = "#d08a1d"
RED: Final = "#b3402a"
STAGES: Final = ("#d9d6cc", "#a9c4d9", "#6f9dbf", "#e3b25c", "#5f9c86", "#1f4a40", "#8a7aa8", "#c98474", "#7f8c8d")

_STYLE: Final[dict[RcKeyType, Any]] = {
    "svg.hashsalt": "sodate",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": LINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "ytick.left": False,
}
_WIDE: Final = (10.4, 3.1)
_MOST_BARS: Final = 14


def mails(f: Forecast) -> str:
    """The busiest day and the usual sending day of each week, and what may leave on a day."""
    weeks = _weeks(f)
    begins, days = [_numbers(f)[week[0]] for week in weeks], _numbers(f)
    usual = [sum(f.mails[d] for d in week) / max(sum(f.mails[d] > 0 for d in week), 1) for week in weeks]
    most = max(*f.mails, *f.held_back, 1)
    with _drawn(_WIDE) as (axes, done):
        axes.bar(
            begins, [max(f.mails[d] for d in week) for week in weeks], width=5.8, align="edge", color=PALE, label="busiest day of the week"
        )
        axes.bar(begins, usual, width=5.8, align="edge", color=GREEN, label="usual sending day")
        if any(f.held_back):
            axes.plot(days, f.held_back, color=AMBER, linewidth=1.5, label="wait for the next day")
        if any(limit is not None for limit in f.limits):
            limits = [float("nan") if limit is None or limit > 1.3 * most else limit for limit in f.limits]
            axes.plot(days, limits, color=RED, linewidth=1.5, linestyle="--", label="may leave")
        _dated(axes, f)
        axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0)
        return done()


def work(f: Forecast) -> str:
    """Tasks for each rep on a working day, week by week, beside what one can do."""
    reps, weeks = max(f.reps, 1), _weeks(f)
    each = [sum(f.desk.opened[d] for d in week) / max(sum(f.desk.capacity[d] > 0 for d in week), 1) / reps for week in weeks]
    able = max(f.desk.capacity) / reps
    with _drawn(_WIDE) as (axes, done):
        colours = [RED if any(f.desk.missed[d] for d in week) else GREEN for week in weeks]
        axes.bar([_numbers(f)[week[0]] for week in weeks], each, width=5.8, align="edge", color=colours)
        if able:
            axes.axhline(able, color=RED, linewidth=1.5, linestyle="--")
            axes.annotate(
                f"a rep can do {able:g}",
                (_numbers(f)[-1], able),
                xytext=(0, 5),
                textcoords="offset points",
                ha="right",
                color=RED,
                fontsize=10.5,
            )
        _dated(axes, f)
        axes.set_ylim(0, max([*each, able, 1]) * 1.15)
        return done()


def stages(f: Forecast) -> str:
    """The share of leads in each stage over time."""
    days = list(range(0, f.days, max(f.days // 120, 1)))
    everyone = [sum(leads[day] for leads in f.stages.values()) or 1 for day in days]
    shares = [[100 * leads[day] / total for day, total in zip(days, everyone, strict=True)] for leads in f.stages.values()]
    with _drawn((10.4, 3.6)) as (axes, done):
        colours = [STAGES[place % len(STAGES)] for place in range(len(shares))]
        axes.stackplot([_numbers(f)[day] for day in days], shares, colors=colours, linewidth=0)
        axes.set_ylim(0, 100)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0f} %"))
        _dated(axes, f)
        height, below = 0.0, -10.0
        for stage, share in zip(f.stages, shares, strict=True):
            middle = height + share[-1] / 2
            height += share[-1]
            below = max(middle, below + 6)
            axes.annotate(
                f"{stage}  {share[-1]:.0f} %",
                (1, below / 100),
                xytext=(8, 0),
                xycoords="axes fraction",
                textcoords="offset points",
                va="center",
                fontsize=10.5,
                annotation_clip=False,
            )
        axes.grid(visible=False)
        return done()


def handoffs(f: Forecast) -> str:
    """How many tasks there are for each reason, and how many of them are answered after their deadline."""
    rows = f.handoffs[:_MOST_BARS][::-1]
    with _drawn((10.4, 0.7 + 0.32 * len(rows))) as (axes, done):
        names = [f"{row.reason.replace('_', ' ')}  ({row.campaign})" for row in rows]
        axes.barh(names, [row.opened for row in rows], color=PALE, height=0.66)
        axes.barh(names, [row.late for row in rows], color=AMBER, height=0.66)
        most = max((row.opened for row in rows), default=1)
        for place, row in enumerate(rows):
            axes.text(row.opened + most * 0.008, place, f"{row.opened:,}", va="center", fontsize=10.5)
        axes.set_xlim(0, most * 1.1)
        axes.xaxis.set_visible(False)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="y", labelcolor=INK)
        return done()


@contextmanager
def _drawn(size: tuple[float, float]) -> Iterator[tuple[Axes, Callable[[], str]]]:
    """A sheet to draw on, and what makes an SVG of it."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()

        def done() -> str:
            text = StringIO()
            figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}, transparent=True)
            return text.getvalue().partition("<svg")[1] + text.getvalue().partition("<svg")[2]

        yield axes, done


def _dated(axes: Axes, f: Forecast) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=14)
    axes.xaxis_date()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(_numbers(f)[0], _numbers(f)[-1])
    axes.set_ylim(bottom=0)


def _numbers(f: Forecast) -> list[float]:
    """The days as matplotlib counts them."""
    first = float(date2num(f.begins_on))
    return [first + day for day in range(f.days)]


def _weeks(f: Forecast) -> list[range]:
    """The whole weeks of the forecast, or its days where it has none."""
    return [range(day, day + 7) for day in range(0, f.days - 6, 7)] or [range(f.days)]
