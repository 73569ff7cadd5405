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


class Outcome(StrEnum):
    """What a rep answers to a task."""

    WON = "won"
    NOT_NOW = "not_now"
    NURTURE = "nurture"
    LOST = "lost"
    BAD_FIT = "bad_fit"
    OTHER_CONTACT = "other_contact"


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
    REJECTED = "rejected"
    BOUNCED = "bounced"
    FAILED = "failed"
