"""What can be wrong in a campaign file: where, what, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

Path = tuple[str | int, ...]
"""The way to a place in a file: keys, and places in lists counted from 0."""

_MOST_WORDS: Final = 300
_MOST_SAID: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong at a place in the data of a file. ``fix`` may be empty where ``what`` says it already."""

    path: Path
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong at a line of a file. ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    what: str
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.fix}" if self.fix else f"{place}: {self.what}"


class CampaignError(ValueError):
    """A campaign file is wrong. ``problems`` has everything that is, in the order of the file; the message has a line for each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type["CampaignError"], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant; None when nothing is like it."""
    known = {word.casefold(): word for word in islice(words, _MOST_WORDS)}
    found = get_close_matches(word.strip().casefold()[:100], known, n=1)
    return known[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """The fix for a wrong word: the nearest right one, or else the right ones after ``otherwise``."""
    words = list(words)
    near = nearest(word, words)
    others = " and others" if len(words) > _MOST_SAID else ""
    return f"did you mean '{near}'?" if near else f"{otherwise} {', '.join(words[:_MOST_SAID])}{others}" if words else ""
