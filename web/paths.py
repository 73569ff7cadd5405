"""Reads what stands in the address of a page: what is no id leads to no page, what is no number counts as 0, no path leads away."""

from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BeforeValidator

_LONGEST_NUMBER: Final = 9


def id_in(path: str) -> UUID | None:
    """The id that a part of a path is; None when it is none."""
    try:
        return UUID(path)
    except ValueError:
        return None


def number_in(text: object) -> int:
    """The number that a part of a query is; 0 when it is none, or a longer one than any page asks for."""
    is_one = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(str(text)) if is_one else 0


Number = Annotated[int, BeforeValidator(number_in)]
"""Of a query: ``days: Number = 30``."""


def own_path(asked: object, otherwise: str) -> str:
    """A path of this site with its query, as somebody asked for it; ``otherwise`` for whatever could lead to another one."""
    if not isinstance(asked, str) or not asked.isprintable() or "\\" in asked or not asked.startswith("/") or asked.startswith("//"):
        return otherwise
    try:
        parts = urlsplit(asked)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else asked
