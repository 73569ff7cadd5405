"""The figures as a manager reads them: shares with how sure they are, lengths of time, and the geometry of their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from nurture.counting.shares import Share
from store.looks.figures import Stay
from store.looks.handoffs import Handoffs
from store.looks.renewals import WITHIN_DAYS, Renewal, State
from store.looks.reputation import Arrivals
from web.desk.stagerange import stage_name
from web.desk.taskviews import called
from web.words import words

FEW: Final = 30
"""Of fewer a share tells nearly nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A share as a bar: ``part``, and from ``low`` to ``high`` where the true one lies, all of 100. ``text`` says all three."""

    part: float
    low: float
    high: float
    text: str
    few: bool


def bar(share: Share, digits: int = 0) -> Bar:
    """The share with its interval; of nobody there is none."""
    if share.part is None:
        return Bar(part=0, low=0, high=0, text="–", few=False)
    text = f"{share.part:.{digits}%} ({share.low:.{digits}%}–{share.high:.{digits}%})"
    return Bar(part=100 * share.part, low=100 * share.low, high=100 * share.high, text=text, few=share.of < FEW)


def length(hours: float | None, language: str) -> str:
    """A length of time in words: hours up to two days, then days."""
    w = words(language)
    if hours is None:
        return "–"
    return w["fig_hours"].format(n=f"{hours:.0f}") if hours < 48 else w["fig_days"].format(n=f"{hours / 24:.0f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """How long leads stay in a stage. ``at`` and from ``first`` to ``last`` are the middle one and the middle half, of 100."""

    stage: str
    text: str
    left: int
    here: int
    here_for: str
    at: float
    first: float
    last: float
    few: bool


def stay_views(stays: Sequence[Stay], language: str) -> list[StayView]:
    """The stages on one scale, which ends where the longest middle half does."""
    longest = max([stay.longest or 0 for stay in stays] + [1])
    return [
        StayView(
            stage=stage_name(stay.stage, language),
            text=length(None if stay.days is None else 24 * stay.days, language),
            left=stay.left,
            here=stay.here,
            here_for=length(None if stay.here_days is None else 24 * stay.here_days, language),
            at=100 * (stay.days or 0) / longest,
            first=100 * (stay.shortest or 0) / longest,
            last=100 * (stay.longest or 0) / longest,
            few=0 < stay.left < FEW,
        )
        for stay in stays
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffView:
    """Handoffs of one reason, rep or team."""

    name: str
    opened: int
    missed: int
    ahead: int
    kept: Bar
    answered: str


def handoff_view(by: str, one: Handoffs, language: str) -> HandoffView:
    """In words; a rep is called by name."""
    w = words(language)
    name = {"reason": called(one.name, language), "team": w.get(f"team_{one.name}", one.name), "rep": one.name or w["fig_nobody"]}
    return HandoffView(
        name=name.get(by, ""),
        opened=one.opened,
        missed=one.kept.of - one.kept.count,
        ahead=one.ahead,
        kept=bar(one.kept),
        answered=length(one.hours, language),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a bar of 100: where it begins, how wide it is, and what it counts."""

    kind: str
    at: float
    wide: float
    count: int


def renewal_pieces(renewals: Sequence[Renewal], today: date) -> dict[int, list[Piece]]:
    """For each of 30, 60 and 90 days the contracts that end until then, by how they stand, on one scale."""
    until = {days: [one for one in renewals if one.ends_on <= today + timedelta(days=days)] for days in WITHIN_DAYS}
    most = max([len(within) for within in until.values()] + [1])
    return {days: _pieces({state: sum(one.state is state for one in within) for state in State}, most) for days, within in until.items()}


def _pieces(counts: dict[State, int], most: int) -> list[Piece]:
    pieces, at = list[Piece](), 0.0
    for kind, count in counts.items():
        wide = 100 * count / most
        pieces.append(Piece(kind=kind, at=at, wide=wide, count=count))
        at += wide
    return pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """The letters of a day as a column: heights of 100 from below, first those that arrived, then those nobody told of, then bounces."""

    day: date
    arrivals: Arrivals
    at: float
    wide: float
    delivered: float
    untold: float
    bounced: float


def day_views(letters: dict[date, Arrivals], first: date, last: date) -> list[DayView]:
    """A column for every day of the period, also where no letter went; from about three months on, for every week."""
    step = 1 if (last - first).days <= 100 else 7
    count = (last - first).days // step + 1
    columns = [_together(letters, first + timedelta(days=step * no), step) for no in range(count)]
    most = max([one.sent for one in columns] + [1])
    return [
        DayView(
            day=first + timedelta(days=step * no),
            arrivals=one,
            at=100 * no / count,
            wide=100 / count * 0.8,
            delivered=100 * one.delivered / most,
            untold=100 * max(one.sent - one.delivered - one.bounced, 0) / most,
            bounced=100 * one.bounced / most,
        )
        for no, one in enumerate(columns)
    ]


def _together(letters: dict[date, Arrivals], first: date, days: int) -> Arrivals:
    found = [letters[day] for no in range(days) if (day := first + timedelta(days=no)) in letters]
    return Arrivals(**{name: sum(getattr(one, name) for one in found) for name in Arrivals.__dataclass_fields__})
