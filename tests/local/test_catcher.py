"""The catcher keeps what was sent, readable, and nothing a letter says harms the machine."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from local.catcher import catcher, file_stem

pytestmark = pytest.mark.anyio


def letter(to: str = "hanako@example.co.jp", subject: str = "資料のご案内") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "hello@example.com"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = datetime(2026, 1, 5, 0, 30, tzinfo=UTC)
    message["Message-ID"] = "<one@example.com>"
    message.set_content("こんにちは\n")
    message.add_alternative("<p>こんにちは</p>\n", subtype="html")
    return message


async def send(url: str, *messages: EmailMessage) -> None:
    where = urlsplit(url)
    async with aiosmtplib.SMTP(hostname=where.hostname, port=where.port, start_tls=False) as client:
        for message in messages:
            await client.send_message(message)


async def test_a_letter_is_kept_under_its_date_its_reader_and_its_subject(tmp_path: Path) -> None:
    async with catcher(tmp_path) as caught:
        await send(caught.url, letter())

    stem = "20260105T003000Z-hanako@example.co.jp-資料のご案内"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{stem}.eml", f"{stem}.html", f"{stem}.txt"]
    assert (tmp_path / f"{stem}.txt").read_text() == "こんにちは\n"
    assert (tmp_path / f"{stem}.html").read_text() == "<p>こんにちは</p>\n"


async def test_what_was_caught_is_what_was_sent() -> None:
    async with catcher() as caught:
        await send(caught.url, letter())

    [kept] = caught.letters()
    assert (kept.sender, kept.to, kept.at) == ("hello@example.com", ("hanako@example.co.jp",), datetime(2026, 1, 5, 0, 30, tzinfo=UTC))
    assert (kept.subject, kept.message_id, kept.text, kept.path) == ("資料のご案内", "<one@example.com>", "こんにちは\n", None)


async def test_a_letter_that_comes_twice_is_kept_twice(tmp_path: Path) -> None:
    async with catcher(tmp_path) as caught:
        await send(caught.url, letter(), letter())
        await send(caught.url, letter())

    assert [kept.message_id for kept in caught.letters()] == ["<one@example.com>"] * 3
    assert len({kept.path for kept in caught.letters()}) == len(list(tmp_path.glob("*.eml"))) == 3


async def test_letters_are_found_by_their_reader() -> None:
    async with catcher() as caught:
        await send(caught.url, letter("a@example.com"), letter("b@example.com"), letter("A@example.com"))

    assert [kept.to for kept in caught.letters(to="a@example.com")] == [("a@example.com",), ("A@example.com",)]


async def test_an_address_outside_ascii_is_taken() -> None:
    message = letter()
    message.policy = SMTPUTF8
    message.replace_header("To", "花子@example.co.jp")

    async with catcher() as caught:
        await send(caught.url, message)

    assert [kept.to for kept in caught.letters()] == [("花子@example.co.jp",)]


async def test_a_letter_without_any_header_is_kept_too(tmp_path: Path) -> None:
    async with catcher(tmp_path) as caught:
        where = urlsplit(caught.url)
        async with aiosmtplib.SMTP(hostname=where.hostname, port=where.port, start_tls=False) as client:
            await client.sendmail("a@example.com", ["b@example.com"], b"\xff\xfe just bytes\r\n")

    [kept] = caught.letters(to="b@example.com")
    assert kept.path is not None
    assert kept.path.name.endswith("-b@example.com-no-subject.eml")


async def test_it_closes_although_a_client_keeps_its_connection() -> None:
    async with catcher() as caught:
        where = urlsplit(caught.url)
        client = aiosmtplib.SMTP(hostname=where.hostname, port=where.port, start_tls=False)
        await client.connect()

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.noop()


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("../../../etc/cron.d/x@example.com", "../../../root/.ssh/authorized_keys"),
        ("..", ".."),
        ("a@example.com", "／etc／passwd\x00\r\n"),
        ("C:\\windows@example.com", "con|<>?*:\"'"),
        ("", ""),
        ("x" * 300 + "@example.com", "長" * 300),
        ("😀" * 100, "😀" * 100),
    ],
)
async def test_no_letter_names_a_file_elsewhere_or_one_that_no_disk_takes(tmp_path: Path, to: str, subject: str) -> None:
    path = tmp_path / f"{file_stem(datetime(2026, 1, 5, tzinfo=UTC), to, subject)}.html"
    path.write_text("here")

    assert path.resolve().parent == tmp_path.resolve()
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
