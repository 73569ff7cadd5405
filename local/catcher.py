"""A real SMTP server that delivers to nobody: it keeps every letter, readable, in a folder and in memory."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_SIZE_LIMIT = 32 * 1024 * 1024
_UNSAFE = re.compile(r"[^\w@.+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it arrived: ``sender`` and ``to`` from its envelope, ``at`` its own date, ``path`` its file where files are kept."""

    sender: str
    to: tuple[str, ...]
    at: datetime
    subject: str
    message_id: str
    content: bytes
    path: Path | None = None

    @property
    def message(self) -> EmailMessage:
        """The letter, read anew each time: most are never looked into."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        return _text(message_from_bytes(self.content), "plain")

    @property
    def html(self) -> str:
        return _text(message_from_bytes(self.content), "html")


class Catcher:
    """What has arrived. Made by ``catcher``."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.url = ""
        self._letters: list[Letter] = []
        self._connections: set[_Connection] = set()

    def letters(self, to: str | None = None) -> list[Letter]:
        """All letters in the order in which they arrived, or those to one address. One that came twice is there twice."""
        return [letter for letter in self._letters if to is None or to.casefold() in (address.casefold() for address in letter.to)]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Called by aiosmtpd with each letter."""
        content = envelope.original_content or b""
        # The old policy leaves headers as they are: it is ten times as quick as the one that understands them.
        message = message_from_bytes(content)
        letter = Letter(
            sender=envelope.mail_from or "",
            to=tuple(envelope.rcpt_tos),
            at=_date_of(message),
            subject=_subject_of(message),
            message_id=str(message.get("Message-ID", "")).strip(),
            content=content,
        )
        self._letters.append(replace(letter, path=_keep(self.folder, letter, message)) if self.folder else letter)
        return "250 2.0.0 Kept"

    def connection(self) -> "_Connection":
        """The protocol of one connection."""
        return _Connection(self)

    def hang_up(self) -> None:
        """End every connection, so that a client that keeps its own open does not keep us."""
        for connection in [*self._connections]:
            if connection.transport:
                connection.transport.close()


class _Connection(SMTP):
    def __init__(self, catcher: Catcher) -> None:
        super().__init__(catcher, enable_SMTPUTF8=True, data_size_limit=_SIZE_LIMIT, hostname="localhost", loop=asyncio.get_running_loop())
        self._open = catcher._connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)
        super().connection_lost(error)


@asynccontextmanager
async def catcher(folder: Path | None = None, port: int = 0) -> AsyncIterator[Catcher]:
    """Catch letters while the block lasts, on ``port`` or one that the system chooses. In a ``folder``, each is kept as files too."""
    caught = Catcher(folder)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    server = await asyncio.get_running_loop().create_server(caught.connection, "127.0.0.1", port)
    caught.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield caught
    finally:
        server.close()
        caught.hang_up()
        await server.wait_closed()


def file_stem(at: datetime, to: str, subject: str) -> str:
    """A file name without its ending: sorted by date, readable in any language, safe on any disk whatever a letter says."""
    return f"{at:%Y%m%dT%H%M%SZ}-{_safe(to, 80) or 'nobody'}-{_safe(subject, 120) or 'no-subject'}"


def _safe(text: str, length: int) -> str:
    """What of a text may stand in a file name, in at most ``length`` bytes: disks count those."""
    kept = _UNSAFE.sub("-", unicodedata.normalize("NFKC", text))
    return kept.encode()[:length].decode(errors="ignore").strip("-.")


def _keep(folder: Path, letter: Letter, message: Message) -> Path:
    stem = file_stem(letter.at, letter.to[0] if letter.to else "", letter.subject)
    path, copy = folder / f"{stem}.eml", 1
    while path.exists():
        copy += 1
        path = folder / f"{stem}-{copy}.eml"
    path.write_bytes(letter.content)
    for kind, ending in (("plain", ".txt"), ("html", ".html")):
        if part := _text(message, kind):
            path.with_name(path.stem + ending).write_text(part, encoding="utf-8")
    return path


def _text(message: Message, kind: str) -> str:
    """The first part of this kind that is not an attachment."""
    for part in message.walk():
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return body.decode(part.get_content_charset("utf-8"), errors="replace").replace("\r\n", "\n")
    return ""


def _subject_of(message: Message) -> str:
    try:
        return " ".join(str(make_header(decode_header(str(message.get("Subject", ""))))).split())
    except (LookupError, UnicodeError, HeaderParseError):
        return str(message.get("Subject", ""))


def _date_of(message: Message) -> datetime:
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
    except ValueError:
        return datetime.now(UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
