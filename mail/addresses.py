"""Addresses as mail servers take them."""

import re
from typing import Final

_SPEAKABLE: Final = re.compile(r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f-\x9f]{1,64}@[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f-\x9f]{1,253}")


def for_servers(address: str) -> str | None:
    """The address with its domain in ASCII (RFC 5891); None for one that cannot be written into a header or said to a server.

    Quotes, comments, spaces and angle brackets are not taken: what libraries make of them differs, and with it who gets the letter.
    """
    local, _, domain = address.rpartition("@")
    try:
        written = address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"
        written.encode()
    except UnicodeError:
        return None
    return written if _SPEAKABLE.fullmatch(written) else None
