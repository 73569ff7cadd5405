"""A campaign as marketing writes it: tracks of ordered steps, and rules that move a lead between tracks."""

import hashlib
from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from nurture.kinds import Kind, Outcome
from nurture.spans import Span, Unit

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
"""A name that is safe everywhere: in files, ids and Temporal's histories."""


class Part(BaseModel):
    """A piece of a campaign file: never changes, and refuses keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Weekday(StrEnum):
    """The days of the week, Monday first, in the order of ``date.weekday()``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Window(Part):
    """When letters may go out, in the lead's own zone. Holidays are those of the lead's country."""

    days: tuple[Weekday, ...] = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)
    opens: time = Field(default=time(9), alias="from")
    closes: time = Field(default=time(17), alias="to")
    holidays: bool = Field(default=True, description="Keep the holidays of the lead's country free.")
    always: bool = Field(default=False, description="Day and night, every day: for machines, not for people.")

    @field_validator("opens", "closes")
    @classmethod
    def _is_a_wall_clock(cls, moment: time) -> time:
        if moment.tzinfo is not None or moment.microsecond:
            raise ValueError("a window is written as hours and minutes on the lead's own clock, such as 09:00")
        return moment

    @model_validator(mode="after")
    def _is_a_window(self) -> "Window":
        if not self.always and self.opens >= self.closes:
            raise ValueError(f"the window opens at {self.opens:%H:%M} and must close later, not at {self.closes:%H:%M}")
        if not self.always and not self.days:
            raise ValueError("a window needs at least one day")
        return self


class Cap(Part):
    """At most ``touches`` letters in any ``per``, over all campaigns of the lead. 0 means no cap."""

    touches: int = Field(default=2, ge=0, le=100)
    per: Span = Span(7, Unit.DAY)


class TaskPlan(Part):
    """A piece of work for a sales rep. A deadline in hours counts from when the lead's window is open."""

    reason: Slug
    say: str = Field(default="", max_length=500, description="What the rep should do, in a sentence.")
    deadline: Span = Span(2, Unit.WORKING_DAY)


class _Step(Part):
    name: Slug | None = Field(default=None, description="How reports call this step; needed only to tell two alike apart.")


class Email(_Step):
    """Send a letter, inside the window and under the cap."""

    email: Slug


class Pause(_Step):
    """Let time pass."""

    wait: Span


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


_KEYS = {"email": Email, "wait": Pause, "task": Task, "go": Go, "enroll": EnrollIn, "end": End}


def _kind_of_step(step: Any) -> str | None:
    if isinstance(step, dict):
        return next((key for key in step if key in _KEYS), None)
    return next((key for key, kind in _KEYS.items() if isinstance(step, kind)), None)


Step = Annotated[
    Annotated[Email, Tag("email")]
    | Annotated[Pause, Tag("wait")]
    | Annotated[Task, Tag("task")]
    | Annotated[Go, Tag("go")]
    | Annotated[EnrollIn, Tag("enroll")]
    | Annotated[End, Tag("end")],
    Discriminator(
        _kind_of_step,
        custom_error_type="unknown_step",
        custom_error_message="a step begins with one of email, wait, task, go, enroll, end",
    ),
]


class Track(Part):
    """Ordered steps that belong to a stage of the customer. After the last step the lead rests here until a rule moves it."""

    stage: str = ""
    steps: tuple[Step, ...] = ()


class When(Part):
    """What sets a rule off: something that happened, silence, too many touches, or a contract that nears its end."""

    engagement: Kind | None = None
    content: Slug | None = Field(default=None, description="Only for this content (with engagement: downloaded or visited).")
    outcome: Outcome | None = Field(default=None, description="A rep's answer to a task.")
    silence: Span | None = Field(default=None, description="Time since the first letter that was not answered.")
    touches: int | None = Field(
        default=None, ge=1, description="Letters without an answer; alone: letters in this campaign without its goal."
    )
    contract_ends_in: Span | None = Field(default=None, description="Time left until the customer's contract ends.")

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"engagement": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_trigger(self) -> "When":
        set_off_by = [name for name in ("engagement", "outcome", "silence", "contract_ends_in") if getattr(self, name) is not None]
        if len(set_off_by) > 1 or not (set_off_by or self.touches):
            raise ValueError("a rule needs exactly one of engagement, outcome, silence, touches or contract_ends_in")
        if self.touches and set_off_by not in ([], ["silence"]):
            raise ValueError("touches goes alone or with silence")
        if self.content and self.engagement not in (Kind.DOWNLOADED, Kind.VISITED):
            raise ValueError("content goes with engagement: downloaded or visited")
        return self


