"""Whoever listens to the database goes when it is sent away, whatever it hears just then."""

import asyncio

import pytest

from workflows.listening import keep_listening

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("later", range(4))
async def test_who_is_sent_away_goes_also_in_the_moment_in_which_something_is_heard(database_url: str, later: int) -> None:
    heard, looked = asyncio.Event(), asyncio.Event()

    async def look() -> float:
        looked.set()
        return 60

    listening = asyncio.create_task(keep_listening(database_url, "nobody_speaks", look, heard))
    await looked.wait()
    await asyncio.sleep(0)  # it listens now
    heard.set()
    for _ in range(later):
        await asyncio.sleep(0)
    listening.cancel()
    _, still_there = await asyncio.wait([listening], timeout=5)
    listening.cancel()
    assert not still_there
