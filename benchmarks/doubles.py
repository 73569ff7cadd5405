"""Doubles of a mail server and of a provider with idempotency keys, which let a send come so far and no further."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.server import serve


class Boundary(StrEnum):
    """How far a send has come: where its worker may be killed."""

    BEFORE_ROW = "before the row"
    AFTER_ROW = "after the row"
    DURING_DATA = "during DATA"
    AFTER_YES = "after the yes"
    AFTER_COMMIT = "after the commit"


LEADS: Final = "leads.example.com"
"""Where the letters that count go; whatever else is sent is taken and forgotten."""

_MESSAGE_ID: Final = re.compile(rb"(?mi)^message-id:\s*(\S+)")
_END: Final = b"\r\n.\r\n"


class Shore:
    """What arrived, and the sends that stand at a boundary until they are let go. ``arrived`` are the ids of letters, by recipient."""

    def __init__(self) -> None:
        self.stops_at: Boundary | None = None
        self.arrived: dict[str, list[str]] = defaultdict(list)
        self.repeated = 0
        """Requests that a provider knew by their key."""
        self._standing: set[asyncio.Future[bool]] = set()

    @property
    def standing(self) -> int:
        return len(self._standing)

    def may_go(self, *, on: bool) -> int:
        """Let those who stand here go on, or have their connections dropped. Gives how many they were."""
        standing, self._standing = self._standing, set()
        for send in standing:
            send.set_result(on)
        return len(standing)

    async def come_to(self, boundary: Boundary) -> bool:
        """A send has come this far. False when it is to go no further."""
        if boundary is not self.stops_at:
            return True
        send: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._standing.add(send)
        return await send

    def take(self, recipient: str, letter: str) -> None:
        """The letter has arrived."""
        if recipient.endswith(f"@{LEADS}"):
            self.arrived[recipient].append(letter)


@asynccontextmanager
async def post_office(shore: Shore) -> AsyncIterator[str]:
    """A mail server that takes everything; gives its URL."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _conversation(shore, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever spoke was killed
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=2**20)
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        shore.may_go(on=False)
        server.close()


async def _conversation(shore: Shore, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 here\r\n")
    recipient = ""
    while line := await reader.readline():
        match line[:4].upper():
            case b"MAIL":
                if not await shore.come_to(Boundary.AFTER_ROW):
                    return
            case b"RCPT":
                recipient = line[line.index(b"<") + 1 : line.index(b">")].decode()
            case b"DATA":
                writer.write(b"354 go on\r\n")
                first = await reader.readline()
                if not await shore.come_to(Boundary.DURING_DATA):
                    return
                message = first + await reader.readuntil(_END)
                if not await shore.come_to(Boundary.AFTER_COMMIT):
                    return
                found = _MESSAGE_ID.search(message)
                shore.take(recipient, found[1].decode() if found else "")
            case b"QUIT":
                return
        writer.write(b"250 2.0.0 Ok\r\n")


@asynccontextmanager
async def provider(shore: Shore) -> AsyncIterator[str]:
    """A provider that speaks as Resend does, and knows a repetition by its key; gives what ``MAIL_URL`` is to be."""
    known: set[str] = set()

    async def take(request: Request) -> Response:
        key = request.headers["Idempotency-Key"]
        if not await shore.come_to(Boundary.AFTER_ROW):
            return Response(status_code=503)
        if not await shore.come_to(Boundary.DURING_DATA):
            return Response(status_code=503)
        try:
            letter = await request.json()
        except ClientDisconnect:  # whoever spoke was killed
            return Response(status_code=503)
        if not await shore.come_to(Boundary.AFTER_COMMIT):
            return Response(status_code=503)
        if key in known:
            shore.repeated += 1
        else:
            known.add(key)
            shore.take(letter["to"][0], key)
        return JSONResponse({"id": key})

    async with serve(FastAPI(routes=[Route("/emails", take, methods=["POST"])])) as endpoint:
        try:
            yield f"resend://re_double?endpoint={endpoint}"
        finally:
            shore.may_go(on=False)


class Strait:
    """Between a worker and Temporal: what the worker says can be kept back, while what it is told goes on. ``address`` is its own."""

    def __init__(self) -> None:
        self.address = ""
        self.flows = asyncio.Event()
        self.flows.set()


@asynccontextmanager
async def strait(temporal: str) -> AsyncIterator[Strait]:
    """Open a strait to the server at this address."""
    here, (host, port) = Strait(), temporal.split(":")

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pump(reader, far_writer, here.flows), _pump(far_reader, writer, None))

    server = await asyncio.start_server(join, "127.0.0.1", 0)
    here.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield here
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event | None) -> None:
    try:
        while some := await reader.read(2**16):
            if flows is not None and not flows.is_set():
                await flows.wait()
                return  # what was kept back is never said: its worker was killed
            writer.write(some)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
