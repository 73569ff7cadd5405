"""Speaks as each mail provider does: events in the shapes of their documentation, each proven in their way, as requests of HTTP."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

Letter = tuple[str, str]
"""The key of a letter, and the address that it went to."""

KINDS: Final = ("delivered",) * 12 + ("opened",) * 5 + ("clicked", "deferred", "bounced")
"""What happens to letters, about as often as it happens."""

_TOPIC: Final = "arn:aws:sns:eu-central-1:123456789012:letters"
_CERTIFICATE: Final = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123abcd.pem"
_SVIX: Final = base64.b64encode(b"a secret of 24 bytes....").decode()
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
_FAILURE: Final = "smtp; 550 5.1.1 The email account that you tried to reach does not exist"


class Providers:
    """Five providers, with keys for as long as this runs."""

    def __init__(self) -> None:
        self._rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._curve = ec.generate_private_key(ec.SECP256R1())
        self.one_each: dict[str, Callable[[str, Letter, datetime], bytes]] = {
            "ses": self._ses,
            "postmark": self._postmark,
            "mailgun": self._mailgun,
            "resend": self._resend,
        }

    @property
    def secrets(self) -> str:
        """``WEBHOOK_SECRETS`` of whoever listens to them."""
        public = self._curve.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        sendgrid = base64.b64encode(public).decode()
        return f"ses={_TOPIC} sendgrid={sendgrid} postmark=hook:s3cret mailgun=key-1 resend=whsec_{_SVIX}"

    @property
    def certificate(self) -> str:
        """Amazon's, in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._rsa.public_key()).serial_number(1)
        valid = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        return valid.sign(self._rsa, SHA256()).public_bytes(Encoding.PEM).decode()

    def sendgrid(self, happened: Sequence[tuple[str, Letter]], at: datetime) -> bytes:
        """Many events in one request. twilio.com/docs/sendgrid/for-developers/tracking-events/event"""
        words = {"opened": "open", "clicked": "click", "bounced": "bounce"}
        events = [
            {
                "email": address,
                "timestamp": int(at.timestamp()),
                "smtp-id": f"<{key}@example.co.jp>",
                "event": words.get(kind, kind),
                "category": ["letters"],
                "sg_event_id": uuid4().hex,
                "sg_message_id": f"{uuid4().hex}.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
                "useragent": _AGENT,
                "ip": "192.0.2.7",
                "touch": key,
            }
            for kind, (key, address) in happened
        ]
        body, stamp = json.dumps(events).encode(), str(int(at.timestamp()))
        signature = base64.b64encode(self._curve.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
        name = "X-Twilio-Email-Event-Webhook"
        return _request("sendgrid", body, {f"{name}-Signature": signature, f"{name}-Timestamp": stamp})

    def _ses(self, kind: str, letter: Letter, at: datetime) -> bytes:
        """docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html"""
        word = {"delivered": "Delivery", "opened": "Open", "clicked": "Click", "deferred": "DeliveryDelay", "bounced": "Bounce"}[kind]
        about: dict[str, Any] = {"timestamp": at.isoformat(), "smtpResponse": "250 2.6.0 Message received", "userAgent": _AGENT}
        if kind == "bounced":
            recipient = {"emailAddress": letter[1], "action": "failed", "status": "5.1.1", "diagnosticCode": _FAILURE}
            about |= {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [recipient]}
        heads = {"From": "letters@example.co.jp", "To": letter[1], "Message-ID": f"<{letter[0]}@example.co.jp>", "MIME-Version": "1.0"}
        mail = {
            "timestamp": at.isoformat(),
            "source": "letters@example.co.jp",
            "sourceArn": "arn:aws:ses:eu-central-1:123456789012:identity/example.co.jp",
            "messageId": f"id-{letter[0]}",
            "destination": [letter[1]],
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in heads.items()],
            "tags": {"touch": [letter[0]], "ses:configuration-set": ["letters"], "ses:source-ip": ["192.0.2.7"]},
        }
        envelope = {
            "Type": "Notification",
            "MessageId": str(uuid4()),
            "TopicArn": _TOPIC,
            "Subject": "Amazon SES Email Event Notification",
            "Message": json.dumps({"eventType": word, "mail": mail, word.lower(): about}),
            "Timestamp": at.isoformat(),
            "SignatureVersion": "2",
            "SigningCertURL": _CERTIFICATE,
        }
        said = "".join(f"{name}\n{envelope[name]}\n" for name in ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"))
        envelope["Signature"] = base64.b64encode(self._rsa.sign(said.encode(), PKCS1v15(), SHA256())).decode()
        return _request("ses", json.dumps(envelope).encode(), {"x-amz-sns-message-type": "Notification"})

    def _postmark(self, kind: str, letter: Letter, at: datetime) -> bytes:
        """postmarkapp.com/developer/webhooks/delivery-webhook and its neighbours"""
        record = {"delivered": "Delivery", "opened": "Open", "clicked": "Click"}.get(kind, "Bounce")
        about = {
            "bounced": {"ID": uuid4().int % 10**9, "Type": "HardBounce"},
            "deferred": {"ID": uuid4().int % 10**9, "Type": "SoftBounce"},
        }
        moment = {"Delivery": "DeliveredAt", "Bounce": "BouncedAt"}.get(record, "ReceivedAt")
        event = {
            "RecordType": record,
            "ServerID": 23,
            "MessageStream": "outbound",
            "MessageID": f"id-{letter[0]}",
            "Recipient": letter[1],
            "Metadata": {"touch": letter[0]},
            "Details": "250 2.0.0 OK",
            moment: f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z",
            **about.get(kind, {}),
        }
        proof = base64.b64encode(b"hook:s3cret").decode()
        return _request("postmark", json.dumps(event).encode(), {"Authorization": f"Basic {proof}"})

    def _mailgun(self, kind: str, letter: Letter, at: datetime) -> bytes:
        """documentation.mailgun.com: Webhooks, Securing Webhooks"""
        token, stamp = uuid4().hex + uuid4().hex[:18], str(int(at.timestamp()))
        severity = {"bounced": "permanent", "deferred": "temporary"}.get(kind)
        event = {
            "event": "failed" if severity else kind,
            "id": uuid4().hex,
            "timestamp": at.timestamp(),
            "recipient": letter[1],
            "recipient-domain": "example.com",
            "message": {"headers": {"message-id": f"{letter[0]}@example.co.jp", "from": "letters@example.co.jp"}, "size": 12000},
            "delivery-status": {
                "code": 550 if severity else 250,
                "enhanced-code": "5.1.1" if severity else "",
                "mx-host": "mx.example.com",
            },
            "flags": {"is-authenticated": True},
            **({"severity": severity} if severity else {}),
        }
        signature = hmac.digest(b"key-1", f"{stamp}{token}".encode(), "sha256").hex()
        proof = {"token": token, "timestamp": stamp, "signature": signature}
        return _request("mailgun", json.dumps({"signature": proof, "event-data": event}).encode(), {})

    def _resend(self, kind: str, letter: Letter, at: datetime) -> bytes:
        """resend.com/docs/webhooks/emails/bounced, docs.svix.com/receiving/verifying-payloads/how-manual"""
        data: dict[str, Any] = {
            "email_id": f"id-{letter[0]}",
            "from": "letters@example.co.jp",
            "to": [letter[1]],
            "subject": "Hello",
            "tags": {"touch": letter[0]},
            "bounce": {"type": "Permanent", "subType": "General", "message": _FAILURE},
        }
        word = {"deferred": "delivery_delayed"}.get(kind, kind)
        body = json.dumps({"type": f"email.{word}", "created_at": at.isoformat(), "data": data}).encode()
        id, stamp = f"msg_{uuid4().hex}", str(int(at.timestamp()))
        signature = base64.b64encode(hmac.digest(base64.b64decode(_SVIX), f"{id}.{stamp}.".encode() + body, "sha256")).decode()
        return _request("resend", body, {"svix-id": id, "svix-timestamp": stamp, "svix-signature": f"v1,{signature}"})


def _request(provider: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    said = {"Host": "127.0.0.1", "Content-Type": "application/json", "User-Agent": "benchmark", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"POST /webhooks/{provider} HTTP/1.1\r\n{head}\r\n".encode() + body
