"""Makes a message of a letter: both parts, and headers that mail servers and mailbox providers accept.

The same arguments give the same bytes, so that every attempt to send a touch sends the same message. Headers are encoded here rather than
by ``EmailMessage``, which breaks a long one at a comma inside a name (two recipients) and wraps a long URL in encoded words.
"""

import base64
import hashlib
import re
from datetime import datetime
from email.utils import format_datetime, quote
from quopri import encodestring as quopri
from typing import Final
from uuid import UUID

from mail.addresses import for_servers
from mail.answers import Rejected
from mail.facts import Sender, one_line
from mail.letters import Rendered

_LINE: Final = 76
_WORD: Final = "=?utf-8?b?{}?="
_NOT_ASCII: Final = bytes(range(128, 256))


def message_id_of(key: UUID, sender_address: str) -> str:
    """The Message-ID of a touch: its key at the sender's domain."""
    return f"<{key}@{(for_servers(sender_address) or sender_address).rpartition('@')[2]}>"


def compose(
    rendered: Rendered, *, sender: Sender, to: str, to_name: str = "", message_id: str, unsubscribe_url: str, sent_at: datetime
) -> bytes:
    """The message, with CRLF, ready for DATA and for the ledger.

    ``List-Unsubscribe`` and ``List-Unsubscribe-Post`` are RFC 8058's; a DKIM signature has to cover both. Neither is there without
    ``unsubscribe_url``, as in a letter to somebody of ours. Headers are ASCII, but for an address whose local part is not (RFC 6532).
    Raises Rejected where no header can hold the recipient's address.
    """
    headers = {
        "From": _mailbox("From", sender.name, sender.address),
        "To": _mailbox("To", to_name, to),
        "Reply-To": _mailbox("Reply-To", "", sender.reply_to) if sender.reply_to else "",
        "Subject": _words("Subject", rendered.subject),
        "Date": format_datetime(sent_at),
        "Message-ID": _verbatim(message_id),
        "List-Unsubscribe": f"<{_verbatim(unsubscribe_url)}>" if unsubscribe_url else "",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if unsubscribe_url else "",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    return head.encode() + _body(rendered, message_id)


def _body(rendered: Rendered, message_id: str) -> bytes:
    """Both parts, the richer one last (RFC 2046), under a boundary that no encoded line can be."""
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    parts = "".join(f"--{boundary}\r\n{_part(kind, text)}" for kind, text in (("plain", rendered.text), ("html", rendered.html)))
    return f"{head}{parts}--{boundary}--\r\n".encode("ascii")


def _part(kind: str, text: str) -> str:
    """A part in quoted-printable, or in base64 where that is shorter, so that no server on the way has to change it."""
    plain = (text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n").encode()
    most_is_ascii = 6 * (len(plain) - len(plain.translate(None, _NOT_ASCII))) < len(plain)
    if most_is_ascii:
        name, lines = "quoted-printable", quopri(plain).decode("ascii").replace("\n", "\r\n")
    else:
        name, lines = "base64", _base64(plain.replace(b"\n", b"\r\n"))
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {name}\r\n\r\n{lines}\r\n'


def _base64(content: bytes) -> str:
    encoded = base64.b64encode(content).decode("ascii")
    return "\r\n".join([encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)]) + "\r\n"


def _mailbox(header: str, name: str, address: str) -> str:
    said = for_servers(address)
    if said is None:
        raise Rejected("the address cannot be written into a header") if header == "To" else ValueError(f"{header} is not an address")
    name = one_line(name)
    if not name:
        return said
    written = f'"{quote(name)}"' if _fits(header, name) else _encoded(header, name)
    room = _LINE - len(written.rpartition("\n")[2]) - len(f"{header}:  <>")
    return written + (" " if len(said) <= room else "\r\n ") + f"<{said}>"


def _words(header: str, text: str) -> str:
    text = one_line(text)
    return text if _fits(header, text) else _encoded(header, text)


def _fits(header: str, text: str) -> bool:
    return text.isascii() and "=?" not in text and len(header) + len(text) + 4 <= _LINE


def _encoded(header: str, text: str) -> str:
    """RFC 2047: encoded words of at most 75 characters, each with whole characters in it."""
    words, room = [b""], _in_a_word(_LINE - len(f"{header}: "))
    for character in text:
        said = character.encode()
        if len(words[-1]) + len(said) > room:
            words, room = [*words, b""], _in_a_word(_LINE - 1)
        words[-1] += said
    return "\r\n ".join(_WORD.format(base64.b64encode(word).decode("ascii")) for word in words)


def _in_a_word(line: int) -> int:
    """How many bytes an encoded word has room for, in a line with so many characters left."""
    return (line - len(_WORD.format(""))) // 4 * 3


def _verbatim(value: str) -> str:
    if not re.fullmatch(r"[!-~]+", value):
        raise ValueError("a Message-ID or a URL in a header is ASCII without spaces")
    return value
