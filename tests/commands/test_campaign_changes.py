"""A campaign that runs is changed: what is different is shown, and somebody says what becomes of the leads under way."""

import os
import pty
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import anyio.to_thread
import asyncpg
import pytest

from commands.campaigns import starting
from store.leads.engagements import CHANNEL

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

ROOT = Path(__file__).resolve().parents[2]
CALLS = """\
campaign: calls
topic: insights
start: begin
tracks:
  begin:
    steps:
      - wait: 3 days
      - task: {reason: first}
      - wait: 5 days
      - task: {reason: second}
  won:
    steps:
      - end: won
rules:
  - {name: won, when: {outcome: won}, go: won}
"""
CHANGED = CALLS.replace("5 days", "9 days").replace("      - wait: 3 days\n      - task: {reason: first}\n", "      - wait: 3 days\n")


def write(folder: Path, text: str = CALLS, name: str = "calls") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
async def leads(starter: Starter, tmp_path: Path) -> None:
    """Three leads."""
    file = tmp_path / "leads.csv"
    file.write_text("email\nada@example.com\neve@example.com\njoe@example.com\n", encoding="utf-8")
    assert (await starter("leads", "import", file)).code == 0


@pytest.fixture
async def under_way(starter: Starter, ask: Ask, leads: None, tmp_path: Path) -> Path:
    """A campaign with three leads in it: one waits for the first task, one has it, one has not begun. Its file."""
    file = write(tmp_path)
    assert (await starter("campaign", "start", file, "--leads", "all", "--no-wait")).code == 0
    for name, step in (("ada", "wait-1"), ("eve", "first")):
        await ask(
            "WITH said AS (INSERT INTO standings (lead_id, no, open, stage, why, positions) SELECT id, 1, true, 'unknown', 'a pause', "
            "jsonb_build_array(jsonb_build_object('enrollment', 1, 'track', 'begin', 'step', CAST(:step AS text))) "
            "FROM leads WHERE email = :email RETURNING 1) SELECT count(*) FROM said",
            step=step,
            email=f"{name}@example.com",
        )
    return file


REFS = "SELECT count(DISTINCT ref) FROM enrollments"
TOLD = "SELECT count(*) FROM engagements WHERE kind = 'edition_changed'"


async def test_the_differences_are_shown_with_how_many_leads_each_concerns_and_nothing_is_started(
    starter: Starter, ask: Ask, under_way: Path
) -> None:
    same = await starter("campaign", "diff", under_way)
    write(under_way.parent, CHANGED)

    shown = await starter("campaign", "diff", under_way, COLUMNS="160")
    as_json = await starter("campaign", "diff", under_way, "--json")

    assert (same.code, "nobody is under way in another" in same.out) == (0, True)
    assert "has 3 leads under way" in shown.out
    assert "the task 'first' is gone" in shown.out
    assert "1 lead at step 'first' of 'begin', which is gone: migrated, they go on with 'wait-2'" in shown.out
    (found,) = as_json.json["differences"]
    assert [(effect["change"]["what"], effect["before"], effect["at"], effect["after"]) for effect in found["effects"]] == [
        ("the task 'first' is gone", 2, 1, 0),
        ("wait was 5 days, is 9 days", 3, 0, 0),
    ]
    assert await ask("SELECT count(*) FROM campaign_editions") == [1]


async def test_a_campaign_that_was_never_started_has_nothing_to_compare_with(starter: Starter, leads: None, tmp_path: Path) -> None:
    shown = await starter("campaign", "diff", write(tmp_path))
    wrong = await starter("campaign", "diff", tmp_path / "none.yaml")

    assert (shown.code, "was not started yet" in shown.out) == (0, True)
    assert (wrong.code, "there is no such file" in wrong.err) == (1, True)


async def test_without_a_terminal_it_must_be_said_what_becomes_of_leads_under_way(starter: Starter, ask: Ask, under_way: Path) -> None:
    write(under_way.parent, CHANGED)

    refused = await starter("campaign", "start", under_way, "--no-wait")
    rehearsed = await starter("campaign", "start", under_way, "--dry-run", "--under-way", "migrate", "--json")

    assert refused.code == 1
    assert "3 leads are under way in another edition, and nothing was started; say what becomes of them with --under-way" in refused.err
    assert (rehearsed.json["changed"], await ask("SELECT count(*) FROM campaign_editions")) == (3, [1])


async def test_those_under_way_may_finish_the_edition_that_they_are_in(starter: Starter, ask: Ask, under_way: Path) -> None:
    write(under_way.parent, CHANGED)

    kept = await starter("campaign", "start", under_way, "--no-wait", "--under-way", "keep", "--json")
    again = await starter("campaign", "start", under_way, "--leads", "all", "--no-wait", "--under-way", "keep")

    assert (kept.code, kept.json["under_way"], kept.json["changed"], kept.json["is_new_edition"]) == (0, "keep", 0, True)
    assert (again.code, await ask(TOLD)) == (0, [0])
    assert await ask("SELECT count(*) FROM enrollments JOIN campaign_editions USING (ref) WHERE snapshot LIKE '%9 days%'") == [0]


