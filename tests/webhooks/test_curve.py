"""Signatures on the curve P-256 are told from what looks like them, by published examples."""

import pytest

from mail.webhooks.curve import is_signed
from tests.mail.keys import der, number

X = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
Y = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
KEY = HEAD + bytes.fromhex(X + Y)
# RFC 6979, A.2.5: ECDSA, 256 bits, with SHA-256.
SAMPLE = (
    0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
    0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
)
TEST = (
    0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
    0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
)


def signature(r: int, s: int) -> bytes:
    return der(0x30, number(r), number(s))


@pytest.mark.parametrize(("message", "numbers"), [(b"sample", SAMPLE), (b"test", TEST)])
def test_the_published_examples_hold_and_for_their_own_message_only(message: bytes, numbers: tuple[int, int]) -> None:
    assert is_signed(message, signature(*numbers), KEY)
    assert not is_signed(message + b".", signature(*numbers), KEY)


@pytest.mark.parametrize(
    "wrong",
    [
        signature(0, 0),
        signature(SAMPLE[0], 0),
        signature(SAMPLE[0] + N, SAMPLE[1]),
        signature(SAMPLE[0], SAMPLE[1] + N),
        signature(-SAMPLE[0], SAMPLE[1]),
        signature(SAMPLE[1], SAMPLE[0]),
        signature(*SAMPLE) + b"\0",
        signature(*SAMPLE)[:-1],
        der(0x30, number(SAMPLE[0])),
        der(0x30, number(SAMPLE[0]), number(SAMPLE[1]), number(1)),
        b"\x30\x02\x02\x00",
        b"\x30",
        b"",
    ],
    ids=range(13),
)
def test_what_is_no_signature_does_not_hold(wrong: bytes) -> None:
    assert not is_signed(b"sample", wrong, KEY)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        KEY[:-1],
        KEY + b"\0",
        HEAD + bytes.fromhex(Y + X),
        HEAD + bytes(64),
        HEAD + b"\xff" * 64,
        KEY.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2b8104000a000000")),
    ],
    ids=range(7),
)
def test_what_is_no_point_of_the_curve_is_no_key(key: bytes) -> None:
    assert not is_signed(b"sample", signature(*SAMPLE), key)
