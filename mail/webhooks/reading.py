"""What the readers of all providers share: proofs that fail, and values that may be anything."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from store.mail.reports import Happening


class Forged(Exception):
    """It is not the provider who speaks, as far as anybody can tell."""


class Unreadable(Exception):
    """The provider says something that is not in its documentation."""


def json_of(body: bytes) -> Any:
    """Raises Unreadable."""
    try:
        return json.loads(body)
    except ValueError:
        raise Unreadable("no JSON") from None


def moment(value: object, otherwise: datetime) -> datetime:
    """A moment as providers write it: ISO 8601, or seconds since 1970."""
    try:
        at = datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return otherwise
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def key_of(value: object) -> UUID | None:
    """The touch's key that went along with the letter."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def happening(words: Mapping[str, Happening], word: object) -> Happening:
    return words.get(str(word), Happening.UNKNOWN)
