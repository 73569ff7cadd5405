"""Notes that mailboxes send by themselves, with the first day back where they say it. They are seen from Tuesday, 28 April 2026."""

from datetime import date

from nurture.verdict import Sort
from tests.mail.reading import programs as p
from tests.mail.reading.dialects import Dialect


def day(month: int, number: int, year: int = 2026) -> date:
    """A day of that year."""
    return date(year, month, number)


ABSENCES: list[tuple[str, Dialect, date | None]] = [
    ("5月6日まで休暇をいただいております。", p.exchange_note_ja, day(5, 7)),
    ("4月29日から5月6日まで不在にしております。", p.gmail_note, day(5, 7)),
    ("ただいま夏季休暇中です。8月15日まで休みます。", p.exchange_note_ja, day(8, 16)),
    ("休暇中のため、5月7日より出社いたします。", p.notes_note, day(5, 7)),
    ("不在にしております。15日より出社します。", p.subject_note, day(5, 15)),
    ("出張のため5月1日(金)まで外出しております。", p.cybozu_note, day(5, 2)),
    ("下記の期間、休業いたします。\n2026年5月2日（土）～5月6日（水）\n5月7日（木）より通常営業いたします。", p.gmail_note, day(5, 7)),
    ("休暇期間：4/29～5/6", p.exchange_note_ja, day(5, 7)),
    ("令和8年5月10日まで産休の代理対応となります。不在中です。", p.subject_note, day(5, 11)),
    ("育休のため2027年3月31日まで不在です。", p.exchange_note_ja, day(4, 1, 2027)),
    ("本日は終日外出しております。明日以降ご連絡いたします。", p.cybozu_note, day(4, 29)),
    ("来週月曜より出社します。それまで不在です。", p.notes_note, day(5, 4)),
    ("２０２６年５月１１日（月）に出社予定です。休暇を頂いております。", p.exchange_note_ja, day(5, 11)),
    ("体調不良のため休みをいただいております。復帰日は未定です。", p.gmail_note, None),
    ("ただいま席を外しております。不在時は代表電話へご連絡ください。", p.subject_note, None),
    ("年末年始休業のお知らせ\n12月29日から1月4日まで休業いたします。", p.gmail_note, day(1, 5, 2027)),
    ("夏季休業：8月8日（土）〜16日（日）", p.exchange_note_ja, day(8, 17)),
    ("5/1（金）は有給休暇をいただいております。", p.notes_note, day(5, 2)),
    ("4月28日から1週間不在です。", p.subject_note, day(5, 5)),
    ("海外出張のため5月9日に帰国します。返信が遅れます。", p.cybozu_note, day(5, 9)),
    ("5月1日から5月8日まで不在のため、5月11日以降にご連絡いたします。", p.exchange_note_ja, day(5, 11)),
    ("I am out of the office until May 8.", p.exchange_note, day(5, 9)),
    ("I am out of office and will be back on Monday 4 May.", p.exchange_note, day(5, 4)),
    ("I'm on annual leave, returning Monday, May 11th, 2026.", p.gmail_note, day(5, 11)),
    ("Out of the office from 29 April to 6 May.", p.zimbra_note, day(5, 7)),
    ("I will be away April 29 - May 3 with limited access to email.", p.exchange_note, day(5, 4)),
    ("On vacation. I'll return on 2026-05-12.", p.vacation_note, day(5, 12)),
    ("I am out of the office (back on 12/05/2026).", p.zimbra_note, day(5, 12)),
    ("I am away this week and will respond when I return on Thursday.", p.exchange_note, day(4, 30)),
    ("I am on parental leave until 1st of September 2026.", p.exchange_note, day(9, 2)),
    ("Thank you for your mail. I am not in the office today. I will be back tomorrow.", p.zimbra_note, day(4, 29)),
    ("I am currently out of the office with no access to email.", p.exchange_note, None),
    ("Away for two weeks.", p.vacation_note, day(5, 12)),
    ("I'm out of the office from May 1 through May 8. I will reply to your message when I return on May 11.", p.exchange_note, day(5, 11)),
    ("Our office is closed for the holidays and reopens on May 7.", p.gmail_note, day(5, 7)),
    ("4月20日まで不在です。", p.exchange_note_ja, day(4, 21)),
    ("I am travelling until 3 May and then again from 10 May to 15 May.", p.exchange_note, day(5, 16)),
    ("お世話になっております。GW休暇のため、5/7(木)から順次対応いたします。", p.gmail_note, day(5, 7)),
    (
        "現在長期休暇を取得しており、6月1日に復帰予定です。\n\n緊急の場合は配信停止ではなく代表までご連絡ください。",
        p.exchange_note_ja,
        day(6, 1),
    ),
    ("I am out of the office. If you want to unsubscribe from my newsletter, click here. Back on May 6.", p.exchange_note, day(5, 6)),
    ("ご連絡ありがとうございます。5月7日（木）の朝に戻ります。不在中は鈴木が対応します。", p.cybozu_note, day(5, 7)),
    ("ただ今、休暇を取得しております。5月7日より業務に戻ります。", p.exchange_note_ja, day(5, 7)),
    ("5月2日～6日はお休みをいただきます。", p.gmail_note, day(5, 7)),
    ("誠に勝手ながら4/29（水）から5/6（水）までGW休業とさせていただきます。", p.subject_note, day(5, 7)),
    ("出社は5月11日になります。それまで不在です。", p.cybozu_note, day(5, 11)),
    ("5月中は不在にしております。", p.exchange_note_ja, None),
    ("I will be out of the office starting 04/29/2026 and will not return until 05/11/2026.", p.notes_note, day(5, 11)),
    ("I'm out until Monday. For urgent matters call Ken.", p.exchange_note, day(5, 5)),
    ("Hello, I'm on holiday and will be returning to work on the 7th of May.", p.zimbra_note, day(5, 7)),
    ("I am OOO 4/29-5/6.", p.gmail_note, day(5, 7)),
    ("Currently on leave; back in the office Wed, May 6.", p.exchange_note, day(5, 6)),
    (
        "Thank you for your email. I am out of the office and will respond to your email on my return on Tuesday 5th May.",
        p.exchange_note,
        day(5, 5),
    ),
    ("次の出社日は5月8日です。休暇中です。", p.gmail_note, day(5, 8)),
    ("誠に恐れ入りますが、5月8日(金)迄出張しております。", p.exchange_note_ja, day(5, 9)),
    ("ゴールデンウィーク期間中（4月29日～5月10日）は休業です。", p.gmail_note, day(5, 11)),
    ("5月12日（火）9:00より通常業務を再開いたします。休業中です。", p.subject_note, day(5, 12)),
    ("育児休業中です。復職は2027年4月1日の予定です。", p.exchange_note_ja, day(4, 1, 2027)),
    ("明日まで休暇です。", p.cybozu_note, day(4, 30)),
    ("I'm away from my desk till Friday 8 May and have limited access to email.", p.exchange_note, day(5, 9)),
    ("I am on vacation and return May 14.", p.zimbra_note, day(5, 14)),
    ("Out of office: April 30 to May 4, inclusive.", p.gmail_note, day(5, 5)),
    ("I will be out of the office on Wednesday 29 April.", p.exchange_note, day(4, 30)),
    (
        "I'm attending a conference this week with intermittent email access. I'll be back at my desk on 4th May 2026.",
        p.exchange_note,
        day(5, 4),
    ),
]

NOTES: list[tuple[str, Dialect, Sort]] = [
    ("私は3月31日をもって退職いたしました。後任は鈴木です。", p.exchange_note_ja, Sort.DEPARTED),
    ("佐藤は退職しました。今後は info@example.co.jp までご連絡ください。", p.gmail_note, Sort.DEPARTED),
    ("Hanako Sato no longer works for Asanagi Pump. Please contact Ken Suzuki.", p.exchange_note, Sort.DEPARTED),
    ("I have left the company.", p.zimbra_note, Sort.DEPARTED),
    ("このたび人事異動により営業部へ異動いたしました。", p.exchange_note_ja, Sort.DEPARTED),
    ("お問い合わせありがとうございます。担当者より3営業日以内にご連絡いたします。", p.ticket_note, Sort.AUTOMATIC),
    ("Your request (#4711) has been received and is being reviewed by our support staff.", p.ticket_note, Sort.AUTOMATIC),
    ("ご応募ありがとうございました。", p.ticket_note, Sort.AUTOMATIC),
    ("Thank you for your message. We have received it.", p.zimbra_note, Sort.AUTOMATIC),
    ("このメールは自動送信されています。ご返信いただいてもお答えできません。", p.ticket_note, Sort.AUTOMATIC),
]
