"""What a message that came back turns out to be."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Sort(StrEnum):
    """Every sort of message. Only the first two were written by a human for us."""

    REPLY = "reply"
    REFUSAL = "refusal"
    """Somebody wants no more letters."""
    ABSENCE = "absence"
    """Neither a reply nor silence."""
    DEPARTED = "departed"
    """A note that the person has left the company."""
    BOUNCE = "bounce"
    """The address does not work, by the server's code."""
    DELAY = "delay"
    """The address did not work this time, by the server's code."""
    BLOCK = "block"
    """The server refuses us or our letter, whoever the recipient is."""
    UNCLEAR = "unclear"
    """A letter was not delivered, and no code says for how long."""
    COMPLAINT = "complaint"
    """Somebody pressed the button for spam."""
    AUTOMATIC = "automatic"
    """A program wrote it, and it says nothing about the lead."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One message, read. What is not known is empty or None; addresses are in lower case.

    ``digest`` is the same for the same message, whichever way it comes in. ``about`` are the Message-IDs that it names, the nearest first.
    ``recipient`` is whom a report is about. ``back_on`` is the first day on which somebody absent is there again. ``text`` is what was
    newly written, without quotations. ``status`` is the server's code, enhanced (RFC 3463) where it gave one.
    ``why`` is what told the sort.
    """

    sort: Sort
    digest: str
    why: str
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    about: tuple[str, ...] = ()
    recipient: str = ""
    back_on: date | None = None
    status: str = ""
    sent_at: datetime | None = None
