"""A campaign as marketing writes it: tracks of ordered steps, and rules that move a lead between tracks."""

import hashlib
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    field_validator,
)

from nurture.kinds import Depth, Kind, Purpose
from nurture.plan.form import KEPT, Form
from nurture.plan.parts import Cap, FieldName, Part, Slug, Window
from nurture.plan.rule import Rule, TimeRule
from nurture.plan.spans import Span, Unit
from nurture.plan.stories import Stories
from nurture.plan.track import (
    Email,
    Lateness,
    Track,
)


class Scoring(Part):
    """Points for what a lead does. A content may be worth more or less than its kind."""

    points: dict[str, Annotated[int, Field(ge=-100, le=100)]] = Field(
        default={
            "downloaded": 1,
            "visited": 1,
            "clicked": 1,
            "subscribed": 2,
            "followed": 1,
            "attended": 3,
            "replied": 5,
            "trial_started": 8,
            "quote_requested": 10,
            "demo_requested": 10,
            "meeting_booked": 10,
            "budgeted": 10,
        },
        description="By engagement, or by engagement and content: downloaded:pricing_guide.",
    )
    recent: Span = Field(default=Span(30, Unit.DAY), description="How far back points count as recent.")

    def worth(self, kind: Kind, content: str) -> int:
        """The points of something that a lead did."""
        return self.points.get(f"{kind}:{content}", self.points.get(kind, 0))


LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
"""The two letters of a language, as in ISO 639-1."""

FieldPlan = Annotated[tuple[Slug, ...], Field(min_length=1)] | Literal["number", "yes_no", "date"]
"""The choices of a field, or what else it holds."""


class Campaign(Part):
    """One version of a campaign. It never changes; ``ref`` names it by its content, and runs under way keep theirs."""

    campaign: Slug
    topic: Slug = Field(description="What a lead agrees to hear about, and can refuse.")
    topic_names: dict[LanguageCode, Annotated[str, Field(min_length=1, max_length=100)]] | None = Field(
        default=None, description="What the topic is called, by language, where leads choose what they get; its own name when left out."
    )
    double_opt_in: Span | None = Field(
        default=None,
        description="A consent by a form counts only once it is confirmed by the link in a letter, within so long, like '7 days'.",
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2}$", description="The language of a letter that has none in the lead's.")
    start: Slug = Field(description="The track that a lead enters first.")
    horizon: Span = Span(730, Unit.DAY)
    window: Window = Window()
    cap: Cap = Cap()
    sales_cap: Cap = Field(default=Cap(touches=0), description="A cap of their own for letters whose purpose is sales.")
    late: Lateness | None = Field(
        default=None,
        description="When a letter that could not go in time is too late, and what then; left out, it goes however late.",
    )
    least: Span | None = Field(default=None, description="Nobody is left without a touch for longer: then a rep is told.")
    again: Literal["never", "at once"] | Span = Field(
        default="never",
        description="When a lead that this campaign is over for may be enrolled again: never, at once, or after so long, like '180 days'.",
    )
    priority: int = Field(default=0, ge=-100, le=100, description="Of two campaigns of one lead the higher goes first.")
    stages: str = Field(default="btob", description="The stage model: a preset by name.")
    focus: Literal["all", "new_customers", "existing_customers"] = Field(
        default="all", description="In stages outside the focus leads get no letters, so that few people do the rest well."
    )
    off: tuple[Slug, ...] = Field(default=(), description="More stages in which leads get no letters.")
    fields: Annotated[dict[FieldName, FieldPlan], Field(description="What is remembered about a lead beside its profile.")] = {}
    contents: Annotated[dict[Slug, Depth], Field(description="How deep each content is: top, middle or bottom.")] = {}
    purposes: Annotated[dict[Slug, Purpose], Field(description="What each letter is for; help where nothing is said.")] = {}
    scoring: Scoring = Scoring()
    stories: Stories = Field(default=Stories(), description="Stories that are watched for; written out as tracks, rules and fields.")
    forms: dict[Slug, Form] = {}
    tracks: dict[Slug, Track]
    rules: tuple[Rule, ...] = ()

    @field_validator("stories")
    @classmethod
    def _are_written_out(cls, stories: Stories) -> Stories:
        if stories != Stories():
            raise ValueError("stories are written out before a campaign is made of a file")
        return stories

    @property
    def name(self) -> str:
        return self.campaign

    @cached_property
    def ref(self) -> str:
        """``name@hash``: the same words give the same ref on every machine."""
        return f"{self.campaign}@{hashlib.sha256(self.to_json().encode()).hexdigest()[:16]}"

    @cached_property
    def time_rules(self) -> tuple[TimeRule, ...]:
        """The rules that time sets off, rather than something that happens."""
        return tuple(filter(None, (rule.of_time for rule in self.rules)))

    @cached_property
    def rules_by_kind(self) -> dict[Kind, tuple[Rule, ...]]:
        """For each kind of engagement, the rules that one of it may set off, at once or by the stage that it is evidence of."""
        return {kind: tuple(rule for rule in self.rules if rule.when.hears_of(kind) or rule.when.reaches) for kind in Kind}

    @cached_property
    def rules_on_the_way(self) -> tuple[Rule, ...]:
        """The rules that a lead sets off as it leaves a track or comes into one."""
        return tuple(rule for rule in self.rules if rule.when.leaves or rule.when.enters)

    @cached_property
    def time_rules_by_track(self) -> dict[str, tuple[TimeRule, ...]]:
        """For each track, the time rules that may lead on from it."""
        return {name: tuple(one for one in self.time_rules if one.rule.leads_on_from(name)) for name in self.tracks}

    def purpose(self, letter: str) -> Purpose:
        """What a letter is for."""
        return self.purposes.get(letter, Purpose.HELP)

    def to_json(self) -> str:
        """Every value written out, defaults too, so that a default that changes later changes no run under way."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

    @classmethod
    def restore(cls, ref: str, snapshot: str) -> "Campaign":
        """Read what ``to_json`` wrote, under the ref that it was kept by."""
        campaign = cls.model_validate_json(snapshot, context=KEPT)
        campaign.__dict__["ref"] = ref
        return campaign

    @property
    def letters(self) -> list[str]:
        """Every letter that a lead could get, in the order of the file."""
        return list(dict.fromkeys(step.email for track in self.tracks.values() for step in track.steps if isinstance(step, Email)))


def _to_ref(campaign: Campaign, info: SerializationInfo) -> str:
    if info.context is not None:
        info.context.add(campaign.ref)
    return campaign.ref


def _from_ref(value: Any, info: ValidationInfo) -> Campaign:
    if isinstance(value, Campaign):
        return value
    if info.context is None or value not in info.context:
        raise ValueError(f"the campaign {value} is not at hand")
    campaign: Campaign = info.context[value]
    return campaign


CampaignByRef = Annotated[Campaign, PlainSerializer(_to_ref, return_type=str), PlainValidator(_from_ref, json_schema_input_type=str)]
"""A campaign that travels as its ref. Reading takes a ``{ref: Campaign}`` mapping as context; writing adds the ref to a set."""
