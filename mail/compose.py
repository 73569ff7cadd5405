"""Makes a message of a letter: both parts, and headers that mail servers and mailbox providers accept.

The same arguments give the same bytes, so that every attempt to send a touch sends the same message. Headers are encoded here rather than
by ``EmailMessage``, which breaks a long one at a comma inside a name (two recipients) and wraps a long URL in encoded words.
"""

import hashlib
import re
from binascii import b2a_base64
from datetime import datetime
from email.utils import format_datetime, quote
from functools import lru_cache
from quopri import encodestring as quopri
from struct import Struct
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
        "From": _ours("From", sender.name, sender.address),
        "To": _mailbox("To", to_name, to),
        "Reply-To": _ours("Reply-To", "", sender.reply_to) if sender.reply_to else "",
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
    boundary = b"=_%b" % hashlib.sha256(message_id.encode()).hexdigest()[:32].encode()
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % boundary
    plain, html = _part(b"plain", rendered.text), _part(b"html", rendered.html)
    return b"%b--%b\r\n%b--%b\r\n%b--%b--\r\n" % (head, boundary, plain, boundary, html, boundary)


def _part(kind: bytes, text: str) -> bytes:
    """A part in quoted-printable, or in base64 where that is shorter, so that no server on the way has to change it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = (text if text.endswith("\n") else text + "\n").encode()
    most_is_ascii = 6 * (len(plain) - len(plain.translate(None, _NOT_ASCII))) < len(plain)
    if most_is_ascii:
        name, lines = b"quoted-printable", quopri(plain).replace(b"\n", b"\r\n")
    else:
        name, lines = b"base64", _base64(plain.replace(b"\n", b"\r\n"))
    return b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\n\r\n%b\r\n' % (kind, name, lines)


def _base64(content: bytes) -> bytes:
    encoded = b2a_base64(content, newline=False)
    whole = len(encoded) // _LINE
    rest = encoded[whole * _LINE :]
    return b"\r\n".join((*_in_lines(whole).unpack_from(encoded), *([rest] if rest else []), b""))


@lru_cache(maxsize=1024)
def _in_lines(count: int) -> Struct:
    """Cuts so many lines off at once: a letter has hundreds."""
    return Struct(f"{_LINE}s" * count)


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


_ours: Final = lru_cache(maxsize=256)(_mailbox)
"""Those of senders, who are few."""


def _words(header: str, text: str) -> str:
    text = one_line(text)
    return text if _fits(header, text) else _encoded(header, text)


def _fits(header: str, text: str) -> bool:
    return text.isascii() and "=?" not in text and len(header) + len(text) + 4 <= _LINE


def _encoded(header: str, text: str) -> str:
    """RFC 2047: encoded words of at most 75 characters, each with whole characters in it."""
    left, words, room = text.encode(), list[bytes](), _in_a_word(_LINE - len(f"{header}: "))
    while len(left) > room:
        end = room
        while left[end] & 0b1100_0000 == 0b1000_0000:  # in the middle of a character
            end -= 1
        words.append(left[:end])
        left, room = left[end:], _in_a_word(_LINE - 1)
    return "\r\n ".join(_WORD.format(b2a_base64(word, newline=False).decode("ascii")) for word in (*words, left))


def _in_a_word(line: int) -> int:
    """How many bytes an encoded word has room for, in a line with so many characters left."""
    return (line - len(_WORD.format(""))) // 4 * 3


def _verbatim(value: str) -> str:
    if not re.fullmatch(r"[!-~]+", value):
        raise ValueError("a Message-ID or a URL in a header is ASCII without spaces")
    return value
