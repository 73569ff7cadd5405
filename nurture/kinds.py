"""The closed sets that campaign files, engagements and states share."""

from enum import StrEnum


class Kind(StrEnum):
    """Every kind of engagement, in the words of campaign files."""

    ENROLLED = "enrolled"
    PROFILE_CHANGED = "profile_changed"
    DOWNLOADED = "downloaded"
    DEMO_REQUESTED = "demo_requested"
    VISITED = "visited"
    CLICKED = "clicked"
    REPLIED = "replied"
    ABSENT = "absent"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    TASK_COMPLETED = "task_completed"
    CONTRACT_CHANGED = "contract_changed"
    HELD = "held"
    RELEASED = "released"
    # What the lead does.
    SUBSCRIBED = "subscribed"
    FOLLOWED = "followed"
    ATTENDED = "attended"
    QUOTE_REQUESTED = "quote_requested"
    TRIAL_STARTED = "trial_started"
    MEETING_BOOKED = "meeting_booked"
    BUDGETED = "budgeted"
    VENDOR_SELECTED = "vendor_selected"
    PRAISED = "praised"
    REFERRED = "referred"
    RATED = "rated"
    PERMITTED = "permitted"
    # What we did, or what somebody saw of the lead.
    DEAL_OPENED = "deal_opened"
    PROPOSAL_SENT = "proposal_sent"
    CALL_UNANSWERED = "call_unanswered"
    USAGE_FELL = "usage_fell"
    USAGE_RECOVERED = "usage_recovered"
    MILESTONE_REACHED = "milestone_reached"
    ISSUE_OPENED = "issue_opened"
    ISSUE_CLOSED = "issue_closed"
    FACTS_LEARNED = "facts_learned"
    COLLEAGUE_ACTED = "colleague_acted"
    EDITION_CHANGED = "edition_changed"
    REDIRECTED = "redirected"
    STEERED = "steered"
    LETTER_WRITTEN = "letter_written"
    HANDED_OVER = "handed_over"
    # What the lead agrees to, and how often it wants to hear from us.
    CONSENT_ASKED = "consent_asked"
    OPTED_IN = "opted_in"
    FREQUENCY_CHOSEN = "frequency_chosen"
    ERASED = "erased"


class Outcome(StrEnum):
    """What a rep answers to a task."""

    WON = "won"
    NOT_NOW = "not_now"
    NURTURE = "nurture"
    LOST = "lost"
    BAD_FIT = "bad_fit"
    OTHER_CONTACT = "other_contact"
    NO_ANSWER = "no_answer"
    MEETING_SET = "meeting_set"
    DECLINED = "declined"
    OTHER_PROJECT = "other_project"
    DONE = "done"
    # What becomes of a letter that a human is asked about.
    SENT = "sent"
    SEND = "send"
    SKIP = "skip"


class Verb(StrEnum):
    """What a human has become of a step that is ahead of a lead."""

    SEND_NOW = "send_now"
    """Its letter goes at once: windows and waits are passed over, and nothing else is."""
    SKIP = "skip"
    """It is left out."""


class Depth(StrEnum):
    """How far into buying a content leads: top is about the problem, middle about solving it, bottom about us."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Purpose(StrEnum):
    """What a letter is for. Sales letters wait while an issue is open, and have a cap of their own."""

    HELP = "help"
    OBJECTION = "objection"
    BENEFIT = "benefit"
    CHECK_IN = "check_in"
    INVITATION = "invitation"
    UPDATE = "update"
    ONBOARDING = "onboarding"
    REWARD = "reward"
    SALES = "sales"


class Hours(StrEnum):
    """The half of the window in which a lead's letters go."""

    ANY = "any"
    EARLY = "early"
    LATE = "late"


class Frequency(StrEnum):
    """How often a lead wants to hear from us: as campaigns have it, or at most one letter a month."""

    USUAL = "usual"
    MONTHLY = "monthly"


class Audience(StrEnum):
    """Who is told or asked. The owner is the rep who is named for the lead, or else the reps; the last two are teams beside them."""

    REPS = "reps"
    OWNER = "owner"
    LEADER = "leader"
    SERVICE = "service"
    MARKETING = "marketing"


class Fit(StrEnum):
    """How well the lead matches the customers we serve, apart from how interested it is."""

    UNKNOWN = "unknown"
    GOOD = "good"
    POOR = "poor"


class Refusal(StrEnum):
    """Why a letter was not sent. Each is checked inside the send, on every attempt."""

    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    NO_ADDRESS = "no_address"
    CAPPED = "capped"
    PACED = "paced"
    """It waits for its turn, or for letters that are stopped to go on."""
    REJECTED = "rejected"
    BOUNCED = "bounced"
    FAILED = "failed"
