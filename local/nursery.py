"""Our programs as processes that are made to be stopped: what they need is loaded once, and each is a copy of what is loaded."""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final, TextIO

from local.processes import ROOT, end_with

NURSERY: Final = multiprocessing.get_context("forkserver")
"""Forks processes from one in which there is no thread yet, and all is loaded that was said to be needed before the first."""

_needed = [__name__]


def needed(*modules: str) -> None:
    """Say what programs need."""
    _needed.extend(modules)
    NURSERY.set_forkserver_preload(_needed)


class Born:
    """A program that runs, to be used as a ``Popen`` with text in its pipes. Made by ``born``."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.stdout, out = _pipe()
        self.stderr, err = _pipe()
        self._process = NURSERY.Process(target=_live, args=(command, {**environment}, out, err), daemon=True)
        self._process.start()
        out.close()
        err.close()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        """Wait until it has ended. Gives the rest of what it wrote to stdout, and to stderr."""
        wrote = self.stdout.read(), self.stderr.read()
        self._process.join()
        return wrote

    def send_signal(self, number: int) -> None:
        assert self._process.pid
        os.kill(self._process.pid, number)

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.stdout.close()
        self.stderr.close()


@contextmanager
def born(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Born]:
    """Run a script of the checkout with its arguments in this environment, until the block ends at the latest."""
    one = Born(command, environment)
    try:
        yield one
    finally:
        one.end()


def _pipe() -> tuple[TextIO, Connection]:
    ours, theirs = NURSERY.Pipe(duplex=False)
    with ours:
        return os.fdopen(os.dup(ours.fileno()), encoding="utf-8"), theirs


def _live(command: Sequence[str], environment: Mapping[str, str], out: Connection, err: Connection) -> None:
    if sys.platform == "linux":
        end_with(os.getppid())
    for name, pipe, number in (("stdout", out, 1), ("stderr", err, 2)):
        os.dup2(pipe.fileno(), number)
        pipe.close()
        setattr(sys, name, os.fdopen(number, "w", encoding="utf-8"))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(ROOT / command[0]), *command[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
