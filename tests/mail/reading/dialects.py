"""Mail programs, each in its own dialect: they make the bytes of a message of what somebody writes."""

import base64
import hashlib
import quopri
from collections.abc import Callable
from datetime import UTC, datetime
from email.header import Header

ARRIVED_AT = datetime(2026, 4, 28, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Tokyo, before a week of holidays."""

TOUCH = "<0197a3c4-52b1-7d10-9a6e-3f1c2b4d5e6f@example.com>"
US = "hello@example.com"
LEAD = "sato.hanako@asanagi.example.co.jp"

ORIGINAL_JA = """佐藤 花子 様

設備保全の計画づくりについて、事例を三つご紹介します。
https://www.example.com/reading/planning

--------------------------------
このメールの送信者：株式会社星野計器
このメールの配信は、いつでも停止できます。
配信を停止する：https://sodate.example.com/u/abcdef"""

ORIGINAL_EN = """Dear Hanako,

here are three cases about planning maintenance. We never stop learning.
https://www.example.com/reading/planning

--------------------------------
This letter comes from: Hoshino Instruments
You can stop these letters at any time.
Unsubscribe: https://sodate.example.com/u/abcdef"""


def mail(
    body: str,
    *,
    sender: str = f"Sato Hanako <{LEAD}>",
    subject: str = "Re: 保全計画の立て方",
    charset: str = "utf-8",
    coding: str = "base64",
    kind: str = "text/plain",
    headers: str = "",
    answers: bool = True,
    date: str = "Tue, 28 Apr 2026 09:30:00 +0900",
    said_charset: str | None = None,
    raw_headers: bool = False,
) -> bytes:
    """A message of one part. ``said_charset`` is what it claims to be in; with ``raw_headers`` the subject stands there in plain bytes."""
    data = body.replace("\n", "\r\n").encode(charset, errors="replace")
    subject_line = subject.encode(charset, "replace") if raw_headers else _header(subject, charset).encode()
    lines = [
        f"From: {_mailbox(sender, charset)}".encode(),
        f"To: {US}".encode(),
        b"Subject: " + subject_line,
        f"Date: {date}".encode(),
        f"Message-ID: <{_digest(body, subject, charset, headers)}@mail.example.co.jp>".encode(),
    ]
    if answers:
        lines += [f"In-Reply-To: {TOUCH}".encode(), f"References: <older@example.com> {TOUCH}".encode()]
    lines += [line.encode() for line in headers.splitlines()]
    claimed = charset if said_charset is None else said_charset
    lines += [b"MIME-Version: 1.0", f"Content-Type: {kind}{f'; charset={claimed}' if claimed else ''}".encode()]
    lines += [f"Content-Transfer-Encoding: {coding}".encode(), b""]
    return b"\r\n".join(lines) + b"\r\n" + _coded(data, coding) + b"\r\n"


def several(
    parts: list[tuple[str, str]],
    *,
    kind: str = "multipart/alternative",
    sender: str = f"Sato Hanako <{LEAD}>",
    subject: str = "Re: 保全計画の立て方",
    headers: str = "",
) -> bytes:
    """A message of several parts, each a kind and its text."""
    lines = [
        f"From: {_mailbox(sender, 'utf-8')}",
        f"To: {US}",
        f"Subject: {_header(subject, 'utf-8')}",
        "Date: Tue, 28 Apr 2026 09:30:00 +0900",
        f"Message-ID: <{_digest(str(parts), subject)}@mail.example.co.jp>",
        f"In-Reply-To: {TOUCH}",
        *headers.splitlines(),
        "MIME-Version: 1.0",
        f'Content-Type: {kind}; boundary="=_edge"',
        "",
    ]
    for part_kind, text in parts:
        coded = _coded(text.replace("\n", "\r\n").encode(), "base64").decode()
        lines += ["--=_edge", f"Content-Type: {part_kind}; charset=UTF-8", "Content-Transfer-Encoding: base64", "", coded]
    return "\r\n".join([*lines, "--=_edge--", ""]).encode()


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]


def _mailbox(sender: str, charset: str) -> str:
    name, _, address = sender.rpartition(" <")
    return f"{_header(name, charset)} <{address}" if name and not name.isascii() else sender


