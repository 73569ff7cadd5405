"""When something counts as done, in the lead's time."""

from datetime import datetime, timedelta

from temporalio import activity

from nurture.after import PROMPT


def moment_of(decided_at: datetime) -> datetime:
    """The moment that is written down: when it was decided, or, where that is long ago because a service was away, when it is really done.

    The workflow counts in the same way, so that its caps and the ledger agree. The time is the server's, which tests may skip.
    """
    late = began_at() - decided_at
    return decided_at if late < PROMPT else began_at().replace(microsecond=0) + timedelta(seconds=1)


def began_at() -> datetime:
    """When this attempt began, which is later than it was due where much waited before it. The time is the server's."""
    info = activity.info()
    return max(info.current_attempt_scheduled_time, info.started_time)
