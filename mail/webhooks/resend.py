"""Reads Resend's webhooks: signed as Svix and Standard Webhooks do, one event each."""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mail.webhooks.reading import Forged, Unreadable, happening, json_of, key_of, moment
from store.mail.reports import Happening, Report

TOLERANCE: Final = timedelta(minutes=5)
"""How far the moment of a signature may lie from now; each repetition is signed anew."""

_WORDS: Final = {
    "email.sent": Happening.SENT,
    "email.delivered": Happening.DELIVERED,
    "email.delivery_delayed": Happening.DEFERRED,
    "email.bounced": Happening.BOUNCED,
    "email.complained": Happening.COMPLAINED,
    "email.opened": Happening.OPENED,
    "email.clicked": Happening.CLICKED,
    "email.failed": Happening.FAILED,
    "email.suppressed": Happening.REJECTED,
}


async def read(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> Sequence[Report]:
    """``secret`` is ``whsec_…``. Raises Forged, Unreadable. Source: docs.svix.com/receiving/verifying-payloads/how-manual"""
    id, stamp = (headers.get(f"svix-{name}") or headers.get(f"webhook-{name}") or "" for name in ("id", "timestamp"))
    given = headers.get("svix-signature") or headers.get("webhook-signature") or ""
    if not id or not stamp.isascii() or not stamp.isdigit() or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Forged("no signature, or an old one")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise Forged("WEBHOOK_SECRETS has no whsec_… for resend") from None
    right = b"v1," + base64.b64encode(hmac.digest(key, f"{id}.{stamp}.".encode() + body, "sha256"))
    if not any(hmac.compare_digest(right, one.encode()) for one in given.split()):
        raise Forged("another signature")
    event = json_of(body)
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        raise Unreadable("no event")
    data = event["data"]
    kind = happening(_WORDS, event.get("type"))
    if kind is Happening.BOUNCED and _of(data.get("bounce"), "type") in ("Transient", "Undetermined"):
        kind = Happening.DEFERRED
    to = data.get("to")
    return [
        Report(
            id=id,
            kind=kind,
            at=moment(event.get("created_at"), now),
            key=key_of(_tag(data.get("tags"))),
            provider_id=str(data.get("email_id", "")),
            address=str(to[0]) if isinstance(to, list) and len(to) == 1 else "",
        )
    ]


def _tag(tags: object) -> object:
    """The touch's key, whichever way tags are written."""
    if isinstance(tags, list):
        return next((_of(tag, "value") for tag in tags if _of(tag, "name") == "touch"), None)
    return _of(tags, "touch")


def _of(value: Any, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
