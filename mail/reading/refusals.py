"""Finds the words with which people refuse letters. They are looked for in what somebody newly wrote, never in what they quote."""

import re
import unicodedata
from typing import Final

from mail.reading.patterns import any_of
from mail.reading.quotations import without_signature

_WHOLE: Final = frozenset(
    """
    stop unsubscribe unsub remove removeme cancel quit end out optout stopall nomore noemails stopemail
    停止 不要 解除 退会 中止 拒否 ストップ お断り お断りします 停止希望 停止願います 停止お願いします 停止してください
    配信停止 配信不要 配信解除 配信拒否 配信中止 受信拒否 メール不要 登録解除 購読解除 購読停止 購読中止
    いりません 要りません いらない 要らない 不要です やめて やめてください やめて下さい 止めて 止めてください
    """.split()  # noqa: SIM905 - a page of quotes hides the words
)
"""A message of nothing but one of these refuses."""

_ENDS: Final = (
    "停止|中止|解除|不要|拒否|辞退|遠慮|止め|とめ|やめ|お断り"
    "|いりません|要りません|必要(?:あり|ござい)ません|希望(?:し|いたし|致し)(?:ま|て(?:い|お)(?:り)?ま)せん"
)
_LETTERS: Final = "メール|メルマガ|ニュースレター|案内|お知らせ|連絡|営業|DM|送付|送信|購読|受信|登録"
_JAPANESE: Final = any_of(
    rf"配信.{{0,6}}(?:{_ENDS}|ストップ)",
    rf"(?:{_LETTERS}).{{0,10}}(?:{_ENDS}|いらない|要らない|抹消|削除|取り?消|控え|解約)",
    r"(?:今後|以後|以降|これ以上|もう).{0,20}(?:送らない|送付しない|送信しない|送らず|連絡しない)",
    r"(?:今後|以後|以降|これ以上|もう).{0,20}(?:不要|お断り|遠慮|控え|結構です|いりません|要りません|やめて|止めて)",
    r"(?:送ら|送付し|送信し|配信し|寄越さ|よこさ|連絡し|メールし|案内し|勧誘し)ない(?:で|よう|こと)|アドレス.{0,6}使(?:わ|用し)ないで",
    r"(?:メール|案内|営業|勧誘)[^。]{0,10}受け付けて(?:おり|い)?ま?せん",
    r"(?:受け取り|受信し|もらい|頂き|いただき|読み|見|欲し|ほし)(?:たく|く)(?:ない|ありません|ございません|無い)",
    r"(?:登録|申し?込|購読|依頼)[^。]{0,6}覚え[はがのも]?(?:ない|無い|なく|ありません|ございません)",
    r"(?:^|[。!！.])(?:削除|解除|停止|抹消|中止)(?:して|をお願い|願|お願い|希望|を希望)",
    r"(?:送って|送付して)(?:こ|来)ないで|お?送りにならないで",
    r"(?:リスト|名簿|宛先|配信先|送付先|対象|登録|アドレス).{0,8}(?:外し|はずし|除外|除い|削除|抹消|消去|消して|取り除|抜いて)",
    r"退会.{0,6}(?:希望|お願い|します|したい|手続)",
    r"オプトアウト|迷惑(?:です|メールです|している|しており)|しつこい",
    r"(?:^|[。!！.、])(?:もう|どうか|頼むから)?(?:[^。]{0,12}(?:ので|から|ため))?、?(?:やめて|止めて|おやめ|お止め)(?:ください|下さい|くれ|頂|いただ|$)",
    r"(?:もう|メールは|案内は)(?:結構|十分|たくさん)です(?!か)",
)
_NOT_MEANT_IN_JAPANESE: Final = any_of(
    r"(?:配信|購読|受信|登録|オプトアウト).{0,4}(?:停止|解除|拒否)?.{0,2}(?:機能|率|ボタン|フォーム|リンク|ページ|処理|フラグ|管理|依頼者|者数)",
    r"(?:停止|解除|中止|削除|拒否|退会)(?:し|は)?(?:ないで|しないで|せず|なさらず|は不要|の必要は|は希望し(?:ま|て(?:い|お)ま)せん)",
    r"(?:停止|解除|中止|退会)する(?:つもり|予定)は(?:あり|ござい)ません",
    r"やめないで|止めないで|(?:取り?消し?|解除|停止)(?:の|する)?方法(?:では|じゃ)な",
    r"(?:見積|請求|契約|納品|書類|資料|カタログ|サンプル|図面|FAX|ファックス|電話)[^。]{0,8}(?:不要|いりません|要りません|中止|停止|削除|遠慮|控え)",
)
_ENGLISH: Final = any_of(
    r"\b(?:un-?subscri\w*|desubscribe|unsub|opt(?:ing|ed)?[- ]?out)\b",
    r"\b(?:remove|take|delete|drop|exclude|strike) (?:me|us|my|our)\b.{0,40}"
    r"\b(?:lists?|database|mailings?|address|e-?mails?|distribution|records|system|off|contacts)\b",
    r"\b(?:get|take|keep|leave) (?:me|us) (?:\w+ )?(?:off|out|alone)\b|\bremove (?:me|us)\b",
    r"(?:^|[.!?]\s*)(?:please )?(?:remove|delete)(?: please)?\s*(?:[.!]|$)",
    r"\b(?:didn't|did not|never) (?:sign(?:ed)? up|subscribed?|ask(?:ed)? for|registered?|request(?:ed)?) (?:for )?"
    r"(?:this|these|that|it|any|your|to)\b",
    r"(?:^|[.!?,;]\s*|\b(?:please|pls|kindly|just|must|should|to) )stop\b"
    r"(?! (?:by|at|in|on)\b)(?=\W*$|[.!?,;]| (?:it|this|these|that|now|all)\b)",
    r"(?:^|[.!?,;]\s*|\b(?:please|pls|kindly|just) )stop\b(?! (?:by|at|in|on|over)\b)",
    r"\brefrain from (?:send|contact|mail|e-?mail|writ)\w*",
    r"\bdiscontinu\w*\b[^.!?\n]{0,20}\b(?:mail|letter|newsletter|message|these|this)\w*",
    r"\b(?:don't|do not|dont) want (?:any )?(?:more|further|these|this|your)\b"
    r"[^.!?\n]{0,15}(?:this|these|mail|letter|message|newsletter|spam)\w*",
    r"\btake (?:my|our) (?:name|address|e-?mail|company) (?:off|out)\b|\bremove (?:my|our) (?:name|address|e-?mail)\b",
    r"\bstop (?:\w+ ){0,2}(?:e-?mail|mail|contact|writ|messag|spam|bother|newsletter|reaching|letters)\w*",
    r"\bstop sending\b(?=\W*$|[.!?]| (?:me|us|to|these|this|those|e-?mails?|mails?|letters?|newsletters?|messages?|anything)\b)",
    r"\b(?:do not|don't|dont|never|no need to|stop)\b (?:ever )?(?:send|e-?mail|mail|contact|write|message|bother|reach out)\b",
    r"\bno (?:more|further) (?:e-?mails?|mails?|messages?|newsletters?|letters?|contact|updates?|of this|of these)\b",
    r"(?:^|[.!?,]\s*)(?:no more|enough|go away)\s*(?:$|[.!?,])|\bspamming\b|\bthis is spam\b",
    r"\b(?:remov|tak|delet|drop|exclud|strik|unlist|eras)\w*(?: (?:me|us|my|our|this|it|the)(?: \w+)?)?"
    r" (?:from|off|out of)(?: (?:the|this|your|any|all))? (?:\w+ )?"
    r"\b(?:lists?|mailings?|database|distribution|records|system|contacts|crm)\b",
    r"\b(?:delete|erase|remove)\b[^.!?\n]{0,20}\b(?:my|our|all)\b (?:\w+ )?(?:data|details|address|information|account)\b",
    r"\b(?:don't|do not|dont|no longer|not) (?:need|want|require)\w*\b (?:to get |to receive )?(?:these|those|this|your|any|such|more)\b"
    r"[^.!?\n]{0,20}\b(?:mails?|e-?mails?|letters?|newsletters?|messages?|updates?|marketing|spam|stuff)\b",
    r"\b(?:do not|don't|dont|no longer|rather not|prefer not|not) (?:(?:wish|want|care|like) )?(?:to )?"
    r"(?:receive|get|be contacted|hear|be e-?mailed|be on)\b(?! back)",
    r"\bwish (?:not|no longer) to\b|\bcease\b.{0,20}\b(?:contact|communication|e-?mail|send)\w*",
    r"\b(?:do not|don't|cannot) accept (?:any )?(?:marketing|unsolicited|such|sales|commercial)\b",
    r"\bcancel (?:my|our|the) (?:subscription|newsletter)",
)
_OTHERS: Final = r"(?:users?|customers?|subscribers?|clients?|recipients?|readers?|people|leads?|contacts?|members?)"
_LEAVE: Final = r"\b(?:un-?subscribed?|opt(?:ed|ing)?[- ]?out)"
_NOT_MEANT_IN_ENGLISH: Final = any_of(
    r"\b(?:do not|don't|dont|didn't|did not|never meant to|won't|will not|not going to|no need to|without having to) (?:\w+ ){0,3}"
    r"(?:un-?subscribe|opt[- ]?out|remove (?:me|us)|stop)\b(?: (?:send|e-?mail|mail|contact|writ)\w*)?",
    r"\b(?:un-?subscribe|opt[- ]?out|un-?subscription) "
    r"(?:rates?|links?|pages?|buttons?|handling|function\w*|features?|process|flows?|headers?|management|requests?)\b",
    rf"\b(?:our|your|my|the|their|those|these) (?:\w+ )?{_OTHERS}\b[^.!?\n]{{0,40}}{_LEAVE}",
    rf"\b{_OTHERS} (?:who|that|have|has)\b[^.!?\n]{{0,30}}{_LEAVE}",
)
_URL: Final = re.compile(r"https?://\S+|mailto:\S+|www\.\S+")
_POINTS_THERE: Final = any_of(r"こちら|下記|以下|クリック|アクセス", r"\b(?:here|click|visit|link|follow)\b", r"\[.*\]", r"[:：]\s*$")
_ANSWERS: Final = any_of(r"\s*(?:re|aw|sv|antw|fw|fwd|返信|転送|回答)\s*(?:\[\d+\])?\s*[:：]")


