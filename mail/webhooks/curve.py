"""Checks signatures on the curve P-256 (ECDSA with SHA-256, FIPS 186-5)."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether ``signature`` (DER) is one of ``message`` by the owner of ``key`` (SubjectPublicKeyInfo, DER)."""
    public = _read(key)
    if public is None:
        return False
    try:
        public.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=8)
def _read(key: bytes) -> EllipticCurvePublicKey | None:
    try:
        public = load_der_public_key(key)
    except (UnsupportedAlgorithm, ValueError):
        return None
    return public if isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1) else None
