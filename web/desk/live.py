"""Tells open pages that tasks have changed, so that they look again: one connection to the database for all pages of a process."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from store.database import Database
from store.desk import tasks
from store.tables import Task
from web.desk.taskstate import mark_of, said_meanwhile
from web.entrance import Person, may
from web.front import FrontOf
from web.paths import id_in
from web.rights import Right
from web.visitors import language_of

router = APIRouter()

Worker = Annotated[Person, may(Right.WORK_TASKS)]

CHANNEL: Final = "tasks"
"""What PostgreSQL is told on by whoever changes a task."""

_LOOK_AGAIN_SECONDS: Final = 5.0
_log = logging.getLogger(__name__)


class TaskNews:
    """Listens while at least one page is open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pages: set[asyncio.Event] = set()
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever tasks have changed, while the block lasts. Whoever waits for it clears it."""
        page = asyncio.Event()
        page.set()  # for what happened between the page and its asking for news
        self._pages.add(page)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield page
        finally:
            self._pages.discard(page)
            if not self._pages and self._listening is not None:
                self._listening.cancel()
                self._listening = None

    async def _listen(self) -> None:
        while True:
            try:
                listener = await asyncpg.connect(self._database.url)
                try:
                    await listener.add_listener(CHANNEL, lambda *_: self._tell())
                    self._tell()  # of what happened before anybody listened
                    while not listener.is_closed():
                        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                finally:
                    listener.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("the database is away (%s): pages of tasks hear no news", type(error).__name__)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _tell(self) -> None:
        for page in self._pages:
            page.set()


@router.get("/news")
async def news(request: Request, front: FrontOf, who: Worker, task: str = "", mark: str = "") -> Response:
    """Server-sent events: one says that tasks have changed, and nothing else. The page then looks for itself.

    Of one ``task`` an event tells how it stands, in words, as JSON, whenever its mark has changed; empty once it is as it was shown.
    """
    source: TaskNews = request.app.state.task_news

    async def changes() -> AsyncIterator[ServerSentEvent]:
        async with source.heard() as changed:
            while True:
                await changed.wait()
                changed.clear()
                yield ServerSentEvent(event="tasks", data="changed")

    async def of_one(id: UUID) -> AsyncIterator[ServerSentEvent]:
        told = mark
        async with source.heard() as changed:
            while True:
                await changed.wait()
                changed.clear()
                async with front.database.transaction() as session:
                    found = await session.get(Task, id)
                    if found is None or (is_now := mark_of(found)) == told:
                        continue
                    row = await tasks.get(session, id) if is_now != mark else None
                told = is_now
                yield ServerSentEvent(event="task", data=json.dumps(said_meanwhile(row, who.name, language_of(request)) if row else ""))

    id = id_in(task)
    return EventSourceResponse(of_one(id) if id else changes())
