"""What conditions in campaign files may ask about a lead."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from nurture.enrollment import Enrollment
from nurture.kinds import Depth, Kind
from nurture.memory import Tally
from nurture.places import zone
from nurture.profile import Value
from nurture.state import LeadState

FAR: Final = 99_999
"""Days to the end of a contract that has none, and since something that never was."""

_DOWNLOADED: Final = f"{Kind.DOWNLOADED}:"

_UNKNOWN: Final[Mapping[str, Value]] = {"number": 0, "yes_no": False, "date": ""}
"""What a field is before anybody has said it; a choice is empty."""


def today(state: LeadState, now: datetime) -> date:
    """The date in the lead's zone."""
    return now.astimezone(zone(state.profile.zone)).date()


class Facts(Mapping[str, object]):
    """The facts of a lead by name, as ``conditions.FACTS`` lists them, and the campaign's own fields. Each is told when it is asked for."""

    __slots__ = ("_enrollment", "_fields", "_now", "_state")

    def __init__(self, state: LeadState, enrollment: Enrollment, now: datetime) -> None:
        self._state = state
        self._enrollment = enrollment
        self._now = now
        self._fields = enrollment.campaign.fields

    def __getitem__(self, name: str) -> object:
        plan = self._fields.get(name)
        if plan is None:
            return _TOLD[name](self._state, self._enrollment, self._now)
        known = self._state.memory.field(name)
        return _unknown(plan) if known is None else known

    def __iter__(self) -> Iterator[str]:
        return iter({**_TOLD, **self._fields})

    def __len__(self) -> int:
        return len({**_TOLD, **self._fields})


def facts_of(state: LeadState, enrollment: Enrollment, now: datetime) -> Facts:
    """What conditions of this enrollment's campaign may ask at ``now``."""
    return Facts(state, enrollment, now)


_Tell = Callable[[LeadState, Enrollment, datetime], object]


def _times(what: str) -> _Tell:
    return lambda state, enrollment, now: state.memory.times(what)


def _ever(what: str) -> _Tell:
    return lambda state, enrollment, now: state.memory.times(what) > 0


def _downloaded(depth: Depth, state: LeadState, enrollment: Enrollment) -> list[Tally]:
    depths = enrollment.campaign.contents
    downloads = [tally for tally in state.memory.tallies if tally.what.startswith(_DOWNLOADED)]
    return [tally for tally in downloads if depths.get(tally.what.removeprefix(_DOWNLOADED)) is depth] if downloads else downloads


def _downloads(depth: Depth) -> _Tell:
    return lambda state, enrollment, now: sum(tally.times for tally in _downloaded(depth, state, enrollment))


_DEEPER: Final = frozenset({Kind.DEMO_REQUESTED, Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED, Kind.TRIAL_STARTED})
_A_WHILE: Final = timedelta(days=180)


def _downloads_top_alone(state: LeadState, enrollment: Enrollment, now: datetime) -> int:
    """Different contents about the problem that were downloaded in the last 180 days, each with nothing deeper 180 days before it."""
    if not state.memory.tallies:
        return 0
    taken = [tally.last_at for tally in _downloaded(Depth.TOP, state, enrollment)]
    if not taken:
        return 0
    depths, since = enrollment.campaign.contents, now - _A_WHILE
    for tally in state.memory.tallies:
        kind, _, content = tally.what.partition(":")
        if kind in _DEEPER or depths.get(content) in (Depth.MIDDLE, Depth.BOTTOM):
            since = max(since, tally.last_at + _A_WHILE)
    return sum(at > since for at in taken)


def _recent_score(state: LeadState, enrollment: Enrollment, now: datetime) -> int:
    memory = state.memory
    return memory.recent(enrollment.campaign.scoring.recent.days, now.date()) if memory.points else 0


def _days_since(then: datetime | None, now: datetime) -> int:
    return (now - then).days if then else FAR


def _days_to_contract_end(state: LeadState, enrollment: Enrollment, now: datetime) -> int:
    ends_on = state.contract.ends_on if state.contract else None
    return (ends_on - today(state, now)).days if ends_on else FAR


_TOLD: Final[Mapping[str, _Tell]] = {
    "score": lambda state, enrollment, now: state.memory.score,
    "history": lambda state, enrollment, now: state.memory.acts,
    "rating": lambda state, enrollment, now: state.memory.rating,
    "downloads": _times(Kind.DOWNLOADED),
    "visits": _times(Kind.VISITED),
    "clicks": _times(Kind.CLICKED),
    "replies": _times(Kind.REPLIED),
    "demos": _times(Kind.DEMO_REQUESTED),
    "quotes": _times(Kind.QUOTE_REQUESTED),
    "meetings": _times(Kind.MEETING_BOOKED),
    "seminars": _times(Kind.ATTENDED),
    "proposals": _times(Kind.PROPOSAL_SENT),
    "missed_calls": _times(Kind.CALL_UNANSWERED),
    "praises": _times(Kind.PRAISED),
    "referrals": _times(Kind.REFERRED),
    "milestones": _times(Kind.MILESTONE_REACHED),
    "subscribed": _ever(Kind.SUBSCRIBED),
    "follows": _ever(Kind.FOLLOWED),
    "on_trial": _ever(Kind.TRIAL_STARTED),
    "budgeted": _ever(Kind.BUDGETED),
    "is_open_deal": _ever(Kind.DEAL_OPENED),
    "usage_fell": lambda state, enrollment, now: state.memory.is_later(Kind.USAGE_FELL, Kind.USAGE_RECOVERED),
    "stage": lambda state, enrollment, now: state.stage,
    "track": lambda state, enrollment, now: enrollment.track,
    "country": lambda state, enrollment, now: state.profile.country,
    "language": lambda state, enrollment, now: state.profile.language,
    "fit": lambda state, enrollment, now: str(state.profile.fit),
    "segment": lambda state, enrollment, now: state.profile.segment,
    "touches": lambda state, enrollment, now: enrollment.touches,
    "unanswered": lambda state, enrollment, now: state.unanswered,
    "human_steps": lambda state, enrollment, now: enrollment.human_steps,
    "days_since_enrolled": lambda state, enrollment, now: (now - enrollment.enrolled_at).days,
    "days_since_act": lambda state, enrollment, now: _days_since(state.memory.acted_at, now),
    "days_since_touch": lambda state, enrollment, now: _days_since(state.touch_at, now),
    "is_customer": lambda state, enrollment, now: state.contract is not None,
    "days_to_contract_end": _days_to_contract_end,
    "issues": lambda state, enrollment, now: len(state.issues),
    "complaints": lambda state, enrollment, now: len(state.complaints),
    "recent_score": _recent_score,
    "downloads_top_alone": _downloads_top_alone,
    **{f"downloads_{depth}": _downloads(depth) for depth in Depth},
}
"""How each fact is told."""


def _unknown(plan: tuple[str, ...] | str) -> Value:
    return "" if isinstance(plan, tuple) else _UNKNOWN[plan]
