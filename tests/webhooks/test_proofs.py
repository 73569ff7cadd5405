"""Only the provider itself is heard: each proves that it speaks in its own way, and whoever cannot is turned away unheard."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mail.webhooks.ses import Sns
from tests.mail.keys import certificate, rsa_key
from tests.webhooks import speaking
from tests.webhooks.conftest import KEY, RESEND_SECRET, SENDGRID_KEY, TOPIC
from web.server import serve

pytestmark = pytest.mark.anyio

MESSAGE_ID = f"{KEY}@example.com"
CERTIFICATE = "/SimpleNotificationService-0123abcd.pem"


async def tell(post: Any, provider: str, told: dict[str, Any]) -> int:
    return int((await post.browser.post(f"/webhooks/{provider}", **told)).status_code)


async def kinds(post: Any) -> list[str]:
    return [event.kind for event in await post.events()]


@pytest.mark.parametrize("provider", ["carrier", "resend"])
async def test_a_provider_without_a_secret_is_not_there(post: Any, visitor: httpx.AsyncClient, provider: str) -> None:
    told = speaking.resend("bounced", post.clock.now(), RESEND_SECRET)

    assert (await visitor.post(f"/webhooks/{provider}", **told)).status_code == 404


async def test_resend_is_believed_by_its_signature_over_id_moment_and_body(post: Any) -> None:
    now = post.clock.now()
    right = speaking.resend("opened", now, RESEND_SECRET)
    other = speaking.resend("bounced", now, RESEND_SECRET)
    forged: list[dict[str, Any]] = [
        {**right, "content": other["content"]},
        {**right, "headers": {**right["headers"], "svix-id": "msg_2"}},
        {**right, "headers": {**right["headers"], "svix-timestamp": str(int(now.timestamp()) + 1)}},
        {**right, "headers": {**right["headers"], "svix-signature": "v1,"}},
        {**right, "headers": {}},
        speaking.resend("opened", now, "whsec_AAAA"),
        speaking.resend("opened", now - timedelta(minutes=6), RESEND_SECRET),
        speaking.resend("opened", now + timedelta(minutes=6), RESEND_SECRET),
    ]
    assert [await tell(post, "resend", told) for told in forged] == [401] * len(forged)
    assert await kinds(post) == []

    standard = {name.replace("svix", "webhook"): value for name, value in right["headers"].items()}
    assert await tell(post, "resend", {**right, "headers": standard}) == 204
    assert await kinds(post) == ["opened"]


async def test_postmark_is_believed_by_name_and_password(post: Any) -> None:
    await post.letter()
    guesses = [{"password": "guess"}, {"user": "hook:", "password": "s3cret"}, {"user": "ho", "password": "ok:s3cret"}]
    assert [await tell(post, "postmark", speaking.postmark("Open", **guess)) for guess in guesses] == [401] * len(guesses)
    assert await tell(post, "postmark", {"json": {}}) == 401
    events = {
        "delivered": speaking.postmark("Delivery", DeliveredAt="2025-03-03T00:59:00Z", Recipient="ada@example.com"),
        "deferred": speaking.postmark("Bounce", ID=1, Type="SoftBounce", BouncedAt="2025-03-03T00:59:01Z"),
        "failed": speaking.postmark("Bounce", ID=2, Type="Blocked", BouncedAt="2025-03-03T00:59:02Z"),
        "autoresponded": speaking.postmark("Bounce", ID=3, Type="AutoResponder", BouncedAt="2025-03-03T00:59:03Z"),
        "opened": speaking.postmark("Open", ReceivedAt="2025-03-03T00:59:04Z"),
        "subscribed": speaking.postmark("SubscriptionChange", SuppressSending=False, ChangedAt="2025-03-03T00:59:05Z"),
    }
    for told in events.values():
        assert await tell(post, "postmark", told) == 204
    assert sorted(await kinds(post)) == sorted(events)
    assert not await post.refused()

    await tell(post, "postmark", speaking.postmark("Bounce", ID=4, Type="HardBounce", BouncedAt="2025-03-03T00:59:06-05:00"))
    assert str((await post.touch()).bounced_at) == "2025-03-03 01:00:00+00:00"
    assert await post.refused()


@pytest.mark.parametrize(
    ("reason", "engagement"), [("HardBounce", "bounced"), ("SpamComplaint", "opted_out"), ("ManualSuppression", "opted_out")]
)
async def test_whom_postmark_writes_to_no_more_we_write_to_no_more(post: Any, kept: Any, reason: str, engagement: str) -> None:
    await post.letter()
    await tell(post, "postmark", speaking.postmark("SubscriptionChange", SuppressSending=True, SuppressionReason=reason))

    assert await post.refused()
    assert await kept.kinds() == [engagement]


async def test_mailgun_is_believed_by_a_token_that_comes_once(post: Any) -> None:
    await post.letter(provider_id="")
    assert await tell(post, "mailgun", speaking.mailgun("opened", MESSAGE_ID, key="guess")) == 401
    nothings: list[Any] = [{"event-data": {}}, [], {"signature": 1}, {"signature": {"token": ""}}]
    assert [await tell(post, "mailgun", {"json": nothing}) for nothing in nothings] == [401] * len(nothings)
    assert await tell(post, "mailgun", speaking.mailgun("opened", MESSAGE_ID, token="once")) == 204
    assert await tell(post, "mailgun", speaking.mailgun("complained", MESSAGE_ID, token="once")) == 204
    passing: list[dict[str, Any]] = [
        {"severity": "temporary"},
        {"severity": "permanent", "delivery-status": {"enhanced-code": "5.7.26"}},
    ]
    for fields in passing:
        await tell(post, "mailgun", speaking.mailgun("failed", MESSAGE_ID, **fields))
    assert sorted(await kinds(post)) == ["deferred", "failed", "opened"]
    assert not await post.refused()

    permanent: dict[str, Any] = {"severity": "permanent", "delivery-status": {"code": 550, "enhanced-code": "5.1.1"}}
    await tell(post, "mailgun", speaking.mailgun("failed", MESSAGE_ID, **permanent))
    assert (await post.touch()).bounced_at is not None
    assert await post.refused()


async def test_sendgrid_is_believed_by_the_signature_that_its_own_library_is_tested_with(post: Any) -> None:
    """The key, the signature and the events of github.com/sendgrid/sendgrid-python, test/unit/test_eventwebhook.py."""
    event = {
        "email": "hello@world.com",
        "event": "dropped",
        "reason": "Bounced Address",
        "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
        "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
        "timestamp": 1600112492,
    }
    body = json.dumps([event], sort_keys=True, separators=(",", ":")).encode() + b"\r\n"
    signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
    another = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0="

    def told(signature: str, stamp: str, body: bytes) -> dict[str, Any]:
        name = "X-Twilio-Email-Event-Webhook"
        return {"content": body, "headers": {f"{name}-Signature": signature, f"{name}-Timestamp": stamp}}

    forged = [
        told(another, "1600112502", body),
        told(signature, "1600112503", body),
        told(signature, "1600112502", body.strip()),
        told("", "1600112502", body),
        told("no base64!", "1600112502", body),
    ]
    assert [await tell(post, "sendgrid", one) for one in forged] == [401] * len(forged)

    await post.letter(provider_id="LRzXl_NHStOGhQ4kofSm_A")
    assert await tell(post, "sendgrid", told(signature, "1600112502", body)) == 204
    assert await kinds(post) == ["rejected"]
    assert str((await post.touch()).bounced_at) == "2020-09-14 19:41:32+00:00"
    assert await post.refused("hello@world.com")
    assert SENDGRID_KEY.startswith("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")


@pytest.fixture
async def amazon(post: Any) -> AsyncIterator[list[str]]:
    """A double of Amazon SNS on loopback: has the certificate, takes confirmations, and keeps what it was asked for."""
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        asked.append(f"{request.headers['host']}{request.url.path}?{request.url.query}")
        return PlainTextResponse(certificate(rsa_key()) if request.url.path == CERTIFICATE else "confirmed")

    app = FastAPI()
    app.add_route("/{path:path}", answer)
    async with serve(app) as url:

        class ToTheDouble(httpx.AsyncHTTPTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=int(url.rpartition(":")[2]))
                return await super().handle_async_request(request)

        post.app.state.readers["ses"] = Sns(lambda: httpx.AsyncClient(transport=ToTheDouble())).read
        yield asked


async def test_amazon_is_believed_by_a_certificate_from_its_own_host_which_is_fetched_once(post: Any, amazon: list[str]) -> None:
    await post.letter()
    bounce: dict[str, Any] = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "ada@example.com", "status": "5.1.1"}]}
    events = [
        speaking.ses("Send"),
        speaking.ses("Delivery"),
        speaking.ses("Bounce", bounceType="Transient", bouncedRecipients=[]),
        speaking.ses("Bounce", bounceType="Permanent", bouncedRecipients=[{"emailAddress": "ada@example.com", "status": "5.7.1"}]),
        speaking.ses("Open"),
    ]
    for event in events:
        assert await tell(post, "ses", speaking.sns(event, rsa_key(), TOPIC)) == 204
    assert not await post.refused()
    assert await tell(post, "ses", speaking.sns(speaking.ses("Bounce", **bounce), rsa_key(), TOPIC, version="1", Subject="SES")) == 204

    assert sorted(await kinds(post)) == ["bounced", "deferred", "delivered", "failed", "opened", "sent"]
    assert (await post.touch()).bounced_at is not None
    assert await post.refused()
    assert amazon == [f"sns.eu-central-1.amazonaws.com{CERTIFICATE}?"]


async def test_whoever_signs_with_another_key_or_for_another_topic_is_not_amazon(post: Any, amazon: list[str]) -> None:
    right = speaking.sns(speaking.ses("Open"), rsa_key(), TOPIC)
    changed = json.loads(right["content"]) | {"Message": json.dumps(speaking.ses("Complaint"))}
    forged = [
        speaking.sns(speaking.ses("Open"), rsa_key(2), TOPIC),
        {"content": json.dumps(changed).encode()},
        speaking.sns(speaking.ses("Open"), rsa_key(), "arn:aws:sns:eu-central-1:999999999999:letters"),
        speaking.sns(speaking.ses("Open"), rsa_key(), TOPIC, Type="Something"),
        {"content": json.dumps(json.loads(right["content"]) | {"SignatureVersion": "3"}).encode()},
        {"content": b"[]"},
    ]
    assert [await tell(post, "ses", one) for one in forged] == [401] * len(forged)
    assert await tell(post, "ses", {"content": b"{"}) == 400
    assert await kinds(post) == []


async def test_a_certificate_from_elsewhere_is_not_even_looked_at(post: Any, amazon: list[str]) -> None:
    elsewhere = [
        f"https://sns.eu-central-1.amazonaws.com.example.net{CERTIFICATE}",
        f"https://example.net/sns.eu-central-1.amazonaws.com{CERTIFICATE}",
        f"https://sns.eu-central-1.amazonaws.com@example.net{CERTIFICATE}",
        f"http://sns.eu-central-1.amazonaws.com{CERTIFICATE}",
        "https://sns.eu-central-1.amazonaws.com/upload/evil.pem",
        f"https://bucket.s3.amazonaws.com{CERTIFICATE}",
        f"https://sns.eu-central-1.amazonaws.com{CERTIFICATE}?\n",
        "",
    ]
    told = [speaking.sns(speaking.ses("Open"), rsa_key(), TOPIC, SigningCertURL=url) for url in elsewhere]

    assert [await tell(post, "ses", one) for one in told] == [401] * len(told)
    assert amazon == []


async def test_a_subscription_of_our_own_topic_is_confirmed_at_amazon_only(post: Any, amazon: list[str]) -> None:
    confirm = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=2336412f37"
    asked = {"Type": "SubscriptionConfirmation", "Token": "2336412f37"}

    assert await tell(post, "ses", speaking.sns(None, rsa_key(), TOPIC, SubscribeURL="https://example.net/?Action=x", **asked)) == 400
    assert await tell(post, "ses", speaking.sns(None, rsa_key(), TOPIC, SubscribeURL=confirm, **asked)) == 204

    assert amazon == [f"sns.eu-central-1.amazonaws.com{CERTIFICATE}?", confirm.removeprefix("https://")]
    assert await kinds(post) == []


async def test_a_body_that_is_too_large_is_refused(post: Any) -> None:
    assert await tell(post, "postmark", {"content": b"x" * (4 * 1024 * 1024 + 1)}) == 413


async def test_what_a_provider_says_beside_its_documentation_is_said_to_be_unreadable(post: Any) -> None:
    proof = speaking.postmark("Open")["headers"]
    for body in (b"", b"[]", b'{"RecordType": "Open"}', b"\xff"):
        assert await tell(post, "postmark", {"content": body, "headers": proof}) == 400
