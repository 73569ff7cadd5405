"""One at a time in a folder: its lock is held by every process that works there, so that it is free only when the last of them is gone."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Final

from local.processes import is_alive

PATIENCE_S: Final = 3.0
"""How long processes of a stack that was killed may take to end."""

_OURSELVES: Final = "make up"


class Lock:
    """The lock of a folder. ``file`` is for children to keep, see ``running``. Made by ``alone_in``."""

    def __init__(self, opened: IO[str]) -> None:
        self._opened = opened
        self.file = opened.fileno()
        self.name_holders({})

    def name_holders(self, children: Mapping[str, int]) -> None:
        """Write down whose it is: ours, and these processes'."""
        self._opened.seek(0)
        self._opened.truncate()
        self._opened.write("".join(f"{pid} {name}\n" for name, pid in {_OURSELVES: os.getpid(), **children}.items()))
        self._opened.flush()


@asynccontextmanager
async def alone_in(folder: Path) -> AsyncIterator[Lock]:
    """Lock the folder while the block lasts. Raises RuntimeError, which names who has it, when it is not free within ``PATIENCE_S``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as opened:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not _taken(opened):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise RuntimeError(f"{folder} is in use: {_who_has(opened)}") from None
        yield Lock(opened)


def _taken(opened: IO[str]) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _who_has(opened: IO[str]) -> str:
    opened.seek(0)
    named = [line.strip().partition(" ") for line in opened]
    alive = {int(pid): name for pid, _, name in named if pid.isdigit() and is_alive(int(pid))}
    if ours := [pid for pid, name in alive.items() if name == _OURSELVES]:
        return f"another 'make up' runs on it, as process {ours[0]}"
    if not alive:
        return "another 'make up' begins or ends on it; try again in a moment"
    left = ", ".join(f"{name} ({pid})" for pid, name in alive.items())
    return f"a 'make up' that was killed left {left} behind; end them with: kill {' '.join(map(str, alive))}"
