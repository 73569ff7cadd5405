"""Patterns made of the ways in which people and programs say the same thing, a way a line."""

import re

__all__ = ["any_of"]


def any_of(*ways: str) -> re.Pattern[str]:
    """Matches where one of these regular expressions does, in capitals or not."""
    return re.compile("|".join(f"(?:{way})" for way in ways), re.IGNORECASE)
