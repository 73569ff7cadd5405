"""Reads Amazon SES's events, which come through Amazon SNS: signed with a certificate of Amazon's, one event each."""

import base64
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from mail.webhooks.reading import Forged, Unreadable, happening, json_of, key_of, moment
from store.mail.reports import Happening, Report

_AMAZON: Final = r"https://sns\.[a-z0-9-]{4,}\.amazonaws\.com(\.cn)?/"
_CERTIFICATE: Final = re.compile(_AMAZON + r"SimpleNotificationService-[0-9a-f]+\.pem")
_CONFIRMATION: Final = re.compile(_AMAZON + r"\?Action=ConfirmSubscription&[!-~]+")
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_WORDS: Final = {
    "Send": Happening.SENT,
    "Delivery": Happening.DELIVERED,
    "DeliveryDelay": Happening.DEFERRED,
    "Bounce": Happening.BOUNCED,
    "Complaint": Happening.COMPLAINED,
    "Reject": Happening.FAILED,
    "Rendering Failure": Happening.FAILED,
    "Open": Happening.OPENED,
    "Click": Happening.CLICKED,
    "Subscription": Happening.UNSUBSCRIBED,
}
_log = logging.getLogger(__name__)


class Sns:
    """Knows Amazon's certificates, each fetched once, and from Amazon's own hosts only."""

    def __init__(self, browser: Callable[[], httpx.AsyncClient] = httpx.AsyncClient) -> None:
        self._browser = browser
        self._keys: dict[str, RSAPublicKey] = {}

    async def read(self, body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> Sequence[Report]:
        """``secret`` is the ARN of the topic; a subscription of it is confirmed. Raises Forged, Unreadable.

        Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
        """
        envelope = json_of(body)
        if not isinstance(envelope, dict) or envelope.get("TopicArn") != secret:
            raise Forged("another topic")
        await self._check(envelope)
        if envelope["Type"] == "SubscriptionConfirmation":
            await self._confirm(str(envelope.get("SubscribeURL", "")))
        if envelope["Type"] != "Notification":
            return []
        event = json_of(str(envelope.get("Message", "")).encode())
        if not isinstance(event, dict) or not isinstance(event.get("mail"), dict):
            _log.info("a message of Amazon SNS says nothing of a letter")
            return []
        return [_report(str(envelope["MessageId"]), event, now)]

    async def _check(self, envelope: Mapping[str, Any]) -> None:
        names = _SIGNED.get(str(envelope.get("Type")))
        digest = {"1": SHA1, "2": SHA256}.get(str(envelope.get("SignatureVersion")))
        if names is None or digest is None:
            raise Forged("another kind of signature")
        said = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
        try:
            signature = base64.b64decode(str(envelope.get("Signature", "")), validate=True)
        except ValueError:
            raise Forged("no signature") from None
        key = await self._key(str(envelope.get("SigningCertURL", "")))
        try:
            key.verify(signature, said.encode(), PKCS1v15(), digest())
        except InvalidSignature:
            raise Forged("another signature") from None

    async def _key(self, url: str) -> RSAPublicKey:
        if not _CERTIFICATE.fullmatch(url):
            raise Forged("a certificate from elsewhere")
        if url not in self._keys:
            async with self._browser() as browser:
                answer = await browser.get(url)
            try:
                key = load_pem_x509_certificate(answer.raise_for_status().content).public_key()
            except (ValueError, httpx.HTTPStatusError):
                raise Forged("no certificate") from None
            if not isinstance(key, RSAPublicKey):
                raise Forged("another kind of key")
            self._keys[url] = key
        return self._keys[url]

    async def _confirm(self, url: str) -> None:
        if not _CONFIRMATION.fullmatch(url):
            raise Unreadable("a confirmation from elsewhere")
        async with self._browser() as browser:
            (await browser.get(url)).raise_for_status()
        _log.info("the subscription of the topic is confirmed")


def _report(id: str, event: Mapping[str, Any], now: datetime) -> Report:
    letter = event["mail"]
    word = str(event.get("eventType") or event.get("notificationType"))
    about = event.get(word.lower())
    about = about if isinstance(about, dict) else {}
    kind = happening(_WORDS, word)
    recipients = [*about.get("bouncedRecipients", []), *about.get("complainedRecipients", [])]
    if kind is Happening.BOUNCED and about.get("bounceType") != "Permanent":
        kind = Happening.DEFERRED
    elif kind is Happening.BOUNCED and any(str(one.get("status", "")).startswith("5.7.") for one in recipients):
        kind = Happening.FAILED
    tags, heads = letter.get("tags") or {}, letter.get("headers") or []
    return Report(
        id=id,
        kind=kind,
        at=moment(about.get("timestamp") or letter.get("timestamp"), now),
        key=key_of(next(iter(tags.get("touch", [])), None)),
        provider_id=str(letter.get("messageId", "")),
        message_id=next((str(head.get("value")) for head in heads if str(head.get("name")).lower() == "message-id"), ""),
        address=str(recipients[0].get("emailAddress", "")) if len(recipients) == 1 else "",
    )
