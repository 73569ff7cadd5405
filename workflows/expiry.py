"""What an errand comes to that Temporal has given up: a lead answers only for what was said of the lead."""

from datetime import datetime
from typing import Final

from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError, TimeoutType

from nurture.actions import Receipt, Status
from nurture.kinds import Refusal

FAILED: Final = Receipt(status=Status.REFUSED, reason=Refusal.FAILED)
"""It cannot be done for this lead."""

_WHOEVER_IT_IS_FOR: Final = ("SenderBlocked", "Unavailable")
"""What activities say where the way out is closed."""


def receipt_of(error: ActivityError, now: datetime) -> Receipt:
    """A letter that could not go in all its time because we could not send is decided anew: it waits on, or is too late by now."""
    if error.retry_state is RetryState.TIMEOUT and _is_ours(error):
        return Receipt(status=Status.SUPERSEDED, until=now)
    return FAILED


def _is_ours(error: BaseException) -> bool:
    """Whether the last attempt failed whoever it was for, or none was made because no worker was there."""
    while error.__cause__ is not None:
        error = error.__cause__
        if isinstance(error, ApplicationError):
            return error.type in _WHOEVER_IT_IS_FOR
    return isinstance(error, TimeoutError) and error.type is TimeoutType.SCHEDULE_TO_CLOSE