class Rule(Part):
    """Moves a lead to another track, from wherever it is or only from the tracks named."""

    name: Slug
    when: When
    within: tuple[Slug, ...] = Field(default=(), alias="in", description="Only while in one of these tracks; anywhere when left out.")
    condition: str | None = Field(default=None, alias="if", description="A condition on the lead's facts.", max_length=500)
    go: Slug


class Form(Part):
    """A form on the company's site. Whoever sends it is enrolled in this campaign, and what they did is an engagement."""

    engagement: Kind
    contents: tuple[Slug, ...] = Field(default=(), description="What can be asked for; the form's field 'content' names one.")
    consent: str = Field(default="", max_length=500, description="The text beside the tick box, kept as proof.")
    thanks: str = Field(default="", max_length=500, description="Where a browser goes afterwards; a page of our own when left out.")

    @model_validator(mode="after")
    def _can_be_sent(self) -> "Form":
        if self.engagement not in (Kind.DOWNLOADED, Kind.DEMO_REQUESTED):
            raise ValueError("a form's engagement is downloaded or demo_requested")
        if self.engagement is Kind.DOWNLOADED and not self.contents:
            raise ValueError("a download form needs contents")
        return self


class Campaign(Part):
    """One version of a campaign. It never changes; ``ref`` names it by its content, and runs under way keep theirs."""

    campaign: Slug
    topic: Slug = Field(description="What a lead agrees to hear about, and can refuse.")
    language: str = Field(default="en", pattern=r"^[a-z]{2}$", description="The language of a letter that has none in the lead's.")
    start: Slug = Field(description="The track that a lead enters first.")
    horizon: Span = Span(730, Unit.DAY)
    window: Window = Window()
    cap: Cap = Cap()
    forms: dict[Slug, Form] = {}
    tracks: dict[Slug, Track]
    rules: tuple[Rule, ...] = ()

    @property
    def name(self) -> str:
        return self.campaign

    @cached_property
    def ref(self) -> str:
        """``name@hash``: the same words give the same ref on every machine."""
        return f"{self.campaign}@{hashlib.sha256(self.to_json().encode()).hexdigest()[:16]}"

    @cached_property
    def time_rules(self) -> tuple[Rule, ...]:
        """The rules that time sets off, rather than something that happens."""
        return tuple(rule for rule in self.rules if rule.when.engagement is None and rule.when.outcome is None)

    def to_json(self) -> str:
        """Every value written out, defaults too, so that a default that changes later changes no run under way."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

    @classmethod
    def restore(cls, ref: str, snapshot: str) -> "Campaign":
        """Read what ``to_json`` wrote, under the ref that it was kept by."""
        campaign = cls.model_validate_json(snapshot)
        campaign.__dict__["ref"] = ref
        return campaign

    @property
    def letters(self) -> list[str]:
        """Every letter that a lead could get, in the order of the file."""
        return list(dict.fromkeys(step.email for track in self.tracks.values() for step in track.steps if isinstance(step, Email)))


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
        case _:
            return f"{_kind_of_step(step)}-{index + 1}"


def _to_ref(campaign: Campaign, info: SerializationInfo) -> str:
    if info.context is not None:
        info.context.add(campaign.ref)
    return campaign.ref


def _from_ref(value: Any, info: ValidationInfo) -> Campaign:
    if isinstance(value, Campaign):
        return value
    if info.context is None or value not in info.context:
        raise ValueError(f"the campaign {value} is not at hand")
    return cast(Campaign, info.context[value])


CampaignByRef = Annotated[Campaign, PlainSerializer(_to_ref, return_type=str), PlainValidator(_from_ref, json_schema_input_type=str)]
"""A campaign that travels as its ref. Reading takes a ``{ref: Campaign}`` mapping as context; writing adds the ref to a set."""
