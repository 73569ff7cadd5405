"""TLS on the way to the mail server: offered, with a certificate that is valid, in its name, and for a while yet."""

import asyncio
import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from mail.domain.findings import MailFinding, Verdict

PATIENCE_SECONDS: Final = 10.0
SOON: Final = timedelta(days=14)
_WRONG_NAME: Final = (62, 64)
"""What OpenSSL answers where the certificate is another host's, or another address's."""


class NoServer(Exception):
    """The mail server does not answer."""


async def examine_tls(url: str, now: datetime, *, starttls: bool) -> list[MailFinding]:
    """Look at the mail server of ``MAIL_URL``, without a password and without a letter. Raises NoServer."""
    parts = urlsplit(url)
    at_once = parts.scheme == "smtps"
    host, port = parts.hostname or "localhost", parts.port or (465 if at_once else 587)
    if not at_once and not starttls:
        return [_found(Verdict.WRONG, "SMTP_STARTTLS is false: letters and passwords go in the clear", "take SMTP_STARTTLS out")]
    try:
        ends_at = await asyncio.to_thread(_look, host, port, at_once)
    except ssl.SSLCertVerificationError as wrong:
        if wrong.verify_code in _WRONG_NAME:
            return [
                _found(
                    Verdict.WRONG, f"the certificate of {host} is in another name", "name the server in MAIL_URL as its certificate does"
                )
            ]
        what = f"the certificate of {host} is not believed: {wrong.verify_message}"
        return [_found(Verdict.WRONG, what, "have it renewed by an authority that everybody knows; letters do not go until then")]
    except ssl.SSLError as wrong:
        return [_found(Verdict.WRONG, f"{host} speaks no TLS that we know ({wrong.reason})", "have it speak TLS 1.2 or 1.3")]
    except (smtplib.SMTPException, OSError):
        raise NoServer(f"the mail server {host}:{port} does not answer") from None
    if ends_at is None:
        return [_found(Verdict.WRONG, f"{host} offers no TLS: letters go in the clear", "have it offer STARTTLS, or use smtps://")]
    if ends_at - now < SOON:
        return [_found(Verdict.DOUBTFUL, f"the certificate of {host} ends on {ends_at:%Y-%m-%d}", "renew it")]
    return [_found(Verdict.RIGHT, f"{host} offers TLS, with a certificate in its name until {ends_at:%Y-%m-%d}")]


def _look(host: str, port: int, at_once: bool) -> datetime | None:
    """When the certificate ends; None where the server offers no TLS."""
    context = ssl.create_default_context()
    if at_once:
        with smtplib.SMTP_SSL(host, port, timeout=PATIENCE_SECONDS, context=context) as client:
            return _end_of(client)
    with smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS) as client:
        client.ehlo()
        if not client.has_extn("starttls"):
            return None
        client.starttls(context=context)
        return _end_of(client)


def _end_of(client: smtplib.SMTP) -> datetime:
    assert isinstance(client.sock, ssl.SSLSocket)
    certificate = client.sock.getpeercert()
    assert certificate is not None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _found(verdict: Verdict, what: str, fix: str = "") -> MailFinding:
    return MailFinding(about="TLS", verdict=verdict, what=what, fix=fix)
