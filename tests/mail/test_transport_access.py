"""Getting in at a mail server: passwords, and addresses that it may or may not take."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from mail.answers import Rejected, SenderBlocked
from mail.smtp import SmtpTransport

pytestmark = pytest.mark.anyio

Open = Callable[..., Awaitable[Any]]
Connect = Callable[..., SmtpTransport]


async def send(transport: SmtpTransport, *, to: str = "taro@example.co.jp") -> str:
    key = UUID("01920000-0000-7000-8000-0000000000aa")
    return await transport.send(b"Subject: Hello\r\n\r\nHello\r\n", sender="letters@example.co.jp", to=to, key=key)


async def test_the_password_of_the_url_opens_the_server(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(password="p@ss/w:rd")

    await send(connect(f"smtp://rep%40example.com:p%40ss%2Fw%3Ard@127.0.0.1:{office.port}"))

    assert len(office.received) == 1


@pytest.mark.parametrize("user", ["", "rep:wrong@"])
async def test_a_wrong_or_missing_password_is_the_senders_problem(open_post_office: Open, connect: Connect, user: str) -> None:
    office = await open_post_office(password="right")

    with pytest.raises(SenderBlocked) as refused:
        await send(connect(f"smtp://{user}127.0.0.1:{office.port}"))
    assert refused.value.code in (530, 535)


async def test_a_password_for_a_server_that_takes_none_is_the_senders_problem(post_office: Any, connect: Connect) -> None:
    with pytest.raises(SenderBlocked, match="takes no password"):
        await send(connect(f"smtp://rep:secret@127.0.0.1:{post_office.port}"))


async def test_a_password_does_not_go_out_without_tls(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(password="right")

    with pytest.raises(SenderBlocked, match="no TLS"):
        await send(connect(f"smtp://rep:right@127.0.0.1:{office.port}", starttls=True))
    assert office.received == []


async def test_an_international_address_is_said_only_to_servers_that_take_it(open_post_office: Open, connect: Connect) -> None:
    able, unable = await open_post_office(), await open_post_office(smtputf8=False)

    await send(connect(able.url), to="太郎@example.co.jp")
    with pytest.raises(Rejected, match=r"5\.6\.7"):
        await send(connect(unable.url), to="太郎@example.co.jp")

    assert able.received[0].rcpt_tos == ["太郎@example.co.jp"]
    assert able.options == [["BODY=8BITMIME", "SMTPUTF8"]] or able.options == [["SMTPUTF8", "BODY=8BITMIME"]]


async def test_a_japanese_domain_needs_no_special_server(open_post_office: Open, connect: Connect) -> None:
    office = await open_post_office(smtputf8=False)

    await send(connect(office.url), to="taro@日本語.example")

    assert office.received[0].rcpt_tos == ["taro@xn--wgv71a119e.example"]


@pytest.mark.parametrize(
    "to", ["Taro <taro@example.com>", "a(b)@example.com", "a@example.com> NOTIFY=NEVER", "a\r\nRSET@example.com", "nobody", ""]
)
async def test_an_address_that_libraries_read_differently_is_never_said(post_office: Any, connect: Connect, to: str) -> None:
    with pytest.raises(Rejected):
        await send(connect(post_office.url), to=to)
    assert post_office.connections == 0
