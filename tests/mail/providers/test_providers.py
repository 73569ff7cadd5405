"""Letters go through each provider's API as its documentation asks for, and what it answers is told by codes."""

import asyncio
import base64
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest

from mail.answers import Rejected, SenderBlocked, SendError, Unavailable, Unclear
from mail.compose import compose
from mail.facts import Facts
from mail.letters import Letters
from mail.providers.parts import parts_of
from mail.smtp import SmtpTransport
from mail.transport import transport_of

pytestmark = pytest.mark.anyio

KEY = "01920000-0000-7000-8000-0000000000aa"
PROVIDERS = ("resend", "sendgrid", "postmark", "mailgun", "ses")
IDS = {
    "resend": "49a3999c-0ce1-4ea6-ab68-000000000001",
    "sendgrid": "LRzXl_NHStOGhQ4kofSm_A",
    "postmark": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
    "mailgun": "20260401000000.1.ABC@letters.example.co.jp",
    "ses": "0107018e7f3c2a1b-1f2e3d4c-5b6a-000000",
}


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_letter_is_taken_and_known_by_the_providers_id(send: Any, provider: Any, name: str) -> None:
    assert await send(name) == IDS[name]
    assert provider.letters == 1


async def test_the_frozen_bytes_go_where_an_api_takes_them(send: Any, provider: Any, composed: bytes) -> None:
    await send("mailgun")
    await send("ses")

    mailgun, ses = provider.asked
    assert mailgun.form == {"to": b"taro@example.co.jp", "o:tracking": b"no", "message": composed}
    assert base64.b64decode(ses.json["Content"]["Raw"]["Data"]) == composed
    assert {name: value for name, value in ses.json.items() if name != "Content"} == {
        "FromEmailAddress": "letters@example.co.jp",
        "Destination": {"ToAddresses": ["taro@example.co.jp"]},
        "EmailTags": [{"Name": "touch", "Value": KEY}],
        "ConfigurationSetName": "letters",
    }
    assert ses.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date, " in ses.headers["authorization"]


@pytest.mark.parametrize("name", ["山田 太郎", "独立行政法人あおば設備保全機構東日本地域統括本部", "Grace O'Hara, Jr.", "Zoë"])
def test_a_name_is_taken_apart_as_it_was_written_however_long_it_is(letters: Letters, facts: Facts, name: str) -> None:
    rendered = letters.render("welcome", "hello", "ja", "en", facts)
    sender = replace(facts.sender, name=name)
    url, at = facts.links.unsubscribe, datetime(2026, 4, 1, tzinfo=UTC)
    message = compose(
        rendered, sender=sender, to="taro@example.co.jp", to_name=name, message_id=f"<{KEY}@example.co.jp>", unsubscribe_url=url, sent_at=at
    )

    parts = parts_of(message, "taro@example.co.jp")

    assert (parts.sender.display_name, parts.to.display_name) == (name, name)


async def test_the_parts_of_the_letter_go_where_an_api_takes_no_bytes(send: Any, provider: Any, composed: bytes) -> None:
    await send("resend")
    await send("sendgrid")
    await send("postmark")

    resend, sendgrid, postmark = (asked.json for asked in provider.asked)
    frozen: Any = message_from_bytes(composed, policy=default)
    text, html = (part.get_content() for part in frozen.iter_parts())
    one_click = {
        "List-Unsubscribe": frozen["List-Unsubscribe"],
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Message-ID": f"<{KEY}@example.co.jp>",
    }
    sender = "あおば設備サービス <letters@example.co.jp>"
    assert resend == {
        "from": sender,
        "to": ["山田 太郎 <taro@example.co.jp>"],
        "subject": "山田様、設備保全の資料をお届けします",
        "text": text,
        "html": html,
        "headers": one_click,
        "tags": [{"name": "touch", "value": KEY}],
        "reply_to": "sales@example.co.jp",
    }
    assert sendgrid == {
        "personalizations": [{"to": [{"email": "taro@example.co.jp", "name": "山田 太郎"}]}],
        "from": {"email": "letters@example.co.jp", "name": "あおば設備サービス"},
        "subject": "山田様、設備保全の資料をお届けします",
        "content": [{"type": "text/plain", "value": text}, {"type": "text/html", "value": html}],
        "headers": one_click,
        "custom_args": {"touch": KEY},
        "tracking_settings": {name: {"enable": False} for name in ("click_tracking", "open_tracking", "subscription_tracking")},
        "reply_to": {"email": "sales@example.co.jp"},
    }
    assert postmark == {
        "From": sender,
        "To": "山田 太郎 <taro@example.co.jp>",
        "Subject": "山田様、設備保全の資料をお届けします",
        "TextBody": text,
        "HtmlBody": html,
        "Headers": [{"Name": name, "Value": value} for name, value in {**one_click, "X-PM-KeepID": "true"}.items()],
        "Metadata": {"touch": KEY},
        "MessageStream": "outbound",
        "TrackOpens": False,
        "TrackLinks": "None",
        "ReplyTo": "sales@example.co.jp",
    }


async def test_a_letter_in_doubt_is_doubled_but_where_the_provider_knows_its_key(send: Any, provider: Any) -> None:
    provider.lost = True
    for name in PROVIDERS:
        with pytest.raises(Unclear):
            await send(name)
    provider.lost = False
    for name in PROVIDERS:
        await send(name)

    assert provider.letters == 2 * len(PROVIDERS) - 1
    assert [asked.headers.get("idempotency-key") for asked in provider.asked if asked.path == "/emails"] == [KEY, KEY]


def said(**fields: Any) -> str:
    return json.dumps(fields)


