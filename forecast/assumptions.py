"""What a forecast assumes of people: who they are, when they come, what they do about letters, and what reps answer.

Shares are in percent. Every value has a default; ``campaigns/assumptions/rates.yaml`` says where each of them comes from.
"""

from datetime import time
from typing import TYPE_CHECKING, Annotated, Final, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nurture.kinds import Fit, Kind, Outcome, Purpose
from nurture.leadside import ActedKind
from nurture.ourside import ObservedKind
from nurture.pace import grown
from nurture.places import country_problem, zone_problem
from nurture.plan.parts import Window
from nurture.plan.spans import Span, Unit
from nurture.profile import Profile

DOABLE: Final = (
    Kind.DEMO_REQUESTED,
    Kind.DOWNLOADED,
    Kind.VISITED,
    Kind.REPLIED,
    Kind.RATED,
    Kind.ISSUE_OPENED,
    *get_args(ActedKind),
    *get_args(ObservedKind),
)
"""What leads can be assumed to do by themselves, or what can be seen of them."""

Percent = Annotated[float, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]


class Assumed(BaseModel, frozen=True, extra="forbid", populate_by_name=True):
    """A part of the assumptions: never changes, and refuses keys that it does not know."""

    if TYPE_CHECKING:  # files are converted, calls are not
        model_config = ConfigDict(strict=True)


class Arrivals(Assumed):
    """When leads come: some on the first day, the others over the whole time, more of them in some months than in others."""

    at_start: Percent = 10
    by_month: Annotated[tuple[Weight, ...], Field(min_length=12, max_length=12)] = (8, 9, 10, 9, 8, 9, 8, 6, 9, 10, 9, 5)

    @model_validator(mode="after")
    def _come_some_time(self) -> Self:
        if not sum(self.by_month):
            raise ValueError("nobody comes in any month; write a number above 0 for at least one of the twelve")
        return self


class Place(Assumed):
    """Where leads live. ``share`` is weighed against the other places."""

    share: Weight
    country: str = ""
    zone: str = "UTC"
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"

    @model_validator(mode="after")
    def _is_on_earth(self) -> Self:
        if problem := country_problem(self.country) or zone_problem(self.zone):
            what, _, fix = problem.partition(": ")
            raise ValueError(f"{what}; {fix}")
        return self


class Companies(Assumed):
    """Companies of one size, and how many percent of them fit us well or poorly; of the others nobody knows it."""

    size: str
    share: Weight
    good: Percent = 0
    poor: Percent = 0

    @model_validator(mode="after")
    def _is_a_whole(self) -> Self:
        if self.good + self.poor > 100:
            raise ValueError(f"good and poor together are {self.good + self.poor:g} percent; write 100 at most")
        return self

    @property
    def fits(self) -> dict[Fit, float]:
        return {Fit.GOOD: self.good, Fit.POOR: self.poor, Fit.UNKNOWN: 100 - self.good - self.poor}


class Reactions(Assumed):
    """What follows from one letter, each in percent of those who got it; nothing follows for the others."""

    click: Percent = 2.7
    reply: Percent = 0.8
    download: Percent = 1.5
    refuse: Percent = 0.2
    bounce: Percent = 0.4
    absence: Percent = 2.0

    @model_validator(mode="after")
    def _is_a_whole(self) -> Self:
        total = sum(getattr(self, name) for name in type(self).model_fields)
        if total > 100:
            raise ValueError(f"all that follows from a letter adds up to {total:g} percent; write 100 at most")
        return self


class Letters(Assumed):
    """What follows from letters: usually, by what a letter is for, and by its name. What is not said again is as usual."""

    usual: Reactions = Reactions()
    purposes: dict[Purpose, Reactions] = {
        Purpose.SALES: Reactions(click=2.7, refuse=0.5),
        Purpose.CHECK_IN: Reactions(reply=2.0),
        Purpose.INVITATION: Reactions(click=4.0),
    }
    named: dict[str, Reactions] = {}
    within: Span = Field(default=Span(20, Unit.HOUR), description="Half of what follows comes within so long.")
    away_days: tuple[int, int] = Field(default=(3, 15), description="How many days those are away who send an absence note.")

    def about(self, letter: str, purpose: Purpose) -> Reactions:
        """What follows from this letter."""
        said = self.usual.model_dump()
        for nearer in (self.purposes.get(purpose), self.named.get(letter)):
            if nearer is not None:
                said |= nearer.model_dump(exclude_unset=True)
        return Reactions(**said)


class Work(Assumed):
    """How reps deal with a task: percent that is answered by its deadline, how fast, how late the others are, and what is answered."""

    in_time: Percent = 90
    within: Span = Field(default=Span(8, Unit.HOUR), description="Half of those in time are answered within so long.")
    late_by: Span = Field(default=Span(2, Unit.DAY), description="Half of the others come so long after the deadline, or sooner.")
    answers: dict[Outcome, Weight] = {
        Outcome.NURTURE: 50,
        Outcome.NOT_NOW: 15,
        Outcome.WON: 8,
        Outcome.LOST: 12,
        Outcome.DONE: 60,
        Outcome.NO_ANSWER: 15,
        Outcome.BAD_FIT: 3,
        Outcome.OTHER_CONTACT: 4,
        Outcome.MEETING_SET: 25,
        Outcome.DECLINED: 15,
    }


