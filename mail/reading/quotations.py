"""Tells what somebody newly wrote from what they quote, and from the signature below it."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from mail.reading.patterns import any_of

_QUOTED: Final = re.compile(r"\s{0,3}(?:[>＞│]|\|\s|[\w.-]{1,12}>\s)")
_ORIGINAL: Final = (
    "Original Message|Original Appointment|Original E-?mail|Forwarded message|Begin forwarded message|Reply message"
    "|元のメッセージ|元のメール|元メール|オリジナルメッセージ|転送メッセージ|返信元メッセージ|以下、?引用"
    "|Ursprüngliche Nachricht|Message d'origine|Mensaje original"
)
_MARK: Final = any_of(rf"\s*(?:-{{2,}}|_{{2,}}|={{2,}})?\s*(?:{_ORIGINAL})\s*:?\s*(?:-{{2,}}|_{{2,}}|={{2,}}|以下)?\s*")
_WHO_WROTE: Final = re.compile(
    r"\s*(?:On\b.{4,300}\bwrote\s*:"
    r"|(?:Am|Den)\b.{4,300}\b(?:schrieb|skrev)\b.{0,200}:"
    r"|Le\b.{4,300}\ba écrit\s*:"
    r"|El\b.{4,300}\bescribió\s*:"
    r"|.{0,100}\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}.{0,200}(?:<[^<>\s]+@[^<>\s]+>\s*[:：]?|(?:のメール|のメッセージ|書きました|wrote)\s*[:：])"
    r"|.{1,150}(?:さんは|さんが|は)(?:次のように)?書きました\s*[:：]"
    r"|-{3,}.{1,200}(?:wrote|書き込み).{0,30}-{3,}"
    r"|.{1,120}<[^<>\s]+@[^<>\s]+>\s*wrote\s*:)\s*"
)
_MAY_GO_ON: Final = re.compile(r"\s*(?:On|Am|Den|Le|El|20\d\d)\b")
"""How a line begins that programs break in two."""
_FROM: Final = re.compile(r"[\s*]*(?:From|差出人|送信者|送信元|発信者|Von|De)\s*\*?\s*[:：]", re.IGNORECASE)
_OTHER_HEADER: Final = re.compile(
    r"[\s*]*(?:Sent|Date|To|Cc|Subject|送信日時|送信日|日時|日付|宛先|件名|Gesendet|Datum|An|Betreff|Envoyé|À|Objet)\s*\*?\s*[:：]",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"\s*([-=_*+~━─＝＊★☆◆◇■□┌└┏┗・:：]\s?){5,}.{0,4}\s*")
_CONTACT: Final = re.compile(
    r"〒|TEL|FAX|電話|@|https?://|株式会社|有限会社|\b(?:Inc|Ltd|LLC|GmbH|Corp)\b|部\s|課\s|\+\d{2}", re.IGNORECASE
)


def new_text(text: str) -> str:
    """What is left without quotations: quoted lines anywhere, and the rest from where an unmarked copy of the original begins."""
    lines, kept, at = text.splitlines(), list[str](), 0
    while at < len(lines):
        if _QUOTED.match(lines[at]):
            at += 1
            continue
        if mark := _mark_at(lines, at):
            following = next((line for line in lines[at + mark :] if line.strip()), "")
            if not _QUOTED.match(following):
                break
            at += mark
            continue
        kept.append(lines[at].rstrip())
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def without_signature(text: str) -> str:
    """The text without the block of contacts at its end. Where nothing comes before that block, it is the text."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if not (line.rstrip() == "--" or _RULE.fullmatch(line)):
            continue
        above, below = "\n".join(lines[:at]).strip(), lines[at + 1 :]
        if above and len(below) <= 20 and any(_CONTACT.search(word) for word in below):
            return above
    return text


def _mark_at(lines: Sequence[str], at: int) -> int:
    """How many lines a mark that begins here takes, which says that the original follows; 0 where there is none."""
    line = lines[at]
    if not line.strip():
        return 0
    if _MARK.fullmatch(line):
        return 1
    if _FROM.match(line):
        block = [*takewhile(lambda header: header.strip(), lines[at : at + 8])]
        if sum(bool(_OTHER_HEADER.match(header)) for header in block) >= 2:
            return len(block)
    if re.fullmatch(r"\s*_{5,}\s*", line):
        further = next((ahead for ahead in range(at + 1, min(at + 3, len(lines))) if lines[ahead].strip()), 0)
        if further and (block_length := _mark_at(lines, further)):
            return further - at + block_length
    for length in (1, 2, 3) if _MAY_GO_ON.match(line) else (1,):
        joined = " ".join(part.strip() for part in lines[at : at + length])
        if len(joined) <= 500 and _WHO_WROTE.fullmatch(joined):
            return length
    return 0
