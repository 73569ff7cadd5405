"""What would come of a decision: the lead's next weeks with it and without it, played by the core, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nurture.plan.campaign import Campaign
from nurture.why.decisions import Decision as Decided
from nurture.why.history import History
from nurture.why.playing import Coming
from nurture.why.supposing import Future, NotThereYet, Supposed, suppose
from store.desk.steering import Decision
from web.desk.retold import retold
from web.moments import from_now, in_zone
from web.words import words

AHEAD: Final = timedelta(days=180)
_LINES: Final = 6
_AT_ONCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Something that is to come: when, what, and why."""

    at: str
    left: str
    what: str
    why: str
    is_other: bool
    """It comes only so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """``says`` is the difference in a sentence; ``then`` and ``otherwise`` are what comes first with the decision, and without it.

    ``then_due`` and ``otherwise_due`` are what the lead waits for in the end, where all that comes before is there.
    """

    says: str
    then: tuple[Ahead, ...]
    otherwise: tuple[Ahead, ...]
    then_due: str
    otherwise_due: str


def effect_of(
    decision: Decision, history: History, current: Mapping[str, Campaign], now: datetime, zone: str, language: str
) -> Effect | None:
    """Play both futures; None for a lead that is in no campaign. Nothing is sent, and nothing is written down."""
    since = max(now, history.latest_at or now)
    try:
        futures = suppose(history, current, Supposed(coming=(Coming(at=since, engagement=decision),)), since, since + AHEAD)
    except NotThereYet:
        return None
    this, that = _told(futures.supposed, since), _told(futures.as_it_is, since)
    return Effect(
        says=_difference(this, that, zone, language),
        then=tuple(_line(one, that, now, zone, language) for one in this[:_LINES]),
        otherwise=tuple(_line(one, this, now, zone, language) for one in that[:_LINES]),
        then_due=retold(futures.supposed.due, language) if len(this) <= _LINES else "",
        otherwise_due=retold(futures.as_it_is.due, language) if len(that) <= _LINES else "",
    )


def _told(future: Future, since: datetime) -> list[Decided]:
    """What reaches somebody, and where plan and rules lead; not the decision itself, nor what is noted of it."""
    return [one for one in future.decisions if one.at >= since and (one.of in ("letter", "task", "word") or one.by)]


def _difference(this: list[Decided], that: list[Decided], zone: str, language: str) -> str:
    w = words(language)
    then, otherwise = _first_letter(this), _first_letter(that)
    facts = {
        "letter": then.letter if then else "",
        "at": in_zone(then.at, zone, language) if then else "",
        "other": otherwise.letter if otherwise else "",
        "other_at": in_zone(otherwise.at, zone, language) if otherwise else "",
    }
    if then is None:
        code = "effect_letter_gone" if otherwise else "effect_no_letter"
    elif otherwise is None:
        code = "effect_letter_new"
    elif then.letter != otherwise.letter:
        code = "effect_other_letter"
    else:
        code = "effect_same_letter" if then.at == otherwise.at else "effect_other_time"
    return w[code].format(**facts)


def _first_letter(told: list[Decided]) -> Decided | None:
    return next((one for one in told if one.letter), None)


def _line(one: Decided, other: list[Decided], now: datetime, zone: str, language: str) -> Ahead:
    w = words(language)
    return Ahead(
        at=in_zone(one.at, zone, language),
        left=from_now(one.at, now, language) if one.at > now + _AT_ONCE else w["effect_at_once"],
        what=w["effect_letter"].format(letter=one.letter) if one.letter else retold(one.what, language),
        why=retold(one.why, language),
        is_other=(one.at, one.what) not in {(each.at, each.what) for each in other},
    )
