"""What a person is known by: addresses, full names, a telephone number; and texts in which they stand, or no longer do."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

GONE: Final = "[erased]"
"""What stands where somebody was named."""

_SHORTEST_NUMBER: Final = 7
_LATIN_BEFORE: Final = r"(?<![A-Za-z0-9_.%+-])"
_LATIN_AFTER: Final = r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a person is looked for by. ``names`` are full names: a family name alone is many people's.

    ``colleagues`` are the leads whose letters and workflows are looked into as well.
    """

    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()
    phone: str = ""
    colleagues: tuple[UUID, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        digits = re.sub(r"[^\d+]", "", self.phone)
        numbers = {number for number in (self.phone, digits) if len(number) >= _SHORTEST_NUMBER}
        return (*self.addresses, *self.names, *sorted(numbers))


def full_names(family: str, given: str) -> tuple[str, ...]:
    """The ways in which a full name is written; none where only a part of it is known."""
    if not (family and given):
        return ()
    spaces = ("", " ", "\N{IDEOGRAPHIC SPACE}") if not (family + given).isascii() else (" ", ", ")
    return tuple(dict.fromkeys(one + space + other for one, other in ((family, given), (given, family)) for space in spaces))


def pattern_of(words: Collection[str]) -> Callable[[str], bool]:
    """Whether any of these words stands in a text."""
    expression = _expression(words)
    return lambda said: bool(expression.search(said))


def without(words: Collection[str], value: Any) -> Any:
    """A text, or whatever holds texts, with ``GONE`` where these words stood."""
    expression = _expression(words)

    def cut(held: Any) -> Any:
        match held:
            case str():
                return expression.sub(GONE, held)
            case list():
                return [cut(one) for one in held]
            case dict():
                return {cut(name): cut(one) for name, one in held.items()}
            case _:
                return held

    return cut(value)


def _expression(words: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_bounded, sorted(words, key=len, reverse=True))), re.IGNORECASE)


def _bounded(word: str) -> str:
    """Not inside of another word: ann@example.com is not joann@example.com."""
    said = r"\s+".join(map(re.escape, re.split(r" +", word)))
    return (_LATIN_BEFORE if word[0].isascii() else "") + said + (_LATIN_AFTER if word[-1].isascii() else "")
