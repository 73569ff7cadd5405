"""Messages: headers that providers accept, both parts, and one recipient whatever a name contains."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import charset, message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mail.answers import Rejected
from mail.compose import compose, message_id_of
from mail.facts import Facts
from mail.letters import Letters, Rendered

KEY = UUID("01920000-0000-7000-8000-0000000000aa")
SENT_AT = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
SIGNS = st.one_of(st.sampled_from([*"abc .=\t-é山田\r\n"]), st.characters(codec="utf-8", exclude_categories=["Cs"]))
LETTER = Rendered(subject="Hello", html="<p>Hello</p>", text="Hello\n", language="en")


def message(facts: Facts, rendered: Rendered = LETTER, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {
        "sender": facts.sender,
        "to": "taro@example.co.jp",
        "to_name": "山田 太郎",
        "message_id": message_id_of(KEY, facts.sender.address),
        "unsubscribe_url": facts.links.unsubscribe,
        "sent_at": SENT_AT,
    }
    return compose(rendered, **(arguments | changes))


def parsed(raw: bytes) -> EmailMessage:
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    assert read.defects == []
    return read


def header(raw: bytes, name: str) -> str:
    """The header as it stands on the wire, folded lines joined."""
    found = re.search(rf"^{name}: ((?:.|\r\n[ \t])*)\r\n".encode(), raw, re.MULTILINE)
    return found[1].replace(b"\r\n", b"").decode() if found else ""


def names_and_addresses(raw: bytes, name: str) -> list[tuple[str, str]]:
    return [(str(make_header(decode_header(shown))), address) for shown, address in getaddresses([header(raw, name)])]


def test_a_message_has_the_headers_that_mailbox_providers_ask_for(facts: Facts) -> None:
    raw = message(facts)

    read = parsed(raw)
    assert names_and_addresses(raw, "From") == [("あおば設備サービス", "letters@example.co.jp")]
    assert names_and_addresses(raw, "To") == [("山田 太郎", "taro@example.co.jp")]
    assert read["Reply-To"] == "sales@example.co.jp"
    assert read["Date"].datetime == SENT_AT
    assert read["Message-ID"] == f"<{KEY}@example.co.jp>"
    assert read["MIME-Version"] == "1.0"


def test_one_click_unsubscribe_stands_on_its_line_exactly_as_rfc_8058_says(facts: Facts) -> None:
    lines = message(facts).split(b"\r\n")

    assert f"List-Unsubscribe: <{facts.links.unsubscribe}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_a_letter_is_not_marked_as_a_machines_answer(facts: Facts) -> None:
    read = parsed(message(facts))

    assert {"Auto-Submitted", "Precedence", "X-Autoreply"} & set(read.keys()) == set()


def test_a_message_has_both_parts_with_the_plain_one_first(letters: Letters, facts: Facts) -> None:
    rendered = letters.render("welcome", "hello", "ja", "en", facts)

    read = parsed(message(facts, rendered))

    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in read.iter_parts()] == ["utf-8", "utf-8"]
    plain, html = (part.get_content() for part in read.iter_parts())
    assert plain.splitlines() == rendered.text.splitlines()
    assert html.splitlines() == rendered.html.splitlines()
    assert read["Subject"] == rendered.subject


def test_the_same_touch_is_the_same_bytes_on_every_attempt(facts: Facts) -> None:
    assert message(facts) == message(facts)
    assert message(facts) != message(facts, message_id="<another@example.co.jp>")


def test_what_other_libraries_set_for_the_whole_process_changes_no_byte(facts: Facts) -> None:
    before, kept = message(facts), dict(charset.CHARSETS)
    try:
        for encoding in (charset.QP, charset.BASE64):
            charset.add_charset("utf-8", encoding, encoding, "utf-8")
            assert message(facts) == before
    finally:
        charset.CHARSETS.clear()
        charset.CHARSETS.update(kept)


def test_a_message_is_ascii_with_crlf_and_short_lines(letters: Letters, facts: Facts) -> None:
    endless = replace(
        letters.render("welcome", "hello", "ja", "en", facts), text="長い行" * 2000 + "\n" + "x" * 5000, subject="とても長い件名" * 40
    )

    raw = message(facts, endless, to_name="株式会社とても長い名前の会社ホールディングス・ジャパン営業本部第一営業部 " * 3)

    assert raw.isascii()
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines if not line.startswith(b"List-Unsubscribe:")) <= 78
    assert max(map(len, lines)) <= 998
    assert max(map(len, re.findall(rb"=\?utf-8\?.*?\?=", raw))) <= 75
    assert parsed(raw)["Subject"] == endless.subject


@pytest.mark.parametrize(
    "name",
    [
        "A" * 100 + ", b",
        'O\'Brien, "Bob" (sales) <bob@example.net>',
        "Zoë, everyone@example.net, " * 5,
        "back\\slash",
        "=?utf-8?q?someone_else?=",
        "山田; 太郎: <x@example.net>,",
        "a\r\nBcc: everyone@example.net",
        "a\nb\0c",
        "",
    ],
)
def test_there_is_one_recipient_whatever_the_name_contains(facts: Facts, name: str) -> None:
    raw = message(facts, to_name=name)

    read = names_and_addresses(raw, "To")
    assert [address for _, address in read] == ["taro@example.co.jp"]
    assert read[0][0] == " ".join(name.replace("\0", " ").split())
    assert parsed(raw)["Bcc"] is None


def test_a_line_break_in_a_subject_makes_no_header(facts: Facts) -> None:
    read = parsed(message(facts, replace(LETTER, subject="Hello\r\nBcc: everyone@example.net\r\n\r\nBody")))

    assert read["Bcc"] is None
    assert read["Subject"] == "Hello Bcc: everyone@example.net Body"


@pytest.mark.parametrize("subject", ["Hello =?utf-8?q?World?=", 'D\'Arcy & "Co"', "plain " * 40, "ひらがな", "a"])
def test_a_subject_arrives_as_it_was_written(facts: Facts, subject: str) -> None:
    raw = message(facts, replace(LETTER, subject=subject.strip()))

    assert str(make_header(decode_header(header(raw, "Subject")))) == subject.strip()


@pytest.mark.parametrize("changes", [{"unsubscribe_url": "https://example.com/>\r\nBcc: x"}, {"message_id": "<a b@example.com>"}])
def test_a_url_or_an_id_that_would_break_a_header_is_refused(facts: Facts, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ASCII without spaces"):
        message(facts, **changes)


@pytest.mark.parametrize(
    "address",
    ["", "taro", "a@b@example.com", "a,b@example.com", "a b@example.com", "x@example.com\r\nBcc: y@example.com", "<x@example.com>"],
)
def test_an_address_that_no_header_can_hold_refuses_this_recipient_only(facts: Facts, address: str) -> None:
    with pytest.raises(Rejected) as refused:
        message(facts, to=address)
    assert "example" not in str(refused.value)


def test_a_japanese_domain_is_written_in_ascii(facts: Facts) -> None:
    raw = message(facts, to="taro@日本語.example", sender=replace(facts.sender, address="letters@例え.example"))

    assert raw.isascii()
    assert names_and_addresses(raw, "To")[0][1] == "taro@xn--wgv71a119e.example"
    assert message_id_of(KEY, "letters@例え.example") == f"<{KEY}@xn--r8jz45g.example>"


def test_a_japanese_address_is_written_as_it_is(facts: Facts) -> None:
    assert "<太郎@example.co.jp>".encode() in message(facts, to="太郎@example.co.jp")


def test_without_an_address_for_replies_there_is_no_header_for_it(facts: Facts) -> None:
    assert b"Reply-To" not in message(facts, sender=replace(facts.sender, reply_to=""))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(SIGNS, max_size=400), html=st.text(SIGNS, max_size=400))
def test_whatever_a_letter_says_is_read_as_it_was_written_and_travels_in_short_lines_of_ascii(facts: Facts, text: str, html: str) -> None:
    sent = message(facts, rendered=Rendered(subject="Hello", html=html, text=text, language="ja"))

    read = parsed(sent)
    lines = sent.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert [part.get_content().replace("\r\n", "\n") for part in parts_of(read)] == [in_lines(text), in_lines(html)]
    assert sent.isascii()
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def parts_of(read: EmailMessage) -> list[EmailMessage]:
    return [part for part in read.iter_parts() if isinstance(part, EmailMessage)]


def in_lines(text: str) -> str:
    """With one kind of line end, and one at the end."""
    return re.sub(r"\r\n|\r", "\n", text).removesuffix("\n") + "\n"
