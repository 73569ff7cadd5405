"""What happens to a lead on our side: what our people do, decide and learn about it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from nurture.frozen import dataclass
from nurture.happened import Happened
from nurture.kinds import Audience, Kind, Outcome, Verb
from nurture.plan.campaign import CampaignByRef
from nurture.profile import Contract, Profile, Values


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
class FactsLearned(Happened):
    """Fields of the lead, from a form, a rep or another system: choices, numbers, dates, yes or no."""

    learned: Values
    kind: Literal[Kind.FACTS_LEARNED] = Kind.FACTS_LEARNED


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


ObservedKind = Literal[
    Kind.DEAL_OPENED, Kind.PROPOSAL_SENT, Kind.CALL_UNANSWERED, Kind.USAGE_FELL, Kind.USAGE_RECOVERED, Kind.MILESTONE_REACHED
]
"""What we can have done or seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed(Happened):
    """Something that we did or saw, which is no answer of the lead's."""

    kind: ObservedKind
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueClosed(Happened):
    issue: UUID
    kind: Literal[Kind.ISSUE_CLOSED] = Kind.ISSUE_CLOSED


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Happened):
    """Everything that is known of the person goes. Nothing follows it: the workflow ends, and takes nothing along."""

    kind: Literal[Kind.ERASED] = Kind.ERASED
