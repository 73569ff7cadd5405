"""Reads SendGrid's webhooks: signed on the curve P-256, many events at once."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from mail.webhooks.curve import is_signed
from mail.webhooks.reading import Forged, Unreadable, happening, json_of, key_of, moment
from store.mail.reports import Happening, Report

_SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
_TIMESTAMP: Final = "x-twilio-email-event-webhook-timestamp"
_WORDS: Final = {
    "processed": Happening.QUEUED,
    "dropped": Happening.REJECTED,
    "delivered": Happening.DELIVERED,
    "deferred": Happening.DEFERRED,
    "bounce": Happening.BOUNCED,
    "open": Happening.OPENED,
    "click": Happening.CLICKED,
    "spamreport": Happening.COMPLAINED,
    "unsubscribe": Happening.UNSUBSCRIBED,
    "group_unsubscribe": Happening.UNSUBSCRIBED,
    "group_resubscribe": Happening.SUBSCRIBED,
}


async def read(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> Sequence[Report]:
    """``secret`` is the verification key, in base64. Raises Forged, Unreadable.

    Source: twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """
    try:
        signature, key = base64.b64decode(headers.get(_SIGNATURE, ""), validate=True), base64.b64decode(secret, validate=True)
    except ValueError:
        raise Forged("no signature") from None
    if not is_signed(headers.get(_TIMESTAMP, "").encode() + body, signature, key):
        raise Forged("another signature")
    events = json_of(body)
    if not isinstance(events, list):
        raise Unreadable("no events")
    return [_report(event, now) for event in events if isinstance(event, dict) and event.get("sg_event_id")]


def _report(event: Mapping[str, Any], now: datetime) -> Report:
    kind = happening(_WORDS, event.get("event"))
    if kind is Happening.BOUNCED and event.get("type") == "blocked":  # which is no fault of the address
        kind = Happening.FAILED
    return Report(
        id=str(event["sg_event_id"]),
        kind=kind,
        at=moment(event.get("timestamp"), now),
        key=key_of(event.get("touch")),
        provider_id=str(event.get("sg_message_id", "")).partition(".")[0],
        message_id=str(event.get("smtp-id", "")),
        address=str(event.get("email", "")),
    )
