"""Carries messages to a mail server by SMTP, over connections that are used again and again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected, SMTPStatus, SMTPTimeoutError

from mail.addresses import for_servers
from mail.answers import Rejected, SenderBlocked, TryLater, Unavailable, Unclear, meaning
from mail.conversation import Conversation

_FRESH_SECONDS: Final = 1.0
_EXTENSIONS: Final = ("pipelining", "smtputf8")


class SmtpTransport:
    """A mail server, by URL: ``smtp://user:password@host:587``, or ``smtps://`` for TLS from the start.

    With ``starttls``, ``smtp://`` is upgraded to TLS where the server offers it, and a password does not go out without it. At most
    ``connections`` are open at a time. ``timeout`` is in seconds, for each answer of the server. SMTP knows no idempotency keys: a server
    that recognises a repetition does so by the Message-ID.
    """

    name = "smtp"
    remembers = timedelta()

    def __init__(self, url: str, *, starttls: bool = True, connections: int = 4, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._starttls = starttls and not self._tls
        self._host, self._port = parts.hostname or "localhost", parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._timeout = timeout
        self._room = asyncio.Semaphore(connections)
        self._idle: list[tuple[Conversation, float]] = []

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message. See ``Transport``."""
        said_sender, said_to = for_servers(sender), for_servers(to)
        if said_sender is None:
            raise SenderBlocked("the sender's address cannot be said to a mail server")
        if said_to is None:
            raise Rejected("the address cannot be said to a mail server")
        async with self._connection() as talk:
            return await _carry(talk, message, said_sender, said_to)

    async def close(self) -> None:
        """Take leave of the server. A transport that is used again opens connections again."""
        while self._idle:
            talk, _ = self._idle.pop()
            try:
                await talk.say(b"QUIT")
            except ConnectionError:
                pass
            finally:
                talk.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Conversation]:
        """A connection that answers. It is kept for the next message, unless what went wrong may be the connection's fault."""
        async with self._room:
            talk = await self._open_already() or await self._connect()
            keep, fresh_until = False, 0.0
            try:
                yield talk
                keep, fresh_until = True, monotonic() + _FRESH_SECONDS
            except (Rejected, TryLater) as answered:
                keep = answered.code != 0
                raise
            finally:
                if keep and talk.is_open:
                    self._idle.append((talk, fresh_until))
                else:
                    talk.close()

    async def _open_already(self) -> Conversation | None:
        """One that is still alive and has nothing half-done. It is asked, unless it took a letter a moment ago."""
        while self._idle:
            talk, fresh_until = self._idle.pop()
            if talk.is_open and monotonic() < fresh_until:
                return talk
            answers = False
            try:
                answers = (await talk.say(b"RSET"))[0].goes_on
            except ConnectionError:
                continue
            finally:
                if not answers:
                    talk.close()
            if answers:
                return talk
        return None

    async def _connect(self) -> Conversation:
        upgrade = None if self._starttls else False
        client = SMTP(hostname=self._host, port=self._port, use_tls=self._tls, start_tls=upgrade, timeout=self._timeout)
        ready = False
        try:
            await client.connect()
            await client.ehlo()
            if self._user:
                await self._log_in(client)
            if client.transport is None:
                raise SMTPServerDisconnected("")
            ready = True
            extensions = (name for name in _EXTENSIONS if client.supports_extension(name))
            return Conversation(client.transport, extensions=frozenset(extensions), timeout=self._timeout)
        except SMTPResponseException as refused:
            error = meaning(refused.code, refused.message, recipient_named=False, handed_over=False)
        except (SMTPException, OSError):
            error = Unavailable("the server cannot be reached")
        finally:
            if not ready:
                client.close()
        raise error

    async def _log_in(self, client: SMTP) -> None:
        if self._starttls and client.get_transport_info("sslcontext") is None:
            raise SenderBlocked("the server offers no TLS, and the password does not go out without it")
        try:
            await client.login(self._user, self._password)
            return
        except (SMTPResponseException, SMTPServerDisconnected, SMTPTimeoutError):
            raise
        except SMTPException:
            error = SenderBlocked("the server takes no password")
        raise error


async def _carry(talk: Conversation, message: bytes, sender: str, to: str) -> str:
    """One message over one connection: MAIL, RCPT, DATA, the message itself, and the answer that settles it."""
    international = not (sender + to).isascii()
    if international and "smtputf8" not in talk.extensions:
        raise Rejected("the server takes no international addresses", code=553, status="5.6.7")
    options = " SMTPUTF8 BODY=8BITMIME" if international else ""
    envelope = (f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{to}>", "DATA")
    recipient_named = handed_over = False
    try:
        answers = await talk.say(*[command.encode() for command in envelope])
        recipient_named, last = len(answers) > 1, answers[-1]
        if len(answers) == len(envelope) and last.code == SMTPStatus.start_input:
            handed_over = True
            last = await talk.hand_over(_with_dots(message))
            if last.code == SMTPStatus.completed:
                return _provider_id(last.words)
        error = meaning(last.code, last.words, recipient_named=recipient_named, handed_over=handed_over)
    except ConnectionError:
        error = Unclear("no answer came after the message") if handed_over else Unavailable("the connection was lost")
    raise error


def _with_dots(message: bytes) -> bytes:
    """The message on the wire: CRLF only, a dot before each dot that begins a line, and the dot that ends it (RFC 5321, 4.5.2)."""
    lines = message.splitlines()
    if b"." in {line[:1] for line in lines}:
        lines = [b"." + line if line.startswith(b".") else line for line in lines]
    return b"\r\n".join([*lines, b".\r\n"])


def _provider_id(answer: str) -> str:
    """The id at the end of a yes (``Ok: queued as 4XyZ12``), where there is one. Providers that replace the Message-ID give theirs here."""
    last = answer.split()[-1:]
    return last[0] if last and re.fullmatch(r"(?=.*\d)[\w@.<>-]{6,200}", last[0]) else ""
