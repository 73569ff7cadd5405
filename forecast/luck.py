"""Chance that is the same every time: what is drawn depends on the seed, the lead and the event, and on nothing else."""

from bisect import bisect_right
from collections.abc import Mapping
from hashlib import blake2b
from itertools import accumulate
from math import log2
from struct import Struct
from typing import Final, Generic, TypeVar

DRAWS: Final = 8
"""How many numbers one event can use."""

_WORDS: Final = Struct(f"<{DRAWS}I")
_RANGE: Final = float(2**32)

Item = TypeVar("Item")


def luck(event: str, draws: int = DRAWS) -> list[float]:
    """The first numbers, from 0 up to 1, that belong to an event: the same words give the same numbers on every machine.

    A hash and no generator: its whole state would have to be built for each of many million events.
    """
    return [word / _RANGE for word in _WORDS.unpack(blake2b(event.encode(), digest_size=_WORDS.size).digest())[:draws]]


def halving(draw: float, half: float) -> float:
    """A time that shrinks by half every ``half``: half of all draws give less than that, three quarters less than twice that."""
    return -half * log2(1.0 - draw)


class Odds(Generic[Item]):
    """Things with their weights, to draw one of them. Percent of what is left over, up to ``whole``, draw None."""

    __slots__ = ("_bounds", "_items", "_whole")

    def __init__(self, weights: Mapping[Item, float], whole: float | None = None) -> None:
        self._items = [item for item, weight in weights.items() if weight > 0]
        self._bounds = list(accumulate(weight for weight in weights.values() if weight > 0))
        self._whole = max(whole or 0.0, self._bounds[-1] if self._bounds else 0.0)

    def at(self, draw: float) -> Item | None:
        """The thing at this place from 0 up to 1."""
        place = bisect_right(self._bounds, draw * self._whole)
        return self._items[place] if place < len(self._items) else None
