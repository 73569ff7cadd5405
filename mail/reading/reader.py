"""Reads one message that came back and says what it is. It decides by the message alone: whose it is, the store knows."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from mail.reading.absences import day_of_return, says_away, says_departed
from mail.reading.automatic import is_note_subject, sign_of_a_program
from mail.reading.bounces import Report, report_of
from mail.reading.complaints import complaint_of
from mail.reading.opened import Opened
from mail.reading.quotations import new_text
from mail.reading.refusals import is_bare_refusal, refuses
from nurture.verdict import Sort, Verdict

__all__ = ["read"]

_CLOCKS_DIFFER: Final = timedelta(days=30)
_SEALED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})


def read(message: bytes, arrived_at: datetime) -> Verdict:
    """What a message is. Nothing that anybody sends raises: what cannot be read is ``unreadable``, for a human to look at.

    Looked for in this order: a report or complaint, a note that a program wrote, words that refuse, and a reply else. ``arrived_at`` is the
    day from which ``until the 15th`` counts where the message itself has no date that makes sense.
    """
    try:
        return _read(Opened(message), arrived_at)
    except Exception as trouble:  # a stranger's message must not stop the mailbox
        return Verdict(sort=Sort.UNREADABLE, digest=sha256(message).hexdigest(), why=type(trouble).__name__)


def _read(opened: Opened, arrived_at: datetime) -> Verdict:
    report = complaint_of(opened) or report_of(opened)
    if report is not None:
        return _reported(opened, report)
    text = new_text(opened.text)
    if opened.message.get_content_type() == "multipart/report":
        return _judged(opened, Sort.AUTOMATIC, "multipart/report", text)
    if not opened.sender:
        return _judged(opened, Sort.UNREADABLE, "no sender", text)
    sign = sign_of_a_program(opened)
    if is_bare_refusal(opened.subject, text):
        return _judged(opened, Sort.REFUSAL, "a refusal and nothing else", text)
    if sign:
        return _by_a_program(opened, sign, text, arrived_at)
    if words := refuses(opened.subject, text):
        return _judged(opened, Sort.REFUSAL, words, text)
    if opened.message.get_content_type() in _SEALED:
        return _judged(opened, Sort.UNREADABLE, "encrypted", text)
    return _judged(opened, Sort.REPLY, "nothing says that a program wrote it", text)


def _by_a_program(opened: Opened, sign: str, text: str, arrived_at: datetime) -> Verdict:
    said = f"{opened.subject}\n{text}" if is_note_subject(opened.subject) else text
    if says_departed(text):
        return _judged(opened, Sort.DEPARTED, sign, text)
    if not says_away(said):
        return _judged(opened, Sort.AUTOMATIC, sign, text)
    at = opened.sent_at
    if at is None or abs(at - arrived_at) > _CLOCKS_DIFFER:
        at = arrived_at
    return _judged(opened, Sort.ABSENCE, sign, text, back_on=day_of_return(said, at.date()))


def _reported(opened: Opened, report: Report) -> Verdict:
    return Verdict(
        sort=report.sort,
        digest=opened.digest,
        why=f"code {report.status}" if report.status else "a report without a code",
        sender=opened.sender,
        subject=opened.subject,
        about=opened.enclosed_ids,
        recipient=report.recipient,
        status=report.status,
        sent_at=_utc(opened.sent_at),
    )


def _judged(opened: Opened, sort: Sort, why: str, text: str, back_on: date | None = None) -> Verdict:
    return Verdict(
        sort=sort,
        digest=opened.digest,
        why=why,
        sender=opened.sender,
        sender_name=opened.sender_name,
        subject=opened.subject,
        text=text,
        about=opened.about,
        sent_at=_utc(opened.sent_at),
        back_on=back_on,
    )


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