_DEMO: Final = Work(
    within=Span(1, Unit.HOUR), answers={Outcome.WON: 20, Outcome.NURTURE: 45, Outcome.NOT_NOW: 15, Outcome.LOST: 15, Outcome.BAD_FIT: 5}
)
_RENEWAL: Final = Work(within=Span(3, Unit.DAY), answers={Outcome.WON: 70, Outcome.NURTURE: 15, Outcome.LOST: 15})


class Tasks(Assumed):
    """How reps deal with tasks: usually, and by a task's reason. Of the answers, those that the task allows are weighed."""

    usual: Work = Work()
    reasons: dict[str, Work] = {
        "demo": _DEMO,
        "out_of_nowhere": _DEMO,
        "decision": Work(answers={Outcome.WON: 25, Outcome.NURTURE: 40, Outcome.NOT_NOW: 15, Outcome.LOST: 20}),
        "renewal": _RENEWAL,
        "first_review": Work(answers={Outcome.DONE: 98, Outcome.LOST: 2}),
        "customer_wrote": Work(answers={Outcome.DONE: 97, Outcome.LOST: 3}),
    }

    def about(self, reason: str) -> Work:
        """How a task for this reason is dealt with."""
        said = self.usual.model_dump()
        if reason in self.reasons:
            said |= self.reasons[reason].model_dump(exclude_unset=True)
        return Work(**said)


class Reps(Assumed):
    """The reps: how many, how many tasks each can do on a working day, and when and where they work."""

    number: Annotated[int, Field(ge=0, le=100_000)] = 3
    tasks_a_day: Annotated[float, Field(ge=0, le=1000)] = 12
    country: str = "JP"
    zone: str = "Asia/Tokyo"
    opens: time = Field(default=time(9), alias="from")
    closes: time = Field(default=time(18), alias="to")

    @model_validator(mode="after")
    def _work_somewhere(self) -> Self:
        if problem := country_problem(self.country) or zone_problem(self.zone):
            what, _, fix = problem.partition(": ")
            raise ValueError(f"{what}; {fix}")
        if self.opens >= self.closes:
            raise ValueError(f"the day begins at {self.opens:%H:%M} and must end later, not at {self.closes:%H:%M}")
        return self

    @property
    def window(self) -> Window:
        return Window.model_validate({"from": self.opens, "to": self.closes})

    @property
    def profile(self) -> Profile:
        return Profile(zone=self.zone, country=self.country)


class Contracts(Assumed):
    """What is signed: for how many days, and how many percent of contracts renew by themselves unless the customer leaves."""

    days: Annotated[int, Field(ge=1, le=3660)] = 365
    auto_renews: Percent = 20


class Sending(Assumed):
    """How many mails may leave on a day: few on the first, twice as many after so many days, and so on up to the most."""

    first_day: Annotated[int, Field(ge=1)] | None = None
    doubles_in_days: Annotated[float, Field(gt=0, le=365)] = 7
    at_most: Annotated[int, Field(ge=1)] | None = None

    def limit(self, day: int) -> int | None:
        """The limit of a day, counted from 0; None where there is none."""
        if self.first_day is None:
            return self.at_most
        return grown(day, first_day=self.first_day, doubles_in_days=self.doubles_in_days, at_most=self.at_most)


class Assumptions(Assumed):
    """Everything that a forecast assumes."""

    arrivals: Arrivals = Arrivals()
    campaigns: Annotated[dict[str, Weight], Field(description="Where leads begin, weighed; in the first file where nothing is said.")] = {}
    places: Annotated[tuple[Place, ...], Field(min_length=1)] = (
        Place(share=70, country="JP", zone="Asia/Tokyo", language="ja"),
        Place(share=15, country="US", zone="America/New_York", language="en"),
        Place(share=15, country="GB", zone="Europe/London", language="en"),
    )
    companies: Annotated[tuple[Companies, ...], Field(min_length=1)] = (
        Companies(size="small", share=60, good=10, poor=30),
        Companies(size="medium", share=30, good=30, poor=10),
        Companies(size="large", share=10, good=40, poor=10),
    )
    segments: dict[str, Percent] = {"building_services": 20}
    consent: Percent = Field(default=95, description="Percent of leads that agreed to letters.")
    confirm: Percent = Field(default=70, description="Percent of those who confirm it where a campaign has 'double_opt_in'.")
    letters: Letters = Letters()
    by_themselves: dict[Kind, Percent] = Field(
        default={Kind.DEMO_REQUESTED: 0.4, Kind.DOWNLOADED: 1.5, Kind.VISITED: 4.0}, description="Percent of leads in a month."
    )
    customers: dict[Kind, Percent] = Field(
        default={Kind.USAGE_FELL: 0.8, Kind.ISSUE_OPENED: 1.5, Kind.MILESTONE_REACHED: 1.0}, description="Percent of customers in a month."
    )
    reps: Reps = Reps()
    tasks: Tasks = Tasks()
    asked: dict[str, dict[str, Weight]] = Field(
        default={
            "size": {"small": 60, "medium": 30, "large": 10},
            "relationship": {"0": 40, "1": 35, "2": 18, "3": 7},
            "may_remind": {"yes": 50, "no": 50},
            "why_stuck": {"specific_need": 25, "timing": 45, "window_shopper": 30},
            "plans": {"this_year": 15, "later": 45, "no_plan": 40},
        },
        description="What reps hear where a task asks for it.",
    )
    not_now_days: tuple[int, int] = Field(default=(30, 240), description="How far ahead the date lies that comes with 'not now'.")
    issue_days: tuple[int, int] = Field(default=(1, 14), description="How many days it takes to settle what a customer reports.")
    contracts: Contracts = Contracts()
    sending: Sending = Sending()
