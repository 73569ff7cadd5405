"""The words of the pages, in every language that they have."""

from collections.abc import Mapping

from web.words import (
    campaigns_english,
    campaigns_japanese,
    choosing_english,
    choosing_japanese,
    english,
    figures_english,
    figures_japanese,
    japanese,
    leads_english,
    leads_japanese,
    machine_english,
    machine_japanese,
    reading_english,
    reading_japanese,
    receivers_english,
    receivers_japanese,
    signin_english,
    signin_japanese,
    tasks_english,
    tasks_japanese,
    team_english,
    team_japanese,
)

_WORDS: dict[str, Mapping[str, str]] = {
    "en": english.WORDS
    | campaigns_english.WORDS
    | choosing_english.WORDS
    | figures_english.WORDS
    | leads_english.WORDS
    | tasks_english.WORDS
    | signin_english.WORDS
    | team_english.WORDS
    | machine_english.WORDS
    | receivers_english.WORDS,
    "ja": japanese.WORDS
    | campaigns_japanese.WORDS
    | choosing_japanese.WORDS
    | figures_japanese.WORDS
    | leads_japanese.WORDS
    | tasks_japanese.WORDS
    | signin_japanese.WORDS
    | team_japanese.WORDS
    | machine_japanese.WORDS
    | receivers_japanese.WORDS,
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
