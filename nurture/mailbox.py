"""How far a mailbox has been read, and when it is looked into again."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything up to ``uid`` has been taken, as long as the mailbox counts as it did under ``validity`` (IMAP's UIDVALIDITY).

    ``mailbox`` says which one it is without naming anybody. ``looked_at`` is when it was last looked into, aware and in UTC; None before
    the first time.
    """

    mailbox: str
    validity: int = 0
    uid: int = 0
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look into a mailbox came to. ``more`` is there when messages are left; ``over`` when this mailbox is no longer read."""

    cursor: Cursor
    taken: int
    again_after: timedelta
    more: bool = False
    over: bool = False
