"""The worker of production with a number of sends at a time that is chosen, as a process that is made to be killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import uvloop

import worker
from local.nursery import NURSERY, needed
from local.processes import Died, end_with, while_it_lives

_T = TypeVar("_T")

needed(__name__)


class Mortal:
    """A worker that is killed, sooner or later. Made by ``mortal``."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self._over = asyncio.Event()
        asyncio.get_running_loop().add_reader(process.sentinel, self._has_ended)

    async def kill(self) -> None:
        self._process.kill()
        await self._over.wait()

    async def serving(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What comes of work that needs this worker. Raises Died when it ends before that."""
        return await while_it_lives(self._must_live(), work)

    async def _must_live(self) -> None:
        await self._over.wait()
        raise Died("worker", self._process.exitcode or 0, ())

    def _has_ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._over.set()


@asynccontextmanager
async def mortal(at_a_time: int, environment: Mapping[str, str]) -> AsyncIterator[Mortal]:
    """A worker with this environment, until the block ends at the latest."""
    process = NURSERY.Process(target=_live, args=(at_a_time, {**environment}), daemon=True)
    process.start()
    one = Mortal(process)
    try:
        yield one
    finally:
        await one.kill()


def _live(at_a_time: int, environment: dict[str, str]) -> None:
    if sys.platform == "linux":
        end_with(os.getppid())
    os.environ.clear()
    os.environ.update(environment)
    vars(worker)["ACTIVITIES_AT_A_TIME"] = at_a_time
    uvloop.run(worker.main())
