"""Tells clicks of people from those of machines, by what else happened to the same letter about that time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

READ_FIRST: Final = timedelta(seconds=30)
"""Nobody opens a letter, reads it and clicks sooner than this after it was delivered. Gateways look at its links just then."""

AT_ONCE: Final = timedelta(seconds=1)
"""Nobody follows two links of a letter within so short a time."""

AT_WORK: Final = timedelta(minutes=1)
"""How long before and after it was caught a machine is taken to be at work on a letter."""

SETTLES_AFTER: Final = AT_WORK
"""How long a click waits until it is judged: what shows that it was a machine's may come after it."""

TRAP: Final = ""
"""The target of the link that nobody sees."""


class Machine(StrEnum):
    """Why a click is not counted."""

    HEAD = "head"
    """The request asked for no page."""
    PROGRAM = "program"
    """The request was a program's by its own words, or lacked what browsers say."""
    PREFETCH = "prefetch"
    """A browser fetched the page before anybody clicked."""
    TRAP = "trap"
    """It was the link that nobody sees."""
    TOO_SOON = "too_soon"
    AT_ONCE = "at_once"
    BESIDE_TRAP = "beside_trap"
    """The link that nobody sees was followed about then."""


_BY_REQUEST: Final = (Machine.HEAD, Machine.PROGRAM, Machine.PREFETCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A link of a letter was followed. ``target`` is where it leads; ``machine`` is there where that is known."""

    target: str
    at: datetime
    machine: Machine | None = None


def judged(click: Click, of_letter: Iterable[Click], delivered_at: datetime | None) -> Machine | None:
    """Why a click is not counted; None for one that nothing speaks against, which is taken for a person's.

    ``of_letter`` are all clicks of its letter. ``delivered_at`` is when the letter was known to be delivered, or else sent; None when that
    is not known yet: then the click was too soon.
    """
    if click.machine is not None:
        return click.machine
    if click.target == TRAP:
        return Machine.TRAP
    if delivered_at is None or click.at < delivered_at + READ_FIRST:
        return Machine.TOO_SOON
    for other in of_letter:
        apart = abs(other.at - click.at)
        if other.target == TRAP and apart <= AT_WORK:
            return Machine.BESIDE_TRAP
        # A preview of a link that somebody passes on says nothing about who follows another.
        if other.machine not in _BY_REQUEST and other.target != click.target and apart <= AT_ONCE:
            return Machine.AT_ONCE
    return None
