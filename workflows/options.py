"""Names, retries and timeouts of everything on Temporal: each has its one home here."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from temporalio.common import Priority, RetryPolicy

from nurture.actions import EnrollElsewhere, Errand, Escalate, HandOff, SendTouch, Tell
from nurture.pace import Urgency

TASK_QUEUE: Final = "sodate"
LETTERS: Final = "sodate-letters"
"""The task queue of letters, which Temporal can be told to hand out more slowly. Nothing else waits behind them."""

LEAD: Final = "Lead"
ENGAGE: Final = "engage"
WRITE_DOWN: Final = "write_down"
CLOSE: Final = "close"
RECALL: Final = "recall"

_PATIENT: Final = RetryPolicy(initial_interval=timedelta(seconds=2), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=30))
"""For what must be done however long it takes."""

_AT_ONCE: Final = RetryPolicy(initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5))
"""For a write to our own database."""

PROMPT: Final = Priority(priority_key=Urgency.ANSWER)
"""For leads who did something themselves."""

BULK: Final = Priority(priority_key=Urgency.CAMPAIGN)
"""For leads who were started with very many others."""

_FIRST: Final = Priority(priority_key=Urgency.HUMAN)
"""For calling a human: it goes before the letters of whoever else."""

_DO: Final[dict[type, tuple[str, dict[str, Any]]]] = {
    SendTouch: (
        "send_touch",
        {
            "task_queue": LETTERS,
            "start_to_close_timeout": timedelta(minutes=2),
            "schedule_to_close_timeout": timedelta(days=10),
            "heartbeat_timeout": timedelta(seconds=15),
            "retry_policy": _PATIENT,
        },
    ),
    HandOff: ("hand_off", {"start_to_close_timeout": timedelta(minutes=1), "retry_policy": _PATIENT, "priority": _FIRST}),
    Escalate: ("escalate", {"start_to_close_timeout": timedelta(minutes=1), "retry_policy": _PATIENT, "priority": _FIRST}),
    Tell: ("tell", {"start_to_close_timeout": timedelta(minutes=1), "retry_policy": _PATIENT, "priority": _FIRST}),
    EnrollElsewhere: ("enroll_elsewhere", {"start_to_close_timeout": timedelta(minutes=1), "retry_policy": _PATIENT}),
}

LOCAL: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": _AT_ONCE,
    # What lasts longer waits for a timer of the server's: a worker that waits itself adds to the history every few seconds.
    "local_retry_threshold": timedelta(seconds=3),
}

ASK_AGAIN: Final = timedelta(minutes=10)
"""How long a run waits for what it recalled before it asks again; longer each time."""

ASK_AGAIN_AT_MOST: Final = timedelta(days=1)

MAILBOX: Final = "Mailbox"
LOOK_INTO_MAILBOX: Final = "look_into_mailbox"
LOOKS_A_RUN: Final = 30
"""How often a mailbox is looked into before its run is left behind, at eleven events each. Runs under way count by it too."""

LOOKING: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(minutes=10),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=5)),
}
"""A mailbox that is away is looked into again for as long as it takes."""

TURN_AFTER: Final = 40
"""Events after which a run is left behind once a track has ended: a short history is cheap to read again."""

TURN_AT: Final = 150
"""Events after which a run is left behind in any case."""


def lead_workflow_id(lead: UUID) -> str:
    """The id of a lead's workflow."""
    return f"lead-{lead}"


def mailbox_workflow_id(mailbox: str) -> str:
    """The id of the workflow that reads a mailbox."""
    return f"mailbox-{mailbox}"


def activity_for(errand: Errand, *, answers: bool) -> tuple[str, dict[str, Any]]:
    """The activity that carries out an errand, and its options. A letter that ``answers`` what the lead did goes before all others.

    Of the others, campaigns take turns, however many leads each of them has.
    """
    activity, options = _DO[type(errand)]
    if isinstance(errand, SendTouch):
        urgency = Urgency.ANSWER if answers or not errand.enrollment else Urgency.CAMPAIGN
        name, _, _ = errand.campaign.partition("@")
        return activity, {**options, "priority": Priority(priority_key=urgency, fairness_key=name)}
    return activity, options
