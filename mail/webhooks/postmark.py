"""Reads Postmark's webhooks: proven by HTTP Basic, one event each."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from mail.webhooks.reading import Forged, Unreadable, happening, json_of, key_of, moment
from store.mail.reports import Happening, Report

_RECORDS: Final = {
    "Delivery": Happening.DELIVERED,
    "SpamComplaint": Happening.COMPLAINED,
    "Open": Happening.OPENED,
    "Click": Happening.CLICKED,
}
_BOUNCES: Final = {
    "HardBounce": Happening.BOUNCED,
    "BadEmailAddress": Happening.BOUNCED,
    "ManuallyDeactivated": Happening.REJECTED,
    "SpamComplaint": Happening.COMPLAINED,
    "Unsubscribe": Happening.UNSUBSCRIBED,
    "AutoResponder": Happening.AUTORESPONDED,
    "Transient": Happening.DEFERRED,
    "SoftBounce": Happening.DEFERRED,
    "DnsError": Happening.DEFERRED,
}
_SUPPRESSIONS: Final = {
    "HardBounce": Happening.BOUNCED,
    "SpamComplaint": Happening.COMPLAINED,
    "ManualSuppression": Happening.UNSUBSCRIBED,
}
_MOMENTS: Final = ("BouncedAt", "DeliveredAt", "ChangedAt", "ReceivedAt")


async def read(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> Sequence[Report]:
    """``secret`` is ``user:password`` of the webhook's URL. Raises Forged, Unreadable. Source: postmarkapp.com/developer/webhooks"""
    right = "Basic " + base64.b64encode(secret.encode()).decode()
    if not hmac.compare_digest(right.encode(), headers.get("authorization", "").encode()):
        raise Forged("another name or password")
    event = json_of(body)
    if not isinstance(event, dict) or not event.get("MessageID"):
        raise Unreadable("no event")
    record = str(event.get("RecordType"))
    said_at = next((event[name] for name in _MOMENTS if event.get(name)), "")
    metadata = event.get("Metadata")
    return [
        Report(
            id=f"{record}:{event.get('ID') or event['MessageID']}:{said_at}",
            kind=_kind(record, event),
            at=moment(said_at, now),
            key=key_of(metadata.get("touch") if isinstance(metadata, dict) else None),
            provider_id=str(event["MessageID"]),
            address=str(event.get("Email") or event.get("Recipient") or ""),
        )
    ]


def _kind(record: str, event: Mapping[str, object]) -> Happening:
    match record:
        case "Bounce":
            return _BOUNCES.get(str(event.get("Type")), Happening.FAILED)
        case "SubscriptionChange" if event.get("SuppressSending"):
            return happening(_SUPPRESSIONS, event.get("SuppressionReason"))
        case "SubscriptionChange":
            return Happening.SUBSCRIBED
        case _:
            return happening(_RECORDS, record)
