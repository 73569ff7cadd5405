"""Reads what stands in the path of a page: what is no id leads to no page, and no path leads away from this site."""

from urllib.parse import urlsplit
from uuid import UUID


def id_in(path: str) -> UUID | None:
    """The id that a part of a path is; None when it is none."""
    try:
        return UUID(path)
    except ValueError:
        return None


def own_path(asked: object, otherwise: str) -> str:
    """A path of this site with its query, as somebody asked for it; ``otherwise`` for whatever could lead to another one."""
    if not isinstance(asked, str) or not asked.isprintable() or "\\" in asked or not asked.startswith("/") or asked.startswith("//"):
        return otherwise
    try:
        parts = urlsplit(asked)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else asked
