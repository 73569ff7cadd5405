"""What happened to a lead, as it is on its way to the lead's workflow: ids, closed sets, numbers and dates only.

Every engagement is a row in the store first. ``seq`` numbers them per lead from 1 without a gap, so that each is folded once and in order.
Names, addresses and free text stay in that row.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from nurture.leadside import (
    Absent,
    Acted,
    Bounced,
    Clicked,
    ColleagueActed,
    ConsentAsked,
    DemoRequested,
    Downloaded,
    FrequencyChosen,
    IssueOpened,
    OptedIn,
    OptedOut,
    Permitted,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import (
    ContractChanged,
    EditionChanged,
    Enrolled,
    Erased,
    FactsLearned,
    HandedOver,
    Held,
    IssueClosed,
    LetterWritten,
    Observed,
    ProfileChanged,
    Redirected,
    Released,
    Steered,
    TaskCompleted,
)


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
    | Released
    | Acted
    | Observed
    | Rated
    | Permitted
    | IssueOpened
    | IssueClosed
    | FactsLearned
    | ColleagueActed
    | EditionChanged
    | Redirected
    | Steered
    | LetterWritten
    | HandedOver
    | Erased
    | ConsentAsked
    | OptedIn
    | FrequencyChosen,
    Field(discriminator="kind"),
    WrapSerializer(_keep_the_kind),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Engagements of one lead on their way to its workflow, in order."""

    engagements: tuple[Engagement, ...]
