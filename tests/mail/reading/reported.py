"""Reports about letters with what they come to, and by which code."""

from nurture.verdict import Sort
from tests.mail.reading import reports as r
from tests.mail.reading.dialects import LEAD

_POSTFIX = f"<{LEAD}>: host mx.asanagi.example.co.jp[192.0.2.5] said: "
_QMAIL = (
    "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your "
    "message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    ""
)
_BELOW = "\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <hello@example.com>\n"
_DAEMON = "MAILER-DAEMON@mx.example.net"

REPORTS: list[tuple[str, bytes, Sort, str | None]] = [
    ("postfix, unknown user", r.dsn("5.1.1", "smtp; 550 5.1.1 <sato>: Recipient address rejected: User unknown"), Sort.BOUNCE, "5.1.1"),
    ("postfix, domain not found", r.dsn("5.4.4", "X-Postfix; Host or domain name not found"), Sort.BOUNCE, "5.4.4"),
    (
        "postfix, delayed",
        r.dsn("4.4.1", "X-Postfix; connection timed out", action="delayed", subject="Delayed Mail (still being retried)"),
        Sort.DELAY,
        "4.4.1",
    ),
    ("postfix, given up after days", r.dsn("4.4.1", "X-Postfix; connection timed out"), Sort.DELAY, "4.4.1"),
    ("postfix, greylisted", r.dsn("4.2.0", "smtp; 450 4.2.0 Greylisted"), Sort.DELAY, "4.2.0"),
    (
        "exchange online, unknown",
        r.dsn(
            "5.1.10",
            "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
            sender="Microsoft Outlook <MicrosoftExchange329e71ec@example.co.jp>",
            subject="Undeliverable: Planning",
        ),
        Sort.BOUNCE,
        "5.1.10",
    ),
    (
        "exchange, Japanese words",
        r.dsn("5.1.1", "smtp;550 5.1.1 User unknown", subject="=?utf-8?b?6YWN5L+h5LiN6IO9?=", sender="postmaster@example.co.jp"),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "gmail, does not exist",
        r.dsn(
            "5.1.1",
            "smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
            sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            subject="Delivery Status Notification (Failure)",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "gmail, delay",
        r.dsn("4.4.2", "smtp; 421 4.4.2 Connection dropped", action="delayed", subject="Delivery Status Notification (Delay)"),
        Sort.DELAY,
        "4.4.2",
    ),
    (
        "sendmail, user unknown",
        r.dsn(
            "5.1.1",
            "SMTP; 550 5.1.1 <sato>... User unknown",
            subject="Returned mail: see transcript for details",
            sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    ("sendmail, host unknown", r.dsn("5.1.2", "", subject="Returned mail: Host unknown"), Sort.BOUNCE, "5.1.2"),
    ("full mailbox, as permanent", r.dsn("5.2.2", "smtp; 552 5.2.2 Mailbox full"), Sort.DELAY, "5.2.2"),
    ("full mailbox, as passing", r.dsn("4.2.2", "smtp; 452 4.2.2 Over quota"), Sort.DELAY, "4.2.2"),
    ("mailbox disabled", r.dsn("5.2.1", "smtp; 550 5.2.1 The email account is disabled"), Sort.BOUNCE, "5.2.1"),
    ("blocked as spam", r.dsn("5.7.1", "smtp; 550 5.7.1 Service unavailable; client host blocked"), Sort.BLOCK, "5.7.1"),
    ("blocked, though the words say unknown user", r.dsn("5.7.1", "smtp; 550 5.7.1 User unknown"), Sort.BLOCK, "5.7.1"),
    ("passing, though the words say permanently", r.dsn("4.3.0", "smtp; 451 4.3.0 permanently rejected"), Sort.DELAY, "4.3.0"),
    ("DMARC failure", r.dsn("5.7.26", "smtp; 550-5.7.26 Unauthenticated email"), Sort.BLOCK, "5.7.26"),
    ("too large", r.dsn("5.3.4", "smtp; 552 5.3.4 Message size exceeds limit"), Sort.BLOCK, "5.3.4"),
    ("the field says nothing, the answer does", r.dsn("5.0.0", "smtp; 550 5.1.1 unknown"), Sort.BOUNCE, "5.1.1"),
    (
        "the field says permanent, the answer asks for patience",
        r.dsn("5.0.0", "smtp; 451 4.7.1 Greylisting in action"),
        Sort.DELAY,
        "4.7.1",
    ),
    ("only a plain code", r.dsn("5.0.0", "smtp; 550 no such user"), Sort.BOUNCE, "550"),
    ("delivered", r.dsn("2.0.0", "smtp; 250 ok", action="delivered", subject="Successful Mail Delivery Report"), Sort.AUTOMATIC, None),
    ("relayed", r.dsn("2.0.0", "", action="relayed", subject="Return receipt"), Sort.AUTOMATIC, None),
    ("with the whole letter", r.dsn("5.1.1", "smtp; 550 5.1.1 unknown", copy="message/rfc822"), Sort.BOUNCE, "5.1.1"),
    (
        "docomo, unknown",
        r.dsn(
            "5.1.1",
            "smtp; 550 Unknown user sato@docomo.example.co.jp",
            sender="Mail Administrator <Postmaster@docomo.example.co.jp>",
            subject="Mail System Error - Returned Mail",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "softbank",
        r.plain(
            f"次のあて先へのメッセージはエラーのため送信できませんでした。\n送信先: <{LEAD}>\n550 Invalid recipient: <{LEAD}>\n",
            sender="MAILER-DAEMON@softbank.example.co.jp",
            subject="Mail System Error - Returned Mail",
        ),
        Sort.BOUNCE,
        "550",
    ),
    (
        "qmail, no mailbox",
        r.plain(f"{_QMAIL}<{LEAD}>:\nSorry, no mailbox here by that name. (#5.1.1){_BELOW}", sender=_DAEMON, subject="failure notice"),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "qmail, remote said",
        r.plain(
            f"{_QMAIL}<{LEAD}>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 5.1.1 unknown\nGiving up on 192.0.2.7.{_BELOW}",
            sender=_DAEMON,
            subject="failure notice",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "qmail, could not connect",
        r.plain(
            f"{_QMAIL}<{LEAD}>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not "
            f"going to try again; this message has been in the queue too long.{_BELOW}",
            sender=_DAEMON,
            subject="failure notice",
        ),
        Sort.DELAY,
        "4.4.1",
    ),
    (
        "exim, with a code",
        r.plain(
            f"This message was created automatically by mail delivery software.\n\nA message that you sent "
            f"could not be delivered to one or more of its recipients.\n\n  {LEAD}\n    SMTP error from remote mail "
            f"server after RCPT TO:<{LEAD}>:\n    550 5.1.1 User unknown\n\n------ This is a copy of the message, "
            f"including all the headers. ------\n",
            sender="Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject="Mail delivery failed: returning message to sender",
            headers=f"X-Failed-Recipients: {LEAD}\nAuto-Submitted: auto-replied",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "exim, without any code",
        r.plain(
            f"This message was created automatically by mail delivery software.\n\n  {LEAD}\n    Unrouteable "
            f"address\n\n------ This is a copy of the message ------\n",
            sender="Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject="Mail delivery failed: returning message to sender",
            headers=f"X-Failed-Recipients: {LEAD}",
        ),
        Sort.UNCLEAR,
        "",
    ),
    (
        "exim, warning",
        r.plain(
            f"This message was created automatically by mail delivery software.\nA message that you sent has "
            f"not yet been delivered.\n\n  {LEAD}\n    Delay reason: 451 4.3.0 try later\n",
            sender="Mail Delivery System <Mailer-Daemon@mx.example.net>",
            subject="Warning: message delayed 24 hours",
        ),
        Sort.DELAY,
        "4.3.0",
    ),
    (
        "notes, without a code",
        r.plain(
            f"Your document: Planning\nwas not delivered to: {LEAD}\nbecause: User not listed in public Name & Address Book\n",
            sender="Postmaster@notes.example.co.jp",
            subject="DELIVERY FAILURE: User not listed",
        ),
        Sort.UNCLEAR,
        "",
    ),
    (
        "groupwise",
        r.plain(
            f"The message that you sent was undeliverable to the following:\n    {LEAD} (550 no such user)\n",
            sender="Mailer-Daemon@gw.example.net",
            subject="Message status - undeliverable",
        ),
        Sort.BOUNCE,
        "550",
    ),
    (
        "old postfix",
        r.plain(
            f"This is the Postfix program at host mx.example.net.\n\n{_POSTFIX}550 5.1.1 User unknown (in reply to RCPT TO command)\n",
            sender="Mail Delivery System <MAILER-DAEMON@mx.example.net>",
            subject="Undelivered Mail Returned to Sender",
        ),
        Sort.BOUNCE,
        "5.1.1",
    ),
    (
        "yahoo",
        r.plain(
            f"Sorry, we were unable to deliver your message to the following address.\n\n<{LEAD}>:\n554: "
            f"delivery error: dd This user doesn't have a yahoo.co.jp account (sato) [0] - mta1\n\n--- Original message "
            f"follows.\n",
            sender="MAILER-DAEMON@yahoo.example.co.jp",
            subject="Failure Notice",
        ),
        Sort.BOUNCE,
        "554",
    ),
    ("a complaint", r.arf(), Sort.COMPLAINT, "abuse"),
    ("a complaint, its recipient left out", r.arf(recipient=""), Sort.COMPLAINT, "abuse"),
    ("a complaint about fraud", r.arf("fraud"), Sort.COMPLAINT, "fraud"),
    ("no spam after all", r.arf("not-spam"), Sort.AUTOMATIC, "not-spam"),
    ("a complaint from before the standard", r.jmrp(), Sort.COMPLAINT, "abuse"),
    ("an opened letter", r.receipt(), Sort.AUTOMATIC, None),
    ("an opened letter, in English", r.receipt("Read"), Sort.AUTOMATIC, None),
]
