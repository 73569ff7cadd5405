"""DKIM (RFC 6376): whether the public key in DNS is that of the key which signs letters here."""

import base64
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mail.domain.findings import DnsRecord, MailFinding, Verdict
from mail.domain.names import Names

LEAST_BITS: Final = 1024
"""Shorter keys are not believed (RFC 8301)."""

GOOD_BITS: Final = 2048


async def examine_dkim(names: Names, publish: DnsRecord) -> list[MailFinding]:
    """Look whether ``publish``, the record of our own key, is what DNS has."""
    records = [tags for text in await names.texts(publish.name) if (tags := tags_of(text)) and "p" in tags]
    ours = tags_of(publish.value)["p"]
    if not records:
        return [_wrong(f"there is no key at {publish.name}: no signature can be believed", "publish it", publish)]
    if len(records) > 1:
        return [_wrong(f"there are {len(records)} keys at {publish.name}", "keep one of them", publish)]
    [tags] = records
    if not tags["p"]:
        return [_wrong(f"the key at {publish.name} was withdrawn", "publish ours, at a selector of its own", publish)]
    if tags.get("k", "rsa") != "rsa" or tags.get("v", "DKIM1") != "DKIM1":
        return [_wrong(f"the record at {publish.name} is for no RSA key", "publish ours", publish)]
    if tags["p"] != ours:
        return [_wrong(f"the key at {publish.name} is another one than ours: every signature fails", "publish ours", publish)]
    found = [MailFinding(about="DKIM", verdict=Verdict.RIGHT, what=f"the key at {publish.name} is the one that signs")]
    if "y" in tags.get("t", "").split(":"):
        what = "the record says that it is only a test (t=y), so that signatures may be passed over"
        found.append(MailFinding(about="DKIM", verdict=Verdict.DOUBTFUL, what=what, fix="take t=y out", publish=publish))
    return [*found, *_length(ours)]


def tags_of(text: str) -> dict[str, str]:
    """The tags of a record of DKIM or DMARC, without the blanks in them; none where it is no list of tags."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if not all(equals for _, equals, _ in pairs):
        return {}
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def _length(key: str) -> list[MailFinding]:
    try:
        public = load_der_public_key(base64.b64decode(key))
    except (ValueError, UnsupportedAlgorithm):
        return []
    bits = public.key_size if isinstance(public, RSAPublicKey) else GOOD_BITS
    if bits >= GOOD_BITS:
        return []
    verdict = Verdict.DOUBTFUL if bits >= LEAST_BITS else Verdict.WRONG
    return [
        MailFinding(about="DKIM", verdict=verdict, what=f"the key has {bits} bits", fix=f"make one of {GOOD_BITS}, as in docs/sending.md")
    ]


def _wrong(what: str, fix: str, publish: DnsRecord) -> MailFinding:
    return MailFinding(about="DKIM", verdict=Verdict.WRONG, what=what, fix=fix, publish=publish)
