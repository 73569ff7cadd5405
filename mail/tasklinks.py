"""The link of a notice about a task: it shows the task for some hours to whoever has it, and opens nothing that can be changed."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from mail.links import opened, sealed

GOOD_FOR: Final = timedelta(hours=12)
"""How long the link shows the task without anybody having signed in: a notice of the evening is read in the morning."""

_TASK: Final = b"task:"


def task_url(base: str, secret: str, task: UUID, at: datetime) -> str:
    """Where a notice of ``at`` leads. Once its hours are over, the link leads to signing in, and from there to the task."""
    until = int((at + GOOD_FOR).timestamp())
    return f"{base.rstrip('/')}/t/{sealed(secret, _TASK, task.bytes + until.to_bytes(8, 'big'))}"


def read_task_token(secret: str, token: str) -> tuple[UUID, datetime] | None:
    """The task, and until when it is shown; None for a token that was not made here for this."""
    says = opened(secret, _TASK, token)
    if says is None or len(says) != 24:
        return None
    return UUID(bytes=says[:16]), datetime.fromtimestamp(int.from_bytes(says[16:], "big"), UTC)
