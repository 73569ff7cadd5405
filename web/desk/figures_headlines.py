"""The four numbers of the page of figures that one looks at first: leads, deadlines, contracts and letters."""

from dataclasses import dataclass

from nurture.counting.reputation import Verdict
from store.looks.dashboard import Dashboard
from store.looks.renewals import State
from web.desk.figures_views import bar
from web.desk.stagerange import stage_name
from web.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A number with what it is of. ``tone`` is good, bad, or empty."""

    title: str
    number: str
    text: str
    link: str
    tone: str = ""


def headlines(board: Dashboard, language: str) -> list[Headline]:
    """Leads, deadlines, contracts and letters in a number each."""
    w, kept, arrivals = words(language), board.handoffs.all.kept, board.letters.all
    came, unwatched = board.funnel[0].reached.of, sum(one.state is State.UNWATCHED for one in board.renewals)
    warned = [verdict for verdict in arrivals.verdicts.values() if verdict in (Verdict.HIGH, Verdict.TOO_HIGH)]
    half = next((level for level in board.funnel if 2 * level.reached.count < came), None)
    return [
        Headline(
            title=w["fig_leads"],
            number=f"{came:,}",
            text=w["fig_half"].format(stage=stage_name(half.stage, language), share=bar(half.reached).text) if came and half else "",
            link="#funnel",
        ),
        Headline(
            title=w["fig_kept"],
            number=f"{kept.part:.0%}" if kept.part is not None else "–",
            text=w["fig_kept_of"].format(kept=f"{kept.count:,}", of=f"{kept.of:,}"),
            link="#handoffs",
        ),
        Headline(
            title=w["fig_ending"],
            number=f"{len(board.renewals):,}",
            text=w["fig_unwatched"].format(n=f"{unwatched:,}") if unwatched else w["fig_all_watched"],
            link="#renewals",
            tone="bad" if unwatched else "good",
        ),
        Headline(
            title=w["fig_letters"],
            number=f"{arrivals.sent:,}",
            text=w["fig_stopped"] if board.stops or board.blocks else w["fig_warned"] if warned else w["fig_no_warning"],
            link="#letters",
            tone="bad" if warned or board.stops or board.blocks else "good",
        ),
    ]
