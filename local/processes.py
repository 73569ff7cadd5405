"""Child processes that are started, watched, listened to and always stopped again."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import sysconfig
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from random import SystemRandom
from shutil import which
from typing import Any, Final, TypeVar

import anyio

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where every process runs."""

Show = Callable[[str, str], None]
"""Gets the name of a process and a line that it wrote."""

_T = TypeVar("_T")
_LAST_LINES = 20
_LIBC = ctypes.CDLL(None)
_DIE_WITH_PARENT = 1
"""Linux's ``PR_SET_PDEATHSIG``."""
_NEVER_GIVEN: Final = range(10_000, 32_768)
"""Systems give ports from 32768 on to whoever asks for any, also to one that only calls somebody: one of those may be gone in a second."""


class Died(RuntimeError):
    """A process ended although nobody had asked it to. ``last_lines`` is what it wrote at the end."""

    def __init__(self, name: str, code: int, last_lines: Sequence[str]) -> None:
        self.name, self.code, self.last_lines = name, code, tuple(last_lines)
        super().__init__(
            "\n".join([f"{name} ended by itself with exit code {code}. Its last lines:", *(f"  {line}" for line in last_lines)])
        )


class Child:
    """A running process, in a session of its own, so that a Ctrl-C in the terminal leaves the order of stopping to us."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, output: asyncio.StreamReader, show: Show, patience_s: float) -> None:
        self.name = name
        self.last_lines: deque[str] = deque(maxlen=_LAST_LINES)
        self._process = process
        self._show = show
        self._patience_s = patience_s
        self._listening = asyncio.create_task(self._listen(output))

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ended(self) -> int:
        """Wait until the process has ended and all that it wrote was shown. Gives its exit code."""
        code = await self._process.wait()
        # A grandchild may keep the pipe open for ever: what is still on its way gets a moment, no more.
        await asyncio.wait([self._listening], timeout=1)
        return code

    async def must_live(self) -> None:
        """Wait for ever. Raises Died when the process ends."""
        code = await self.ended()
        raise Died(self.name, code, self.last_lines)

    async def serving(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What comes of work that needs this process. Raises Died when it ends before that: the work would be waited for in vain."""
        return await while_it_lives(self.must_live(), work)

    async def stop(self) -> None:
        """Ask it to stop, and insist after a while. Nothing of its process group is left behind."""
        try:
            if self._process.returncode is None:
                self._process.terminate()
                async with asyncio.timeout(self._patience_s):
                    await self._process.wait()
        except TimeoutError:
            self._show(self.name, f"does not stop within {self._patience_s:.0f} s and is ended")
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        await self.ended()
        self._listening.cancel()

    async def _listen(self, output: asyncio.StreamReader) -> None:
        while line := await _line(output):
            text = line.decode(errors="replace").rstrip()
            self.last_lines.append(text)
            self._show(self.name, text)


async def while_it_lives(must_live: Coroutine[Any, Any, None], work: Coroutine[Any, Any, _T]) -> _T:
    """What comes of work that needs something. Raises what ``must_live`` raises when that ends before the work does."""
    working, dying = asyncio.create_task(work), asyncio.create_task(must_live)
    try:
        await asyncio.wait([working, dying], return_when=asyncio.FIRST_COMPLETED)
        if dying.done():
            dying.result()
        return await working
    finally:
        working.cancel()
        dying.cancel()


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than the stream's buffer, which readline has emptied
        return b"(a line too long to show)\n"


@asynccontextmanager
async def running(
    name: str,
    command: Sequence[str | Path],
    *,
    show: Show = lambda name, line: None,
    environment: Mapping[str, str] | None = None,
    patience_s: float = 15,
    keeps: Sequence[int] = (),
) -> AsyncIterator[Child]:
    """Run a command in the checkout for as long as the block lasts; ``environment`` replaces ours.

    It is asked to stop when the block ends, and killed after ``patience_s``. Where the system can do that, it ends with us even if we are
    killed. ``keeps`` are open files that it holds for as long as it lives.
    """
    async with _pipe() as (output, end):
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env={**environment} if environment is not None else None,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=end,
                stderr=end,
                start_new_session=True,
                pass_fds=keeps,
                preexec_fn=partial(end_with, os.getpid()) if sys.platform == "linux" else None,
            )
        finally:
            os.close(end)
        child = Child(name, process, output, show, patience_s)
        try:
            yield child
        finally:
            with anyio.CancelScope(shield=True):
                await child.stop()


def end_with(parent: int) -> None:
    """Runs in a child, on Linux, before whatever it is there for: the system kills it when ``parent`` is gone."""
    _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before we said so
        os._exit(1)


@asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A pipe of our own: asyncio's would not let a process have ended while something that it started still holds the pipe."""
    ours, theirs = os.pipe()
    output = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        yield output, theirs
    finally:
        transport.close()


async def answers(child: Child, ask: Callable[[], Awaitable[object]], *, within_s: float = 30) -> None:
    """Ask until there is an answer without an error. Raises Died when the process ends first, TimeoutError with the last error."""
    ended = asyncio.create_task(child.must_live())
    last: Exception | None = None
    try:
        async with asyncio.timeout(within_s):
            while not ended.done():
                try:
                    await ask()
                    return
                except Exception as error:
                    last = error
                await asyncio.wait([ended], timeout=0.1)
            await ended
    except TimeoutError:
        raise TimeoutError(f"{child.name} does not answer within {within_s:.0f} s: {last}") from last
    finally:
        ended.cancel()


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def tool(name: str) -> str:
    """Where a program from one of our wheels is: beside our interpreter, else on the PATH. Raises FileNotFoundError."""
    found = which(name, path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
    if not found:
        raise FileNotFoundError(f"{name!r} is not installed: run 'make' once to install what development needs")
    return found


def free_port(preferred: int = 0) -> int:
    """``preferred`` when nobody listens there, else another that is free, and stays so until whoever asked for it listens there."""
    for port in [preferred] * bool(preferred) + SystemRandom().sample(_NEVER_GIVEN, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("the system has no free port")
