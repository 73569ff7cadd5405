"""A folder of letters on the shared layout, and a mail server that answers as it is told."""

import asyncio
import shutil
import warnings
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from mail.facts import Addressee, Facts, Links, Sender
from mail.letters import Letters
from mail.smtp import SmtpTransport

_HERE = Path(__file__).parent
_SHARED = _HERE.parents[1] / "email_templates"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shared layout and the letters of these tests, free to be changed."""
    shutil.copytree(_HERE / "letters", tmp_path / "letters")
    for shared in ("layout.html", "layout.txt", "words.jinja"):
        shutil.copy(_SHARED / shared, tmp_path / "letters")
    return tmp_path / "letters"


@pytest.fixture
def letters(folder: Path) -> Letters:
    return Letters(folder)


@pytest.fixture
def facts() -> Facts:
    return Facts(
        lead=Addressee(given_name="太郎", family_name="山田", company="株式会社北斗食品", title="製造部長"),
        sender=Sender(
            name="あおば設備サービス",
            address="letters@example.co.jp",
            legal_name="株式会社あおば設備サービス",
            postal_address="〒100-0005 東京都千代田区丸の内1-2-3",
            contact="complaints@example.co.jp",
            reply_to="sales@example.co.jp",
        ),
        links=Links(
            unsubscribe="https://sodate.example.co.jp/u/" + "a1_-" * 30,
            preferences="https://sodate.example.co.jp/preferences/" + "a1_-" * 30,
            site="https://www.example.co.jp",
        ),
    )


@dataclass
class PostOffice:
    """A real SMTP server. ``answers`` are given instead of a yes, by command; ``cut`` names the moment at which it hangs up."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    silent: str = ""
    received: list[Envelope] = field(default_factory=list)
    options: list[list[str]] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    most_open: int = 0
    together: int = 1
    """Answers to DATA wait until this many messages are there at once."""
    pipelining: bool = True
    """Whether it offers to take commands together, as nearly every server does."""
    careless: bool = False
    """It asks for a message that nobody is to get."""
    talkative: bool = False
    """It says twice that it has a message."""

    def __post_init__(self) -> None:
        self.arrived, self.released, self.empty = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelining else []), responses[-1]]

    async def handle_MAIL(self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        self.options.append(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.get(address) or self.answers.get("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.received.append(envelope)
        self.arrived.set()
        if len(self.received) >= self.together:
            self.released.set()
        await self.released.wait()
        if self.silent == "after the message":
            await asyncio.Event().wait()
        if self.cut == "after the message":
            server.transport.abort()
        return self.answers.get("receipt", "250 OK\r\n250 OK" if self.talkative else "250 OK")


class _Server(SMTP):
    """The protocol, counting its connections."""

    def __init__(self, office: PostOffice, **options: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a password without TLS is no danger on loopback
            super().__init__(office, **options)
        self.office = office

    def connection_made(self, transport: Any) -> None:
        self.office.connections += 1
        self.office.open += 1
        self.office.most_open = max(self.office.most_open, self.office.open)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.office.open -= 1
        if not self.office.open:
            self.office.empty.set()
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if self.office.cut == "before the message" and isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
            return
        if self.office.careless and self.envelope is not None and not self.envelope.rcpt_tos:
            self.envelope.rcpt_tos.append("nobody")
        await super().smtp_DATA(arg)


@pytest.fixture
async def open_post_office(anyio_backend: str) -> AsyncIterator[Callable[..., Any]]:
    """Opens a server on ``port``, or on one of the system's choice; it is gone after the test."""
    servers: list[asyncio.Server] = []

    async def open_(*, port: int = 0, password: str = "", smtputf8: bool = True, **how: Any) -> PostOffice:
        office = PostOffice(**how)
        options: dict[str, Any] = {"hostname": "post.example.com", "enable_SMTPUTF8": smtputf8}
        if password:

            def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
                return AuthResult(success=data.password == password.encode(), handled=False)

            options |= {"authenticator": check, "auth_require_tls": False, "auth_required": True}
        server = await asyncio.get_running_loop().create_server(lambda: _Server(office, **options), "127.0.0.1", port)
        servers.append(server)
        office.port = server.sockets[0].getsockname()[1]
        return office

    yield open_
    for server in servers:
        server.close()


@pytest.fixture
async def post_office(open_post_office: Callable[..., Any]) -> PostOffice:
    """A server that takes every message."""
    office: PostOffice = await open_post_office()
    return office


@pytest.fixture
async def connect(anyio_backend: str) -> AsyncIterator[Callable[..., SmtpTransport]]:
    """Makes transports, which take their leave after the test."""
    transports: list[SmtpTransport] = []

    def connect_(url: str, **how: Any) -> SmtpTransport:
        wanted: dict[str, Any] = {"starttls": False, "timeout": 10.0} | how
        transports.append(SmtpTransport(url, **wanted))
        return transports[-1]

    yield connect_
    for transport in transports:
        await transport.close()
