"""Reads reports about letters that were not delivered: the standard's (RFC 3464), and the dialects that were there before it."""

import re
from dataclasses import dataclass
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from mail.reading.characters import header_text
from mail.reading.codes import meaning_of
from mail.reading.opened import Opened, address_in
from mail.reading.patterns import any_of
from nurture.verdict import Sort

_SUBJECT: Final = any_of(
    r"undeliver|failure notice|returned mail|delivery (?:status|failure|has failed|report|problem|error|notification)|mail delivery",
    r"mail (?:system )?error|non-? ?deliver|couldn't be delivered|could not be delivered|message delayed|delayed mail",
    r"warning: (?:could not send|message)|message you sent blocked|user unknown|rejected|bounce|unzustellbar",
    r"配信不能|配信でき|配達でき|配信エラー|送信エラー|送信できません|不達|エラーメール|届きません|届けられません",
)
_SERVER: Final = any_of(r"mailer-daemon|postmaster|mail-?daemon|mail delivery|microsoftexchange|mailadmin|mail\.?system|administrator")
_COPY_FOLLOWS: Final = any_of(
    r"(?m:^.{0,10}(?:below this line is a copy|this is a copy of (?:the|your) message))",
    r"(?m:^-{2,}.{0,30}(?:original message|message headers|returned message|failed message|元のメッセージ|送信メッセージ))",
    r"(?m:^(?:received: from|return-path:|message-id:|original message (?:headers )?follows|unsent message below|以下のメッセージ))",
)
_DONE: Final = frozenset({"delivered", "relayed", "expanded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report says: of whom, and by which code."""

    sort: Sort
    recipient: str
    status: str


def report_of(opened: Opened) -> Report | None:
    """The report that a message is; None for one that is none."""
    for part in opened.parts("message/delivery-status"):
        blocks = [{name.lower(): header_text(value) for name, value in block.raw_items()} for block in _blocks(part)]
        if found := _of_recipients([block for block in blocks if "action" in block or "final-recipient" in block or "status" in block]):
            return found
    failed = address_in(opened.header("X-Failed-Recipients"))
    if not failed and not (_SUBJECT.search(opened.subject) and _is_from_a_server(opened)):
        return None
    said = _COPY_FOLLOWS.split(opened.text, maxsplit=1)[0]
    sort, status = meaning_of("", said)
    return Report(sort=sort, recipient=failed or _address_by_dialect(opened, said), status=status)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _of_recipients(blocks: list[dict[str, str]]) -> Report | None:
    """The first recipient that failed; we write to one at a time."""
    reports = [_of_recipient(block) for block in blocks]
    return next((report for report in reports if report.sort is not Sort.AUTOMATIC), reports[0] if reports else None)


def _of_recipient(block: dict[str, str]) -> Report:
    action = block.get("action", "").strip().lower()
    recipient = address_in(_typed(block.get("original-recipient", ""))) or address_in(_typed(block.get("final-recipient", "")))
    sort, status = meaning_of(block.get("status", ""), block.get("diagnostic-code", ""))
    if action in _DONE:
        sort = Sort.AUTOMATIC
    elif action == "delayed":
        sort = Sort.DELAY
    return Report(sort=sort, recipient=recipient, status=status)


def _typed(field: str) -> str:
    """``rfc822; somebody@example.com`` without its type."""
    return re.sub(r"^\s*[\w.-]+\s*;\s*", "", field).strip("<> ")


def _is_from_a_server(opened: Opened) -> bool:
    return opened.header("Return-Path").strip() == "<>" or bool(_SERVER.search(opened.header("From"))) or not opened.sender


def _address_by_dialect(opened: Opened, said: str) -> str:
    try:
        passing, permanent = all_failures(opened.message)
    except Exception:  # its readers of dialects trip over messages that only look like theirs
        passing = permanent = frozenset()
    ids = {address_in(opened.header("To")), *(named.strip("<>").lower() for named in opened.enclosed_ids)}
    for found in sorted((*permanent, *passing)):
        if (address := address_in(found.decode("ascii", "replace"))) and address not in ids:
            return address
    named = [address_in(word) for word in re.findall(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+", said)]
    return next((address for address in named if address not in {"", *ids} and not _SERVER.search(address)), "")
