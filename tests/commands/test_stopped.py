"""Whatever stops the starter in the middle, nothing is lost, nothing is doubled, and the next run goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from local.nursery import Born, born, needed
from store.database import Database

pytestmark = pytest.mark.anyio

needed("commands.app")

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]
Run = Callable[..., AbstractContextManager[Born]]

LEADS = 300
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
CALLS = """\
campaign: calls
topic: insights
start: begin
tracks:
  begin:
    steps:
      - wait: 3 days
      - end: over
"""


@pytest.fixture
def process(environment: dict[str, str | None]) -> Run:
    """Runs the starter as a process of its own, which is gone when the block ends."""
    given = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}
    return lambda *words: born(["starter.py", *map(str, words)], given)


@pytest.fixture
async def campaign(starter: Starter, tmp_path: Path) -> Path:
    """A campaign, with leads that could be enrolled in it."""
    leads, file = tmp_path / "leads.csv", tmp_path / "calls.yaml"
    leads.write_text("email\n" + "".join(f"lead{number}@example.com\n" for number in range(LEADS)), encoding="utf-8")
    file.write_text(CALLS, encoding="utf-8")
    assert (await starter("leads", "import", leads)).code == 0
    return file


@asynccontextmanager
async def held_up(database: Database, ask: Ask, running: Born) -> AsyncIterator[None]:
    """Hold one lead's row, so that the start stands in the middle of its transaction while the block lasts."""
    async with database.transaction() as session:
        await session.execute(text("SELECT FROM leads WHERE email = 'lead7@example.com' FOR UPDATE"))
        while not await ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"):
            assert running.poll() is None, running.communicate()
            await asyncio.sleep(0.05)
        yield


async def ended(running: Born) -> tuple[int | None, str, str]:
    out, err = await asyncio.to_thread(running.communicate)
    return running.returncode, out, err


async def has(ask: Ask, question: str, running: Born | None = None) -> None:
    """Wait until it is so; a process that is to bring it about must not have ended."""
    while not (await ask(question))[0]:
        assert running is None or running.poll() is None, running.communicate()
        await asyncio.sleep(0.05)


async def test_a_kill_in_the_middle_of_a_start_leaves_nothing_behind_and_the_second_start_does_it_all(
    starter: Starter, ask: Ask, database: Database, campaign: Path, process: Run
) -> None:
    with process("campaign", "start", campaign, "--leads", "all") as running:
        async with held_up(database, ask, running):
            running.send_signal(signal.SIGKILL)
            code, _, _ = await ended(running)
    await has(ask, f"SELECT NOT EXISTS (SELECT {OTHERS} AND query LIKE '%leads%')")
    left = await ask(
        "SELECT (SELECT count(*) FROM campaign_editions), (SELECT count(*) FROM enrollments), (SELECT count(*) FROM engagements)"
    )

    second = await starter("campaign", "start", campaign, "--leads", "all", "--no-wait", "--json")

    assert (code, left) == (-signal.SIGKILL, [(0, 0, 0)])
    assert (second.json["enrolled"], second.json["already"]) == (LEADS, 0)


async def test_a_kill_while_it_watches_loses_nothing_and_the_second_start_enrolls_nobody_twice(
    starter: Starter, ask: Ask, campaign: Path, process: Run
) -> None:
    with process("campaign", "start", campaign, "--leads", "all") as running:
        await has(ask, "SELECT EXISTS (SELECT FROM enrollments)", running)
        running.send_signal(signal.SIGKILL)
        code, _, _ = await ended(running)

    second = await starter("campaign", "start", campaign, "--leads", "all", "--no-wait", "--json")

    assert code == -signal.SIGKILL
    assert (second.json["enrolled"], second.json["already"], second.json["waiting"]) == (0, LEADS, LEADS)
    assert await ask("SELECT count(*), count(DISTINCT lead_id) FROM engagements WHERE kind = 'enrolled'") == [(LEADS, LEADS)]


async def test_ctrl_c_while_it_starts_undoes_all_and_says_how_to_go_on(ask: Ask, database: Database, campaign: Path, process: Run) -> None:
    with process("campaign", "start", campaign, "--leads", "all") as running:
        async with held_up(database, ask, running):
            running.send_signal(signal.SIGINT)
            code, _, err = await ended(running)

    assert code == 130
    assert err.splitlines() == [
        "Stopped while it was starting. Run the same command again: it is all or nothing, and nobody is enrolled twice.",
        "Stopped.",
    ]
    assert await ask("SELECT count(*) FROM enrollments") == [0]


async def test_ctrl_c_while_it_watches_stops_only_the_watching(ask: Ask, campaign: Path, process: Run) -> None:
    with process("campaign", "start", campaign, "--leads", "all") as running:
        assert "is started" in await asyncio.to_thread(running.stdout.readline)
        assert f"{LEADS} leads enrolled" in await asyncio.to_thread(running.stdout.readline)
        assert "without a consent" in await asyncio.to_thread(running.stdout.readline)
        running.send_signal(signal.SIGINT)
        code, _, err = await ended(running)

    assert (code, err.splitlines()) == (
        130,
        ["No longer watching. Nothing is lost: the workers carry on by themselves.", "Stopped."],
    )
    assert await ask("SELECT count(*) FROM enrollments") == [LEADS]


async def test_ctrl_c_in_the_middle_of_an_import_keeps_what_is_in_and_the_next_import_takes_the_rest(
    starter: Starter, ask: Ask, tmp_path: Path, process: Run
) -> None:
    file = tmp_path / "many.csv"
    file.write_text("email\n" + "".join(f"lead{number}@example.com\n" for number in range(5_000)), encoding="utf-8")

    with process("leads", "import", file) as running:
        await has(ask, "SELECT EXISTS (SELECT FROM leads)", running)
        running.send_signal(signal.SIGINT)
        code, _, err = await ended(running)
    (kept,) = await ask("SELECT count(*) FROM leads")
    rest = await starter("leads", "import", file, "--json")

    assert (code, err.splitlines()) == (
        130,
        ["What was read so far is in. Import the file again to go on: nothing comes in twice.", "Stopped."],
    )
    assert 0 < kept < 5_000
    assert (rest.json["unchanged"], rest.json["new"]) == (kept, 5_000 - kept)
