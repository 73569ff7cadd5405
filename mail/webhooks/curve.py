"""Checks signatures on the curve P-256 (ECDSA with SHA-256, FIPS 186-5)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether ``signature`` (DER) is one of ``message`` by the owner of ``key`` (SubjectPublicKeyInfo, DER)."""
    try:
        public = load_der_public_key(key)
        if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
            return False
        public.verify(signature, message, ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
