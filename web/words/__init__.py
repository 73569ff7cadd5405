"""The words of the pages, in every language that they have."""

from collections.abc import Mapping

from web.words import english, japanese

_WORDS: dict[str, Mapping[str, str]] = {"en": english.WORDS, "ja": japanese.WORDS}
LANGUAGES = tuple(_WORDS)
"""ISO 639-1; the first is for everyone whose language is not among them."""


def words(language: str) -> Mapping[str, str]:
    """Every sentence by its code."""
    return _WORDS.get(language) or _WORDS[LANGUAGES[0]]
