"""Signs letters with DKIM (RFC 6376), over everything that a reader or a mailbox provider acts on: the one-click headers too (RFC 8058)."""

import base64
import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mail.domain.findings import DnsRecord

_SEALED: Final = (b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"list-unsubscribe", b"list-unsubscribe-post")
"""Signed once more than they occur, so that nobody on the way can add another one."""

_SIGNED: Final = (*_SEALED, b"mime-version", b"content-type")
_BEGINNING: Final = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;"
_FOLD: Final = b"\r\n "
_LINE: Final = 72
_AFTER_BLANK: Final = frozenset((b"", b"\r"))
"""What begins after a blank that is one too many: nothing before the next blank, or the end of the line."""


class Signer:
    """Signs in the name of ``domain``, whose public key is in DNS at ``<selector>._domainkey.<domain>``.

    ``key`` is a private RSA key in PEM. Raises ValueError for one that cannot be read; the message does not repeat it.
    """

    def __init__(self, *, selector: str, domain: str, key: str) -> None:
        self._place = b"d=%b; s=%b;" % (domain.encode("idna"), selector.encode("idna"))
        pem = "\n".join(line.strip() for line in key.replace("\\n", "\n").splitlines()).strip().encode() + b"\n"
        try:
            read = load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            read = None
        if not isinstance(read, RSAPrivateKey):
            raise ValueError("the DKIM key is not a private RSA key in PEM")
        self._key = read
        self.domain = domain
        self._published_at = f"{selector}._domainkey.{domain}"

    @property
    def published(self) -> DnsRecord:
        """The record by which everybody can believe the signatures: where it belongs in DNS, and what it says."""
        public = base64.b64encode(self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
        return DnsRecord(name=self._published_at, kind="TXT", value=f"v=DKIM1; k=rsa; p={public}")

    def sign(self, message: bytes) -> bytes:
        """The message with its signature before it. Its line ends are CRLF. The same message gives the same bytes."""
        head, _, body = message.partition(b"\r\n\r\n")
        fields = _fields(head)
        names, listed = _signed_of(tuple(fields))
        digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest())
        header = _FOLD.join((_BEGINNING, self._place, listed, b"bh=" + digest + b";", b"b="))
        # Of a name that occurs several times the last comes first; one that is signed beyond that stands for its absence (5.4.2).
        said = [fields[name].pop() for name in names if fields.get(name)]
        said.append(b"dkim-signature:" + header.partition(b": ")[2].replace(_FOLD, b" "))
        proof = base64.b64encode(self._key.sign(b"\r\n".join(said), PKCS1v15(), SHA256()))
        return header + _FOLD.join([proof[at : at + _LINE] for at in range(0, len(proof), _LINE)]) + b"\r\n" + message


@lru_cache(maxsize=64)
def _signed_of(present: tuple[bytes, ...]) -> tuple[list[bytes], bytes]:
    """The fields that are signed where these are present, and how the signature lists them."""
    names: list[bytes] = [*(name for name in _SIGNED if name in present), *_SEALED]
    return names, b"h=" + (b":" + _FOLD).join(b":".join(names[at : at + 5]) for at in range(0, len(names), 5)) + b";"


def _fields(head: bytes) -> dict[bytes, list[bytes]]:
    """The header fields in their relaxed form (3.4.2), by their names, in the order in which they stand."""
    fields: dict[bytes, list[bytes]] = {}
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    for line in _single_blanks(unfolded).split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.rstrip(b" ").lower()
        fields.setdefault(name, []).append(name + b":" + value.strip(b" "))
    return fields


def _relaxed_body(body: bytes) -> bytes:
    """Blanks as single spaces, none at the ends of lines, and no empty lines at the end (3.4.4)."""
    text = body + b"\r\n"
    if b"\t" in text or not _AFTER_BLANK.isdisjoint({piece[:1] for piece in text.split(b" ")[1:]}):
        text = _single_blanks(text).replace(b" \r\n", b"\r\n")
    while text.endswith(b"\r\n"):
        text = text.removesuffix(b"\r\n")
    return text and text + b"\r\n"


def _single_blanks(text: bytes) -> bytes:
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text
