"""What mailboxes and help desks send by themselves, each in its own dialect."""

from tests.mail.reading.dialects import mail


def exchange_note(said: str) -> bytes:
    """Outlook's automatic reply, in HTML and English."""
    head = (
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: "
        "sato@example.co.jp\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent"
    )
    markup = f"<html><body><p>{said.replace(chr(10), '</p><p>')}</p></body></html>"
    return mail(markup, kind="text/html", subject="Automatic reply: Planning maintenance", headers=head)


def exchange_note_ja(said: str) -> bytes:
    """Outlook's automatic reply in Japanese, in ISO-2022-JP."""
    return mail(
        said,
        subject="自動応答: 保全計画の立て方",
        charset="iso-2022-jp",
        coding="7bit",
        headers="Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All",
    )


def gmail_note(said: str) -> bytes:
    """Gmail's answer from somebody's holidays."""
    head = "Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied"
    return mail(said, subject="ただいま休暇中です Re: 保全計画の立て方", headers=head)


def vacation_note(said: str) -> bytes:
    """vacation(1) of a Unix machine, of the kind that only says bulk."""
    return mail(said, subject="away from my mail", headers="Precedence: bulk\nReturn-Path: <>", charset="us-ascii", coding="7bit")


def notes_note(said: str) -> bytes:
    """Notes, which has no header for it, only its subject."""
    return mail(said, subject="AUTO: 佐藤 花子 は不在です", charset="iso-2022-jp", coding="7bit", headers="X-Mailer: Lotus Domino")


def subject_note(said: str) -> bytes:
    """A Japanese provider's automatic reply, which shows in its subject alone."""
    return mail(said, subject="【自動返信】不在のお知らせ", charset="cp932", coding="base64", said_charset="Shift_JIS")


def cybozu_note(said: str) -> bytes:
    """Groupware, with a header of its own."""
    return mail(said, subject="Re: 保全計画の立て方", headers="X-Autorespond: vacation\nPrecedence: auto_reply")


def zimbra_note(said: str) -> bytes:
    """Zimbra in English."""
    return mail(
        said,
        subject="Re: Planning maintenance",
        headers="Auto-Submitted: auto-replied (zimbra; vacation)\nPrecedence: bulk",
        coding="quoted-printable",
    )


def ticket_note(said: str) -> bytes:
    """A help desk's receipt."""
    return mail(
        said,
        subject="【受付番号 12345】お問い合わせを受け付けました",
        headers="Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All",
        sender="サポート窓口 <support@asanagi.example.co.jp>",
    )
