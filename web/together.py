"""Stores what comes in at the same time together: while one transaction is under way, others gather for the next."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

Item = TypeVar("Item")
Read = TypeVar("Read")
_MOST: Final = 100
"""Items that are stored in one transaction."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item]):
    item: Item
    is_stored: bool = False


class Together(Generic[Item]):
    """``store`` stores what it is given in one transaction. Of items with one ``key`` it is given one at a time, in their order."""

    def __init__(self, store: Callable[[Sequence[Item]], Awaitable[None]], *, key: Callable[[Item], Hashable] = id) -> None:
        self._store, self._key = store, key
        self._storing = asyncio.Lock()
        self._waiting: list[_Waiting[Item]] = []

    async def add(self, item: Item) -> None:
        """Return once it is stored. Raises what the database has against it, and never what it has against another."""
        mine = _Waiting(item)
        self._waiting.append(mine)
        async with self._storing:
            while mine in self._waiting:
                together = self._next()
                try:
                    await self._store([one.item for one in together])
                except SQLAlchemyError:
                    if len(together) == 1:
                        raise
                else:
                    for one in together:
                        one.is_stored = True
            # Whoever went together with something that cannot be stored goes alone.
            if not mine.is_stored:
                await self._store([mine.item])

    def _next(self) -> list[_Waiting[Item]]:
        chosen: dict[Hashable, _Waiting[Item]] = {}
        for one in self._waiting:
            if len(chosen) < _MOST:
                chosen.setdefault(self._key(one.item), one)
        self._waiting = [one for one in self._waiting if one not in chosen.values()]
        return list(chosen.values())


class Shared(Generic[Read]):
    """Reads something anew for whoever asks, and once for all who ask while another read is under way."""

    def __init__(self, read: Callable[[], Awaitable[Read]]) -> None:
        self._read = read
        self._reading = asyncio.Lock()
        self._begun = 0
        self._found: tuple[int, Read] | None = None

    async def get(self) -> Read:
        """As it was at a moment after this was called."""
        wanted = self._begun + 1
        async with self._reading:
            if self._found is None or self._found[0] < wanted:
                self._begun += 1
                self._found = self._begun, await self._read()
            return self._found[1]
