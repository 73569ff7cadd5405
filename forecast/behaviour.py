"""What a made-up lead does: about the letters that it gets, and by itself. It depends on nothing but the lead and what it got."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from math import log
from typing import Final, cast, get_args
from uuid import UUID

from forecast.luck import halving, luck
from forecast.people import Person
from forecast.world import DAY, Habit, World
from nurture.actions import SendTouch
from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.leadside import (
    Absent,
    Acted,
    ActedKind,
    Bounced,
    Clicked,
    ConsentAsked,
    DemoRequested,
    Downloaded,
    IssueOpened,
    OptedOut,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import IssueClosed, Observed, ObservedKind
from nurture.places import zone
from nurture.plan.campaign import Campaign
from nurture.state import LeadState

Deed = Callable[[LeadState, datetime, int], Engagement | None]
"""Something that will be done: what it is, seen from the lead's state at that moment, and the engagement's number; None if it is over."""

MINUTE: Final = timedelta(minutes=1)
_MONTH_DAYS: Final = 365.25 / 12
_HALF_OF_MEAN: Final = log(2)
"""Where chance is the same at every moment, half of all gaps are shorter than this part of their mean."""

_LATEST: Final = 60 * DAY
_MACHINES: Final = 2 * MINUTE
"""How long servers take to send a letter back, or an absence note."""

_ACTED: Final = frozenset(get_args(ActedKind))
_OBSERVED: Final = frozenset(get_args(ObservedKind))


def on_the_minute(at: datetime) -> datetime:
    """The next whole minute: moments that people choose have no seconds."""
    return at.replace(second=0, microsecond=0) + MINUTE


def after_letter(world: World, person: Person, campaign: Campaign, touch: SendTouch) -> tuple[datetime, Deed, str] | None:
    """What follows from a letter, when, and what it is called; None where nothing does."""
    what, when, more = luck(f"{world.seed}:{person.number}:letter:{touch.enrollment}.{touch.visit}.{touch.step}", 3)
    kind = world.reactions(campaign, touch.letter).at(what)
    assumed = world.assumed.letters
    match kind:
        case None:
            return None
        case "bounce":
            return on_the_minute(touch.at + _MACHINES), _bounced, kind
        case "absence":
            least, most = assumed.away_days
            away = least + int(more * (most - least + 1))
            return on_the_minute(touch.at + _MACHINES), partial(_absent, away), kind
    hours = assumed.within.exact or assumed.within.days * DAY
    at = on_the_minute(touch.at + min(timedelta(seconds=halving(when, hours.total_seconds())), _LATEST))
    content = world.contents(campaign).at(more) if kind == "download" else None
    match kind:
        case "reply":
            return at, _replied, kind
        case "refuse":
            return at, partial(_refused, campaign.topic), kind
        case "download" if content:
            return at, partial(_downloaded, content), kind
        case _:
            return at, partial(_clicked, touch.letter), "click"


def confirmed_at(world: World, person: Person, asked: ConsentAsked) -> datetime | None:
    """When the lead confirms its consent; None where it does not, or not in time."""
    sure, when, *_ = luck(f"{world.seed}:{person.number}:confirm")
    within = world.assumed.letters.within
    hours = within.exact or within.days * DAY
    at = on_the_minute(asked.at + min(timedelta(seconds=halving(when, hours.total_seconds())), _LATEST))
    return at if sure * 100 < world.assumed.confirm and at < asked.until else None


def next_by_itself(world: World, person: Person, habit: Habit, time: int, since: datetime) -> datetime | None:
    """When the lead does this by itself for the time of this number, counted from 0; None when that is after the forecast's end."""
    (gap,) = luck(_event(world, person, habit, time), 1)
    days = halving(gap, _HALF_OF_MEAN * _MONTH_DAYS * 100 / habit.percent)
    if days > world.days:
        return None
    at = on_the_minute(since + days * DAY)
    return at if at < world.ends_at else None


def by_itself(world: World, person: Person, habit: Habit, time: int, at: datetime, seq: int) -> Engagement:
    """What the lead does by itself, for the time of this number."""
    _, more = luck(_event(world, person, habit, time), 2)
    content, kind = world.contents(person.campaign).at(more) or "", habit.kind
    match kind:
        case Kind.DEMO_REQUESTED:
            return DemoRequested(at=at, seq=seq)
        case Kind.DOWNLOADED if content:
            return Downloaded(at=at, seq=seq, content=content)
        case Kind.DOWNLOADED | Kind.VISITED:
            return Visited(at=at, seq=seq, content=content or "pricing")
        case Kind.REPLIED:
            return Replied(at=at, seq=seq)
        case Kind.RATED:
            return Rated(at=at, seq=seq, rating=int(more * 11))
        case Kind.ISSUE_OPENED:
            return IssueOpened(at=at, seq=seq, issue=_issue(person, time))
        case _ if kind in _ACTED:
            return Acted(at=at, seq=seq, kind=cast(ActedKind, kind))
        case _:
            return Observed(at=at, seq=seq, kind=cast(ObservedKind, kind))


def settled(world: World, person: Person, habit: Habit, time: int, opened_at: datetime) -> tuple[datetime, Deed]:
    """When what a customer reported is settled."""
    _, _, more = luck(_event(world, person, habit, time), 3)
    least, most = world.assumed.issue_days
    return on_the_minute(opened_at + (least + more * (most - least)) * DAY), partial(_settled, _issue(person, time))


def _event(world: World, person: Person, habit: Habit, time: int) -> str:
    return f"{world.seed}:{person.number}:{habit.name}:{time}"


def _issue(person: Person, time: int) -> UUID:
    return UUID(int=(person.id.int + time + 1) % 2**128)


def _bounced(state: LeadState, at: datetime, seq: int) -> Engagement:
    return Bounced(at=at, seq=seq)


def _absent(days: int, state: LeadState, at: datetime, seq: int) -> Engagement:
    today: date = at.astimezone(zone(state.profile.zone)).date()
    return Absent(at=at, seq=seq, until=today + days * DAY)


def _replied(state: LeadState, at: datetime, seq: int) -> Engagement:
    return Replied(at=at, seq=seq)


def _refused(topic: str, state: LeadState, at: datetime, seq: int) -> Engagement:
    return OptedOut(at=at, seq=seq, topic=topic)


def _downloaded(content: str, state: LeadState, at: datetime, seq: int) -> Engagement:
    return Downloaded(at=at, seq=seq, content=content)


def _clicked(letter: str, state: LeadState, at: datetime, seq: int) -> Engagement:
    return Clicked(at=at, seq=seq, letter=letter)


def _settled(issue: UUID, state: LeadState, at: datetime, seq: int) -> Engagement | None:
    return IssueClosed(at=at, seq=seq, issue=issue) if issue in state.issues else None
