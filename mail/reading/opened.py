"""A message opened: its headers as text, what somebody reads of it, and the parts that programs read."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from functools import cached_property
from typing import Final

from mail.reading.characters import header_text, text_of
from mail.reading.hypertext import text_of_html

_MOST_TEXT: Final = 100_000
"""Characters of a message that are read."""
_ID: Final = re.compile(r"<[^<>\s@]{1,200}@[^<>\s]{1,200}>")


class Opened:
    """A message whose parts are decoded when they are asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.message: Message = message_from_bytes(data)

    def header(self, name: str) -> str:
        """The first header of this name as text; empty where there is none."""
        return next(self.headers(name), "")

    def headers(self, name: str) -> Iterator[str]:
        """All headers of this name."""
        wanted = name.lower()
        return (header_text(raw) for said, raw in self.message.raw_items() if said.lower() == wanted)

    @cached_property
    def sender(self) -> str:
        return address_in(self.header("From"))

    @cached_property
    def sender_name(self) -> str:
        return parseaddr(self.header("From"))[0]

    @cached_property
    def subject(self) -> str:
        return self.header("Subject")

    @cached_property
    def sent_at(self) -> datetime | None:
        """The message's own date with the offset of its writer's clock; None where it makes no sense."""
        try:
            at = parsedate_to_datetime(self.header("Date"))
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None
        return at

    @property
    def digest(self) -> str:
        """The same for the same message: its Message-ID and date where it has them, else all of its bytes."""
        ids = ids_in(self.header("Message-ID"))
        return hashlib.sha256(f"{ids[0]} {self.header('Date')}".encode() if ids else self.data).hexdigest()

    @cached_property
    def about(self) -> tuple[str, ...]:
        """The Message-IDs that it answers: In-Reply-To, then References from the last to the first."""
        named = [*ids_in(self.header("In-Reply-To")), *reversed(ids_in(" ".join(self.headers("References"))))]
        return tuple(dict.fromkeys(named))[:50]

    @cached_property
    def text(self) -> str:
        """What somebody reads who opens it, attachments aside."""
        return _said(self.message)[:_MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")

    def parts(self, kind: str) -> Iterator[Message]:
        """Every part of this kind, like ``message/delivery-status``."""
        return (part for part in self.message.walk() if part.get_content_type() == kind)

    @cached_property
    def enclosed_ids(self) -> tuple[str, ...]:
        """The Message-IDs in the copy of a letter that a report brings along, whole or as text, wherever in it."""
        body = text_of(self.data.partition(b"\r\n\r\n" if b"\r\n\r\n" in self.data else b"\n\n")[2][: 4 * _MOST_TEXT])
        for part in self.message.walk():
            if part.get_content_maintype() == "text" and "Content-Transfer-Encoding" in part:
                body += "\n" + _decoded(part)
        named = re.findall(r"(?im)^[ \t>]*(?:X-)?(?:Original-)?Message-ID:\s*(<[^<>\s@]{1,200}@[^<>\s]{1,200}>)", body)
        return tuple(dict.fromkeys([*named, *self.about]))[:50]


def address_in(header: str) -> str:
    """The address of a header in lower case; empty where there is none that makes sense."""
    address = parseaddr(header)[1] or next(iter(re.findall(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+", header)), "")
    return address.strip().lower() if re.fullmatch(r"[^\s@]{1,64}@[^\s@]{1,253}", address.strip()) else ""


def ids_in(header: str) -> list[str]:
    return _ID.findall(header)


def _said(message: Message) -> str:
    if message.get_content_maintype() == "message":
        return ""
    if message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if message.get_content_subtype() == "alternative":
            texts = {part.get_content_subtype(): _said(part) for part in reversed(parts)}
            return texts.get("plain", "").strip() or next((text for text in texts.values() if text.strip()), "")
        return "\n".join(text for part in parts if (text := _said(part)).strip())
    if message.get_content_maintype() != "text" or message.get_content_disposition() == "attachment":
        return ""
    match message.get_content_subtype():
        case "html":
            return text_of_html(_decoded(message))
        case "plain" | "enriched" | "":
            return _decoded(message)
        case _:
            return ""


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    try:
        charset = part.get_content_charset() or ""
    except (LookupError, UnicodeError, ValueError):
        charset = ""
    return text_of(data[: 4 * _MOST_TEXT], charset) if isinstance(data, bytes) else ""
