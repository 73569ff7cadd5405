"""Reads a note that a mailbox sends by itself while its owner is away: that it is one, and when the person is there again."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

from mail.reading.days import Mention, mentions
from mail.reading.patterns import any_of

_AWAY: Final = any_of(
    r"out[- ]of[- ](?:the[- ])?office|\bOOO\b|\baway\b|\bout (?:until|till|from|for|on|through|this|next|today|all)\b",
    r"\bon (?:\w+ ){0,3}(?:leave|vacation|holidays?|sabbatical)\b|\bvacation\b|\bholidays?\b|\boff work\b|travell?ing|unavailable",
    r"(?:not|n't) (?:\w+ ){0,2}(?:in the office|be in|available|at my desk|reachable|checking (?:my )?e?-?mails?)",
    r"(?:limited|no) access to (?:my )?e?-?mail|\b(?:return|resume)\w*\b|\b(?:come|be|am|get) back\b|\bback (?:on|in|at|to)\b",
    r"不在|休暇|休み|休業|休館|外出|出張|留守|年末年始|有休|有給|育休|産休|連休|出社|出勤|席を外し|帰省|療養|在席して(?:おり|い)ま?せん",
    r"abwesen|nicht im (?:haus|büro)|urlaub|\babsente?\b|congés?|vacances|vacaciones",
)
_DEPARTED: Final = any_of(
    r"退職(?:いた|致|し|と|のため|済)|退社いたしました|離職|転職(?:いた|し)|異動(?:いた|し|に)|担当を外れ",
    r"\b(?:no longer|not) (?:\w+ ){0,2}(?:works?|working|employed)\b|\bno longer (?:with|at)\b",
    r"\b(?:has|have|had|'ve) left (?:the company|our|us|my|\w+)\b|\bleft (?:the|our) (?:company|organi[sz]ation)\b",
)

_WEEKDAY_JA: Final = r"(?:\(.{1,6}\)|[月火水木金土日]曜日?)?\s?"
_RETURNS_JA: Final = "出社|復職|出勤|勤務|復帰|戻|業務|営業|通常|対応|返信|返答|回答|ご?連絡|確認|拝見|再開|帰国|帰社|開始|順次"
_UNTIL_JA: Final = any_of(rf"{_WEEKDAY_JA}(?:\d{{1,2}}[:時]\d{{0,2}}分?)?\s?(?:まで|迄|いっぱい|一杯)")
_BACK_JA: Final = any_of(
    rf"{_WEEKDAY_JA}(?:の?(?:朝|午前中?|午後|夕方|\d{{1,2}}[:時]\d{{0,2}}分?))?\s?(?:より|から|以降|に|には|[はが])\s?.{{0,8}}?(?:{_RETURNS_JA})",
    rf"{_WEEKDAY_JA}(?:出社|復帰|帰社|帰国|以降|復帰予定)",
)
_BACK_BEFORE_JA: Final = any_of(r"(?:出社|復帰|復職|出勤|帰社|帰国|再開|開始)(?:の?予定)?日?\s?[はが:]?\s?$")
_UNTIL_EN: Final = any_of(
    r"(?:\b(?:until|till|til|through|thru|to|and|upto|bis|inclusive)|[-–—~])\s*(?:and including|the end of|end of|including)?"
    r"\s*(?:the)?\s*(?:\w+day)?,?\s*$"
)
_BACK_EN: Final = any_of(
    r"\b(?:back|return\w*|available|reachable|resum\w*|again|reply|respond|contact you|in touch|as of|start work|in the office|re-?open\w*)"
    r"\b[^.!?\n]{0,40}$"
)
_FOR: Final = any_of(
    r"\bfor (?:the next |about |approximately )?(?P<n>\d{1,2}|a|an|one|two|three|four|six) (?P<unit>day|week|month)s?\b",
    r"(?P<n_ja>\d{1,2})(?P<unit_ja>日間|週間|[かヶカケ]月間?)",
)
_NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_LONGEST: Final = 5000
_UNITS: Final = {"day": 1, "日間": 1, "week": 7, "週間": 7, "month": 30}


def says_away(text: str) -> bool:
    """Whether an automatic note is about an absence."""
    return bool(_AWAY.search(unicodedata.normalize("NFKC", text)))


def says_departed(text: str) -> bool:
    """Whether an automatic note is about somebody who has left for good."""
    return bool(_DEPARTED.search(unicodedata.normalize("NFKC", text)))


def day_of_return(text: str, written_on: date) -> date | None:
    """The first day on which the writer is there again, as far as the note says it.

    ``back on 4 May`` and ``4日より出社`` are that day; ``until 4 May`` and ``4日まで`` are the day after it. A note that names both means
    the former. Days that nothing is said about are days off.
    """
    text = re.sub(r"[ \t]+", " ", unicodedata.normalize("NFKC", text))[:_LONGEST]
    returns, last_days, others = list[date](), list[date](), list[date]()
    found = list(mentions(text, written_on))
    for at, mention in enumerate(found):
        match _meaning(text, mention, found[at - 1].end if at else 0, found[at + 1].start if at + 1 < len(found) else len(text)):
            case "back":
                returns.append(mention.day)
            case "until":
                last_days.append(mention.day)
            case _:
                others.append(mention.day)
    if returns and max(returns) >= max(last_days, default=date.min):
        return max(returns)
    if last_days:
        return max(last_days) + timedelta(days=1)
    if length := _FOR.search(text):
        return written_on + timedelta(days=_days(length))
    return max(others) + timedelta(days=1) if others and max(others) >= written_on else None


def _meaning(text: str, mention: Mention, previous_end: int, next_start: int) -> str:
    before, after = text[max(previous_end, mention.start - 60) : mention.start], text[mention.end : min(next_start, mention.end + 30)]
    if _UNTIL_JA.match(after):
        return "until"
    if (
        next_start - mention.end <= 12
        and re.search(r"[~〜～–—-]|から|より|\b(?:to|until|till|through|and)\b", after)
        and next_start < len(text)
    ):
        return "begins"
    if _BACK_JA.match(after) or _BACK_BEFORE_JA.search(before):
        return "back"
    if _BACK_EN.search(before):
        return "back"
    if _UNTIL_EN.search(before) or re.search(r"(?:[~〜～]|から|より)\s?$", before):
        return "until"
    return ""


def _days(length: re.Match[str]) -> int:
    number = length["n_ja"] or length["n"].lower()
    unit = (length["unit_ja"] or length["unit"]).lower()
    return (_NUMBERS.get(number) or int(number)) * _UNITS.get(unit, 30)
