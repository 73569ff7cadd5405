"""Speaks as each provider does: events in the shapes of their documentation, proven in their way."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from dkim.crypto import RSASSA_PKCS1_v1_5_sign

from tests.mail.keys import RsaKey


def resend(kind: str, now: datetime, secret: str, *, id: str = "", at: str = "2025-03-03T00:59:00.000Z", **data: Any) -> dict[str, Any]:
    """resend.com/docs/webhooks/emails/bounced, docs.svix.com/receiving/verifying-payloads/how-manual"""
    body = json.dumps(
        {
            "type": f"email.{kind}",
            "created_at": at,
            "data": {"email_id": "0a129aee-e1cd-480d-b08d-4f48548ff48d", "to": ["ada@example.com"], "subject": "Hello", **data},
        }
    ).encode()
    id, stamp = id or f"msg_{uuid4().hex}", str(int(now.timestamp()))
    signature = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), f"{id}.{stamp}.".encode() + body, "sha256")
    headers = {"svix-id": id, "svix-timestamp": stamp, "svix-signature": f"v1,AAAA v1,{base64.b64encode(signature).decode()}"}
    return {"content": body, "headers": headers}


def postmark(record: str, *, user: str = "hook", password: str = "s3cret", **fields: Any) -> dict[str, Any]:
    """postmarkapp.com/developer/webhooks/bounce-webhook and its neighbours"""
    event = {"RecordType": record, "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d", "MessageStream": "outbound", **fields}
    proof = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"json": event, "headers": {"Authorization": f"Basic {proof}"}}


def mailgun(event: str, message_id: str, *, key: str = "key-1", token: str = "", **fields: Any) -> dict[str, Any]:
    """documentation.mailgun.com: Webhooks, Securing Webhooks"""
    token, stamp = token or uuid4().hex + uuid4().hex[:18], "1740963540"
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data = {"event": event, "timestamp": 1740963540.5, "recipient": "ada@example.com", "message": {"headers": {"message-id": message_id}}}
    return {"json": {"signature": {"token": token, "timestamp": stamp, "signature": signature}, "event-data": data | fields}}


def sns(event: dict[str, Any] | None, key: RsaKey, topic: str, *, version: str = "2", **changes: str) -> dict[str, Any]:
    """docs.aws.amazon.com: Amazon SNS, "Verifying the signatures of Amazon SNS messages\""""
    envelope = {
        "Type": "Notification",
        "MessageId": str(uuid4()),
        "TopicArn": topic,
        "Message": json.dumps(event) if event is not None else "You have chosen to subscribe to the topic.",
        "Timestamp": "2025-03-03T00:59:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem",
        **changes,
    }
    names = [
        name for name in ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type") if name in envelope
    ]
    said = "".join(f"{name}\n{envelope[name]}\n" for name in names).encode()
    signature = RSASSA_PKCS1_v1_5_sign(hashlib.sha256(said) if version == "2" else hashlib.sha1(said), key.private)
    envelope["Signature"] = base64.b64encode(bytes(signature)).decode()
    return {"content": json.dumps(envelope).encode(), "headers": {"Content-Type": "text/plain; charset=UTF-8"}}


def ses(kind: str, tags: dict[str, list[str]] | None = None, **about: Any) -> dict[str, Any]:
    """docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html"""
    mail: dict[str, Any] = {
        "timestamp": "2025-03-03T00:58:00.000Z",
        "messageId": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
        "tags": tags or {},
        "headers": [],
    }
    return {"eventType": kind, "mail": mail, kind.lower(): {"timestamp": "2025-03-03T00:59:00.000Z", **about}}
