"""What if: both futures of a life that was lived in a town, side by side; and nothing is touched by it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from store import tables
from store.database import Database
from tests.explain.conftest import Lived, welcome

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
FORK = ("--from", "2040-03-15", "--until", "2041-12-31")


def letters(future: dict[str, Any]) -> list[str]:
    return [one["what"].removeprefix("sent ").strip("'") for one in future["decisions"] if one["of"] == "letter"]


def moves(future: dict[str, Any]) -> list[str]:
    return [one["what"].partition(": ")[2] for one in future["decisions"] if "→" in one["what"]]


async def test_as_it_is_a_played_future_is_the_one_that_came(starter: Starter, lived: Lived, kept: Database) -> None:
    said = await starter("whatif", lived.lead, *FORK, "--change", "engagement downloaded guide at 2041-04-12", "--json")

    async with kept.transaction() as session:
        rows = await session.execute(text("SELECT letter FROM touches WHERE sent_at > '2040-03-16' ORDER BY sent_at"))
        really = [row.letter for row in rows]
    played = letters(said.json["as_it_is"])
    assert said.code == 0
    assert played[: len(really)] == really
    assert moves(said.json["as_it_is"])[:5] == ["educate → silent", "silent → fast", "fast → won", "steady → renewal", "renewal → steady"]


async def test_an_answer_that_never_came_would_have_kept_a_lead_from_falling_silent(starter: Starter, lived: Lived) -> None:
    said = await starter("whatif", lived.lead, *FORK, "--change", "engagement replied at 2040-03-20", "--json")

    assert said.code == 0
    assert moves(said.json["as_it_is"])[0] == "educate → silent"
    assert moves(said.json["supposed"])[0] == "educate → fast"
    assert letters(said.json["supposed"])[:2] == ["for_plants", "check_in"]
    assert said.json["parts_at"].startswith("2040-03-20T12:00")


async def test_another_fact_leads_another_way_and_an_answer_to_a_task_that_is_not_opened_then_does_not_count(
    starter: Starter, lived: Lived
) -> None:
    said = await starter("whatif", lived.lead, *FORK, "--change", "fact fit=poor", "--change", "fact segment=offices", "--json")

    assert letters(said.json["supposed"])[0] == "for_offices"
    assert "silent → fast" not in moves(said.json["supposed"])
    assert "fast → won" not in moves(said.json["supposed"])
    assert said.json["supposed"]["stage"] == "consideration"


async def test_another_edition_is_played_for_a_lead_that_is_under_way(starter: Starter, lived: Lived, tmp_path: Path) -> None:
    steps = [{"email": "hello"}, {"email": "basics"}, {"wait": "3 days"}, {"email": "wide"}]
    written = welcome().model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    written["tracks"] |= {"educate": {"steps": steps}}
    del written["tracks"]["offices"], written["tracks"]["narrow"]
    file = tmp_path / "welcome.yaml"
    file.write_text(json.dumps(written), encoding="utf-8")

    said = await starter("whatif", lived.lead, *FORK, "--change", f"campaign {file}", "--json")

    assert (said.code, said.err) == (0, "")
    assert letters(said.json["supposed"])[0] == "wide"
    assert letters(said.json["as_it_is"])[0] == "for_plants"


async def test_what_a_lead_really_did_is_taken_away_and_what_followed_from_it_with_it(starter: Starter, lived: Lived) -> None:
    said = await starter("whatif", lived.lead, "--without", "demo_requested", "--until", "2041-12-31", "--json")

    assert (said.code, said.err) == (0, "")
    assert moves(said.json["as_it_is"])[:2] == ["silent → fast", "fast → won"]
    assert said.json["as_it_is"]["decisions"][0]["what"] == "demo requested"
    assert not {"silent → fast", "fast → won"} & set(moves(said.json["supposed"]))
    assert letters(said.json["supposed"])[0] == "shutdown"
    assert said.json["supposed"]["stage"] != "purchase"
    assert said.json["without"] == ["demo_requested"]


async def test_only_that_of_a_day_is_taken_away_where_a_day_is_named(starter: Starter, lived: Lived) -> None:
    """A customer renewed a year after it had bought: without that, its contract is not the longer one."""
    said = await starter("whatif", lived.lead, "--without", "task_completed won at 2041-03-13", "--until", "2042-12-31", "--json")

    assert (said.code, said.err) == (0, "")
    assert "renewal → steady" in moves(said.json["as_it_is"])
    assert "renewal → steady" not in moves(said.json["supposed"])
    assert said.json["from"].startswith("2041-03-13")


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (["--without", "replied"], "there came in: task_completed nurture (Thu 19 Apr 2040 17:00), held ("),
        (["--without", "downloaded guides"], "nothing like 'downloaded guides' came in after the fork"),
        (["--without", "demo_reqested"], "did you mean 'demo_requested'?"),
        (["--without", "demo_requested", "--from", "2040-12-01"], "nothing like 'demo_requested' came in after the fork"),
        ([], "nothing is otherwise"),
        (["--change", "fact fit=A"], "fit 'A' is not known; it is one of unknown, good, poor"),
        (["--change", "fact seats=many"], "seats is a whole number"),
        (["--change", "fact seat=3"], "did you mean 'seats'?"),
        (["--change", "engagement replyed"], "did you mean 'replied'?"),
        (["--change", "engagement rated high"], "a whole number from 0 to 10"),
        (["--change", "engagement replied at 2040-03-01"], "lies before the fork"),
        (["--change", "campaign nowhere.yaml"], "there is no such file"),
        (["--change", "nothing"], "write it like 'engagement replied at 2027-01-10'"),
        (["--change", "fact fit=poor", "--until", "2040-03-16"], "is not ahead"),
        (["--change", "fact fit=poor", "--from", "2030-01-01"], "the first thing that is known of it is of Sun  4 Mar 2040"),
    ],
)
async def test_what_cannot_be_supposed_is_refused_with_place_and_fix(starter: Starter, lived: Lived, words: list[str], fix: str) -> None:
    fork = [] if "--from" in words else ["--from", "2040-03-15"]

    said = await starter("whatif", lived.lead, *fork, *words)

    assert said.code == 1
    assert fix in said.err


async def test_supposing_and_explaining_change_no_row_and_ask_nobody(starter: Starter, lived: Lived, kept: Database) -> None:
    before = await everything(kept)

    async with ear() as (address, calls):
        supposed = await starter("whatif", lived.lead, *FORK, "--change", "engagement demo_requested", TEMPORAL_ADDRESS=address)
        explained = await starter("explain", lived.lead, TEMPORAL_ADDRESS=address)

    assert (supposed.code, explained.code, calls) == (0, 0, [])
    assert "nothing was sent, changed or written down" in supposed.out
    assert await everything(kept) == before
    assert len(before) == len(tables.Table.metadata.tables)


async def everything(database: Database) -> dict[str, str]:
    """What every table holds, as one sum each."""
    sums = {}
    async with database.transaction() as session:
        for name in sorted(tables.Table.metadata.tables):
            sums[name] = await session.scalar(
                text(f"SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {name} row")
            )
    return sums


@asynccontextmanager
async def ear() -> Any:
    """An address where somebody listens, and everyone who called there."""
    calls: list[str] = []

    def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append("somebody")
        writer.close()

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", calls
