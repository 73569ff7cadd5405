"""Where a lead stands: what the store, the inbox and ``lead show`` know of it without waking its workflow."""

from datetime import date, datetime

from nurture.frozen import dataclass
from nurture.profile import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where one enrollment is. ``task_deadline_at`` is set while a rep has it."""

    enrollment: int
    track: str
    step: str
    task_deadline_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Next wake-up and why, stage, and where each enrollment is. ``open`` is False when nothing is left to do for the lead."""

    stage: str
    next_at: datetime | None
    why: str
    positions: tuple[Position, ...] = ()
    held_until: date | None = None
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A decision worth remembering, in words that a marketer reads. ``no`` counts a lead's notes from 1.

    ``by`` is what decided, ``rule NAME`` or ``step TRACK.STEP``, in the edition ``ref`` of its campaign; ``inputs`` are the facts that were
    asked for, as they were. ``seen`` is the last engagement that was known, ``rules`` the edition of the core. ``into`` is the track it
    led into, ``over`` says that the campaign was over with it. What has its default was not recorded, or does not apply.
    """

    no: int
    at: datetime
    what: str
    why: str
    by: str = ""
    ref: str = ""
    inputs: Values = ()
    seen: int = 0
    rules: int = 0
    into: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is written down together with an errand: the standing after it, and the decisions since the last one. ``no`` only grows.

    ``seen`` is the last engagement that it takes into account; 0 where that is not known.
    """

    no: int
    standing: Standing
    notes: tuple[Note, ...] = ()
    seen: int = 0
