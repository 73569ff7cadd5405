"""What is counted while made-up leads live. It grows with days, letters and tracks, never with leads; two tallies make one."""

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from forecast.people import Person
from forecast.world import World
from nurture.actions import Escalate, HandOff, SendTouch
from nurture.engagements import Engagement
from nurture.kinds import Audience, Outcome, Refusal
from nurture.ourside import TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.standing import Note

_FOR_REPS: Final = (Audience.REPS, Audience.OWNER)


@dataclass(slots=True)
class Counts:
    """Sums over leads. Days are counted from 0; stages hold how many come in (+) and go out (-) on a day."""

    lives: int = 0
    leads: int = 0
    """Those of the lives that begin before the forecast ends."""
    without_consent: int = 0
    arrivals: Counter[int] = field(default_factory=Counter)
    mails: Counter[int] = field(default_factory=Counter)
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    reactions: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unsent: Counter[tuple[str, Refusal]] = field(default_factory=Counter)
    entries: Counter[tuple[str, str]] = field(default_factory=Counter)
    stages: Counter[tuple[int, str]] = field(default_factory=Counter)
    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)
    work: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Tasks for reps by the day on which they are opened and the day of their deadline."""
    escalated: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    contracts: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    """Leads that a campaign would lead on to one that was not given, by its name."""

    def add(self, other: "Counts") -> None:
        """Take in what was counted elsewhere."""
        self.lives += other.lives
        self.leads += other.leads
        self.without_consent += other.without_consent
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, Counter):
                mine.update(theirs)


class Witness:
    """Is told of everything that happens in a life, and counts it."""

    def __init__(self, world: World) -> None:
        self.counts = Counts()
        self._day_of = world.day_of
        self._reasons: dict[object, tuple[str, str]] = {}

    def arrived(self, person: Person, stage: str) -> None:
        day, counts = self._day_of(person.arrives_at), self.counts
        counts.leads += 1
        counts.without_consent += not person.consents
        counts.arrivals[day] += 1
        counts.stages[day, stage] += 1
        self._reasons = {}

    def began(self, campaign: Campaign, at: datetime) -> None:
        self.counts.entries[campaign.name, campaign.start] += 1

    def noted(self, notes: tuple[Note, ...]) -> None:
        """The moves among the notes say which tracks were entered."""
        for note in notes:
            if note.into:
                self.counts.entries[note.ref.partition("@")[0], note.into] += 1

    def sent(self, person: Person, touch: SendTouch, campaign: Campaign) -> None:
        self.counts.mails[self._day_of(touch.at)] += 1
        self.counts.letters[campaign.name, touch.letter] += 1

    def asked(self, touch: SendTouch) -> None:
        """The letter that asks to confirm a consent leaves like every other, and is none of the campaign's."""
        self.counts.mails[self._day_of(touch.at)] += 1

    def unsent(self, campaign: Campaign, reason: Refusal) -> None:
        self.counts.unsent[campaign.name, reason] += 1

    def will_react(self, campaign: Campaign, letter: str, kind: str) -> None:
        self.counts.reactions[campaign.name, letter, kind] += 1

    def handed_off(self, person: Person, task: HandOff) -> None:
        self._reasons[task.task] = task.campaign, task.reason
        self.counts.tasks[task.campaign, task.reason] += 1
        if task.to in _FOR_REPS:
            self.counts.work[self._day_of(task.at), self._day_of(task.deadline_at)] += 1

    def escalated(self, task: Escalate) -> None:
        if task.escalation == 1:
            self.counts.escalated[self._reasons[task.task]] += 1

    def happened(self, person: Person, engagement: Engagement, is_customer: bool) -> None:
        """``is_customer`` says whether there was a contract before."""
        if isinstance(engagement, TaskCompleted):
            self.counts.answers[(*self._reasons[engagement.task], engagement.outcome)] += 1
            if engagement.outcome is Outcome.WON:
                self.counts.contracts["renewed" if is_customer else "won"] += 1
            elif engagement.outcome is Outcome.LOST and is_customer:
                self.counts.contracts["left"] += 1

    def reached(self, before: str, stage: str, at: datetime) -> None:
        day = self._day_of(at)
        self.counts.stages[day, before] -= 1
        self.counts.stages[day, stage] += 1

    def led_beyond(self, campaign: str) -> None:
        self.counts.beyond[campaign] += 1
