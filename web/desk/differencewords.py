"""What is different in another edition, in the reader's language: the core says it in English."""

import re
from collections.abc import Mapping
from typing import Final

_SPAN: Final = r"(\d+) (second|minute|hour|day|working day|week)s?"
_UNITS: Final[Mapping[str, str]] = {
    "second": "秒",
    "minute": "分",
    "hour": "時間",
    "day": "日",
    "working day": "営業日",
    "week": "週間",
}

_JAPANESE: Final = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"the campaign", "キャンペーン全体"),
        (r"the rules", "ルール"),
        (r"track '([^']*)', step '([^']*)'", r"トラック「\1」の手順「\2」"),
        (r"track '([^']*)'", r"トラック「\1」"),
        (r"rule '([^']*)'", r"ルール「\1」"),
        (r"form '([^']*)'", r"フォーム「\1」"),
        (r"the track is gone", "トラックがなくなりました"),
        (r"the track is new, with (\d+) steps?", r"新しいトラックです（手順\1件）"),
        (r"the rule is gone", "ルールがなくなりました"),
        (r"the rule is new", "新しいルールです"),
        (r"the form is gone", "フォームがなくなりました"),
        (r"the form is new", "新しいフォームです"),
        (r"moved: it stands after '([^']*)'", r"「\1」の後ろに移りました"),
        (r"moved: it stands at the beginning", "先頭に移りました"),
        (r"they stand in another order, and the first that fits wins: (.*)", r"順番が変わりました（先に当てはまるものが優先）：\1"),
        (r"the letter '([^']*)' is (gone|new)", r"メール「\1」が\2"),
        (r"the task '([^']*)' is (gone|new)", r"作業「\1」が\2"),
        (r"the pause of (.*) is (gone|new)", r"\1の待ち時間が\2"),
        (r"'(.*)' is (gone|new)", r"「\1」が\2"),
        (r"(\S+(?: \S+)*?) was (.*), is (.*)", r"\1 を「\2」から「\3」に変更"),
    )
)
"""A sentence of the core, and the same in Japanese; the first that fits is taken."""

_ENDS: Final = {"gone": "なくなりました", "new": "加わりました"}


def said_in(language: str, sentence: str) -> str:
    """A sentence of ``nurture.counting.difference`` in this language; as it is where that is not known to be said otherwise."""
    if language != "ja":
        return sentence
    for pattern, said in _JAPANESE:
        if found := pattern.fullmatch(sentence):
            return _polished(found.expand(said))
    return sentence


def _polished(said: str) -> str:
    for english, japanese in _ENDS.items():
        said = said.removesuffix(english) + japanese if said.endswith(f"が{english}") else said
    said = re.sub(_SPAN, lambda span: span[1] + _UNITS[span[2]], said)
    return said.replace("「not given」", "「指定なし」").replace("「yes」", "「はい」").replace("「no」", "「いいえ」")
