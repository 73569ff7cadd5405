"""Programs that come in by tokens of their own, and a lead that they know."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from nurture.plan.campaign import Campaign
from settings import Settings
from store.database import Database
from store.desk import tasks
from store.leads import leads
from store.team import audit, people, tokens
from store.team.tokens import Scope
from tests.conftest import OWN
from tests.web.conftest import Clock, campaign, clock, kept
from web.app import create_app

__all__ = ["campaign", "clock", "kept"]

Program = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings.model_validate(OWN | {"database_url": database_url, "api_requests_per_minute": 100_000})


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock, campaign: Campaign) -> FastAPI:
    return create_app(settings, database, clock.now)


@pytest.fixture
async def program(app: FastAPI, database: Database, clock: Clock) -> AsyncIterator[Program]:
    """Lets a program in: with a token of this name and these scopes, or all of them."""
    async with AsyncExitStack() as open_ones:

        async def let_in(name: str = "crm", *scopes: Scope, ends_at: datetime | None = None) -> httpx.AsyncClient:
            async with database.transaction() as session:
                _, plain = await tokens.make(session, name, scopes or tuple(Scope), "Mika", clock.now(), ends_at=ends_at)
            headers = {"Authorization": f"Bearer {plain}"}
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://letters.example.com/api/v1/", headers=headers)
            return await open_ones.enter_async_context(client)

        yield let_in


@pytest.fixture
async def crm(program: Program) -> httpx.AsyncClient:
    """A program that may do everything."""
    return await program()


@pytest.fixture
async def ada(database: Database, clock: Clock) -> UUID:
    """A lead in Tokyo."""
    async with database.transaction() as session:
        person = leads.Person(email="ada@example.com", family_name="Byron", company="Engines", country="JP")
        return (await leads.register(session, person, clock.now()))[0]


@pytest.fixture
def open_task(database: Database, clock: Clock, ada: UUID) -> Callable[..., Awaitable[UUID]]:
    """Opens a task about Ada, for Sato and Mori."""

    async def open_task(**fields: Any) -> UUID:
        at, id = clock.now(), uuid4()
        async with database.transaction() as session:
            for name in ("Sato", "Mori"):
                await people.take_in(session, name, f"{name.lower()}@team.example.com", {people.Role.REP}, at)
            given: dict[str, Any] = {"enrollment": 0, "campaign": "welcome", "reason": "replied", "why": "she replied", **fields}
            await tasks.open_task(session, id=id, lead_id=ada, at=at, deadline_at=at + timedelta(days=1), **given)
        return id

    return open_task


@pytest.fixture
def audited(database: Database) -> Callable[[], Awaitable[list[tuple[str, str]]]]:
    """The audit log: who did what."""

    async def audited() -> list[tuple[str, str]]:
        async with database.transaction() as session:
            return [(line.who, line.what) for line in reversed(await audit.lines(session, audit.Asked()))]

    return audited


def wrong_fields(answer: httpx.Response) -> dict[str, str]:
    """What a problem says of the fields of the body, by pointer."""
    body = answer.json()
    assert (answer.status_code, body["type"].rpartition("/")[2]) == (422, "wrong-fields"), body
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["pointer"]: error["detail"] for error in body["errors"]}


def kind_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and the kind of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"].removeprefix("https://letters.example.com/api/v1/problems/")
