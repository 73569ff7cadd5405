"""The words of the pages, in every language that they have."""

from collections.abc import Mapping

from web.words import choosing_english, choosing_japanese, english, japanese, reading_english, reading_japanese

_WORDS: dict[str, Mapping[str, str]] = {
    "en": english.WORDS | choosing_english.WORDS,
    "ja": japanese.WORDS | choosing_japanese.WORDS,
}
_READING: dict[str, Mapping[str, tuple[str, ...]]] = {"en": reading_english.READING, "ja": reading_japanese.READING}
LANGUAGES = tuple(_WORDS)
"""ISO 639-1; the first is for everyone whose language is not among them."""


def words(language: str) -> Mapping[str, str]:
    """Every sentence by its code."""
    return _WORDS.get(language) or _WORDS[LANGUAGES[0]]


def reading(language: str, path: str) -> tuple[str, ...] | None:
    """What the example company gives to read at a path: a title, a sentence, and points."""
    return (_READING.get(language) or _READING[LANGUAGES[0]]).get(path)