REFUSALS = [
    ("resend", 401, said(name="missing_api_key"), SenderBlocked),
    ("resend", 403, said(name="validation_error"), SenderBlocked),
    ("resend", 422, said(name="invalid_from_address"), SenderBlocked),
    ("resend", 451, said(name="security_error"), SenderBlocked),
    ("resend", 400, said(name="validation_error"), Rejected),
    ("resend", 409, said(name="concurrent_idempotent_requests"), Unavailable),
    ("resend", 429, said(name="rate_limit_exceeded"), Unavailable),
    ("resend", 429, said(name="daily_quota_exceeded"), Unavailable),
    ("resend", 500, said(name="application_error"), Unclear),
    ("sendgrid", 401, said(errors=[{"field": None, "message": "…"}]), SenderBlocked),
    ("sendgrid", 403, said(errors=[{"field": "from", "message": "…"}]), SenderBlocked),
    ("sendgrid", 400, said(errors=[{"field": "from.email", "message": "…"}]), SenderBlocked),
    ("sendgrid", 400, said(errors=[{"field": "personalizations.0.to.0.email", "message": "…"}]), Rejected),
    ("sendgrid", 413, said(errors=[{"field": None, "message": "…"}]), Rejected),
    ("sendgrid", 429, said(errors=[{"field": None, "message": "…"}]), Unavailable),
    ("sendgrid", 503, "<html>", Unavailable),
    ("postmark", 401, said(ErrorCode=10), SenderBlocked),
    ("postmark", 422, said(ErrorCode=400), SenderBlocked),
    ("postmark", 422, said(ErrorCode=405), SenderBlocked),
    ("postmark", 422, said(ErrorCode=412), SenderBlocked),
    ("postmark", 422, said(ErrorCode=406), Rejected),
    ("postmark", 422, said(ErrorCode=300), Rejected),
    ("postmark", 200, said(ErrorCode=406), Rejected),
    ("postmark", 429, said(ErrorCode=429), Unavailable),
    ("postmark", 503, said(ErrorCode=100), Unavailable),
    ("postmark", 500, "", Unclear),
    ("mailgun", 401, "Forbidden", SenderBlocked),
    ("mailgun", 404, said(message="Domain not found"), SenderBlocked),
    ("mailgun", 400, said(message="'to' parameter is not a valid address"), Rejected),
    ("mailgun", 429, said(message="…"), Unavailable),
    ("mailgun", 500, "", Unclear),
    ("ses", 403, "SignatureDoesNotMatch", SenderBlocked),
    ("ses", 400, "AccountSuspendedException", SenderBlocked),
    ("ses", 400, "SendingPausedException", SenderBlocked),
    ("ses", 400, "MailFromDomainNotVerifiedException", SenderBlocked),
    ("ses", 400, "MessageRejected", SenderBlocked),
    ("ses", 404, "NotFoundException", SenderBlocked),
    ("ses", 400, "BadRequestException", Rejected),
    ("ses", 400, "LimitExceededException", Unavailable),
    ("ses", 429, "TooManyRequestsException", Unavailable),
    ("ses", 500, "InternalFailure", Unclear),
]


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_refusal_is_told_by_its_codes_alone_and_repeats_no_address(send: Any, provider: Any, name: str) -> None:
    expected = [(status, body, error) for of, status, body, error in REFUSALS if of == name]
    found = []
    for status, body, _ in expected:
        headers = {"x-amzn-ErrorType": f"{body}:http://internal.example.com/"} if name == "ses" else {}
        provider.answer = (status, headers, said(message="taro@example.co.jp 401 5.7.1") if name == "ses" else body)
        with pytest.raises(SendError) as refused:
            await send(name)
        assert refused.value.code == status
        assert "@" not in f"{refused.value!r} {refused.value.__cause__!r} {refused.value.__context__!r} {vars(refused.value)}"
        found.append((status, body, type(refused.value)))

    assert found == expected


@pytest.mark.parametrize("name", PROVIDERS)
async def test_an_address_that_no_api_takes_harms_no_other(send: Any, provider: Any, name: str) -> None:
    for address in ("太郎@example.co.jp", "taro@example.co.jp, eve@example.com", ""):
        with pytest.raises(Rejected):
            await send(name, to=address)

    assert provider.asked == []
    await send(name, to="taro@日本語.example")
    assert provider.letters == 1


async def test_a_provider_that_cannot_be_reached_has_carried_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    transport = transport_of(f"mailgun://key@example.com?endpoint=http://127.0.0.1:{port}")

    with pytest.raises(Unavailable):
        await transport.send(b"Subject: x\r\n\r\nx", sender="a@example.com", to="b@example.com", key=UUID(KEY))
    await transport.close()


async def test_a_provider_that_hangs_up_leaves_it_unclear_and_the_transport_can_be_used_again(send: Any, provider: Any) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    transport = transport_of(f"mailgun://key@example.com?endpoint=http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    for _ in range(2):
        with pytest.raises(Unclear):
            await transport.send(b"Subject: x\r\n\r\nx", sender="a@example.com", to="b@example.com", key=UUID(KEY))
        await transport.close()
    server.close()


def test_the_scheme_of_the_url_chooses_the_transport() -> None:
    urls = ["smtp://127.0.0.1:25", "smtps://mail.example.com", "ses://k:s@eu-central-1", "sendgrid://k", "postmark://t", "mailgun://k@d"]

    assert [transport_of(url).name for url in [*urls, "resend://k"]] == ["smtp", "smtp", "ses", "sendgrid", "postmark", "mailgun", "resend"]
    assert isinstance(transport_of(urls[0]), SmtpTransport)
    with pytest.raises(ValueError, match="carrier"):
        transport_of("carrier://pigeon")
