"""`doctor mail` looks at a real DNS server and a real mail server with TLS, says what is wrong, and prints what to publish."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.dns_double import DnsDouble, dns_double
from mail.signing import Signer

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]

KEY = rsa.generate_private_key(65_537, 2048)
ENDS_AT = datetime(2090, 1, 1, tzinfo=UTC)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate(folder: Path, name: str = "localhost") -> Path:
    """A certificate that signs itself, with its key; whoever knows the file believes it."""
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begun = x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(KEY.public_key()).serial_number(7)
    dated = begun.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ENDS_AT)
    named = dated.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    path = folder / "server.pem"
    path.write_bytes(PEM.encode() + named.sign(KEY, SHA256()).public_bytes(Encoding.PEM))
    return path


@asynccontextmanager
async def mail_server(pem: Path | None) -> AsyncIterator[int]:
    """A mail server that offers STARTTLS where it has a certificate; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if pem else None
    if context:
        context.load_cert_chain(pem or "")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="localhost", tls_context=context, loop=loop), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
async def dns(anyio_backend: str) -> AsyncIterator[DnsDouble]:
    """A domain that has published everything."""
    async with dns_double() as double:
        double.records[("localhost", "A")] = ["127.0.0.1"]
        double.records[("example.com", "MX")] = ["10 mail.example.com."]
        double.records[("mail.example.com", "A")] = ["192.0.2.25"]
        double.text("example.com", "v=spf1 a:localhost -all")
        double.text("letters._domainkey.example.com", Signer(selector="letters", domain="example.com", key=PEM).published.value)
        double.text("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com")
        yield double


@pytest.fixture
def sender(dns: DnsDouble, tmp_path: Path) -> dict[str, str]:
    """What is set: everything that the worker needs, and a key that signs."""
    return {
        "DNS_SERVER": dns.address,
        "BASE_URL": "https://letters.example.com",
        "LINK_SECRET": "only-for-tests-0123456789",
        "SENDER_ADDRESS": "hello@example.com",
        "SENDER_NAME": "Hoshino",
        "SENDER_LEGAL_NAME": "Hoshino Instruments",
        "SENDER_POSTAL_ADDRESS": "1-1 Example, Tokyo",
        "SENDER_CONTACT": "complaints@example.com",
        "DKIM_SELECTOR": "letters",
        "DKIM_KEY": PEM.replace("\n", "\\n"),
        "TEMPORAL_ADDRESS": "127.0.0.1:1",
    }


async def doctor(starter: Starter, sender: dict[str, str], pem: Path | None, host: str = "localhost", **more: Any) -> Any:
    async with mail_server(pem) as port:
        trusted = {"SSL_CERT_FILE": str(pem)} if pem else {}
        return await starter("doctor", "mail", "--json", **(sender | {"MAIL_URL": f"smtp://{host}:{port}"} | trusted | more))


def not_right(done: Any) -> list[tuple[str, str, str]]:
    return [(one["about"], one["verdict"], one["what"]) for one in done.json["findings"] if one["verdict"] != "right"]


async def test_where_everything_is_published_everything_is_right(starter: Starter, sender: Any, tmp_path: Path) -> None:
    done = await doctor(starter, sender, certificate(tmp_path))

    assert (done.code, done.json["ok"], not_right(done)) == (0, True, [])
    assert {one["about"] for one in done.json["findings"]} == {"SPF", "DKIM", "DMARC", "MX", "TLS", "one-click", "footer"}


