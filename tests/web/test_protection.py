"""What the web app is protected by: limits of size and speed, headers, and silence about people when something fails."""

import asyncio
import logging
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mail.links import unsubscribe_token
from settings import Settings
from store.database import Database
from web.app import create_app
from web.server import serve

pytestmark = pytest.mark.anyio

ADA = {"email": "ada@example.com", "content": "sensor-guide"}
MEGABYTE = b"x" * 1024 * 1024


@pytest.fixture
async def server(settings: Settings, database: Database, clock: Any, campaign: Any) -> AsyncIterator[str]:
    """The app behind a real socket."""
    async with serve(create_app(settings, database, clock.now)) as url:
        yield url


async def test_ten_megabytes_are_refused_and_not_kept_in_memory(server: str, kept: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"email=ada%40example.com&company="
        for _ in range(10):
            yield MEGABYTE

    async with httpx.AsyncClient(base_url=server) as client:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        unannounced = await client.post("/forms/download", content=chunks(), headers=form)
        announced = await client.post("/forms/download", data=ADA | {"company": "x" * 10_000_000})
        multipart = await client.post("/forms/download", files={"email": ("a.bin", MEGABYTE * 10)}, headers={"Accept": "application/json"})
        after = await client.post("/forms/download", data=ADA)

    assert [a.status_code for a in (unannounced, announced, multipart)] == [413, 413, 413]
    assert multipart.json()["detail"].startswith("A form may be at most 64 KB")
    assert after.status_code == 303
    assert len(await kept.leads()) == 1


async def test_no_more_of_a_body_is_kept_than_may_be_sent(settings: Settings, database: Database, clock: Any, campaign: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(640):
            yield bytes(16 * 1024)

    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        await client.post("/forms/download", data=ADA)
        tracemalloc.start()
        answer = await client.post("/forms/download", content=chunks(), headers={"Content-Type": "application/json"})
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert answer.status_code == 413
    assert most < 2_000_000


async def test_a_form_of_just_the_largest_size_is_read(visitor: httpx.AsyncClient) -> None:
    body = b"email=ada%40example.com&content=sensor-guide&utm="
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    fits = await visitor.post("/forms/download", content=body.ljust(64 * 1024, b"x"), headers=form)
    too_large = await visitor.post("/forms/download", content=body.ljust(64 * 1024 + 1, b"x"), headers=form)

    assert (fits.status_code, too_large.status_code) == (303, 413)


async def test_a_visitor_who_posts_too_often_is_asked_to_wait(settings: Settings, database: Database, clock: Any, campaign: Any) -> None:
    app = create_app(settings.model_copy(update={"form_posts_per_minute": 3}), database, clock.now)

    async def post(address: str, accept: str = "application/json") -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
            return await client.post("/forms/download", data=ADA, headers={"Accept": accept})

    assert [(await post("203.0.113.7")).status_code for _ in range(4)] == [202, 202, 202, 429]
    refused = await post("203.0.113.7", "text/html")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "Please try again in" in refused.text
    assert (await post("203.0.113.8")).status_code == 202

    same_household = [(await post(f"2001:db8:1:2::{n}")).status_code for n in range(4)]
    assert same_household == [202, 202, 202, 429]


@pytest.mark.parametrize("path", ["/", "/thanks", "/healthz", "/u/x", "/inbox", "/nothing", "/static/sodate.css", "/forms/demo"])
async def test_every_answer_carries_the_headers_that_protect_visitors(visitor: httpx.AsyncClient, path: str) -> None:
    headers = (await visitor.get(path)).headers

    policy = headers["content-security-policy"]
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'"
    )
    assert "frame-ancestors 'none'" in policy
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "set-cookie" not in headers


async def test_while_the_database_is_away_programs_and_browsers_are_told_to_come_back(
    settings: Settings, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    away = Database("postgresql://postgres@127.0.0.1:1/none")
    transport = httpx.ASGITransport(create_app(settings, away, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as client:
        with caplog.at_level(logging.DEBUG):
            program = await client.post("/forms/download", json=ADA)
            browser = await client.post("/forms/download", data=ADA, headers={"Accept-Language": "ja"})
            token = unsubscribe_token(settings.link_secret, uuid4(), "maintenance")
            refusal = await client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
            cut_short = await client.get(f"/u/{token[:-3]}")
            health = await client.get("/healthz")
    await away.close()

    assert (program.status_code, program.headers["content-type"]) == (503, "application/problem+json")
    assert (browser.status_code, browser.headers["retry-after"]) == (503, "30")
    assert "まもなく再開します" in browser.text
    assert refusal.status_code == 503
    assert cut_short.status_code == 404, "a link that was not made here needs no database"
    assert health.status_code == 503


async def test_a_failure_is_logged_without_what_it_was_about(
    visitor: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.transaction() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE leads ADD CONSTRAINT trap CHECK (family_name <> 'Lovelace')")

    with caplog.at_level(logging.DEBUG):
        answer = await visitor.post("/forms/download", data=ADA | {"family_name": "Lovelace"})

    assert answer.status_code == 500
    assert "Lovelace" not in answer.text
    assert "IntegrityError" in caplog.text
    assert "Lovelace" not in caplog.text
    assert "ada@example.com" not in caplog.text


async def test_a_sender_who_hangs_up_harms_nobody(server: str, kept: Any) -> None:
    host, port = server.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /forms/download HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    await writer.drain()
    writer.close()

    async with httpx.AsyncClient(base_url=server) as client:
        assert (await client.post("/forms/download", data=ADA)).status_code == 303
    assert len(await kept.leads()) == 1