@pytest.mark.parametrize("course", ["migrate", "restart"])
async def test_all_under_way_go_on_in_the_new_edition_and_started_twice_nobody_is_changed_twice(
    starter: Starter, ask: Ask, under_way: Path, course: str
) -> None:
    write(under_way.parent, CHANGED)

    first = await starter("campaign", "start", under_way, "--no-wait", "--under-way", course)
    second = await starter("campaign", "start", under_way, "--no-wait", "--under-way", course, "--json")

    assert (first.code, "3 leads under way go on in this edition" in first.out) == (0, True)
    assert (second.json["changed"], second.json["is_new_edition"], second.json["differences"]) == (0, False, [])
    assert await ask("SELECT DISTINCT facts ->> 'enrollment', source FROM engagements WHERE kind = 'edition_changed'") == [("1", "starter")]
    assert (await ask(TOLD), await ask(REFS)) == ([3], [1])
    assert await ask("SELECT count(*) FROM enrollments JOIN campaign_editions USING (ref) WHERE snapshot LIKE '%9 days%'") == [3]


async def test_those_who_were_left_in_an_old_edition_may_be_taken_over_later(starter: Starter, ask: Ask, under_way: Path) -> None:
    write(under_way.parent, CHANGED)
    await starter("campaign", "start", under_way, "--no-wait", "--under-way", "keep")

    asked = await starter("campaign", "start", under_way, "--no-wait")
    later = await starter("campaign", "start", under_way, "--no-wait", "--under-way", "migrate", "--json")

    assert (asked.code, await ask(REFS), later.json["changed"]) == (0, [1], 3)
    assert "3 leads are under way in other editions; --under-way migrate or restart takes them over into this one" in asked.out


async def test_on_a_terminal_it_asks_and_enter_means_that_they_stay_as_they_are(
    environment: dict[str, str | None], ask: Ask, under_way: Path
) -> None:
    write(under_way.parent, CHANGED)
    given = {name: value for name, value in {**os.environ, **environment}.items() if value is not None}

    def answer(line: bytes) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        command = [sys.executable, str(ROOT / "starter.py"), "campaign", "start", str(under_way), "--no-wait"]
        with Popen(command, cwd=ROOT, env=given, stdin=theirs, stdout=PIPE, stderr=PIPE, text=True) as asking:
            os.write(ours, line)
            said, complaint = asking.communicate()
        os.close(ours)
        os.close(theirs)
        return asking.returncode, said + complaint

    code, said = await anyio.to_thread.run_sync(answer, b"\n")
    assert (code, "What becomes of the 3 leads under way?" in said, await ask(TOLD)) == (0, True, [0]), said

    write(under_way.parent, CHANGED.replace("3 days", "4 days"))
    code, said = await anyio.to_thread.run_sync(answer, b"restart\n")
    assert (code, "3 leads under way go on in this edition, from its start" in said, await ask(TOLD)) == (0, True, [3])


FORMS = "forms:\n  demo: {engagement: demo_requested}\n"


async def test_a_form_belongs_to_one_campaign_and_all_share_one_stage_model(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    assert (await starter("campaign", "start", write(tmp_path, CALLS + FORMS))).code == 0
    other = write(tmp_path, CALLS.replace("campaign: calls", "campaign: other\nstages: btob_fine") + FORMS, "other")

    refused = await starter("campaign", "start", other)
    itself = await starter("campaign", "start", write(tmp_path, CALLS + FORMS))

    assert refused.code == 1
    assert f"{other}:18: the form 'demo' is already the form of the campaign 'calls', which runs; give this one another name" in refused.err
    assert f"{other}:2: its stage model is 'btob_fine', but the campaign 'calls', which runs, has 'btob'" in refused.err
    assert (itself.code, await ask("SELECT name FROM campaign_editions")) == (0, ["calls"])


async def test_a_start_that_was_interrupted_says_how_many_still_wait_and_watches_them(
    starter: Starter, leads: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "UNEASY_SECONDS", 0.1)
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 0.5)
    file = write(tmp_path)
    await starter("campaign", "start", file, "--leads", "all", "--no-wait")

    again = await starter("campaign", "start", file, "--leads", "all")

    assert (again.code, "3 leads of it still wait to be carried to Temporal since an earlier start" in again.out) == (3, True)
    assert "3 leads still wait and nothing moves: no worker runs" in again.err


@asynccontextmanager
async def a_worker(database_url: str) -> AsyncIterator[None]:
    """What a worker does first: its relay listens. This one hears of what waits, and cannot carry it anywhere."""
    listener = await asyncpg.connect(database_url)
    try:
        await listener.add_listener(CHANNEL, lambda *_: None)
        yield
    finally:
        await listener.close()


async def test_it_is_told_whether_a_worker_runs(
    starter: Starter, database_url: str, leads: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "UNEASY_SECONDS", 0.1)
    monkeypatch.setattr(starting, "PATIENCE_WITH_A_WORKER_SECONDS", 0.5)
    file = write(tmp_path)
    await starter("campaign", "start", file, "--leads", "all", "--no-wait")

    without = await starter("campaign", "list")
    async with a_worker(database_url):
        listed = await starter("campaign", "list")
        watched = await starter("campaign", "start", file, "--leads", "all")

    assert "as soon as a worker runs" in without.out
    assert "Those waiting are on their way" in listed.out
    assert (watched.code, "A worker runs: is Temporal there?" in watched.err, "Does a worker run" in watched.err) == (3, True, False)
    assert "a worker runs, but Temporal does not take them" in watched.err
