"""A receiver of webhooks: what one may be, and the secrets that prove what goes to it."""

import base64
import hashlib
import hmac
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

BOTH_SECRETS: Final = timedelta(days=1)
"""How long the former secret signs beside the one that replaced it."""

GONE, FAILED, BY_HAND = "gone", "failed", "by hand"
"""Why one is switched off."""

KEPT: Final = timedelta(days=30)
"""How long a message stays that was taken or given up."""

_LONGEST: Final = 2000
_TRANSLATED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
"""Addresses of IPv6 that stand for one of IPv4, whatever that is."""


class WrongReceiver(ValueError):
    """A receiver that cannot be right. ``code`` is a word for it, for pages; the message says it for commands."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A receiver as its row says it, and how many of its messages wait and are dead.

    ``tried_at`` and ``problem`` are of the last attempt that is still kept: when it was, and why it failed.
    """

    id: UUID
    url: str
    kinds: tuple[str, ...]
    with_person: bool
    made_by: str
    made_at: datetime
    secret_no: int
    rotated_at: datetime | None
    failing_since: datetime | None
    failures: int
    rests_until: datetime | None
    off_at: datetime | None
    off_because: str
    waiting: int = 0
    dead: int = 0
    tried_at: datetime | None = None
    problem: str = ""

    @property
    def host(self) -> str:
        """Where it is, without what may be secret in its URL."""
        return host_of(self.url)

    def is_untried(self, now: datetime) -> bool:
        """Whether nothing was ever sent to it, as far as messages are kept."""
        return self.tried_at is None and self.failing_since is None and now < self.made_at + KEPT

    def secrets(self, key: str, now: datetime) -> list[str]:
        """What its messages are signed with, the newest secret first. ``key`` is ``LINK_SECRET``, from which they all follow."""
        both = self.rotated_at is not None and now < self.rotated_at + BOTH_SECRETS
        return [secret_of(key, self.id, no) for no in range(self.secret_no, self.secret_no - 1 - both, -1)]


def check(url: str, *, inside: bool) -> None:
    """Raises WrongReceiver for an address that no webhook may go to. ``inside`` lets one be inside of our network, and on this machine
    do without TLS.
    """
    try:
        parts = urlsplit(url)
        is_url = bool(parts.hostname) and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        parts, is_url = urlsplit(""), False
    if not is_url or len(url) > _LONGEST or parts.scheme not in ("http", "https") or parts.username is not None or parts.fragment:
        raise WrongReceiver("url", "is not an address like https://crm.example.com/hooks, without user, password or '#'")
    if parts.scheme == "http" and not (inside and _is_loopback(parts.hostname or "")):
        raise WrongReceiver("https", "begins with https://: what happens to leads does not travel in the clear")
    if not inside and _is_inside(parts.hostname or ""):
        raise WrongReceiver("inside", "is on this machine or in our own network, where nothing goes; WEBHOOKS_INSIDE allows it")


def is_outside(address: str) -> bool:
    """Whether anybody on the internet may have this address."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_outside(str(ip.ipv4_mapped))
        if any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


def host_of(url: str) -> str:
    """The host of a URL, with its port where it has one."""
    return urlsplit(url).netloc


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_inside(host: str) -> bool:
    """Whether a host is inside by what is written; where a name leads is looked at when something goes."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not is_outside(name)
    except ValueError:
        pass
    try:
        return not is_outside(socket.inet_ntoa(socket.inet_aton(name)))  # 127.1 and 0x7f000001, as resolvers read them
    except OSError:
        return False


def secret_of(key: str, id: UUID, number: int) -> str:
    """The secret as Standard Webhooks writes it: ``whsec_`` and 32 bytes in Base64."""
    made = hmac.new(key.encode(), f"webhook:{id}:{number}".encode(), hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(made).decode()}"
