"""What other systems can be told of: the types of webhooks, and when one that did not arrive is sent again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from nurture.kinds import Kind


class Event(StrEnum):
    """Every type, beside one for each kind of engagement. What stands before the dot is its group."""

    LEAD_CREATED = "lead.created"
    LEAD_ERASED = "lead.erased"
    """Whoever was told of the lead erases it too."""
    LETTER_SENT = "letter.sent"
    LETTER_BOUNCED = "letter.bounced"
    LETTER_REFUSED = "letter.refused"
    TASK_OPENED = "task.opened"
    TASK_COMPLETED = "task.completed"
    TASK_OVERDUE = "task.overdue"
    STAGE_CHANGED = "stage.changed"
    CONTRACT_CHANGED = "contract.changed"
    RENEWAL_OPENED = "renewal.opened"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    TEST = "test"
    """Nothing happened: somebody wants to see whether webhooks arrive."""


TYPES: Final = (
    *(event for event in Event if event is not Event.TEST),
    *(f"engagement.{kind}" for kind in Kind if kind is not Kind.ERASED),
)
"""What a receiver can ask for by name."""

GROUPS: Final = tuple(dict.fromkeys(name.partition(".")[0] for name in TYPES))
"""What it can ask for as a whole: ``letter`` stands for everything that becomes of letters."""

_PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between the attempts, as Standard Webhooks suggests: ten of them in a little more than three days."""

ATTEMPTS: Final = len(_PAUSES) + 1
_LONGEST_REST: Final = timedelta(minutes=5)
_LONGEST_WISH: Final = timedelta(days=1)

GIVEN_UP_AFTER: Final = timedelta(days=5)
"""A receiver that took nothing for so long, though it was tried, is switched off."""


class UnknownEvent(ValueError):
    """A name that is neither a type nor a group."""


def wanted(names: Iterable[str]) -> tuple[str, ...]:
    """What a receiver asks for, each once and none that its group has already. Raises UnknownEvent."""
    asked = dict.fromkeys(name.strip().lower() for name in names if name.strip())
    if unknown := [name for name in asked if name not in TYPES and name not in GROUPS]:
        raise UnknownEvent(", ".join(unknown))
    return tuple(name for name in asked if name in GROUPS or name.partition(".")[0] not in asked)


def sent_again_at(attempts: int, now: datetime, luck: float, wish: timedelta | None = None) -> datetime | None:
    """When a message goes again that failed for the ``attempts``-th time; None where it is given up.

    ``luck``, from 0 to 1, makes the pause up to a tenth longer, so that not everything comes back at once. ``wish`` is how long the
    receiver asks to be left alone: it is respected, up to a day.
    """
    if attempts >= ATTEMPTS:
        return None
    return now + max(_PAUSES[attempts - 1] * (1 + luck / 10), min(wish or timedelta(), _LONGEST_WISH))


def rests_until(failures: int, now: datetime, luck: float, wish: timedelta | None = None) -> datetime:
    """How long nothing at all goes to a receiver that does not answer as it should, for the ``failures``-th time in a row."""
    pause = min(timedelta(seconds=2 ** min(failures - 1, 16)), _LONGEST_REST)
    return now + max(pause * (1 + luck / 10), min(wish or timedelta(), _LONGEST_WISH))
