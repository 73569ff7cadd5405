"""What happens on the side of the lead: what it, its mailbox and its colleagues do."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from nurture.frozen import dataclass
from nurture.happened import Happened
from nurture.kinds import Kind, Outcome
from nurture.wishes import Wish


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
class Bounced(Happened):
    """The lead's address does not work."""

    kind: Literal[Kind.BOUNCED] = Kind.BOUNCED


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
class Permitted(Happened):
    """The lead says whether we may remind it now and then, and after how many days. What it was shown is kept in the store."""

    by_lead = True
    allowed: bool
    every_days: int = 0
    kind: Literal[Kind.PERMITTED] = Kind.PERMITTED


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted(Happened):
    """Something that the lead did, with what or about what. ``medium`` is where: the same content counts once, wherever it is placed."""

    by_lead = True
    kind: ActedKind
    content: str = ""
    medium: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Happened):
    """How satisfied a customer is, from 0 to 10."""

    by_lead = True
    rating: int
    kind: Literal[Kind.RATED] = Kind.RATED


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOpened(Happened):
    """Something does not work for the lead, or it complains: nothing is sold to it until that is settled."""

    by_lead = True
    issue: UUID
    complaint: bool = False
    kind: Literal[Kind.ISSUE_OPENED] = Kind.ISSUE_OPENED


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueActed(Happened):
    """Another lead of the same account did something. ``outcome`` says what a rep answered about it."""

    colleague: UUID
    what: Kind
    outcome: Outcome | None = None
    kind: Literal[Kind.COLLEAGUE_ACTED] = Kind.COLLEAGUE_ACTED
