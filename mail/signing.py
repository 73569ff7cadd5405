"""Signs letters with DKIM (RFC 6376), over everything that a reader or a mailbox provider acts on: the one-click headers too (RFC 8058)."""

from typing import Final

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

_SEALED: Final = (b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"list-unsubscribe", b"list-unsubscribe-post")
"""Signed once more than they occur, so that nobody on the way can add another one."""

_SIGNED: Final = (*_SEALED, b"mime-version", b"content-type")


class Signer:
    """Signs in the name of ``domain``, whose public key is in DNS at ``<selector>._domainkey.<domain>``.

    ``key`` is a private RSA key in PEM. Raises ValueError for one that cannot be read; the message does not repeat it.
    """

    def __init__(self, *, selector: str, domain: str, key: str) -> None:
        self._selector, self._domain = selector.encode("idna"), domain.encode("idna")
        self._key = "\n".join(line.strip() for line in key.replace("\\n", "\n").splitlines()).strip().encode() + b"\n"
        try:
            parse_pem_private_key(self._key)
        except (UnparsableKeyError, ValueError):
            raise ValueError("the DKIM key is not a private RSA key in PEM") from None

    def sign(self, message: bytes) -> bytes:
        """The message with its signature before it. Its line ends are CRLF."""
        present = [name for name in _SIGNED if b"\r\n" + name + b":" in b"\r\n" + message.partition(b"\r\n\r\n")[0].lower()]
        signature: bytes = dkim.sign(
            message,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*present, *_SEALED],
        )
        return signature + message
