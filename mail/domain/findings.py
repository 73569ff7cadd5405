"""What was found about the mail of a domain: right, doubtful or wrong, with the fix and the record to publish."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How good something is. What is doubtful works, and could be better or cannot be told from here."""

    RIGHT = "right"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord:
    """A record as it belongs into DNS. ``value`` is whole, however long: DNS servers split it."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFinding:
    """One thing that was looked at. ``publish`` is the record that would put it right."""

    about: str
    verdict: Verdict
    what: str
    fix: str = ""
    publish: DnsRecord | None = None
