"""What reps are told of a task, as a service that takes notifications hears it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from activities.notify import Notifier, Word
from local.catcher import catcher
from local.defaults import local_settings
from mail.tasklinks import GOOD_FOR, read_task_token
from nurture.kinds import Audience
from settings import read_settings
from store.database import Database
from store.desk import tasks
from store.leads import leads
from store.leads.leads import Person

pytestmark = pytest.mark.anyio

NOW = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
HEARD = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
async def service(anyio_backend: str) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A service that takes notifications as JSON over HTTP: its URL, and what it heard."""
    heard: list[dict[str, Any]] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        path = head.split()[1].rstrip("/")
        length = int(head.partition("content-length:")[2].split()[0])
        heard.append(json.loads(await reader.readexactly(length)) | {"path": path})
        writer.write(HEARD.encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        yield f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


@pytest.mark.parametrize(
    ("person", "title", "begins"),
    [
        (Person(email="ada@example.com"), "wrote back", "ada@example.com\n'talk' asks"),
        (Person(email="ada@example.com", company="Engines"), "wrote back – Engines", "Engines\nada@example.com\n"),
        (Person(email="ada@example.com", given_name="Ada"), "wrote back – Ada", "Ada\nada@example.com\n"),
    ],
    ids=["address", "company", "name"],
)
async def test_a_lead_is_called_by_what_is_known_of_it_and_by_its_address_in_the_text_only(
    service: tuple[str, list[dict[str, Any]]], database: Database, person: Person, title: str, begins: str
) -> None:
    url, heard = service
    environment = local_settings(
        database_url=database.url,
        smtp_url="smtp://127.0.0.1:1",
        base_url="https://sodate.example.com",
        link_secret="a secret for tests only",
        environment={},
    )
    id = UUID(int=1)
    async with database.transaction() as session:
        lead, _ = await leads.register(session, person, NOW)
        task: dict[str, Any] = {"enrollment": 1, "campaign": "deal", "reason": "wrote_back", "why": "'talk' asks for a human here"}
        await tasks.open_task(session, lead_id=lead, deadline_at=NOW + timedelta(hours=4), id=id, at=NOW, **task)
        row = await tasks.get(session, id)
    assert row is not None

    await Notifier(read_settings({**environment, "NOTIFY_REP_URL": url})).tell_of_task(Audience.REPS, row, NOW)

    (told,) = heard
    assert told["title"] == title
    assert told["message"].startswith(begins)
    token = told["message"].rpartition("https://sodate.example.com/t/")[2]
    assert read_task_token("a secret for tests only", token) == (id, NOW + GOOD_FOR)


async def test_service_and_marketing_hear_at_a_place_of_their_own_or_else_where_the_reps_do(
    service: tuple[str, list[dict[str, Any]]], database: Database
) -> None:
    url, heard = service
    environment = local_settings(database_url=database.url, smtp_url="smtp://127.0.0.1:1", base_url="https://sodate.example.com")
    word = Word(lead=UUID(int=2), name="Ada", company="Engines", say="They can grow.", why="'expand' says so")
    reps, own = f"{url}/reps", f"{url}/own"

    for places in ({"NOTIFY_SERVICE_URL": own, "NOTIFY_MARKETING_URL": ""}, {"NOTIFY_SERVICE_URL": "", "NOTIFY_MARKETING_URL": own}):
        notifier = Notifier(read_settings({**environment, "NOTIFY_REP_URL": reps, **places}))
        for audience in (Audience.SERVICE, Audience.MARKETING):
            await notifier.tell_of_lead(audience, word)

    assert [told["path"] for told in heard] == ["/own", "/reps", "/reps", "/own"]


async def test_what_somebody_typed_into_a_form_is_text_in_the_mail_to_reps(database: Database) -> None:
    name = '<img src="https://evil.example.net/x">Ada <a href="https://evil.example.net">Click</a>'
    async with catcher() as post:
        own = local_settings(database_url=database.url, smtp_url=post.url, base_url="https://sodate.example.com", environment={})
        word = Word(lead=UUID(int=2), name=name, company="Engines", say="They can grow.", why="'expand' says so")
        await Notifier(read_settings(own)).tell_of_lead(Audience.REPS, word)

    [letter] = post.letters()
    assert not re.search("<(img|a) ", letter.html)
    assert "&lt;img" in letter.html or name in letter.text
