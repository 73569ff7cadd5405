"""Reads what stands in the path of a page: what is no id leads to no page."""

from uuid import UUID


def id_in(path: str) -> UUID | None:
    """The id that a part of a path is; None when it is none."""
    try:
        return UUID(path)
    except ValueError:
        return None
