"""A signature holds over everything that a reader or a mailbox provider acts on (RFC 6376, RFC 8058)."""

import base64
from datetime import UTC, datetime

import dkim
import pytest

from mail.compose import compose
from mail.facts import Facts
from mail.letters import Letters
from mail.signing import Signer
from tests.mail.keys import rsa_key

SIGNED = (
    b"From",
    b"To",
    b"Subject",
    b"Date",
    b"Message-ID",
    b"Reply-To",
    b"List-Unsubscribe",
    b"List-Unsubscribe-Post",
    b"MIME-Version",
    b"Content-Type",
)


@pytest.fixture
def letter(letters: Letters, facts: Facts) -> bytes:
    return compose(
        letters.render("welcome", "hello", "ja", "en", facts),
        sender=facts.sender,
        to="taro@example.co.jp",
        to_name="山田 太郎",
        message_id="<1@example.co.jp>",
        unsubscribe_url=facts.links.unsubscribe,
        sent_at=datetime(2026, 4, 1, tzinfo=UTC),
    )


@pytest.fixture
def signed(letter: bytes) -> bytes:
    return Signer(selector="letters", domain="example.co.jp", key=rsa_key().pem).sign(letter)


def holds(message: bytes, key: int = 1) -> bool:
    """What a receiver finds, who asks DNS for the public key."""

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"letters._domainkey.example.co.jp."
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(rsa_key(key).public)

    return bool(dkim.verify(message, dnsfunc=dns))


def test_a_receiver_finds_the_signature_good_and_the_letter_as_it_was(letter: bytes, signed: bytes) -> None:
    assert holds(signed)
    assert signed.endswith(letter)
    assert signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d=example.co.jp; s=letters;\r\n")
    assert all(len(line) <= 78 for line in signed.removesuffix(letter).split(b"\r\n"))


def test_another_key_does_not_make_it_good(signed: bytes) -> None:
    assert not holds(signed, key=2)


@pytest.mark.parametrize("name", SIGNED)
def test_nothing_that_counts_can_be_changed_or_taken_away(signed: bytes, name: bytes) -> None:
    line = next(line for line in signed.split(b"\r\n") if line.startswith(name + b":"))

    assert not holds(signed.replace(line, name + b": <https://evil.example.net/>", 1))
    assert not holds(signed.replace(b"\r\n" + line, b"\r\nX-Was: x", 1))


@pytest.mark.parametrize("name", [name for name in SIGNED if name not in (b"MIME-Version", b"Content-Type")])
def test_nothing_that_counts_can_be_added_a_second_time(signed: bytes, name: bytes) -> None:
    assert not holds(name + b": <https://evil.example.net/>\r\n" + signed)


def test_a_letter_without_an_answer_address_can_get_none_on_the_way(letter: bytes) -> None:
    line = next(line for line in letter.split(b"\r\n") if line.startswith(b"Reply-To:"))
    signed = Signer(selector="letters", domain="example.co.jp", key=rsa_key().pem).sign(letter.replace(line + b"\r\n", b""))

    assert holds(signed)
    assert not holds(b"Reply-To: eve@example.net\r\n" + signed)


def test_the_body_counts_and_what_servers_add_does_not(signed: bytes) -> None:
    assert not holds(signed[:-60] + b"x" + signed[-59:])
    assert holds(b"Received: from a.example.com by b.example.com\r\n" + signed)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n\r\n",
        b"no end of line",
        b"Hello\r\n\r\n\r\n",
        b" \t\r\nHello \t there\t\t\r\n \r\n\t\r\n",
        b"a  b\tc \r\n\r\n  indented   more  \r\n\r\n",
        b" \r\n",
        b"one\r\n \r\n \r\n",
    ],
)
def test_whatever_blanks_a_body_has_a_receiver_finds_the_signature_good(body: bytes) -> None:
    head = b"From:  a@example.co.jp\r\nTo:\tb@example.com \r\nSUBJECT: one\r\n\t two  three \r\nDate:\r\n Mon\r\n\r\n"
    signed = Signer(selector="letters", domain="example.co.jp", key=rsa_key().pem).sign(head + body)

    assert holds(signed)
    assert not holds(signed + b"x")


def test_servers_on_the_way_may_change_blanks_and_folds(letter: bytes, signed: bytes) -> None:
    unfolded = signed.replace(b"\r\n ", b"  ", 8)

    assert holds(unfolded)
    assert holds(unfolded + b" \r\n\r\n")
    assert not holds(unfolded.replace(b"h=from:", b"h=", 1))


def test_a_letter_is_signed_with_the_same_bytes_every_time(letter: bytes, signed: bytes) -> None:
    assert Signer(selector="letters", domain="example.co.jp", key=rsa_key().pem).sign(letter) == signed


def test_a_key_from_one_line_of_the_environment_is_the_same_key(letter: bytes) -> None:
    in_a_line = rsa_key().pem.replace("\n", "\\n")

    assert holds(Signer(selector="letters", domain="example.co.jp", key=in_a_line).sign(letter))


@pytest.mark.parametrize("key", ["", "secret", "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ValueError, match="not a private RSA key") as refused:
        Signer(selector="letters", domain="example.co.jp", key=key)
    assert "c2VjcmV0" not in repr(refused.value)
