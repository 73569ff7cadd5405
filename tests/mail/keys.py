"""Keys that exist for one run of the tests only, written as DER and PEM."""

import base64
import math
import random
from dataclasses import dataclass
from functools import cache


def der(tag: int, *contents: bytes) -> bytes:
    """A value of DER, of its tag and what is in it."""
    content = b"".join(contents)
    size = len(content).to_bytes(4, "big").lstrip(b"\0")
    return bytes([tag]) + (bytes([len(content)]) if len(content) < 128 else bytes([0x80 | len(size)]) + size) + content


def number(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class RsaKey:
    """A key of 1024 bits: enough to try a signature out with."""

    private: dict[str, int]
    pem: str
    public: bytes
    """SubjectPublicKeyInfo, as it is in DNS and in certificates."""


@cache
def rsa_key(seed: int = 1) -> RsaKey:
    chance = random.Random(seed)
    p, q, e = _prime(chance), _prime(chance), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = {
        "version": 0,
        "modulus": p * q,
        "publicExponent": e,
        "privateExponent": d,
        "prime1": p,
        "prime2": q,
        "exponent1": d % (p - 1),
        "exponent2": d % (q - 1),
        "coefficient": pow(q, -1, p),
    }
    private = der(0x30, *(number(value) for value in numbers.values()))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d010101"), der(5))
    public = der(0x30, algorithm, der(3, b"\0", der(0x30, number(p * q), number(e))))
    return RsaKey(private=numbers, pem=_pem("RSA PRIVATE KEY", private), public=public)


def certificate(key: RsaKey) -> str:
    """A certificate of the key, as far as anybody reads it here: signed by nobody."""
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d01010b"), der(5))
    name = der(0x30, der(0x31, der(0x30, bytes.fromhex("0603550403"), der(12, b"sns.example"))))
    validity = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"360101000000Z"))
    body = der(0x30, der(0xA0, number(2)), number(7), algorithm, name, validity, name, key.public)
    return _pem("CERTIFICATE", der(0x30, body, algorithm, der(3, b"\0\0")))


def _pem(what: str, content: bytes) -> str:
    lines = base64.encodebytes(content).decode()
    return f"-----BEGIN {what}-----\n{lines}-----END {what}-----\n"


def _prime(chance: random.Random) -> int:
    small = math.factorial(1000)
    while True:
        candidate = chance.getrandbits(512) | 3 << 510 | 1
        if candidate % 65537 == 1 or math.gcd(candidate, small) != 1:
            continue
        if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5, 7)):
            return candidate
