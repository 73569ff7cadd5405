"""The letters of the folder that the settings name, read once for all pages; changes to files are seen at once."""

from functools import lru_cache
from typing import Final

from mail.letters import Letters
from settings import Settings

_OPEN: Final = lru_cache(maxsize=4)(Letters)


def letters_in(settings: Settings) -> Letters:
    """The letters that campaigns send."""
    return _OPEN(settings.templates_dir)
