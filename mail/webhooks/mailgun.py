"""Reads Mailgun's webhooks: the proof is in the body, over a moment and a token that comes once."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from mail.webhooks.reading import Forged, Unreadable, happening, json_of, moment
from store.mail.reports import Happening, Report

_WORDS: Final = {
    "accepted": Happening.QUEUED,
    "delivered": Happening.DELIVERED,
    "failed": Happening.FAILED,
    "rejected": Happening.FAILED,
    "opened": Happening.OPENED,
    "clicked": Happening.CLICKED,
    "unsubscribed": Happening.UNSUBSCRIBED,
    "complained": Happening.COMPLAINED,
}


async def read(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> Sequence[Report]:
    """``secret`` is the webhook signing key. Raises Forged, Unreadable. The signature does not cover the event: its token is the event's
    id, so that nobody can use one again for another event.

    Source: documentation.mailgun.com, "Securing Webhooks"
    """
    said = json_of(body)
    proof = _part(said, "signature")
    token, stamp = str(proof.get("token", "")), str(proof.get("timestamp", ""))
    right = hmac.digest(secret.encode(), f"{stamp}{token}".encode(), "sha256").hex()
    if not token or not hmac.compare_digest(right.encode(), str(proof.get("signature", "")).encode()):
        raise Forged("another signature")
    event = _part(said, "event-data")
    if not event:
        raise Unreadable("no event")
    return [
        Report(
            id=token,
            kind=_kind(event),
            at=moment(event.get("timestamp"), now),
            message_id=str(_part(_part(event, "message"), "headers").get("message-id", "")),
            address=str(event.get("recipient", "")),
        )
    ]


def _kind(event: Mapping[str, Any]) -> Happening:
    kind, status = happening(_WORDS, event.get("event")), _part(event, "delivery-status")
    if event.get("event") != "failed":
        return kind
    if event.get("severity") != "permanent":
        return Happening.DEFERRED
    about_us = str(status.get("enhanced-code", "")).startswith("5.7.")
    return Happening.FAILED if about_us else Happening.BOUNCED


def _part(value: Any, name: str) -> Mapping[str, Any]:
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}