def _header(text: str, charset: str) -> str:
    if text.isascii():
        return text
    try:
        return Header(text, charset).encode(linesep="\r\n")
    except (LookupError, UnicodeError):
        return Header(text, "utf-8").encode(linesep="\r\n")


def _coded(data: bytes, coding: str) -> bytes:
    match coding:
        case "base64":
            return base64.encodebytes(data).replace(b"\n", b"\r\n").rstrip()
        case "quoted-printable":
            return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        case _:
            return data


def _quoted(original: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in original.splitlines())


def gmail(said: str) -> bytes:
    """Gmail in Japanese: two parts, the quotation in both."""
    plain = f"{said}\n\n2026年4月27日(月) 10:00 Hoshino <{US}>:\n\n{_quoted(ORIGINAL_JA)}\n"
    markup = (
        f'<div dir="ltr">{said.replace(chr(10), "<br>")}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"2026年4月27日(月) 10:00 Hoshino &lt;{US}&gt;:<br></div><blockquote>{ORIGINAL_JA.replace(chr(10), '<br>')}</blockquote></div>"
    )
    return several([("text/plain", plain), ("text/html", markup)])


def gmail_html(said: str) -> bytes:
    """Gmail's HTML alone, as some gateways leave it."""
    markup = (
        f'<html><body><div dir="ltr">{said.replace(chr(10), "<br>")}</div><br><div class="gmail_quote"><div>On Mon, Apr 27 wrote:<br></div>'
        f"<blockquote>{ORIGINAL_EN.replace(chr(10), '<br>')}<div>配信を停止する</div></blockquote></div></body></html>"
    )
    return mail(markup, kind="text/html", coding="quoted-printable")


def gmail_en(said: str) -> bytes:
    """Gmail in English, with the line that says who wrote broken in two."""
    body = f"{said}\n\nOn Mon, Apr 27, 2026 at 10:00 AM Hoshino Instruments Customer Letters\n<{US}> wrote:\n\n{_quoted(ORIGINAL_EN)}\n"
    return mail(body, subject="Re: Planning maintenance", coding="quoted-printable")


def outlook_ja(said: str) -> bytes:
    """Outlook in Japanese: the original below its headers, not marked, in ISO-2022-JP."""
    body = (
        f"{said}\n\n-----Original Message-----\nFrom: Hoshino <{US}> \nSent: Monday, April 27, 2026 10:00 AM\nTo: {LEAD}\n"
        f"Subject: 保全計画の立て方\n\n{ORIGINAL_JA}\n"
    )
    return mail(
        body,
        subject="RE: 保全計画の立て方",
        charset="iso-2022-jp",
        coding="7bit",
        headers="X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdxU",
    )


def outlook_ja_headers(said: str) -> bytes:
    """Outlook with Japanese headers above the original."""
    body = (
        f"{said}\n\n________________________________\n差出人: Hoshino <{US}>\n送信日時: 2026年4月27日 "
        f"10:00\n宛先: 佐藤 花子\n件名: 保全計画の立て方\n\n{ORIGINAL_JA}\n"
    )
    return mail(body, subject="RE: 保全計画の立て方")


def outlook_en(said: str) -> bytes:
    """Outlook in English, headers without a line above them."""
    body = (
        f"{said}\n\nFrom: Hoshino <{US}>\nSent: Monday, April 27, 2026 10:00 AM\nTo: Sato Hanako\nSubject: "
        f"Planning maintenance\n\n{ORIGINAL_EN}\n"
    )
    return mail(
        body,
        subject="RE: Planning maintenance",
        headers="Thread-Topic: Planning maintenance\nX-MS-Has-Attach:\nx-ms-exchange-senderadcheck: 1",
    )


def outlook_html(said: str) -> bytes:
    """Outlook's HTML alone, with its mark where the original begins."""
    markup = (
        f"<html><head><style>p.MsoNormal {{margin:0}} stop {{}}</style></head><body><p "
        f"class=MsoNormal>{said.replace(chr(10), '</p><p>')}</p>"
        f'<hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Hoshino<br><b>Sent:</b> Monday<br></div>'
        f"<div>{ORIGINAL_EN.replace(chr(10), '<br>')}</div></body></html>"
    )
    return mail(markup, kind="text/html", subject="Re: Planning maintenance")


