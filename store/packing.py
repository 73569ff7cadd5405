"""Words inside of messages: how mail packs them, for the database to find them by, and everything that can be read in one."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from quopri import encodestring
from typing import Final

_CHARSETS: Final = ("utf-8", "iso2022_jp", "shift_jis", "euc_jp")
"""Those of mail in Japanese and English."""


def texts_of(message: bytes) -> Iterator[str]:
    """Everything that can be read in a message: as it is, and its headers and texts without the ways in which mail packs them."""
    yield message.decode("utf-8", "replace")
    read = message_from_bytes(message, policy=policy.default)
    for part in read.walk():
        assert isinstance(part, EmailMessage)
        with suppress(LookupError, ValueError):  # a header that cannot be unpacked stands in what was given first
            yield "\n".join(str(value) for value in part.values())
        body = part.get_payload(decode=True)
        if isinstance(body, bytes) and part.get_content_maintype() != "multipart":
            for charset in dict.fromkeys((part.get_content_charset("utf-8"), *_CHARSETS)):
                try:
                    yield body.decode(charset)
                except (LookupError, UnicodeError):
                    continue


def spellings(word: str) -> tuple[str, ...]:
    """The usual ways to write a word in small letters and capitals."""
    return tuple(dict.fromkeys((word, word.lower(), word.upper(), word.title(), word.capitalize())))


def packed(word: str) -> Iterator[str]:
    """The same as mail packs it, in the charsets of mail here: base64 at each of its three places, quoted-printable, and as it is.

    As PostgreSQL has it that writes bytes in its format ``escape``, without spaces and line ends. Base64 tells capitals from small letters,
    so the usual spellings are taken, and not every one that there may be.
    """
    for charset, said in product(_CHARSETS, spellings(word)):
        try:
            raw = said.encode(charset)
        except UnicodeError:
            continue
        for shift in range(3):
            yield b64encode(bytes(shift) + raw)[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6].decode("ascii")
        yield encodestring(raw).decode("ascii").replace("=\n", "").strip().replace(" ", "")
        yield "".join(chr(byte) if 0 < byte < 128 else f"\\{byte:03o}" for byte in raw).replace(" ", "")
