"""A receiver of webhooks: a real HTTP server that proves what comes with the library of Standard Webhooks; and a courier with a clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook
from starlette.requests import Request
from starlette.responses import Response

from store.database import Database
from store.leads.leads import Person, register
from store.machines import receivers
from store.machines.receiver import Receiver
from web.server import serve
from workflows.courier import Courier
from workflows.posting import Post

KEY = "only-for-tests-0123456789"


@dataclass
class Shop:
    """Somebody else's system. It answers what ``says`` gives for a message: a status, and headers if there are any."""

    url: str = ""
    secret: str = ""
    receiver: Receiver | None = None
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Every message that was proven, in the order of coming: its id and what it says."""
    says: Callable[[dict[str, Any]], tuple[int, dict[str, str]]] = lambda _: (204, {})
    waits: Callable[[], Awaitable[object]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        said = Webhook(self.secret).verify(await request.body(), dict(request.headers))
        self.got.append((request.headers["webhook-id"], said))
        if self.waits is not None:
            await self.waits()
        status, headers = self.says(said)
        await Response(status_code=status, headers=headers)(scope, receive, send)

    @property
    def id(self) -> UUID:
        assert self.receiver is not None
        return self.receiver.id

    @property
    def types(self) -> list[str]:
        return [said["type"] for _, said in self.got]

    def about(self, lead: UUID) -> list[str]:
        return [said["type"] for _, said in self.got if said["data"].get("lead_id") == str(lead)]


@dataclass
class Clock:
    """The business's clock, which stands still until it is set."""

    at: datetime = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[str]:
    """What operators were told."""
    return []


@pytest.fixture
def courier(database: Database, clock: Clock, told: list[str]) -> Courier:
    async def tell(title: str, body: str) -> bool:
        told.append(title)
        return True

    return Courier(database, Post(inside=True), KEY, tell, clock.now)


OpenShop = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def shop(database: Database, clock: Clock) -> AsyncIterator[OpenShop]:
    """Opens a receiver and has it told of some kinds of events."""
    async with AsyncExitStack() as stack:

        async def open_shop(*kinds: str, with_person: bool = False) -> Shop:
            opened = Shop()
            opened.url = await stack.enter_async_context(serve(opened))
            async with database.transaction() as session:
                opened.receiver, opened.secret = await receivers.add(
                    session, f"{opened.url}/hooks", kinds, by="Mika", key=KEY, now=clock.now(), with_person=with_person, inside=True
                )
            return opened

        yield open_shop


@pytest.fixture
def registered(database: Database, clock: Clock) -> Callable[..., Awaitable[UUID]]:
    """Registers a lead by the name before its address, and says its id."""

    async def one(name: str, **fields: Any) -> UUID:
        async with database.transaction() as session:
            lead_id, _ = await register(session, Person(email=f"{name}@example.com", **fields), clock.now())
        return lead_id

    return one


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that another process or task does."""
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)