def apple(said: str) -> bytes:
    """Apple Mail in English."""
    body = f"{said}\n\n> On Apr 27, 2026, at 10:00, Hoshino <{US}> wrote:\n> \n{_quoted(ORIGINAL_EN)}\n"
    return mail(body, subject="Re: Planning maintenance", coding="quoted-printable", headers="X-Mailer: Apple Mail (2.3774)")


def iphone_ja(said: str) -> bytes:
    """An iPhone in Japanese."""
    body = f"{said}\n\niPhoneから送信\n\n2026/04/27 10:00、Hoshino <{US}>のメール:\n\n{_quoted(ORIGINAL_JA)}\n"
    return mail(body, headers="X-Mailer: iPhone Mail (23E1)")


def thunderbird(said: str) -> bytes:
    """Thunderbird, answering below the quotation."""
    body = f"On 2026/04/27 10:00, Hoshino wrote:\n{_quoted(ORIGINAL_JA)}\n\n{said}\n"
    return mail(body, headers="User-Agent: Mozilla Thunderbird", coding="8bit")


def becky(said: str) -> bytes:
    """Becky!, in ISO-2022-JP with a signature."""
    body = f"{said}\n\nOn Mon, 27 Apr 2026 10:00:00 +0900\nHoshino <{US}> wrote:\n\n{_quoted(ORIGINAL_JA)}\n\n-- \n佐藤花子 <{LEAD}>\n"
    return mail(body, charset="iso-2022-jp", coding="7bit", headers="X-Mailer: Becky! ver. 2.81.07 [ja]")


def sjis(said: str) -> bytes:
    """An old program that writes Shift_JIS and does not say so, in the subject neither."""
    body = f"{said}\n\n----- Original Message -----\n{_quoted(ORIGINAL_JA)}"
    return mail(body, charset="cp932", coding="8bit", said_charset="", raw_headers=True)


def euc(said: str) -> bytes:
    """A program that writes EUC-JP and claims ISO-2022-JP."""
    return mail(f"{said}\n\n{_quoted(ORIGINAL_JA)}", charset="euc-jp", coding="8bit", said_charset="iso-2022-jp")


def notes_ja(said: str) -> bytes:
    """HCL Notes."""
    body = (
        f"{said}\n\n\n-----Hoshino/EXAMPLE wrote: -----\n宛先: {LEAD}\n差出人: Hoshino\n日付: 2026/04/27 "
        f"10:00\n件名: 保全計画の立て方\n\n{ORIGINAL_JA}"
    )
    return mail(body, headers="X-Mailer: HCL Notes Release 14.0", charset="iso-2022-jp", coding="base64")


def docomo(said: str) -> bytes:
    """A telephone that neither quotes nor names what it answers."""
    return mail(
        said, sender="sato-h@docomo.example.co.jp", subject="", charset="cp932", coding="base64", said_charset="Shift_JIS", answers=False
    )


def bare(said: str) -> bytes:
    """Nothing but what was written."""
    return mail(said, coding="quoted-printable")


def signed(said: str) -> bytes:
    """With a company's signature that has a footer of its own about letters."""
    body = (
        f"{said}\n\n━━━━━━━━━━━━━━━━━━\n浅凪ポンプ株式会社 設備部\n佐藤 花子\nTEL 03-0000-0000\n"
        f"メールマガジンの配信停止はこちら\nhttps://www.example.co.jp/stop\n"
        f"━━━━━━━━━━━━━━━━━━\n\n2026年4月27日(月) 10:00 <{US}>:\n{_quoted(ORIGINAL_JA)}"
    )
    return mail(body)


def listed(said: str) -> bytes:
    """Through a shared mailbox, which adds the headers of mailing lists to what a human writes."""
    body = f"{said}\n\n{_quoted(ORIGINAL_JA)}\n\n-- \nTo unsubscribe from this group send a mail to setsubi+unsubscribe@example.co.jp"
    return mail(
        body,
        sender="'佐藤 花子' via 設備部 <setsubi@asanagi.example.co.jp>",
        headers="Precedence: list\nList-ID: <setsubi.example.co.jp>\nMailing-list: list setsubi",
    )


Dialect = Callable[[str], bytes]
