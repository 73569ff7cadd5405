"""What a lead did or what happened to it, as the lead's workflow hears of it: ids, closed sets, numbers and dates only.

Every engagement is a row in the store first. ``seq`` numbers them per lead from 1 without a gap, so that each is folded once and in order.
Names, addresses and free text stay in that row.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field, SerializerFunctionWrapHandler, WrapSerializer

from nurture.kinds import Audience, Kind, Outcome, Verb
from nurture.plan.campaign import CampaignByRef
from nurture.profile import Contract, Profile, Values
from nurture.wishes import Wish


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
class ConsentAsked(Happened):
    """The lead agreed to hear about ``topic`` in a form of this ``edition`` of a campaign, which wants that confirmed by a letter.

    It may be confirmed before ``until``; nothing but the letter that asks goes about this topic meanwhile.
    """

    confirmation: UUID
    edition: str
    topic: str
    until: datetime
    kind: Literal[Kind.CONSENT_ASKED] = Kind.CONSENT_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedIn(Happened):
    """There is a consent for ``topic`` now, where letters waited for one or the lead had refused them."""

    topic: str
    kind: Literal[Kind.OPTED_IN] = Kind.OPTED_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyChosen(Happened):
    """The lead says how often it wants to hear from us, and before which day, in its zone, not at all."""

    by_lead = True
    wish: Wish
    kind: Literal[Kind.FREQUENCY_CHOSEN] = Kind.FREQUENCY_CHOSEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced(Happened):
    """The lead's address does not work."""

    kind: Literal[Kind.BOUNCED] = Kind.BOUNCED


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCompleted(Happened):
    """A rep answered. ``until`` belongs to not_now, ``contract`` to won, ``other_lead`` to other_contact.

    ``learned`` are the fields that the task asked for.
    """

    task: UUID
    outcome: Outcome
    until: date | None = None
    contract: Contract | None = None
    other_lead: UUID | None = None
    learned: Values = ()
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


ActedKind = Literal[
    Kind.SUBSCRIBED,
    Kind.FOLLOWED,
    Kind.ATTENDED,
    Kind.QUOTE_REQUESTED,
    Kind.TRIAL_STARTED,
    Kind.MEETING_BOOKED,
    Kind.BUDGETED,
    Kind.VENDOR_SELECTED,
    Kind.PRAISED,
    Kind.REFERRED,
]
"""What the lead can have done, beside what has a class of its own."""

ObservedKind = Literal[
    Kind.DEAL_OPENED, Kind.PROPOSAL_SENT, Kind.CALL_UNANSWERED, Kind.USAGE_FELL, Kind.USAGE_RECOVERED, Kind.MILESTONE_REACHED
]
"""What we can have done or seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted(Happened):
    """Something that the lead did, with what or about what. ``medium`` is where: the same content counts once, wherever it is placed."""

    by_lead = True
    kind: ActedKind
    content: str = ""
    medium: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(Happened):
    """Something that we did or saw, which is no answer of the lead's."""

    kind: ObservedKind
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Happened):
    """How satisfied a customer is, from 0 to 10."""

    by_lead = True
    rating: int
    kind: Literal[Kind.RATED] = Kind.RATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted(Happened):
    """The lead says whether we may remind it now and then, and after how many days. What it was shown is kept in the store."""

    by_lead = True
    allowed: bool
    every_days: int = 0
    kind: Literal[Kind.PERMITTED] = Kind.PERMITTED


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOpened(Happened):
    """Something does not work for the lead, or it complains: nothing is sold to it until that is settled."""

    by_lead = True
    issue: UUID
    complaint: bool = False
    kind: Literal[Kind.ISSUE_OPENED] = Kind.ISSUE_OPENED


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueClosed(Happened):
    issue: UUID
    kind: Literal[Kind.ISSUE_CLOSED] = Kind.ISSUE_CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsLearned(Happened):
    """Fields of the lead, from a form, a rep or another system: choices, numbers, dates, yes or no."""

    learned: Values
    kind: Literal[Kind.FACTS_LEARNED] = Kind.FACTS_LEARNED


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueActed(Happened):
    """Another lead of the same account did something. ``outcome`` says what a rep answered about it."""

    colleague: UUID
    what: Kind
    outcome: Outcome | None = None
    kind: Literal[Kind.COLLEAGUE_ACTED] = Kind.COLLEAGUE_ACTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirected(Happened):
    """A human leads one enrollment elsewhere: into another track, or with no letter before a moment. Who and why is kept in the store.

    ``step`` is where it goes on in that track, its first one where empty. ``goes_on`` where its letter waited for something that an
    operator has changed: it asks again.
    """

    enrollment: int
    track: str = ""
    step: str = ""
    not_before: datetime | None = None
    goes_on: bool = False
    kind: Literal[Kind.REDIRECTED] = Kind.REDIRECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered(Happened):
    """A human decides about a step that is ahead of one enrollment. Who and why is kept in the store.

    ``visit`` is the one in which the human saw the lead: once it has moved on, nothing changes.
    """

    enrollment: int
    visit: int
    step: str
    verb: Verb
    kind: Literal[Kind.STEERED] = Kind.STEERED


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWritten(Happened):
    """A rep wrote a letter of their own to the lead. It goes under the topic and the caps of this ``edition`` of a campaign."""

    letter: UUID
    edition: str
    kind: Literal[Kind.LETTER_WRITTEN] = Kind.LETTER_WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Happened):
    """A rep gave a task about the lead to somebody else of us, who is to be told where ``to`` hears of tasks."""

    handover: UUID
    to: Audience
    kind: Literal[Kind.HANDED_OVER] = Kind.HANDED_OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Happened):
    """Everything that is known of the person goes. Nothing follows it: the workflow ends, and takes nothing along."""

    kind: Literal[Kind.ERASED] = Kind.ERASED


class Course(StrEnum):
    """What becomes of a lead under way when its campaign changes."""

    MIGRATE = "migrate"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionChanged(Happened):
    """An enrollment goes on in another edition of its campaign: where it is, by the names of its steps, or from the start.

    ``had`` are the letters that it has got, as the ledger knows, in whichever track.
    """

    enrollment: int
    campaign: CampaignByRef
    course: Course = Course.MIGRATE
    had: tuple[str, ...] = ()
    kind: Literal[Kind.EDITION_CHANGED] = Kind.EDITION_CHANGED


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
