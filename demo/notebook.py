"""What the reps of the demonstration write down, in English and Japanese."""

from collections.abc import Mapping
from typing import Final

from nurture.kinds import Outcome

NOTES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.WON: ("Signed. They start with one site.", "ご契約いただきました。まず一拠点から始めます。"),
    Outcome.NOT_NOW: ("Not before the next budget. They named a date.", "来期の予算まで見送り。時期のご指定あり。"),
    Outcome.NURTURE: ("Friendly talk, no decision yet.", "好意的でしたが、まだ検討段階です。"),
    Outcome.LOST: ("They decided for something else.", "他社に決まりました。"),
    Outcome.BAD_FIT: ("Nothing of theirs that we could help with.", "当社がお役に立てる内容ではありませんでした。"),
    Outcome.OTHER_CONTACT: ("A colleague looks after this now.", "担当が別の方に替わっていました。"),
    Outcome.NO_ANSWER: ("Nobody answered the telephone.", "お電話に出られませんでした。"),
    Outcome.MEETING_SET: ("We meet at their plant.", "先方の工場でお会いすることになりました。"),
    Outcome.DECLINED: ("They thanked us and declined.", "丁重にお断りをいただきました。"),
    Outcome.OTHER_PROJECT: ("Something else came up where we can help.", "別の案件でお役に立てそうです。"),
    Outcome.DONE: ("It is done.", "対応いたしました。"),
}
"""The word that goes with each answer."""

CHECKS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "out_of_nowhere": (
        ("A maintenance team of twelve, who plan on a whiteboard.", "保全担当12名。いまはホワイトボードで計画されています。"),
        ("One other product, seen at a fair.", "展示会でご覧になった1社。"),
        ("Jobs are forgotten between two shifts.", "交代時の引き継ぎ漏れ。"),
        ("How fast the technicians learn it.", "現場の方が早く使いこなせるか。"),
    ),
    "research": (
        ("One; they know it from a former job.", "1社。前職でお使いだったとのこと。"),
        ("Handover between the shifts.", "交代時の引き継ぎ。"),
        ("The head of production, before the budget.", "製造部長。予算の確定前まで。"),
    ),
    "decision": (
        ("No, only less time.", "状況は変わらず。お忙しいようです。"),
        ("A page for those who decide.", "決裁される方への説明資料。"),
        ("Perhaps the second plant.", "第二工場で可能性あり。"),
    ),
    "stalled_after_proposal": (
        ("The budget moved to the next half-year.", "予算が来期に延期。"),
        ("A page for those who decide.", "決裁される方への説明資料。"),
        ("Not at present.", "現時点ではなし。"),
    ),
    "usage_fell": (
        ("The second shift, since their foreman left.", "班長の異動後、2直の方。"),
        ("An hour with the new foreman, next week.", "来週、新しい班長と1時間の説明会。"),
    ),
    "unhappy": (
        ("The reports take too long.", "帳票の表示に時間がかかりすぎる。"),
        ("A quicker report, by the end of the month.", "月末までに高速化した帳票。"),
    ),
    "first_review": (
        ("The day shift does, the night shift not yet.", "日勤は利用中、夜勤はこれから。"),
        ("Nothing; the labels were printed again.", "なし。銘板の再印刷も完了。"),
    ),
    "renewal": (
        ("Yes, everything.", "はい、すべて対応済みです。"),
        ("The handovers; the reports are slow.", "引き継ぎは好評。帳票の表示が遅いとのこと。"),
        ("The same, and calm.", "現状のまま、安定した運用をご希望。"),
    ),
}
"""What is answered to the lines of a checklist, by the reason of the task."""
