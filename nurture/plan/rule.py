"""A rule as marketing writes it: what sets it off, and the track that it leads to."""

from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from nurture.frozen import dataclass
from nurture.kinds import Kind, Outcome
from nurture.plan.parts import Condition, FieldName, Part, Slug
from nurture.plan.spans import Span


class When(Part):
    """What sets a rule off: something that happened, silence, too many touches, a date, or a condition that comes true."""

    engagement: Kind | None = None
    content: Slug | None = Field(default=None, description="Only for this content (with an engagement that has one).")
    outcome: Outcome | None = Field(default=None, description="A rep's answer to a task.")
    colleague: Kind | None = Field(default=None, description="Another lead of the same company did this.")
    answered: Outcome | None = Field(default=None, description="With colleague: task_completed, what a rep answered about the colleague.")
    silence: Span | None = Field(default=None, description="Time since the first letter that was not answered.")
    touches: int | None = Field(
        default=None, ge=1, description="Letters without an answer; alone: letters in this campaign without its goal."
    )
    quiet_after: Kind | None = Field(default=None, description="With 'for': the lead has done nothing since this, for so long.")
    for_: Span | None = Field(default=None, alias="for")
    contract_ends_in: Span | None = Field(default=None, description="Time left until the customer's contract ends.")
    date: FieldName | None = Field(default=None, description="A date field of the lead; with 'ahead', so long before it.")
    ahead: Span | None = None
    becomes: Condition | None = Field(default=None, description="A condition that comes true, such as score >= 20.")
    enters: Slug | None = Field(default=None, description="The lead comes into this track.")
    leaves: Slug | None = Field(default=None, description="The lead leaves this track.")
    reaches: Slug | None = Field(default=None, description="The customer reaches this stage.")

    @cached_property
    def trigger(self) -> str:
        """What sets the rule off, by the name of its key; ``touches`` where it stands alone."""
        return next((name for name in _TRIGGERS if getattr(self, name) is not None), "touches")

    def hears_of(self, kind: Kind) -> bool:
        """Whether engagements of this kind may set the rule off."""
        if (kind is Kind.TASK_COMPLETED and self.outcome) or (kind is Kind.COLLEAGUE_ACTED and self.colleague):
            return True
        return self.engagement is kind

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"engagement": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_trigger(self) -> "When":
        set_off_by = [name for name in _TRIGGERS if getattr(self, name) is not None]
        if len(set_off_by) > 1 or not (set_off_by or self.touches):
            raise ValueError(f"a rule needs exactly one of {', '.join(_TRIGGERS)} or touches")
        if self.touches and set_off_by not in ([], ["silence"]):
            raise ValueError("touches goes alone or with silence")
        if self.content and self.engagement not in _WITH_CONTENT:
            raise ValueError("content goes with an engagement that has one, such as downloaded or visited")
        if (self.quiet_after is None) != (self.for_ is None):
            raise ValueError("quiet_after and for go together")
        if self.answered and self.colleague is not Kind.TASK_COMPLETED:
            raise ValueError("answered goes with colleague: task_completed")
        if self.ahead and self.date is None:
            raise ValueError("ahead goes with date")
        return self


_TRIGGERS = (
    "engagement",
    "outcome",
    "colleague",
    "silence",
    "quiet_after",
    "contract_ends_in",
    "date",
    "becomes",
    "enters",
    "leaves",
    "reaches",
)
_WITH_CONTENT = (
    Kind.DOWNLOADED,
    Kind.VISITED,
    Kind.ATTENDED,
    Kind.SUBSCRIBED,
    Kind.FOLLOWED,
    Kind.QUOTE_REQUESTED,
    Kind.TRIAL_STARTED,
    Kind.MEETING_BOOKED,
    Kind.PRAISED,
    Kind.MILESTONE_REACHED,
)
OF_TIME = ("silence", "touches", "quiet_after", "contract_ends_in", "date", "becomes")


class Rule(Part):
    """Moves a lead to another track, from wherever it is or only from the tracks named."""

    name: Slug
    when: When
    within: tuple[Slug, ...] = Field(default=(), alias="in", description="Only while in one of these tracks; anywhere when left out.")
    condition: str | None = Field(default=None, alias="if", description="A condition on the lead's facts.", max_length=500)
    go: Slug

    def leads_on_from(self, track: str) -> bool:
        """Whether this rule is for leads in that track."""
        return track != self.go and (not self.within or track in self.within)

    @property
    def of_time(self) -> "TimeRule | None":
        """The rule in plain fields, where time sets it off rather than something that happens."""
        when = self.when
        if not any(getattr(when, name) is not None for name in OF_TIME):
            return None
        return TimeRule(
            rule=self,
            name=self.name,
            condition=self.condition,
            trigger=when.trigger,
            silence=when.silence,
            touches=when.touches or 1,
            quiet_after=when.quiet_after,
            quiet_for=when.for_,
            contract_ends_in=when.contract_ends_in,
            date=when.date or "",
            ahead=when.ahead,
            becomes=when.becomes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """A rule that time sets off. Every decision looks at it, so its fields are plain ones: those of a ``Part`` are slow to get at."""

    rule: Rule
    name: str
    condition: str | None
    trigger: str
    silence: Span | None
    touches: int
    quiet_after: Kind | None
    quiet_for: Span | None
    contract_ends_in: Span | None
    date: str
    ahead: Span | None
    becomes: str | None
