"""What programs may tell of a lead, kind by kind, as it is sent."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from nurture.engagements import Engagement
from nurture.kinds import Kind
from nurture.leadside import Absent, Acted, Bounced, DemoRequested, Downloaded, IssueOpened, OptedOut, Permitted, Rated, Replied, Visited
from nurture.ourside import FactsLearned, Held, IssueClosed, Observed, Released
from web.api.given import PRINTABLE, Day, Flag, Given, Line, Moment, Name, Number, Text

_FACTS = 30


class Happened(Given):
    """What every kind has."""

    lead: Line = Field(min_length=3, description="The lead's id, or its mail address.")
    at: Moment | None = Field(default=None, description="When it happened; now when left out.")
    key: str | None = Field(
        default=None, max_length=200, pattern=PRINTABLE, description="Your id of this event: told again, it counts once."
    )


class Plain(Happened):
    """What needs no more words."""

    kind: Literal[Kind.DEMO_REQUESTED, Kind.REPLIED, Kind.BOUNCED, Kind.RELEASED]

    def engagement(self, at: datetime) -> Engagement:
        match self.kind:
            case Kind.DEMO_REQUESTED:
                return DemoRequested(at=at)
            case Kind.REPLIED:
                return Replied(at=at)
            case Kind.BOUNCED:
                return Bounced(at=at)
            case Kind.RELEASED:
                return Released(at=at)


class OfContent(Happened):
    """It downloaded or saw something, or came to a point in using the product."""

    kind: Literal[Kind.DOWNLOADED, Kind.VISITED, Kind.MILESTONE_REACHED]
    content: Name = Field(description="What, as campaigns name it.")

    def engagement(self, at: datetime) -> Engagement:
        match self.kind:
            case Kind.DOWNLOADED:
                return Downloaded(at=at, content=self.content)
            case Kind.VISITED:
                return Visited(at=at, content=self.content)
            case Kind.MILESTONE_REACHED:
                return Observed(kind=self.kind, at=at, content=self.content)


class Did(Happened):
    """Something else that the lead did."""

    kind: Literal[
        Kind.SUBSCRIBED,
        Kind.FOLLOWED,
        Kind.ATTENDED,
        Kind.QUOTE_REQUESTED,
        Kind.TRIAL_STARTED,
        Kind.MEETING_BOOKED,
        Kind.BUDGETED,
        Kind.VENDOR_SELECTED,
        Kind.PRAISED,
    ]
    content: Name | None = Field(default=None, description="What, as campaigns name it.")
    medium: Name | None = Field(default=None, description="Where; the same content counts once, wherever it is placed.")

    def engagement(self, at: datetime) -> Engagement:
        return Acted(kind=self.kind, at=at, content=self.content or "", medium=self.medium or "")


class Saw(Happened):
    """What we did, or saw of the lead."""

    kind: Literal[Kind.DEAL_OPENED, Kind.PROPOSAL_SENT, Kind.CALL_UNANSWERED, Kind.USAGE_FELL, Kind.USAGE_RECOVERED]

    def engagement(self, at: datetime) -> Engagement:
        return Observed(kind=self.kind, at=at)


class UntilDay(Happened):
    """It is away, or a human puts it on hold, until a day in its zone."""

    kind: Literal[Kind.ABSENT, Kind.HELD]
    until: Day

    def engagement(self, at: datetime) -> Engagement:
        return Absent(at=at, until=self.until) if self.kind is Kind.ABSENT else Held(at=at, until=self.until)


class Refused(Happened):
    """It refuses letters. From this moment its address gets none."""

    kind: Literal[Kind.OPTED_OUT]
    topic: Name | None = Field(default=None, description="About this; about everything when left out.")

    def engagement(self, at: datetime) -> Engagement:
        return OptedOut(at=at, topic=self.topic)


class Satisfied(Happened):
    """How satisfied a customer is."""

    kind: Literal[Kind.RATED]
    rating: Number = Field(ge=0, le=10)

    def engagement(self, at: datetime) -> Engagement:
        return Rated(at=at, rating=self.rating)


class Permission(Happened):
    """Whether we may remind it now and then."""

    kind: Literal[Kind.PERMITTED]
    allowed: Flag
    every_days: Number = Field(default=0, ge=0, le=3650, description="How often at most.")
    evidence: Text = Field(default="", description="What was asked and said.")

    def engagement(self, at: datetime) -> Engagement:
        return Permitted(at=at, allowed=self.allowed, every_days=self.every_days if self.allowed else 0)


class Trouble(Happened):
    """Something does not work for the lead, or it complains: nothing is sold to it until that is settled. The answer has the issue's id."""

    kind: Literal[Kind.ISSUE_OPENED]
    complaint: Flag = False

    def engagement(self, at: datetime) -> Engagement:
        return IssueOpened(at=at, issue=uuid7(), complaint=self.complaint)


class Settled(Happened):
    """What did not work is settled."""

    kind: Literal[Kind.ISSUE_CLOSED]
    issue: UUID

    def engagement(self, at: datetime) -> Engagement:
        return IssueClosed(at=at, issue=self.issue)


class Learned(Happened):
    """Fields of the lead's campaigns: a choice, a number, a day, yes or no."""

    kind: Literal[Kind.FACTS_LEARNED]
    learned: dict[Name, Flag | Number | Line] = Field(min_length=1, max_length=_FACTS)

    def engagement(self, at: datetime) -> Engagement:
        return FactsLearned(at=at, learned=tuple(self.learned.items()))


AnyHappened = Annotated[
    Plain | OfContent | Did | Saw | UntilDay | Refused | Satisfied | Permission | Trouble | Settled | Learned,
    Field(discriminator="kind"),
]