async def test_what_is_missing_is_printed_as_it_is_to_be_published(starter: Starter, sender: Any, dns: DnsDouble) -> None:
    dns.records = {("localhost", "A"): ["127.0.0.1"]}
    async with mail_server(None) as port:
        done = await starter("doctor", "mail", **(sender | {"MAIL_URL": f"smtp://localhost:{port}"}))

    assert done.code == 4
    published = done.out.partition("To publish in DNS:")[2]
    assert "\nexample.com\nTXT\nv=spf1 a:localhost -all\n" in published
    assert (
        f"\nletters._domainkey.example.com\nTXT\n{Signer(selector='letters', domain='example.com', key=PEM).published.value}\n" in published
    )
    assert "\n_dmarc.example.com\nTXT\nv=DMARC1; p=none; rua=mailto:hello@example.com\n" in published
    assert "\nexample.com\nMX\n10 mail.example.com.\n" in published
    assert "localhost offers no TLS" in " ".join(done.out.split())
    assert "5 things are wrong, and 0 doubtful." in done.out


@pytest.mark.parametrize(
    ("host", "trusted", "found"),
    [
        ("127.0.0.1", True, ("TLS", "wrong", "the certificate of 127.0.0.1 is in another name")),
        ("localhost", False, ("TLS", "wrong", "the certificate of localhost is not believed: self-signed certificate")),
    ],
)
async def test_the_certificate_is_read_as_every_sender_reads_it(
    starter: Starter, sender: Any, tmp_path: Path, host: str, trusted: bool, found: tuple[str, str, str]
) -> None:
    others = {} if trusted else {"SSL_CERT_FILE": str(tmp_path / "none.pem")}
    done = await doctor(starter, sender, certificate(tmp_path), host, **others)

    assert (done.code, [one for one in not_right(done) if one[0] == "TLS"]) == (4, [found])


async def test_a_certificate_is_to_be_renewed_in_time(starter: Starter, sender: Any, tmp_path: Path) -> None:
    done = await doctor(starter, sender, certificate(tmp_path), clock=lambda: ENDS_AT - timedelta(days=10))

    assert (done.code, not_right(done)) == (0, [("TLS", "doubtful", "the certificate of localhost ends on 2090-01-01")])


async def test_what_does_not_answer_keeps_nothing_else_from_being_looked_at(starter: Starter, sender: Any, dns: DnsDouble) -> None:
    dns.fails_for.add("_dmarc.example.com")
    done = await starter("doctor", "mail", "--json", **(sender | {"MAIL_URL": "smtp://localhost:1"}))

    assert done.code == 3
    assert done.json["away"] == ["DNS does not answer for _dmarc.example.com (TXT)", "the mail server localhost:1 does not answer"]
    assert {one["about"] for one in done.json["findings"]} == {"SPF", "DKIM", "MX", "one-click", "footer"}
    assert "does not answer" in done.err


async def test_for_a_provider_its_own_terms_are_looked_for(starter: Starter, sender: Any) -> None:
    done = await starter("doctor", "mail", "--json", **(sender | {"MAIL_URL": "resend://key", "DKIM_SELECTOR": None, "DKIM_KEY": None}))

    assert done.code == 0
    assert [(about, verdict) for about, verdict, _ in not_right(done)] == [
        ("SPF", "doubtful"),
        ("DKIM", "doubtful"),
        ("DMARC", "doubtful"),
        ("one-click", "doubtful"),
    ]
    [publish] = [one["publish"]["value"] for one in done.json["findings"] if one["publish"]]
    assert publish == "v=spf1 a:localhost include:amazonses.com -all"


@pytest.mark.parametrize(
    ("name", "value"), [("DNS_SERVER", "nameserver.example.com"), ("DNS_SERVER", "192.0.2.1:dns"), ("DKIM_KEY", "secret")]
)
async def test_a_setting_that_is_wrong_is_named(starter: Starter, sender: Any, name: str, value: str) -> None:
    done = await starter("doctor", "mail", **(sender | {"MAIL_URL": "smtp://localhost:1", name: value}))

    assert done.code == 1
    assert name in done.err
    assert value not in done.out


async def test_the_doctor_himself_still_looks_at_leads(starter: Starter) -> None:
    assert (await starter("doctor", "--history", "--json")).json == []
