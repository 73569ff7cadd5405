"""An operator sees what keeps letters from going, and lets them go again."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from store.database import Database
from store.mail import blocks

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]


async def test_a_block_is_shown_and_lifted_once(starter: Starter, database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        for _ in range(2):
            await blocks.block(session, "smtp", UUID(int=1), code=535, status="5.7.8", at=now - timedelta(hours=3))

    shown = await starter("mail", "status")
    assert "smtp refuses us as a sender (535 5.7.8) since 2027-03-01 06:30 UTC, 3 hours ago" in " ".join(shown.out.split())
    as_json = [{"transport": "smtp", "code": 535, "status": "5.7.8", "blocked_at": "2027-03-01T06:30:00Z"}]
    assert (await starter("mail", "status", "--json")).json == as_json

    assert (await starter("mail", "resume", "--json")).json == as_json
    again = await starter("mail", "resume")
    assert (again.code, "nothing kept letters from going" in again.out) == (0, True)
    assert (await starter("mail", "status", "--json")).json == []


async def test_letters_are_stopped_anew_when_they_are_refused_anew(starter: Starter, database: Database, now: datetime) -> None:
    for hour in range(2):
        async with database.transaction() as session:
            assert await blocks.block(session, "smtp", UUID(int=1), code=535, status="5.7.8", at=now + timedelta(hours=hour))
        assert len((await starter("mail", "resume", "--json")).json) == 1
