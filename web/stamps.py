"""Signed times: when a form was opened, so that a program that fills it in at once, or a hundred times from a copy, gets no further."""

from datetime import UTC, datetime, timedelta
from typing import Final

from mail.links import opened, sealed
from web.front import Front

FIELD: Final = "opened"
"""The hidden field that holds one. A form of somebody's own page without script has none, and need not."""

FASTEST: Final = timedelta(seconds=2)
"""Nobody fills in a form in less."""

OLDEST: Final = timedelta(days=1)

_PURPOSE: Final = b"opened:"


def stamp(front: Front, form: str, *, is_waited_for: bool = False) -> str:
    """Says that the form is opened at this moment; where somebody was asked to send it again, that they have waited long enough."""
    at = front.now() - (FASTEST if is_waited_for else timedelta())
    return sealed(front.settings.link_secret, _PURPOSE, f"{form}\n{at.timestamp():.3f}".encode())


def problem_with(front: Front, form: str, value: object) -> str:
    """What keeps a form from being taken at once: ``too_fast``, ``too_old``, or nothing. One that was not made here is too old."""
    if value in (None, ""):
        return ""
    says = opened(front.settings.link_secret, _PURPOSE, value) if isinstance(value, str) else None
    name, _, at = (says or b"").decode().rpartition("\n")
    if name != form:
        return "too_old"
    since = front.now() - datetime.fromtimestamp(float(at), UTC)
    return "too_fast" if since < FASTEST else "too_old" if since > OLDEST else ""
