"""What holds for every message that comes back, whatever is in it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.reading.absences import day_of_return
from mail.reading.characters import header_text, text_of
from mail.reading.reader import read
from nurture.verdict import Sort
from tests.mail.reading import dialects as d
from tests.mail.reading.corpus import corpus
from tests.mail.reading.dialects import ARRIVED_AT, LEAD, TOUCH

MESSAGES = [case.message for case in corpus()]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_nothing_that_anybody_sends_stops_the_reader(noise: bytes) -> None:
    assert read(noise, ARRIVED_AT).digest


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MESSAGES), st.integers(0, 4000), st.binary(min_size=1, max_size=30))
def test_a_message_that_was_damaged_on_the_way_is_still_read(message: bytes, at: int, noise: bytes) -> None:
    damaged = message[: at % len(message) if message else 0] + noise + message[at % len(message) + len(noise) if message else 0 :]

    assert read(damaged, ARRIVED_AT).digest


@pytest.mark.parametrize(
    "message",
    [
        b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 3000,
        b"From: " + b"<" * 50_000 + b"\r\n\r\n" + b"On " * 50_000,
        b"From: a@example.com\r\n\r\n" + b"> " * 100_000,
        b"From: a@example.com\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 50_000,
        b"From: a@example.com\r\n\r\n" + "配信".encode() * 60_000,
        b"From: a@example.com\r\nAuto-Submitted: auto-replied\r\n\r\naway " + b"5/4 " * 20_000,
        b"From: a@example.com\r\n\r\n" + b"please do not remove me and stop take my our list " * 2_000,
        b"From: a@example.com\r\n\r\n" + (b"On 2026/1/1 " * 40 + b"\r\n") * 300,
    ],
    ids=["boxes in boxes", "brackets", "quotations", "tags", "words", "days", "half refusals", "half marks"],
)
def test_a_message_made_to_keep_the_reader_busy_does_not(message: bytes) -> None:
    assert read(message, ARRIVED_AT).digest


def test_the_same_message_has_the_same_digest_whichever_way_it_came() -> None:
    message = d.gmail("はい")
    by_another_way = b"Received: from mx.example.net\r\nReturn-Path: <x@example.com>\r\n" + message

    assert read(message, ARRIVED_AT).digest == read(by_another_way, ARRIVED_AT).digest
    assert read(message, ARRIVED_AT).digest != read(d.gmail("いいえ"), ARRIVED_AT).digest


def test_a_reply_names_its_letter_its_writer_and_its_moment() -> None:
    verdict = read(d.outlook_ja("お願いします"), ARRIVED_AT)

    assert verdict.about == (TOUCH, "<older@example.com>")
    assert (verdict.sender, verdict.sender_name) == (LEAD, "Sato Hanako")
    assert verdict.sent_at == datetime(2026, 4, 28, 0, 30, tzinfo=UTC)
    assert verdict.text == "お願いします"


def test_without_a_date_that_makes_sense_days_count_from_the_arrival() -> None:
    note = d.mail(
        "5月6日まで休暇です。", subject="自動応答: 保全", date="Thu, 01 Jan 1970 00:00:00 +0000", headers="Auto-Submitted: auto-replied"
    )

    assert read(note, ARRIVED_AT).back_on == date(2026, 5, 7)


def test_the_day_is_the_writers_own() -> None:
    """In Tokyo it is the 29th already, while it is the 28th in UTC."""
    note = d.mail("明日出社します。本日は休暇です。", date="Wed, 29 Apr 2026 07:00:00 +0900", headers="Auto-Submitted: auto-replied")

    assert read(note, ARRIVED_AT).back_on == date(2026, 4, 30)


@pytest.mark.parametrize("sort", [Sort.REPLY, Sort.REFUSAL])
def test_what_a_human_wrote_is_never_taken_for_a_programs(sort: Sort) -> None:
    by_humans = [case for case in corpus() if case.sort is sort and "button" not in case.name]

    automatic = [case.name for case in by_humans if read(case.message, ARRIVED_AT).sort not in (Sort.REPLY, Sort.REFUSAL)]

    assert automatic == []


def test_a_refusal_that_is_only_quoted_is_none() -> None:
    verdict = read(d.mail("承知しました。\n\n> 配信停止してください\n> unsubscribe me"), ARRIVED_AT)

    assert (verdict.sort, verdict.text) == (Sort.REPLY, "承知しました。")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?ISO-2022-JP?B?GyRCSl0bKEI=?=", "保"),
        ("=?UTF-8?B?5L+d5YU=?= =?UTF-8?B?qA==?=", "保全"),
        ("=?utf-8?Q?Re:_caf=C3=A9?=", "Re: café"),
        ("=?UTF-8?B?broken", "=?UTF-8?B?broken"),
        ("Re: plain\r\n and folded", "Re: plain and folded"),
    ],
)
def test_headers_are_read_as_programs_write_them(raw: str, text: str) -> None:
    assert header_text(raw) == text


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932", "euc-jp"])
@pytest.mark.parametrize("said", ["", "us-ascii", "x-nobody-knows"])
def test_japanese_is_made_out_without_knowing_its_encoding(charset: str, said: str) -> None:
    assert text_of("配信停止をお願いいたします。".encode(charset), said) == "配信停止をお願いいたします。"


@pytest.mark.parametrize("written_on", [date(2026, 12, 28), date(2027, 12, 28)])
def test_a_day_of_january_that_is_named_in_december_is_next_years(written_on: date) -> None:
    assert day_of_return("1月4日まで休暇です", written_on) == date(written_on.year + 1, 1, 5)


def test_a_day_that_no_calendar_has_is_none() -> None:
    assert day_of_return("2月30日まで不在です", date(2026, 2, 1)) is None
    assert day_of_return("until 32 May", date(2026, 2, 1)) is None


def test_the_clock_of_the_writer_may_be_anywhere() -> None:
    moment = datetime(2026, 4, 28, 1, 0, tzinfo=timezone(timedelta(hours=14)))

    assert read(d.bare("はい"), moment).sort is Sort.REPLY
