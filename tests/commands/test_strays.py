"""The starter on mail that waits for a human."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from nurture.verdict import Sort, Verdict
from store.database import Database
from store.mail import strays

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
LEAD = uuid4()


@pytest.fixture
async def two_strays(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        for digest, said in (("aa11" * 16, "はじめまして。"), ("aa22" * 16, "[bold]Hello[/bold]")):
            verdict = Verdict(sort=Sort.REPLY, digest=digest, why="", sender="tanaka@example.co.jp", subject="件名", text=said)
            await strays.keep(session, verdict, b"raw", "nobody was written to", now, LEAD)


async def test_what_waits_is_listed_shown_and_settled(starter: Starter, two_strays: None) -> None:
    listed = await starter("strays", "list", "--json")
    shown = await starter("strays", "show", "aa11")
    settled = await starter("strays", "settle", "aa11", "--json")
    left = await starter("strays", "list", "--json")

    assert sorted(stray["digest"][:4] for stray in listed.json) == ["aa11", "aa22"]
    assert shown.code == 0
    assert "はじめまして。" in shown.out
    assert str(LEAD) in shown.out
    assert settled.json["settled_at"] is not None
    assert [stray["digest"][:4] for stray in left.json] == ["aa22"]


async def test_what_a_stranger_wrote_is_shown_as_it_is(starter: Starter, two_strays: None) -> None:
    assert "[bold]Hello[/bold]" in (await starter("strays", "show", "aa22")).out
    assert "tanaka@example.co.jp" in (await starter("strays", "list")).out


@pytest.mark.parametrize(
    ("wanted", "said"), [("aa", "several messages begin with 'aa'"), ("ff", "no message begins with 'ff'"), ("%", "no message")]
)
async def test_a_message_that_is_not_named_clearly_is_refused(starter: Starter, two_strays: None, wanted: str, said: str) -> None:
    refused = await starter("strays", "settle", wanted)

    assert refused.code != 0
    assert said in refused.err


async def test_nothing_that_waits_is_said(starter: Starter) -> None:
    assert "No message waits" in (await starter("strays", "list")).out
