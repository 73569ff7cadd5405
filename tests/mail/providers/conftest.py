"""A double of the mail providers' APIs: a real HTTP server on loopback that answers in the shapes of their documentation.

It is no provider. What it checks and answers is taken from

- Resend: resend.com/docs/api-reference/emails/send-email, …/errors, and resend.com/docs/dashboard/emails/idempotency-keys
- Twilio SendGrid: twilio.com/docs/sendgrid/api-reference/mail-send/mail-send, …/errors
- Postmark: postmarkapp.com/developer/api/email-api, …/overview#error-codes
- Mailgun: documentation.mailgun.com, "Send an email in MIME format" (POST /v3/{domain_name}/messages.mime)
- Amazon SES: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mail.compose import compose, message_id_of
from mail.facts import Facts
from mail.letters import Letters
from mail.transport import transport_of
from web.server import serve

KEY = UUID("01920000-0000-7000-8000-0000000000aa")
URLS = {
    "resend": "resend://re_Key-1?",
    "sendgrid": "sendgrid://SG.Key.1?",
    "postmark": "postmark://0e1f-Token?",
    "mailgun": "mailgun://key-1@letters.example.co.jp?",
    "ses": "ses://AKIDEXAMPLE:wJalr%2FbPx%2BKEY@eu-central-1?configuration_set=letters&",
}
AUTHORIZATION = {
    "/emails": ("authorization", "Bearer re_Key-1"),
    "/v3/mail/send": ("authorization", "Bearer SG.Key.1"),
    "/email": ("x-postmark-server-token", "0e1f-Token"),
    "/v3/letters.example.co.jp/messages.mime": ("authorization", "Basic YXBpOmtleS0x"),
}


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    form: dict[str, bytes]

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass
class ProviderDouble:
    """``answer`` is given instead of a yes: status, headers and body. ``lost`` takes the letter and loses the yes."""

    url: str = ""
    answer: tuple[int, dict[str, str], str] | None = None
    lost: bool = False
    asked: list[Asked] = field(default_factory=list)
    letters: int = 0
    _by_key: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        form = dict[str, bytes]()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            async with request.form() as sent:
                form = {name: value.encode() if isinstance(value, str) else await value.read() for name, value in sent.multi_items()}
        asked = Asked(path=request.url.path, headers=dict(request.headers), body=body, form=form)
        self.asked.append(asked)
        if self.answer is not None:
            status, headers, said = self.answer
            return Response(said, status, headers)
        header, right = AUTHORIZATION.get(asked.path, ("authorization", ""))
        if not asked.headers.get(header, "").startswith(right):
            return JSONResponse({"message": "no"}, 401)
        answer = self._carry(asked)
        return Response(status_code=502) if self.lost else answer

    def _carry(self, asked: Asked) -> Response:
        match asked.path:
            case "/emails":
                return self._once(asked)
            case "/v3/mail/send":
                self.letters += 1
                return Response(status_code=202, headers={"X-Message-Id": "LRzXl_NHStOGhQ4kofSm_A"})
            case "/email":
                self.letters += 1
                said = {"To": asked.json["To"], "SubmittedAt": "2026-04-01T00:00:00Z", "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d"}
                return JSONResponse({**said, "ErrorCode": 0, "Message": "OK"})
            case "/v3/letters.example.co.jp/messages.mime":
                self.letters += 1
                return JSONResponse({"id": "<20260401000000.1.ABC@letters.example.co.jp>", "message": "Queued. Thank you."})
            case "/v2/email/outbound-emails":
                self.letters += 1
                return JSONResponse({"MessageId": "0107018e7f3c2a1b-1f2e3d4c-5b6a-000000"})
        return Response(status_code=404)

    def _once(self, asked: Asked) -> Response:
        """Resend: the same key and the same request give the same answer; with another request it is refused."""
        key = asked.headers.get("idempotency-key", "")
        before, known = self._by_key.get(key, (asked.body, ""))
        if before != asked.body:
            return JSONResponse({"statusCode": 409, "name": "invalid_idempotent_request", "message": "…"}, 409)
        if not known:
            self.letters += 1
            known = f"49a3999c-0ce1-4ea6-ab68-{self.letters:012d}"
            self._by_key[key] = asked.body, known
        return JSONResponse({"id": known})


@asynccontextmanager
async def _opened() -> AsyncIterator[ProviderDouble]:
    double = ProviderDouble()
    app = FastAPI()
    app.add_route("/{path:path}", double.take, methods=["POST"])
    async with serve(app) as url:
        double.url = url
        yield double


@pytest.fixture
async def provider(anyio_backend: str) -> AsyncIterator[ProviderDouble]:
    """The double; it is gone after the test."""
    async with _opened() as double:
        yield double


@pytest.fixture
def composed(letters: Letters, facts: Facts) -> bytes:
    """A letter in Japanese, as it is frozen."""
    return compose(
        letters.render("welcome", "hello", "ja", "en", facts),
        sender=facts.sender,
        to="taro@example.co.jp",
        to_name="山田 太郎",
        message_id=message_id_of(KEY, facts.sender.address),
        unsubscribe_url=facts.links.unsubscribe,
        sent_at=datetime(2026, 4, 1, tzinfo=UTC),
    )


@pytest.fixture
async def send(provider: ProviderDouble, composed: bytes) -> AsyncIterator[Any]:
    """Sends the letter through a provider, which is the double."""
    opened = []

    async def send_(name: str, to: str = "taro@example.co.jp", message: bytes = b"") -> str:
        transport = transport_of(f"{URLS[name]}endpoint={provider.url}")
        opened.append(transport)
        return await transport.send(message or composed, sender="letters@example.co.jp", to=to, key=KEY)

    yield send_
    for transport in opened:
        await transport.close()
