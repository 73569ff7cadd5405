"""Talks to a mail server over an open connection: commands together where it takes that (RFC 2920), and to each its own answer."""

import asyncio
from typing import Final, NamedTuple, cast

_MOST_BYTES: Final = 32_768
"""A server that says more than this in a turn is no mail server."""


class Answer(NamedTuple):
    """What a server said to one command: its code, -1 for none, and the words of all its lines."""

    code: int
    words: str

    @property
    def goes_on(self) -> bool:
        """Whether it is a yes, or a yes that waits for more."""
        return 200 <= self.code <= 399


class Conversation(asyncio.Protocol):
    """The client's side of a connection that somebody else opened.

    ``extensions`` are what the server offered, in lower case; ``timeout`` is in seconds, for each turn of the server.
    What a server says out of turn, as when it closes a connection that nobody used, ends the conversation: nobody can take it for the
    answer to something else. Whatever goes wrong with the connection is a ConnectionError.
    """

    def __init__(self, transport: asyncio.BaseTransport, *, extensions: frozenset[str], timeout: float) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.extensions = extensions
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._turn: asyncio.Future[None] | None = None
        self._answers: list[Answer] = []
        self._awaited = 0
        self._lines: list[bytes] = []
        self._rest, self._heard = b"", 0
        self._transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    async def say(self, *commands: bytes) -> list[Answer]:
        """The answers to commands that need one another, up to and with the first that is a no."""
        if "pipelining" in self.extensions:
            heard = await self._take_turns(b"".join([command + b"\r\n" for command in commands]), len(commands))
            answers = heard[: next((at for at, answer in enumerate(heard, 1) if not answer.goes_on), None)]
            if len(answers) < len(heard) and heard[-1].goes_on:
                self.close()  # it waits for a message that it is not to get
            return answers
        answers = list[Answer]()
        for command in commands:
            answers += await self._take_turns(command + b"\r\n", 1)
            if not answers[-1].goes_on:
                break
        return answers

    async def hand_over(self, content: bytes) -> Answer:
        """The answer to everything that followed DATA."""
        return (await self._take_turns(content, 1))[0]

    async def _take_turns(self, said: bytes, awaited: int) -> list[Answer]:
        if self._transport.is_closing():
            raise ConnectionResetError
        self._answers = []
        self._awaited, self._heard = awaited, 0
        self._turn = turn = self._loop.create_future()
        self._transport.write(said)
        patience = self._loop.call_later(self._timeout, self._transport.abort)
        try:
            await turn
        finally:
            patience.cancel()
            self._turn = None
        if len(self._answers) != awaited:
            self.close()
            if len(self._answers) < awaited and all(answer.goes_on for answer in self._answers):
                raise ConnectionResetError
        return self._answers[:awaited]

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        if self._turn is None or self._heard > _MOST_BYTES:
            self._transport.abort()
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._lines.append(line[4:].strip())
            if line[3:4] != b"-":
                words = b"\n".join(self._lines)
                self._lines = []
                self._answers.append(Answer(int(line[:3]) if line[:3].isdigit() else -1, words.decode("utf-8", "surrogateescape")))
        if len(self._answers) >= self._awaited:
            self._over()

    def connection_lost(self, exc: Exception | None) -> None:
        self._over()

    def _over(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)
