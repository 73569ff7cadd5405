"""The world of a forecast: its campaigns, its assumptions made ready to be drawn from, and the time that it covers."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from forecast.assumptions import Assumptions, Companies, Place, Work
from forecast.luck import Odds
from nurture.calendar import moment_of
from nurture.kinds import Depth, Fit, Kind, Outcome
from nurture.plan.campaign import Campaign
from nurture.plan.parts import Window
from nurture.profile import Profile

DAY: Final = timedelta(days=1)
_DOWNLOADED: Final = {Depth.TOP: 60.0, Depth.MIDDLE: 25.0, Depth.BOTTOM: 15.0}
"""How contents are weighed against each other by their depth: more is read about a problem than about us."""


@dataclass(frozen=True, slots=True)
class Habit:
    """Something that leads do by themselves: so many percent of them in a month."""

    kind: Kind
    percent: float
    name: str


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that lives depend on. The same world gives the same lives, in whatever process they are lived.

    ``campaigns`` are by name, the first is where leads begin unless the assumptions say otherwise. The forecast covers ``days`` days from
    ``begins_on``, which begins at midnight where the reps are.
    """

    campaigns: dict[str, Campaign]
    assumed: Assumptions
    seed: int
    begins_on: date
    days: int
    _reactions: dict[tuple[str, str], Odds[str]] = field(default_factory=dict, repr=False)
    _work: dict[str, Work] = field(default_factory=dict, repr=False)
    _answers: dict[tuple[str, tuple[Outcome, ...]], Odds[Outcome]] = field(default_factory=dict, repr=False)
    _choices: dict[tuple[str, tuple[str, ...]], Odds[str]] = field(default_factory=dict, repr=False)
    _contents: dict[str, Odds[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def office(self) -> tuple[Window, Profile]:
        """When and where the reps are at work."""
        return self.assumed.reps.window, self.assumed.reps.profile

    @cached_property
    def starts_at(self) -> datetime:
        return moment_of(self.begins_on, time(), self.office[1])

    @cached_property
    def ends_at(self) -> datetime:
        return self.starts_at + self.days * DAY

    @cached_property
    def places(self) -> Odds[Place]:
        return Odds({place: place.share for place in self.assumed.places})

    @cached_property
    def companies(self) -> Odds[tuple[Companies, Odds[Fit]]]:
        """Companies of one size, each with how well they fit."""
        return Odds({(companies, Odds(companies.fits)): companies.share for companies in self.assumed.companies})

    @cached_property
    def segments(self) -> Odds[str]:
        return Odds(self.assumed.segments, 100)

    @cached_property
    def beginnings(self) -> Odds[str]:
        """The campaigns in which leads begin."""
        wanted = {name: weight for name, weight in self.assumed.campaigns.items() if name in self.campaigns}
        return Odds(wanted if any(wanted.values()) else {next(iter(self.campaigns)): 1.0})

    @cached_property
    def arrival_days(self) -> Odds[int]:
        """The days on which leads arrive, counted from 0."""
        months = self.assumed.arrivals.by_month
        days = [self.begins_on + day * DAY for day in range(self.days)]
        weights = {day: months[on.month - 1] for day, on in enumerate(days)}
        return Odds(weights if any(weights.values()) else dict.fromkeys(weights, 1.0))

    @cached_property
    def habits(self) -> tuple[Habit, ...]:
        return tuple(Habit(kind, percent, kind) for kind, percent in self.assumed.by_themselves.items() if percent)

    @cached_property
    def habits_of_customers(self) -> tuple[Habit, ...]:
        return tuple(Habit(kind, percent, f"customer {kind}") for kind, percent in self.assumed.customers.items() if percent)

    def reactions(self, campaign: Campaign, letter: str) -> Odds[str]:
        """What follows from a letter of a campaign, in percent."""
        key = campaign.name, letter
        if key not in self._reactions:
            self._reactions[key] = Odds(self.assumed.letters.about(letter, campaign.purpose(letter)).model_dump(), 100)
        return self._reactions[key]

    def work(self, reason: str) -> Work:
        """How reps deal with a task for this reason."""
        if reason not in self._work:
            self._work[reason] = self.assumed.tasks.about(reason)
        return self._work[reason]

    def answers(self, reason: str, allowed: tuple[Outcome, ...]) -> Odds[Outcome]:
        """What reps answer to a task that allows these outcomes; all are alike where nothing is assumed of any of them."""
        key = reason, allowed
        if key not in self._answers:
            weights = {outcome: self.work(reason).answers.get(outcome, 0.0) for outcome in allowed}
            self._answers[key] = Odds(weights if any(weights.values()) else dict.fromkeys(allowed, 1.0))
        return self._answers[key]

    def choices(self, name: str, offered: tuple[str, ...]) -> Odds[str]:
        """What reps hear when they ask for a field that offers these; all are alike where nothing is assumed of any of them."""
        key = name, offered
        if key not in self._choices:
            weights = {choice: weight for choice, weight in self.assumed.asked.get(name, {}).items() if choice in offered}
            self._choices[key] = Odds(weights if any(weights.values()) else dict.fromkeys(offered, 1.0))
        return self._choices[key]

    def contents(self, campaign: Campaign) -> Odds[str]:
        """What there is to download."""
        if campaign.name not in self._contents:
            self._contents[campaign.name] = Odds({content: _DOWNLOADED[depth] for content, depth in campaign.contents.items()})
        return self._contents[campaign.name]

    def day_of(self, at: datetime) -> int:
        """The day of a moment, counted from 0."""
        return (at - self.starts_at) // DAY
