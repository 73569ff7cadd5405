"""Reports about letters, as mail servers and mailbox providers of many makes write them."""

from tests.mail.reading.dialects import LEAD, ORIGINAL_JA, TOUCH, US

COPY = f"From: Hoshino <{US}>\nTo: {LEAD}\nSubject: =?utf-8?b?5L+d5YWo?=\nMessage-ID: {TOUCH}\nDate: Mon, 27 Apr 2026 10:00:00 +0900\n"


def dsn(
    status: str,
    diagnostic: str,
    *,
    action: str = "failed",
    said: str = "I'm sorry to have to inform you that your message could not be delivered.",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.asanagi.example.co.jp>",
    subject: str = "Undelivered Mail Returned to Sender",
    recipient: str = LEAD,
    original: str = "",
    copy: str = "text/rfc822-headers",
) -> bytes:
    """A report in the standard's form (RFC 3464)."""
    fields = [f"Final-Recipient: rfc822; {recipient}", *([f"Original-Recipient: rfc822;{original}"] if original else [])]
    fields += [f"Action: {action}", f"Status: {status}", *([f"Diagnostic-Code: {diagnostic}"] if diagnostic else [])]
    parts = [
        ("text/plain; charset=us-ascii", said),
        ("message/delivery-status", "Reporting-MTA: dns; mx.asanagi.example.co.jp\n\n" + "\n".join(fields) + "\n"),
        (copy, COPY + ("\n" + ORIGINAL_JA if copy == "message/rfc822" else "")),
    ]
    return _report(parts, sender=sender, subject=subject, kind="delivery-status")


def plain(body: str, *, sender: str, subject: str, headers: str = "", copy: bool = True) -> bytes:
    """A report in a dialect from before the standard: text, with a copy of the letter's headers below."""
    head = [
        f"From: {sender}",
        f"To: {US}",
        f"Subject: {subject}",
        "Date: Tue, 28 Apr 2026 09:30:00 +0900",
        "Message-ID: <r1@mx.example.co.jp>",
    ]
    head += [
        "Return-Path: <>",
        *headers.splitlines(),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
    ]
    return "\r\n".join([*head, *body.splitlines(), "", *(COPY.splitlines() if copy else [])]).encode()


def arf(
    kind: str = "abuse", *, recipient: str = f"Original-Rcpt-To: {LEAD}\n", sender: str = "fbl@mail.example.net", copy: str = COPY
) -> bytes:
    """A complaint (RFC 5965)."""
    fields = f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <{US}>\n{recipient}"
    parts = [
        ("text/plain; charset=us-ascii", "This is an email abuse report for an email message received from IP 192.0.2.1"),
        ("message/feedback-report", fields),
        ("message/rfc822", copy + "\n" + ORIGINAL_JA),
    ]
    return _report(parts, sender=sender, subject="FW: complaint", kind="feedback-report")


def jmrp() -> bytes:
    """A complaint as it came before the standard: the letter itself, forwarded."""
    parts = [("message/rfc822", f"X-HmXmrOriginalRecipient: {LEAD}\n{COPY}\n{ORIGINAL_JA}")]
    return _report(parts, sender="staff@hotmail.example.com", subject="complaint about message from 192.0.2.1", kind="")


def receipt(subject: str = "開封済み: 保全計画の立て方") -> bytes:
    """A receipt that says a letter was opened (RFC 8098)."""
    fields = (
        f"Reporting-UA: Outlook\nFinal-Recipient: rfc822;{LEAD}\nOriginal-Message-ID: {TOUCH}\n"
        f"Disposition: manual-action/MDN-sent-manually; displayed\n"
    )
    parts = [("text/plain; charset=utf-8", "The message was read."), ("message/disposition-notification", fields)]
    return _report(
        parts,
        sender=LEAD,
        subject="Read: Planning maintenance" if subject.isascii() else "=?utf-8?b?6ZaL5bCB5riI44G/?=",
        kind="disposition-notification",
    )


def _report(parts: list[tuple[str, str]], *, sender: str, subject: str, kind: str) -> bytes:
    top = f'multipart/report; report-type={kind}; boundary="=_edge"' if kind else 'multipart/mixed; boundary="=_edge"'
    lines = [
        f"From: {sender}",
        f"To: {US}",
        f"Subject: {subject}",
        "Date: Tue, 28 Apr 2026 09:30:00 +0900",
        "Message-ID: <r2@mx.example.co.jp>",
    ]
    lines += ["MIME-Version: 1.0", f"Content-Type: {top}", ""]
    for part_kind, body in parts:
        lines += ["--=_edge", f"Content-Type: {part_kind}", "Content-Transfer-Encoding: 8bit", "", *body.splitlines(), ""]
    return "\r\n".join([*lines, "--=_edge--", ""]).encode()
