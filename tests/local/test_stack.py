"""``make up``: everything runs, says where it is, and is gone again when it is told to stop."""

import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from local.processes import Child, answers, running

pytestmark = pytest.mark.anyio

_PATIENCE_S = 60


@asynccontextmanager
async def make_up(folder: Path, **environment: str) -> AsyncIterator[tuple[Child, list[str]]]:
    """The command with every port left to the system, and all that it has printed so far."""
    printed: list[str] = []
    command = [sys.executable, "-m", "local.stack", "--folder", str(folder), "--any-ports"]
    plain = {"COLUMNS": "80", "PYTHONUNBUFFERED": "1", **environment}
    async with running("up", command, environment=os.environ | plain, show=lambda name, line: printed.append(line)) as up:
        yield up, printed


async def is_ready(up: Child, printed: list[str]) -> None:
    async def ready() -> None:
        assert any("Everything is ready" in line for line in printed), "\n".join(printed)

    await answers(up, ready, within_s=_PATIENCE_S)


def settings_for_a_shell(folder: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in (folder / "env").read_text().splitlines())
    return {name: value.strip("'") for name, value in pairs}


@dataclass(frozen=True, kw_only=True)
class Lived:
    """One life of it, from its start to Ctrl-C, with somebody who tried to start a second one meanwhile.

    It is led where another one was killed. ``left_over`` is what of that one still answered.
    """

    folder: Path
    left_over: list[str]
    code: int
    printed: list[str]
    pages: list[str]
    answered: list[int]
    healthy: int
    shell: dict[str, str]
    second_code: int
    second_said: list[str]
    temporal_said: str


@pytest.fixture(scope="module")
async def lived(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Lived]:
    folder = tmp_path_factory.mktemp("stack")
    async with make_up(folder) as (killed, before):
        await is_ready(killed, before)
        of_the_killed = settings_for_a_shell(folder)
        os.kill(killed.pid, signal.SIGKILL)
        await killed.ended()
        yield await _live(folder, of_the_killed)


async def _live(folder: Path, before: dict[str, str]) -> Lived:
    async with make_up(folder) as (up, printed):
        await is_ready(up, printed)
        left_over = await _answering(before)
        shell = settings_for_a_shell(folder)
        pages = re.findall(r"│ (http://127\.0\.0\.1:\d+) ", "\n".join(printed))
        async with httpx.AsyncClient() as browser:
            answered = [(await browser.get(page)).status_code for page in pages]
            healthy = (await browser.get(f"{shell['BASE_URL']}/healthz")).status_code
        async with make_up(folder) as (second, said):
            second_code = await second.ended()

        os.kill(up.pid, signal.SIGINT)
        return Lived(
            folder=folder,
            left_over=left_over,
            code=await up.ended(),
            printed=printed,
            pages=pages,
            answered=answered,
            healthy=healthy,
            shell=shell,
            second_code=second_code,
            second_said=said,
            temporal_said=(folder / "temporal.log").read_text(),
        )


async def _answering(shell: dict[str, str]) -> list[str]:
    """What answers of a stack with these settings."""
    answering = []
    async with httpx.AsyncClient() as browser:
        with suppress(httpx.ConnectError):
            await browser.get(f"{shell['BASE_URL']}/healthz")
            answering.append("web")
    with suppress(RuntimeError):
        await Client.connect(shell["TEMPORAL_ADDRESS"])
        answering.append("temporal")
    return answering


async def test_everything_runs_alone_on_its_state_until_ctrl_c_and_then_nothing_is_left(lived: Lived) -> None:
    assert (lived.answered, lived.healthy) == ([200, 200, 200], 200)
    assert lived.second_code == 1
    assert any("is in use" in line for line in lived.second_said)
    assert lived.code == 0, "\n".join(lived.printed)

    async with httpx.AsyncClient() as browser:
        for page in lived.pages:
            with pytest.raises(httpx.ConnectError):
                await browser.get(page)
    assert await _answering(lived.shell) == []
    assert not (lived.folder / "postgres" / "postmaster.pid").exists()
    assert not (lived.folder / "env").exists()


async def test_links_that_sign_in_are_uncut_and_alone_on_their_lines_in_a_narrow_terminal(lived: Lived) -> None:
    links = [line for line in lived.printed if "/login/link?token=" in line]

    assert links
    assert [line for line in links if not re.search(r": http://\S+/login/link\?token=[\w.-]{20,}$", line)] == []


async def test_what_a_killed_stack_had_started_ends_with_it_and_the_next_one_runs_alone(lived: Lived) -> None:
    assert lived.left_over == []
    assert lived.healthy == 200


async def test_it_can_be_stopped_while_it_is_still_starting(lived: Lived) -> None:
    async with make_up(lived.folder) as (up, printed):

        async def starting() -> None:
            assert any("Temporal" in line for line in printed)

        await answers(up, starting, within_s=_PATIENCE_S)
        os.kill(up.pid, signal.SIGTERM)
        assert await up.ended() == 0, "\n".join(printed)

    assert not (lived.folder / "postgres" / "postmaster.pid").exists()


async def test_a_process_that_dies_stops_the_rest_and_its_last_words_are_shown(lived: Lived) -> None:
    async with make_up(lived.folder, SENDER_ADDRESS="nobody") as (up, printed):
        assert await up.ended() == 1

    assert any("SENDER_ADDRESS is wrong" in line for line in printed)
    assert any("ended by itself with exit code" in line for line in printed)
    assert not (lived.folder / "postgres" / "postmaster.pid").exists()


async def test_in_normal_use_temporal_prints_nothing_and_its_log_is_kept(lived: Lived) -> None:
    assert [line for line in lived.printed if line.strip().startswith("temporal │")] == []
    assert lived.temporal_said != ""
