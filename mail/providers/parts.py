"""Takes a frozen letter apart, for the APIs that do not take it whole. The same bytes give the same parts."""

from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Final

_KEPT: Final = ("List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A letter as parts. ``headers`` are those that no field of an API stands for."""

    sender: Address
    to: Address
    reply_to: Address | None
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def parts_of(message: bytes, to: str) -> Parts:
    """The parts of a letter that ``mail.compose`` wrote, to the address ``to``."""
    read = message_from_bytes(message, policy=default)
    assert isinstance(read, EmailMessage)
    return Parts(
        sender=Address(display_name=_name(message, "From"), addr_spec=read["From"].addresses[0].addr_spec),
        to=Address(display_name=_name(message, "To"), addr_spec=to),
        reply_to=read["Reply-To"].addresses[0] if read["Reply-To"] else None,
        subject=str(read["Subject"]),
        text=_body(read, "plain"),
        html=_body(read, "html"),
        headers={name: str(read[name]) for name in _KEPT if read[name]},
    )


def _name(message: bytes, header: str) -> str:
    """The name in an address. The policy that reads everything else puts a space between two encoded words of one name (RFC 2047, 6.2)."""
    written, _ = parseaddr(str(message_from_bytes(message)[header]))
    return str(make_header(decode_header(written)))


def _body(read: EmailMessage, kind: str) -> str:
    part = read.get_body((kind,))
    return part.get_content() if isinstance(part, EmailMessage) else ""