def refuses(subject: str, text: str) -> str:
    """The words that refuse, from what was newly written, or from a subject of the writer's own; empty where nothing does."""
    own_subject = "" if _ANSWERS.match(subject) else subject
    for words in (_without_footers(without_signature(text)), own_subject):
        if found := _refusing(unicodedata.normalize("NFKC", words)):
            return found
    return ""


def is_bare_refusal(subject: str, text: str) -> bool:
    """Whether a message is nothing but a refusal, as mail programs send it when their button is pressed."""
    return _is_word(subject) or (not subject and _is_word(text))


def _refusing(words: str) -> str:
    first = next((line for line in words.splitlines() if line.strip()), "")
    for whole in (words, first):
        if _is_word(whole):
            return whole.strip()[:40]
    line, dense = " ".join(words.replace("’", "'").split()), re.sub(r"\s+", "", words)
    return _found(_ENGLISH, _NOT_MEANT_IN_ENGLISH, line) or _found(_JAPANESE, _NOT_MEANT_IN_JAPANESE, dense)


def _found(refusing: re.Pattern[str], not_meant: re.Pattern[str], words: str) -> str:
    """The first words that refuse and are no part of something else."""
    other = [match.span() for match in not_meant.finditer(words)]
    meant = (m for m in refusing.finditer(words) if not any(start < m.end() and m.start() < end for start, end in other))
    return next((match[0][:40] for match in meant), "")


def _is_word(words: str) -> bool:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", words)).lower() in _WHOLE


def _without_footers(text: str) -> str:
    """The text without lines that point to a page where one could refuse: whoever writes so quotes, or has it in a signature."""
    kept: list[str] = []
    for line in text.splitlines():
        rest = _URL.sub(" ", line)
        if rest == line:
            kept.append(line)
        elif not rest.strip(" <>()[]\t"):  # the line before announced it
            if kept and _POINTS_THERE.search(kept[-1]):
                kept.pop()
        elif not _POINTS_THERE.search(rest):
            kept.append(rest)
    return "\n".join(kept)
