"""What a lead did or what happened to it, as the lead's workflow hears of it: ids, closed sets, numbers and dates only.

Every engagement is a row in the store first. ``seq`` numbers them per lead from 1 without a gap, so that each is folded once and in order.
Names, addresses and free text stay in that row.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from nurture.campaign import CampaignByRef
from nurture.kinds import Kind, Outcome
from nurture.profile import Contract, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """``at`` is when it happened (aware, UTC)."""

    by_lead: ClassVar[bool] = False
    """True for what a lead does: it breaks a silence, and lifts a hold where a rule follows it."""

    at: datetime
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Happened):
    """The lead begins a campaign. ``enrollment`` counts the lead's enrollments from 1."""

    campaign: CampaignByRef
    enrollment: int
    profile: Profile
    kind: Literal[Kind.ENROLLED] = Kind.ENROLLED


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged(Happened):
    profile: Profile
    kind: Literal[Kind.PROFILE_CHANGED] = Kind.PROFILE_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded(Happened):
    by_lead = True
    content: str
    kind: Literal[Kind.DOWNLOADED] = Kind.DOWNLOADED


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRequested(Happened):
    by_lead = True
    kind: Literal[Kind.DEMO_REQUESTED] = Kind.DEMO_REQUESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited(Happened):
    by_lead = True
    content: str
    kind: Literal[Kind.VISITED] = Kind.VISITED


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked(Happened):
    """A click that is known to be a human's."""

    by_lead = True
    letter: str
    kind: Literal[Kind.CLICKED] = Kind.CLICKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Happened):
    by_lead = True
    kind: Literal[Kind.REPLIED] = Kind.REPLIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent(Happened):
    """An absence note: neither a reply nor silence. ``until`` is the day of return in the lead's zone."""

    until: date
    kind: Literal[Kind.ABSENT] = Kind.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut(Happened):
    """The lead refuses ``topic``, or everything when there is none."""

    topic: str | None = None
    kind: Literal[Kind.OPTED_OUT] = Kind.OPTED_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced(Happened):
    """The lead's address does not work."""

    kind: Literal[Kind.BOUNCED] = Kind.BOUNCED


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(Happened):
    """A rep answered. ``until`` belongs to not_now, ``contract`` to won, ``other_lead`` to other_contact."""

    task: UUID
    outcome: Outcome
    until: date | None = None
    contract: Contract | None = None
    other_lead: UUID | None = None
    kind: Literal[Kind.TASK_COMPLETED] = Kind.TASK_COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractChanged(Happened):
    contract: Contract
    kind: Literal[Kind.CONTRACT_CHANGED] = Kind.CONTRACT_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Happened):
    """A human pauses automation until a day, in the lead's zone."""

    until: date
    kind: Literal[Kind.HELD] = Kind.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Happened):
    """A human ends a hold early."""

    kind: Literal[Kind.RELEASED] = Kind.RELEASED


def _keep_the_kind(engagement: Any, write: SerializerFunctionWrapHandler) -> Any:
    """Say the kind even where fields that have their default are left out."""
    return {"kind": engagement.kind, **write(engagement)}


Engagement = Annotated[
    Enrolled
    | ProfileChanged
    | Downloaded
    | DemoRequested
    | Visited
    | Clicked
    | Replied
    | Absent
    | OptedOut
    | Bounced
    | TaskCompleted
    | ContractChanged
    | Held
    | Released,
    Field(discriminator="kind"),
    WrapSerializer(_keep_the_kind),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Engagements of one lead on their way to its workflow, in order."""

    engagements: tuple[Engagement, ...]
