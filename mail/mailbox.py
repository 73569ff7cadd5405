"""Looks into a mailbox over IMAP (RFC 3501) and changes nothing in it: what is new there, in the order in which it came."""

import hashlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote, urlsplit

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a message that are fetched: what somebody writes comes before what they attach."""

_PATIENCE_SECONDS: Final = 30.0
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailboxAway(Exception):
    """The mailbox cannot be read for now. No message in it repeats a server's words, which may name the user."""


class MailboxRefused(MailboxAway):
    """The server does not let us in, or has no such mailbox: a matter for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message as it lies in the mailbox. ``uid`` counts up within it; ``content`` is the first ``LARGEST`` bytes."""

    uid: int
    arrived_at: datetime
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some messages in the order of their UIDs, and the UIDVALIDITY under which these count. ``last`` is the highest UID looked at."""

    validity: int
    messages: tuple[Arrived, ...]
    last: int
    more: bool


def name_of(url: str) -> str:
    """A name for the mailbox of this URL: always the same, and nobody's."""
    parts = urlsplit(url)
    return hashlib.sha256(f"{unquote(parts.username or '')}@{parts.hostname}{_folder(url)}".encode()).hexdigest()[:16]


def fetch(url: str, *, validity: int, after: int, since: datetime, most: int) -> Batch:
    """What came after the message ``after``, at most ``most`` messages. It waits for the network; call it in a thread.

    Where the mailbox counts under another UIDVALIDITY than ``validity``, everything that arrived from the day of ``since`` on comes again.
    Raises MailboxAway.
    """
    with _opened(url) as server:
        counts_under = _validity(server)
        goes_on = counts_under == validity
        found = sorted(
            uid for uid in _search(server, f"UID {after + 1}:*" if goes_on else _since(since)) if uid > (after if goes_on else 0)
        )
        chosen = found[:most]
        messages = tuple(message for uid in chosen if (message := _message(server, uid)) is not None)
        last = chosen[-1] if chosen else (after if goes_on else _before_next(server))
        return Batch(validity=counts_under, messages=messages, last=last, more=len(found) > most)


@contextmanager
def _opened(url: str) -> Iterator[imaplib.IMAP4]:
    """The mailbox, opened for reading. Whatever goes wrong with the server while it is open is a MailboxAway."""
    parts = urlsplit(url)
    server: imaplib.IMAP4 | None = None
    problem: MailboxAway
    try:
        server = _connected(parts.scheme, parts.hostname or "localhost", parts.port)
        try:
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            if server.select(f'"{_folder(url)}"', readonly=True)[0] != "OK":
                raise MailboxRefused("there is no such mailbox")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise MailboxRefused("the server does not take the user and the password") from None
        yield server
        return
    except MailboxAway as away:
        problem = away
    except ssl.SSLError:
        problem = MailboxRefused("the server's certificate is not right")
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        problem = MailboxAway(f"the mailbox is away ({type(error).__name__})")
    finally:
        if server is not None:
            _leave(server)
    raise problem from None


def _connected(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    """A connection that a password may travel over: TLS, unless the server is this machine."""
    context = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=_PATIENCE_SECONDS)
    server = imaplib.IMAP4(host, port or 143, timeout=_PATIENCE_SECONDS)
    if not _is_here(host):
        server.starttls(context)
    return server


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (imaplib.IMAP4.error, OSError):
        server.shutdown()


def _folder(url: str) -> str:
    return unquote(urlsplit(url).path.strip("/")).replace('"', "") or "INBOX"


def _validity(server: imaplib.IMAP4) -> int:
    return _number(server, "UIDVALIDITY")


def _before_next(server: imaplib.IMAP4) -> int:
    """The highest UID that there may be already."""
    return max(_number(server, "UIDNEXT") - 1, 0)


def _number(server: imaplib.IMAP4, name: str) -> int:
    said = server.response(name)[1]
    value = said[0] if said else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def _since(day: datetime) -> str:
    return f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}"


def _search(server: imaplib.IMAP4, wanted: str) -> list[int]:
    answer, found = server.uid("SEARCH", wanted)
    if answer != "OK":
        raise MailboxAway("the server does not search")
    return [int(uid) for line in found if isinstance(line, bytes) for uid in line.split()]


def _message(server: imaplib.IMAP4, uid: int) -> Arrived | None:
    """One message; None when somebody has deleted it meanwhile. Looking does not mark it as read."""
    answer, parts = server.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
    if answer != "OK":
        raise MailboxAway("the server does not give a message")
    content = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if content is None:
        return None
    said = b" ".join(piece for part in parts for piece in (part[:1] if isinstance(part, tuple) else (part,)) if isinstance(piece, bytes))
    return Arrived(uid=uid, arrived_at=_internal_date(said), content=content)


def _internal_date(said: bytes) -> datetime:
    found = re.search(rb'INTERNALDATE "\s*(\d+)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d [+-]\d{4})"', said)
    if found is None:
        raise MailboxAway("the server gives no date")
    day, month, year, clock = (part.decode() for part in found.groups())
    return datetime.strptime(f"{year}-{_MONTHS.index(month.title()) + 1}-{day} {clock}", "%Y-%m-%d %H:%M:%S %z")
