"""A process that we start is watched while it runs and gone when we are done, with all that it started."""

import asyncio
import fcntl
import socket
import sys
from pathlib import Path

import pytest

from local.processes import Died, answers, free_port, running, tool

pytestmark = pytest.mark.anyio


async def test_a_process_that_dies_is_named_with_its_last_lines() -> None:
    heard: list[tuple[str, str]] = []

    with pytest.raises(Died, match="cook ended by itself with exit code 3") as died:
        async with running(
            "cook", [sys.executable, "-c", "print('no salt'); raise SystemExit(3)"], show=lambda name, line: heard.append((name, line))
        ) as child:
            await child.must_live()

    assert died.value.last_lines == ("no salt",)
    assert heard == [("cook", "no salt")]


async def test_work_that_a_process_serves_is_not_waited_for_when_it_dies() -> None:
    async with running("cook", [sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        assert await child.serving(asyncio.sleep(0, "soup")) == "soup"

    async with running("cook", [sys.executable, "-c", "raise SystemExit(3)"]) as child:
        with pytest.raises(Died, match="cook ended by itself"):
            await child.serving(asyncio.Event().wait())


async def test_stopping_a_process_stops_what_it_started(tmp_path: Path) -> None:
    path = tmp_path / "held"
    grandchild = (
        f"import fcntl, time; f = open({str(path)!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('holds', flush=True); time.sleep(600)"
    )
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    async with running("parent", [sys.executable, "-c", child]) as parent:

        async def holds() -> None:
            assert "holds" in parent.last_lines

        await answers(parent, holds)
        with path.open() as held, pytest.raises(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent; elsewhere the lock names what is left")
async def test_a_process_ends_with_us_even_if_we_are_killed(tmp_path: Path) -> None:
    path = tmp_path / "held"
    us = f"""
import asyncio, os, signal
from local.processes import running
async def main():
    with open({str(path)!r}, "w") as held:
        import fcntl; fcntl.flock(held, fcntl.LOCK_EX)
        async with running("child", ["sleep", "600"], keeps=[held.fileno()]):
            os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""

    async def is_free() -> None:
        with path.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    async with running("us", [sys.executable, "-c", us]) as parent, running("watcher", ["sleep", "600"]) as watcher:
        assert await parent.ended() == -9
        await answers(watcher, is_free, within_s=5)


async def test_waiting_for_an_answer_ends_when_the_process_does() -> None:
    async def never() -> None:
        raise ConnectionError("nobody there")

    with pytest.raises(Died, match="ended by itself"):
        async with running("mute", [sys.executable, "-c", "pass"]) as child:
            await answers(child, never)


async def test_waiting_for_an_answer_ends_after_a_while_and_says_what_was_wrong() -> None:
    async def never() -> None:
        raise ConnectionError("nobody there")

    with pytest.raises(TimeoutError, match="nobody there"):
        async with running("mute", ["sleep", "60"]) as child:
            await answers(child, never, within_s=0.3)


async def test_a_port_that_is_taken_is_not_offered() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert free_port(port) != port
    assert free_port(port) == port


async def test_a_port_is_one_that_the_system_gives_to_nobody_who_asks_for_any() -> None:
    with socket.create_server(("127.0.0.1", 0)) as given:
        assert free_port() < given.getsockname()[1]


async def test_a_tool_is_found_beside_the_interpreter_without_any_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert Path(tool("temporal")).is_file()
    with pytest.raises(FileNotFoundError, match="run 'make'"):
        tool("no-such-tool")
