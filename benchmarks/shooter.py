"""Posts forms as visitors do, at a steady rate and whether or not the answers come: in a process of its own, cheap, and over by itself.

A post is late from the moment at which it was due, so that a server that stands still shows in the figures.
"""

import argparse
import asyncio
import itertools
import json
import random
import time
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import urlencode

import uvloop

_PATIENCE_S: Final = 20.0
_MOST_CONNECTIONS: Final = 400
_STALE_S: Final = 3.0
"""The server closes a connection that has rested a little longer."""

_KNOWN_ALREADY: Final = 0.2
_SENT_TWICE: Final = 0.05
_CONTENTS: Final = ("planning_guide", "shutdown_checklist", "spare_parts_sheet", "pricing_guide")
_HEAD: Final = (
    "POST /forms/{form} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Accept: text/html\r\nAccept-Language: en\r\nX-Forwarded-For: {visitor}\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(slots=True, kw_only=True)
class Shots:
    """What came of them: how long each took in seconds, the answers by status, and the submissions that were taken, each once."""

    seconds: list[float] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    taken: int = 0
    clock_s: float = 0.0


class Shooter:
    """Keeps connections open, as a proxy before the web app does, and opens more when all are in use."""

    def __init__(self, port: int, form: str, run: str) -> None:
        self._port, self._form, self._run = port, form, run
        self._free: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._numbers = itertools.count()
        self._luck = random.Random(1)
        self._shots = Shots()
        self._taken: set[str] = set()

    async def fire(self, rate: int, seconds: float) -> Shots:
        """So many a second, evenly."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as posts:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                posts.create_task(self._post(due))
        self._shots.clock_s = time.perf_counter() - began
        self._shots.taken = len(self._taken)
        return self._shots

    async def _post(self, due: float) -> None:
        """One in five is from somebody who was here before; one in twenty is sent twice, as by a double click, and counts once."""
        number = next(self._numbers)
        who = self._luck.randrange(number) if number and self._luck.random() < _KNOWN_ALREADY else number
        submission = f"{self._run}-{number}"
        body = urlencode(
            {
                "email": f"visitor{who}.{self._run}@example.com",
                "family_name": "Visitor",
                "given_name": f"No {who}",
                "company": f"Company {who % 2000} {self._run}",
                "country": "JP",
                "content": _CONTENTS[number % len(_CONTENTS)],
                "consent": "on",
                "submission": submission,
            }
        )
        visitor = f"10.{who >> 16 & 255}.{who >> 8 & 255}.{who & 255}"
        request = (_HEAD.format(form=self._form, visitor=visitor, length=len(body)) + body).encode()
        for _ in range(2 if self._luck.random() < _SENT_TWICE else 1):
            status = await self._answer(request)
            self._shots.seconds.append(time.perf_counter() - due)
            self._shots.answers[status] = self._shots.answers.get(status, 0) + 1
            if status in ("202", "303"):
                self._taken.add(submission)

    async def _answer(self, request: bytes) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                reader, writer = await self._connection()
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
                await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as problem:
            return type(problem).__name__
        if len(self._free) < _MOST_CONNECTIONS and b"connection: close" not in head.lower():
            self._free.append((time.perf_counter(), reader, writer))
        else:
            writer.close()
        return head[9:12].decode()

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The one that was used last; those that have rested for long are closed."""
        while self._free:
            rests_since, reader, writer = self._free.pop()
            if time.perf_counter() - rests_since < _STALE_S:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


async def _main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("port", type=int)
    arguments.add_argument("form")
    arguments.add_argument("--run", required=True)
    arguments.add_argument("--rate", type=int, required=True)
    arguments.add_argument("--seconds", type=float, required=True)
    given = arguments.parse_args()
    print(json.dumps(asdict(await Shooter(given.port, given.form, given.run).fire(given.rate, given.seconds))))


if __name__ == "__main__":
    uvloop.run(_main())
