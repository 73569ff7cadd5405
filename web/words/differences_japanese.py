"""What is different in another edition of a campaign, in Japanese: each sentence by its English."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "the campaign": "キャンペーン全体",
    "the rules": "ルール",
    "track '{name}', step '{step}'": "トラック「{name}」の手順「{step}」",
    "track '{name}'": "トラック「{name}」",
    "{part} '{name}'": "{part}「{name}」",
    "rule": "ルール",
    "form": "フォーム",
    "the track is gone": "トラックがなくなりました",
    "the track is new, with {steps}": "新しいトラックです（{steps}）",
    "{n} step{s}": "手順{n}件",
    "the {part} is gone": "この{part}はなくなりました",
    "the {part} is new": "新しい{part}です",
    "moved: it stands {piece}": "移動しました: {piece}",
    "after '{name}'": "「{name}」の後ろ",
    "at the beginning": "先頭",
    "they stand in another order, and the first that fits wins: {names}": "順番が変わりました（先に当てはまるものが優先）: {names}",
    "{piece} is gone": "{piece}がなくなりました",
    "{piece} is new": "{piece}が加わりました",
    "the letter '{name}'": "メール「{name}」",
    "the task '{name}'": "タスク「{name}」",
    "the pause of {span}": "{span}の待ち時間",
    "{span}": "{span}",
    "'{value}'": "「{value}」",
    "stage was {stage}, is {to}": "段階を「{stage}」から「{to}」に変更",
    "{key} was {value}, is {now}": "{key} を「{value}」から「{now}」に変更",
    "not given": "指定なし",
    "yes": "はい",
    "no": "いいえ",
}
"""What stands in braces is taken over: `web/desk/retold.py` says how."""
