"""Carrying messages: once, over few connections, and with a clear word about what became of each."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import pytest

from mail.answers import Rejected, SenderBlocked, SendError, TryLater, Unavailable, Unclear
from mail.compose import compose, message_id_of
from mail.facts import Facts
from mail.letters import Letters
from mail.smtp import SmtpTransport

pytestmark = pytest.mark.anyio

KEY = UUID("01920000-0000-7000-8000-0000000000aa")
PLAIN = b"Subject: Hello\r\n\r\nHello\r\n"
Open = Callable[..., Awaitable[Any]]
Connect = Callable[..., SmtpTransport]


async def send(
    transport: SmtpTransport, *, message: bytes = PLAIN, sender: str = "letters@example.co.jp", to: str = "taro@example.co.jp"
) -> str:
    return await transport.send(message, sender=sender, to=to, key=KEY)


async def test_a_letter_arrives_once_with_its_headers_and_both_parts(
    post_office: Any, connect: Connect, letters: Letters, facts: Facts
) -> None:
    rendered = letters.render("welcome", "hello", "ja", "en", facts)
    composed = compose(
        rendered,
        sender=facts.sender,
        to="taro@example.co.jp",
        to_name="山田 太郎",
        message_id=message_id_of(KEY, facts.sender.address),
        unsubscribe_url=facts.links.unsubscribe,
        sent_at=datetime(2026, 4, 1, tzinfo=UTC),
    )

    await send(connect(post_office.url), message=composed)

    assert [(envelope.mail_from, envelope.rcpt_tos, envelope.content) for envelope in post_office.received] == [
        ("letters@example.co.jp", ["taro@example.co.jp"], composed)
    ]
    read = message_from_bytes(post_office.received[0].content, policy=default)
    assert read["Subject"] == "山田様、設備保全の資料をお届けします"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert post_office.options == [[]]


@pytest.mark.parametrize("body", [b".\r\n", b"..\r\n.\r\nMAIL FROM:<x@example.net>\r\n", b".a\r\n\r\n.b", b"a\n.\nb\n", b"a\r.\rb"])
async def test_no_line_of_a_letter_can_end_it_early(post_office: Any, connect: Connect, body: bytes) -> None:
    await send(connect(post_office.url), message=b"Subject: Hello\r\n\r\n" + body)

    written = re.sub(rb"\r\n|\r|\n", b"\r\n", body).removesuffix(b"\r\n") + b"\r\n"
    assert [envelope.content for envelope in post_office.received] == [b"Subject: Hello\r\n\r\n" + written]


@pytest.mark.parametrize("pipelining", [True, False], ids=["together", "one by one"])
@pytest.mark.parametrize(
    ("answers", "error", "code", "status"),
    [
        ({"RCPT": "550 5.1.1 no such user taro@example.co.jp"}, Rejected, 550, "5.1.1"),
        ({"RCPT": "550 blocked by policy, authentication required"}, Rejected, 550, ""),
        ({"RCPT": "552 5.2.2 mailbox full"}, Rejected, 552, "5.2.2"),
        ({"DATA": "554 5.6.0 no thanks"}, Rejected, 554, "5.6.0"),
        ({"RCPT": "550 5.7.1 no such user"}, SenderBlocked, 550, "5.7.1"),
        ({"DATA": "554 5.7.26 unauthenticated mail"}, SenderBlocked, 554, "5.7.26"),
        ({"RCPT": "530 please log in"}, SenderBlocked, 530, ""),
        ({"RCPT": "535 5.0.0 wrong password"}, SenderBlocked, 535, "5.0.0"),
        ({"RCPT": "503 5.5.1 bad sequence of commands"}, SenderBlocked, 503, "5.5.1"),
        ({"MAIL": "550 5.1.8 who are you"}, SenderBlocked, 550, "5.1.8"),
        ({"RCPT": "450 4.2.1 greylisted, 5.7.1"}, TryLater, 450, "4.2.1"),
        ({"MAIL": "451 4.7.0 slow down"}, Unavailable, 451, "4.7.0"),
        ({"MAIL": "452 4.3.1 no space"}, Unavailable, 452, "4.3.1"),
        ({"RCPT": "454 4.3.0 cannot check passwords now"}, Unavailable, 454, "4.3.0"),
        ({"RCPT": "450 4.7.1 your address is not known yet"}, Unavailable, 450, "4.7.1"),
        ({"DATA": "452 4.3.1 no space"}, TryLater, 452, "4.3.1"),
        ({"DATA": "421 4.4.2 closing"}, Unavailable, 421, "4.4.2"),
        ({"receipt": "299 perhaps"}, Unclear, 299, ""),
    ],
)
async def test_a_refusal_is_told_by_its_codes_alone(
    open_post_office: Open, connect: Connect, pipelining: bool, answers: dict[str, str], error: type[SendError], code: int, status: str
) -> None:
    office = await open_post_office(answers=answers, pipelining=pipelining)

    with pytest.raises(SendError) as refused:
        await send(connect(office.url))

    assert (type(refused.value), refused.value.code, refused.value.status) == (error, code, status)


async def test_a_server_that_hangs_up_after_the_message_leaves_it_unclear(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(cut="after the message")

    with pytest.raises(Unclear):
        await send(connect(office.url))
    assert len(office.received) == 1


async def test_a_server_that_falls_silent_after_the_message_leaves_it_unclear(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(silent="after the message")

    with pytest.raises(Unclear):
        await send(connect(office.url, timeout=0.5))


@pytest.mark.parametrize("pipelining", [True, False])
async def test_a_server_that_hangs_up_before_the_message_can_be_tried_again(
    open_post_office: Open, connect: Connect, pipelining: bool
) -> None:
    office = await open_post_office(cut="before the message", pipelining=pipelining)
    transport = connect(office.url)

    with pytest.raises(Unavailable):
        await send(transport)
    office.cut = ""
    await send(transport)
    assert len(office.received) == 1


async def test_a_server_that_is_not_there_can_be_tried_again(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Unavailable):
        await send(connect(f"smtp://127.0.0.1:{port}"))


async def test_a_server_that_never_says_a_word_can_be_tried_again(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unavailable):
        await send(connect(f"smtp://127.0.0.1:{mute.getsockname()[1]}", timeout=0.3))


@pytest.mark.parametrize("answers", [{"RCPT": "550 5.1.1 taro@example.co.jp is unknown"}, {"MAIL": "550 letters@example.co.jp is unknown"}])
async def test_no_error_holds_an_address(open_post_office: Open, connect: Connect, answers: dict[str, str]) -> None:
    office = await open_post_office(answers=answers)

    with pytest.raises(SendError) as refused:
        await send(connect(office.url))

    assert "@" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r} {vars(refused.value)}"


async def test_a_refused_recipient_harms_no_other(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(answers={"gone@example.com": "550 5.1.1 gone", "busy@example.com": "450 4.2.1 busy"})
    transport = connect(office.url, connections=1)

    with pytest.raises(Rejected):
        await send(transport, to="gone@example.com")
    with pytest.raises(TryLater):
        await send(transport, to="busy@example.com")
    await send(transport, to="here@example.com")

    assert [envelope.rcpt_tos for envelope in office.received] == [["here@example.com"]]
    assert office.connections == 1


@pytest.mark.parametrize("at_a_time", [1000, 1], ids=["at once", "byte by byte"])
async def test_a_server_that_offers_it_is_told_who_and_to_whom_in_one_turn(connect: Connect, at_a_time: int) -> None:
    heard: list[bytes] = []

    async def patient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        for until, answer in (
            (b"\r\n", b"250-here\r\n250 PIPELINING\r\n"),
            (b"DATA\r\n", b"250 OK\r\n250 OK\r\n354 go on\r\n"),
            (b"\r\n.\r\n", b"250-2.0.0 Ok:\r\n250 queued as 4F1B2C0D3E\r\n"),
            (b"QUIT\r\n", b"221 bye\r\n"),
        ):
            heard.append(await reader.readuntil(until))
            for place in range(0, len(answer), at_a_time):
                writer.write(answer[place : place + at_a_time])
                await asyncio.sleep(0)
        writer.close()

    async with await asyncio.start_server(patient, "127.0.0.1", 0) as server:
        transport = connect(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")

        assert await send(transport) == "4F1B2C0D3E"
        await transport.close()

    assert heard[1:3] == [b"MAIL FROM:<letters@example.co.jp>\r\nRCPT TO:<taro@example.co.jp>\r\nDATA\r\n", PLAIN + b".\r\n"]


async def test_a_server_that_asks_for_a_letter_to_nobody_gets_none(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(answers={"gone@example.com": "550 5.1.1 gone"}, careless=True)
    transport = connect(office.url, connections=1)

    with pytest.raises(Rejected, match=r"5\.1\.1"):
        await send(transport, to="gone@example.com")
    await send(transport, to="here@example.com")

    assert [envelope.rcpt_tos for envelope in office.received] == [["here@example.com"]]
    assert office.connections == 2


async def test_what_a_server_says_out_of_turn_is_no_answer_to_the_next_letter(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(talkative=True)
    transport = connect(office.url, connections=1)
    await send(transport, to="first@example.com")
    office.talkative = False

    await send(transport, to="second@example.com")

    assert [envelope.rcpt_tos[0] for envelope in office.received] == ["first@example.com", "second@example.com"]
    assert office.connections == 2


async def test_twenty_letters_at_once_go_over_at_most_four_connections_and_arrive_once_each(
    open_post_office: Open, connect: Connect
) -> None:
    office = await open_post_office(together=4)
    transport = connect(office.url)
    keys = [uuid4() for _ in range(20)]

    await asyncio.gather(*(transport.send(PLAIN, sender="letters@example.co.jp", to=f"{key}@example.com", key=key) for key in keys))

    assert sorted(envelope.rcpt_tos[0] for envelope in office.received) == sorted(f"{key}@example.com" for key in keys)
    assert (office.connections, office.most_open) == (4, 4)


async def test_a_connection_that_went_stale_is_replaced_and_the_letter_arrives_once(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office()
    transport = connect(office.url)
    await send(transport)
    for client, _ in transport._idle:
        client.close()

    await send(transport)

    assert (len(office.received), office.connections) == (2, 2)


async def test_a_cancelled_send_does_not_leave_its_connection_to_the_next(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(together=2)
    transport = connect(office.url, connections=1)
    waiting = asyncio.create_task(send(transport, to="first@example.com"))
    await office.arrived.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await send(transport, to="second@example.com")

    assert [envelope.rcpt_tos[0] for envelope in office.received] == ["first@example.com", "second@example.com"]
    assert office.connections == 2


async def test_after_closing_no_connection_is_left_and_the_transport_can_be_used_again(post_office: Any, connect: Connect) -> None:
    transport = connect(post_office.url)
    await send(transport)
    await transport.close()
    await post_office.empty.wait()

    await send(transport)

    assert len(post_office.received) == 2


@pytest.mark.parametrize(
    ("receipt", "known_as"),
    [
        ("250 Ok 0106018e7f3c2a1b-1f2e3d4c-5b6a-000000", "0106018e7f3c2a1b-1f2e3d4c-5b6a-000000"),
        ("250 2.0.0 Ok: queued as 4F1B2C0D3E", "4F1B2C0D3E"),
        ("250 2.0.0 Message accepted for delivery", ""),
        ("250 OK", ""),
    ],
)
async def test_the_providers_own_id_is_kept_where_it_gives_one(
    open_post_office: Open, connect: Connect, receipt: str, known_as: str
) -> None:
    office = await open_post_office(answers={"receipt": receipt})

    assert await send(connect(office.url)) == known_as
