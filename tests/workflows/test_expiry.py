"""A lead answers for a letter that never went only where that was said of the lead."""

from datetime import UTC, datetime
from typing import Final

import pytest
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError, TimeoutType

from nurture.actions import Receipt, Status
from workflows.expiry import FAILED, receipt_of

NOW: Final = datetime(2040, 3, 5, 10, tzinfo=UTC)
WAITS_ON: Final = Receipt(status=Status.SUPERSEDED, until=NOW)


def given_up(why: RetryState, *causes: Exception) -> ActivityError:
    """What a workflow sees of a letter that Temporal has given up, with what it failed of, the last first."""
    error = ActivityError(
        "gone", scheduled_event_id=1, started_event_id=2, identity="", activity_type="send_touch", activity_id="1", retry_state=why
    )
    for outer, inner in zip((error, *causes), causes, strict=False):
        outer.__cause__ = inner
    return error


def timed_out(type: TimeoutType) -> TimeoutError:
    return TimeoutError("late", type=type, last_heartbeat_details=[])


@pytest.mark.parametrize(
    ("error", "comes_to"),
    [
        (given_up(RetryState.TIMEOUT, ApplicationError("", type="SenderBlocked"), ApplicationError("", type="Exception")), WAITS_ON),
        (given_up(RetryState.TIMEOUT, timed_out(TimeoutType.SCHEDULE_TO_CLOSE), ApplicationError("", type="Unavailable")), WAITS_ON),
        (given_up(RetryState.TIMEOUT, timed_out(TimeoutType.SCHEDULE_TO_CLOSE)), WAITS_ON),
        (given_up(RetryState.TIMEOUT, ApplicationError("", type="TryLater")), FAILED),
        (given_up(RetryState.TIMEOUT, ApplicationError("", type="Unclear")), FAILED),
        (given_up(RetryState.TIMEOUT, timed_out(TimeoutType.SCHEDULE_TO_CLOSE), timed_out(TimeoutType.HEARTBEAT)), FAILED),
        (given_up(RetryState.NON_RETRYABLE_FAILURE, ApplicationError("", type="SenderBlocked")), FAILED),
    ],
)
def test_a_letter_that_we_could_not_send_waits_on_and_one_that_was_put_off_for_its_recipient_has_failed(
    error: ActivityError, comes_to: Receipt
) -> None:
    assert receipt_of(error, NOW) == comes_to
