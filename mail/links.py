"""The links that letters carry: signed, so that nobody can refuse letters in another's name."""

import base64
import hashlib
import hmac
from typing import Final
from uuid import UUID

_PURPOSE: Final = b"unsubscribe:"
_LONGEST: Final = 400


def unsubscribe_token(secret: str, lead_id: UUID, topic: str) -> str:
    """A token that names a lead and a topic, and that only the holder of ``secret`` can make. It never expires."""
    says = lead_id.bytes + topic.encode()
    return base64.urlsafe_b64encode(_signature(secret, says) + says).rstrip(b"=").decode()


def read_unsubscribe_token(secret: str, token: str) -> tuple[UUID, str] | None:
    """The lead and the topic that a token was made for; None for one that was not made here, whatever is wrong with it."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        says = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)[32:]
        lead_id, topic = UUID(bytes=says[:16]), says[16:].decode()
    except ValueError:
        return None
    return (lead_id, topic) if hmac.compare_digest(unsubscribe_token(secret, lead_id, topic), token) else None


def unsubscribe_url(base: str, secret: str, lead_id: UUID, topic: str) -> str:
    """Where a lead refuses a topic: GET shows a page, POST refuses (RFC 8058). ``base`` is ``BASE_URL``."""
    return f"{base.rstrip('/')}/u/{unsubscribe_token(secret, lead_id, topic)}"


def inbound_token(secret: str) -> str:
    """What proves to the web app that mail comes from whoever gets it for us: only the holder of ``secret`` can make it."""
    return hmac.new(secret.encode(), b"inbound:mail", hashlib.sha256).hexdigest()


def _signature(secret: str, says: bytes) -> bytes:
    return hmac.new(secret.encode(), _PURPOSE + says, hashlib.sha256).digest()
