"""Very many lives on all cores. What comes of them does not depend on how many processes live them."""

import gc
import os
import signal
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Final

from forecast.life import live
from forecast.people import made_up
from forecast.tally import Counts, Witness
from forecast.world import World

CHUNK: Final = 250
"""Leads that one process takes at a time: a third of a second, so that the bar moves and Ctrl-C is heeded."""

_world: World | None = None
"""The world of a process that was started to live lives."""


def lives(world: World, first: int, count: int) -> Counts:
    """Live the lives of ``count`` leads from this number on."""
    witness = Witness(world)
    for number in range(first, first + count):
        live(world, made_up(world, number), witness)
    witness.counts.lives = count
    return witness.counts


def all_lives(world: World, leads: int, workers: int) -> Generator[Counts, None, None]:
    """What is counted of all lives, a part at a time in any order; together the parts are the same for any number of ``workers``.

    Workers are processes; with one, or with few leads, it is this one. Close it to stop before the end: then no process is left.
    """
    chunks = ((first, min(CHUNK, leads - first)) for first in range(0, leads, CHUNK))
    if workers > 1 and leads > CHUNK:
        yield from _elsewhere(world, chunks, workers)
    else:
        yield from (lives(world, *chunk) for chunk in chunks)


def foretell(world: World, leads: int, workers: int = 1) -> Counts:
    """What is counted of all lives."""
    counts = Counts()
    for part in all_lives(world, leads, workers):
        counts.add(part)
    return counts


def _elsewhere(world: World, chunks: Iterator[tuple[int, int]], workers: int) -> Iterator[Counts]:
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (world,)) as pool:
        under_way: set[Future[Counts]] = set()
        try:
            with _ctrl_c_put_off():
                under_way = {pool.submit(_lives_here, chunk) for chunk in islice(chunks, 2 * workers)}
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                under_way |= {pool.submit(_lives_here, chunk) for chunk in islice(chunks, len(done))}
                yield from (future.result() for future in done)
        finally:
            for future in under_way:
                future.cancel()


@contextmanager
def _ctrl_c_put_off() -> Iterator[None]:
    """Processes that are started meanwhile never hear of Ctrl-C; this one does, as soon as the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(world: World) -> None:
    global _world
    _world = world
    gc.disable()  # lives hold no circles, and looking for them takes a tenth of the time
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Nobody is left behind by a parent that was killed."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _lives_here(chunk: tuple[int, int]) -> Counts:
    assert _world is not None
    return lives(_world, *chunk)
