"""A track as marketing writes it: ordered steps that belong to a stage of the customer."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from nurture.kinds import Audience, Hours, Kind, Outcome
from nurture.plan.parts import Condition, FieldName, Part, Slug
from nurture.plan.spans import Span, Unit
from nurture.profile import Value


class TaskPlan(Part):
    """A piece of work for a sales rep. A deadline in hours counts from when the lead's window is open."""

    reason: Slug
    say: str = Field(default="", max_length=500, description="What the rep should do, in a sentence.")
    deadline: Span = Span(2, Unit.WORKING_DAY)
    to: Audience = Field(
        default=Audience.REPS, description="Who has it: the reps, the rep named for the lead, the leader, service or marketing."
    )
    checklist: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(), max_length=12, description="Questions that the rep answers in words before the task can be completed."
    )
    asks: tuple[FieldName, ...] = Field(default=(), description="Fields that the rep fills in; they steer the lead from then on.")
    outcomes: tuple[Outcome, ...] = Field(default=(), description="What the rep may answer; the usual answers when left out.")
    artefact: bool = Field(default=False, description="The rep attaches a link to what was made for this lead.")
    named: bool = Field(default=False, description="Whoever completes it becomes the lead's owner, for good.")


class _Step(Part):
    name: Slug | None = Field(default=None, description="How reports call this step; needed only to tell two alike apart.")


class Late(StrEnum):
    """What becomes of a step whose time has passed when a lead comes to it, or of a letter that could not go in time."""

    NOW = "now"
    SKIP = "skip"
    HUMAN = "human"


class Lateness(Part):
    """When a letter that could not go in time is too late, and what becomes of it then. Caps, windows and holds make no letter late."""

    after: Span
    then: Late


class Email(_Step):
    """Send a letter, inside the window and under the cap."""

    email: Slug
    condition: Condition | None = Field(default=None, alias="if", description="Passed over where this does not hold.")
    sender: Literal["company", "owner"] = Field(
        default="company", alias="from", description="In whose name: the company's, or that of the rep who is named for the lead."
    )
    late: Lateness | None = Field(default=None, description="When this letter is too late, and what then; as the campaign says, else.")


class Until(Part):
    """A moment to wait for: a date of the lead's with an offset, or the next such weekday and hour on the lead's clock."""

    until: str = Field(
        max_length=60, examples=["contract_end", "tue 09:30"], description="contract_end, a date field, or a weekday and hour."
    )
    plus: Span | None = None
    minus: Span | None = None
    late: Late = Late.NOW


class Pause(_Step):
    """Let time pass."""

    wait: Span | Until


class Awaited(Part):
    """What a lead is waited for: any of these engagements, or a condition that comes true, and for how long."""

    any: tuple[Kind | Annotated[str, Field(pattern=r"^[a-z_]+:[a-z0-9_-]+$")], ...] = Field(
        default=(), description="Engagements, such as replied or downloaded:pricing_guide."
    )
    condition: Condition | None = Field(default=None, alias="if")
    at_most: Span
    then: Slug | None = Field(default=None, description="The track to go to when it came; else the next step.")
    silence: Slug | None = Field(default=None, description="The track to go to when nothing came; else the next step.")

    @model_validator(mode="after")
    def _waits_for_something(self) -> "Awaited":
        if not self.any and self.condition is None:
            raise ValueError("wait_for needs 'any' with engagements, or 'if' with a condition")
        return self

    @property
    def in_words(self) -> str:
        """What is waited for, as the file says it."""
        return " or ".join(filter(None, (", ".join(self.any), self.condition)))


class WaitFor(_Step):
    """Wait for the lead to do something, for so long and no longer."""

    wait_for: Awaited


class Way(Part):
    """One way of a branch. Without a condition it is for everyone else; without a track the lead goes on with the next step."""

    condition: Condition | None = Field(default=None, alias="if")
    go: Slug | None = None


class Branch(_Step):
    """Go the first way whose condition holds; on with the next step when there is none."""

    branch: Annotated[tuple[Way, ...], Field(min_length=1)]


