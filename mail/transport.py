"""Chooses the way in which letters go, and says what every way can do."""

from datetime import timedelta
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from mail.providers.mailgun import Mailgun
from mail.providers.postmark import Postmark
from mail.providers.resend import Resend
from mail.providers.sendgrid import SendGrid
from mail.providers.ses import Ses
from mail.smtp import SmtpTransport


class Transport(Protocol):
    """Whatever carries messages. ``name`` is its scheme in ``MAIL_URL``, ``remembers`` how long it knows a repetition by its key."""

    @property
    def name(self) -> str: ...

    @property
    def remembers(self) -> timedelta: ...

    async def send(self, message: bytes, *, sender: str, to: str, key: UUID) -> str:
        """Carry one message, and give the id that the provider knows it by, or an empty string.

        ``key`` is the touch's, for providers that know a repetition by it. Raises SendError. A send that is cancelled is unclear as well.
        """
        ...

    async def close(self) -> None:
        """Take leave. A transport that is used again opens connections again."""
        ...


def transport_of(url: str, *, starttls: bool = True, connections: int = 4) -> Transport:
    """The transport that ``MAIL_URL`` names. ``endpoint`` in its query is another address of a provider's API. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme in ("smtp", "smtps"):
        return SmtpTransport(url, starttls=starttls, connections=connections)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    # Not ``hostname``, which is in lower case: the key of a provider stands in the place of the host.
    credentials, _, place = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    key, place = unquote(user) or unquote(place), unquote(place)
    match parts.scheme:
        case "ses":
            return Ses(key=key, secret=unquote(password), region=place, connections=connections, **options)
        case "sendgrid":
            return SendGrid(key=key, connections=connections, **options)
        case "postmark":
            return Postmark(token=key, connections=connections, **options)
        case "mailgun":
            return Mailgun(key=key, domain=place, connections=connections, **options)
        case "resend":
            return Resend(key=key, connections=connections, **options)
    raise ValueError(f"no letters go by {parts.scheme}://")
