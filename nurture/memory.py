"""What is remembered of everything that a lead did: how often, when last, and how many points it is worth."""

from datetime import date, datetime, timedelta
from typing import Final

from nurture.engagements import Engagement
from nurture.frozen import dataclass, replace
from nurture.kinds import Kind, Outcome
from nurture.leadside import Rated
from nurture.ourside import TaskCompleted
from nurture.plan.campaign import Scoring
from nurture.profile import Value, Values

_MOST: Final = 60
"""How many different things are remembered of a lead; of others only that they happened, with their kind."""

_LONGEST: Final = 366
"""Days that points can count as recent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something happened, and when last. ``what`` is a kind, or a kind and a content: ``downloaded`` or ``downloaded:guide``."""

    what: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything of interest in a lead's past. ``points`` holds what was earned on which day (UTC), as far back as may count as recent."""

    tallies: tuple[Tally, ...] = ()
    score: int = 0
    points: tuple[tuple[date, int], ...] = ()
    acts: int = 0
    acted_at: datetime | None = None
    """How often the lead did something by itself, and when last."""
    rating: int = -1
    fields: Values = ()

    def times(self, what: str) -> int:
        """How often it happened."""
        for tally in self.tallies:
            if tally.what == what:
                return tally.times
        return 0

    def last(self, what: str) -> datetime | None:
        """When it last happened."""
        for tally in self.tallies:
            if tally.what == what:
                return tally.last_at
        return None

    def is_later(self, what: str, other: str) -> bool:
        """Whether the one happened, and the other not since."""
        at, since = self.last(what), self.last(other)
        return at is not None and (since is None or at > since)

    def field(self, name: str) -> Value | None:
        for known, value in self.fields:
            if known == name:
                return value
        return None

    def knowing(self, learned: Values) -> "Memory":
        """The same memory with these fields."""
        if not learned:
            return self
        return replace(self, fields=tuple(sorted({**dict(self.fields), **dict(learned)}.items())))

    def recent(self, days: int, today: date) -> int:
        """The points of the last ``days`` days."""
        if not self.points:
            return 0
        since = today - timedelta(days=days)
        return sum(points for day, points in self.points if day > since)

    def after(self, engagement: Engagement, scoring: Scoring) -> "Memory":
        """What is remembered after an engagement. A content earns its points once, wherever it was placed."""
        content = getattr(engagement, "content", "") or getattr(engagement, "letter", "")
        known = f"{engagement.kind}:{content}"
        is_new = not self.times(known)
        memory = self._counting(str(engagement.kind), engagement.at)
        if content and (not is_new or len(memory.tallies) < _MOST):
            memory = memory._counting(known, engagement.at)
        if isinstance(engagement, TaskCompleted) and engagement.outcome is Outcome.NO_ANSWER:
            memory = memory._counting(Kind.CALL_UNANSWERED, engagement.at)
        if engagement.by_lead:
            memory = replace(memory, acts=memory.acts + 1, acted_at=max(engagement.at, memory.acted_at or engagement.at))
        if isinstance(engagement, Rated):
            memory = replace(memory, rating=engagement.rating)
        return memory._earning(scoring.worth(engagement.kind, content), engagement.at.date()) if is_new else memory

    def _counting(self, what: str, at: datetime) -> "Memory":
        before = next((tally for tally in self.tallies if tally.what == what), None)
        if before is None:
            return replace(self, tallies=(*self.tallies, Tally(what=what, times=1, last_at=at)))
        now = Tally(what=what, times=before.times + 1, last_at=max(at, before.last_at))
        return replace(self, tallies=tuple(now if tally is before else tally for tally in self.tallies))

    def _earning(self, points: int, day: date) -> "Memory":
        if not points:
            return self
        days = {known: earned for known, earned in self.points if known > day - timedelta(days=_LONGEST)}
        days[day] = days.get(day, 0) + points
        return replace(self, score=self.score + points, points=tuple(sorted(days.items())))


REMEMBERED: Final = frozenset(Kind) - {
    Kind.ENROLLED,
    Kind.PROFILE_CHANGED,
    Kind.HELD,
    Kind.RELEASED,
    Kind.EDITION_CHANGED,
    Kind.FACTS_LEARNED,
    Kind.REDIRECTED,
    Kind.STEERED,
    Kind.LETTER_WRITTEN,
    Kind.HANDED_OVER,
    Kind.ERASED,
    Kind.CONSENT_ASKED,
    Kind.OPTED_IN,
    Kind.FREQUENCY_CHOSEN,
}
"""The kinds that are counted."""

NOTHING: Final = Memory()
"""Of a lead that has only just come in."""