class Share(Part):
    """One way of a split, with its weight. Without a track the lead goes on with the next step."""

    share: int = Field(ge=0, le=1000)
    go: Slug | None = None


class Split(_Step):
    """Divide leads by weight. A lead always falls to the same side."""

    split: Annotated[tuple[Share, ...], Field(min_length=2)]

    @field_validator("split")
    @classmethod
    def _has_weight(cls, ways: tuple[Share, ...]) -> tuple[Share, ...]:
        if not sum(way.share for way in ways):
            raise ValueError("a split needs at least one share above 0")
        return ways


class MessagePlan(Part):
    """A message on another channel, by a person: in a social network, by hand on paper, by telephone text."""

    channel: Slug
    say: str = Field(default="", max_length=500, description="What to write, in a sentence.")
    deadline: Span = Span(3, Unit.WORKING_DAY)


class Message(_Step):
    """Have a rep reach the lead on another channel, and go on once that is done."""

    message: MessagePlan


class Set(_Step):
    """Remember something about the lead."""

    set: dict[FieldName, Value]


class SetHours(_Step):
    """Move the lead's letters to the early or late half of the window, to the other half than so far, or back to all of it."""

    hours: Hours | Literal["flip"]


class NoticePlan(Part):
    """Word to somebody of us; the automation goes on."""

    to: Audience = Audience.REPS
    say: str = Field(max_length=500)


class Notify(_Step):
    """Tell the reps, the lead's owner or the leader."""

    notify: NoticePlan


class Task(_Step):
    """Hand the lead to a rep and stay silent until the rep answers."""

    task: TaskPlan


class Go(_Step):
    """Continue in another track."""

    go: Slug


class EnrollIn(_Step):
    """Begin another campaign for this lead."""

    enroll: Slug


class End(_Step):
    """This campaign is over for this lead, for the reason given."""

    end: Slug


STEPS: dict[str, type[Part]] = {
    "email": Email,
    "wait": Pause,
    "wait_for": WaitFor,
    "task": Task,
    "message": Message,
    "branch": Branch,
    "split": Split,
    "set": Set,
    "hours": SetHours,
    "notify": Notify,
    "go": Go,
    "enroll": EnrollIn,
    "end": End,
}
"""What a step can begin with."""


def _kind_of_step(step: Any) -> str | None:
    if isinstance(step, dict):
        return next((key for key in step if key in STEPS), None)
    return next((key for key, kind in STEPS.items() if isinstance(step, kind)), None)


Step = Annotated[
    Annotated[Email, Tag("email")]
    | Annotated[Pause, Tag("wait")]
    | Annotated[WaitFor, Tag("wait_for")]
    | Annotated[Task, Tag("task")]
    | Annotated[Message, Tag("message")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[Split, Tag("split")]
    | Annotated[Set, Tag("set")]
    | Annotated[SetHours, Tag("hours")]
    | Annotated[Notify, Tag("notify")]
    | Annotated[Go, Tag("go")]
    | Annotated[EnrollIn, Tag("enroll")]
    | Annotated[End, Tag("end")],
    Discriminator(
        _kind_of_step,
        custom_error_type="unknown_step",
        custom_error_message=f"a step begins with one of {', '.join(STEPS)}",
    ),
]


class Track(Part):
    """Ordered steps that belong to a stage of the customer. After the last step the lead rests here until a rule moves it."""

    stage: str = ""
    steps: tuple[Step, ...] = ()

    @cached_property
    def step_names(self) -> tuple[str, ...]:
        """How its steps are called, in their order."""
        return tuple(name_of_step(self, index) for index in range(len(self.steps)))


def name_of_step(track: Track, index: int) -> str:
    """How a step is called in keys and reports: its name, its letter or its reason, else its kind and place."""
    step = track.steps[index]
    match step:
        case _ if step.name:
            return step.name
        case Email():
            return step.email
        case Task():
            return step.task.reason
        case Message():
            return step.message.channel
        case _:
            return f"{_kind_of_step(step)}-{index + 1}"
