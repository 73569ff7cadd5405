"""The links that letters carry: signed, each for one purpose, so that nobody can refuse, choose or confirm in another's name."""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

_UNSUBSCRIBE: Final = b"unsubscribe:"
_PREFERENCES: Final = b"preferences:"
_CONFIRM: Final = b"confirm:"
_CLICK: Final = b"click:"
_LONGEST: Final = 400
_LONGEST_CLICK: Final = 4000


def unsubscribe_token(secret: str, lead_id: UUID, topic: str) -> str:
    """A token that names a lead and a topic, and that only the holder of ``secret`` can make. It never expires."""
    return sealed(secret, _UNSUBSCRIBE, lead_id.bytes + topic.encode())


def read_unsubscribe_token(secret: str, token: str) -> tuple[UUID, str] | None:
    """The lead and the topic that a token was made for; None for one that was not made here, whatever is wrong with it."""
    return _id_and_text(opened(secret, _UNSUBSCRIBE, token))


def unsubscribe_url(base: str, secret: str, lead_id: UUID, topic: str) -> str:
    """Where a lead refuses a topic: GET shows a page, POST refuses (RFC 8058). ``base`` is ``BASE_URL``."""
    return f"{base.rstrip('/')}/u/{unsubscribe_token(secret, lead_id, topic)}"


def preferences_token(secret: str, lead_id: UUID, topic: str) -> str:
    """The same for the page on which a lead chooses what it gets; ``topic`` is that of the letter. It never expires."""
    return sealed(secret, _PREFERENCES, lead_id.bytes + topic.encode())


def read_preferences_token(secret: str, token: str) -> tuple[UUID, str] | None:
    """The lead, and the topic of the letter; None for a token that was not made here for this."""
    return _id_and_text(opened(secret, _PREFERENCES, token))


def preferences_url(base: str, secret: str, lead_id: UUID, topic: str) -> str:
    """Where a lead chooses what it gets, and how often."""
    return f"{base.rstrip('/')}/preferences/{preferences_token(secret, lead_id, topic)}"


def confirm_token(secret: str, confirmation: UUID) -> str:
    """A token that names a consent which waits to be confirmed. How long it may be used is in the store."""
    return sealed(secret, _CONFIRM, confirmation.bytes)


def read_confirm_token(secret: str, token: str) -> UUID | None:
    """The confirmation that a token was made for; None for one that was not made here for this."""
    says = opened(secret, _CONFIRM, token)
    return UUID(bytes=says) if says is not None and len(says) == 16 else None


def confirm_url(base: str, secret: str, confirmation: UUID) -> str:
    """Where a consent is confirmed: GET shows a page, POST confirms."""
    return f"{base.rstrip('/')}/confirm/{confirm_token(secret, confirmation)}"


def signin_url(base: str, token: str, to: str = "") -> str:
    """The page with the button that signs somebody of the team in by a token, and that then leads to the path ``to``."""
    return f"{base.rstrip('/')}/login/link?{urlencode({'token': token} | ({'to': to} if to else {}))}"


def click_token(secret: str, touch: UUID, target: str) -> str:
    """A token that names a letter and where its link leads. It never expires.

    The target is in it, and signed: so the link leads nowhere else, and leads there with the database away and the letter erased.
    """
    return sealed(secret, _CLICK, touch.bytes + target.encode())


def read_click_token(secret: str, token: str) -> tuple[UUID, str] | None:
    """The letter and the target that a token was made for; None for one that was not made here for this."""
    return _id_and_text(opened(secret, _CLICK, token, _LONGEST_CLICK))


def click_url(base: str, secret: str, touch: UUID, target: str) -> str:
    """A link of a letter whose clicks are counted: it leads to ``target``, a path of this site or an https address.

    An empty ``target`` is the link that only machines find.
    """
    return f"{base.rstrip('/')}/c/{click_token(secret, touch, target)}"


def inbound_token(secret: str) -> str:
    """What proves to the web app that mail comes from whoever gets it for us: only the holder of ``secret`` can make it."""
    return hmac.new(secret.encode(), b"inbound:mail", hashlib.sha256).hexdigest()


def sealed(secret: str, purpose: bytes, says: bytes) -> str:
    """``says`` under a signature for this purpose; a token for one purpose is no token for another."""
    signature = hmac.new(secret.encode(), purpose + says, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signature + says).rstrip(b"=").decode()


def opened(secret: str, purpose: bytes, token: str, longest: int = _LONGEST) -> bytes | None:
    """What a token says; None for one that was not made here for this purpose, whatever is wrong with it."""
    if len(token) > longest or not token.isascii():
        return None
    try:
        says = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)[32:]
    except ValueError:
        return None
    return says if hmac.compare_digest(sealed(secret, purpose, says), token) else None


def _id_and_text(says: bytes | None) -> tuple[UUID, str] | None:
    return (UUID(bytes=says[:16]), says[16:].decode()) if says is not None and len(says) >= 16 else None
