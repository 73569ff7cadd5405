"""How pages call the stages, in Japanese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nurture.stages import STAGE_SETS

_JAPANESE: Final = {
    "unknown": "未知",
    "aware": "認知",
    "awareness": "認知",
    "interest": "興味",
    "gathering": "情報収集",
    "search": "検索",
    "comparison": "比較",
    "consideration": "検討",
    "examination": "検討",
    "negotiation": "商談",
    "budgeting": "予算化",
    "desire": "欲求",
    "memory": "記憶",
    "action": "行動",
    "share": "共有",
    "discover": "発見",
    "educate": "育成",
    "convert": "成約",
    "retain": "維持",
    "advocate": "推奨",
    "explore": "探索",
    "evaluate": "評価",
    "purchase": "購入",
    "expand": "拡大",
    "renew": "更新",
    "repeat": "継続・リピート",
}
_JAPANESE_HERE: Final = {("btob", "interest"): "興味・情報収集"}
_ENGLISH: Final = {"gathering": "Information gathering"}

_EVERY_STAGE: Final = tuple((preset, stage) for preset, stages in STAGE_SETS.items() for stage in stages)

STAGE_NAMES: Final[Mapping[str, Mapping[tuple[str, str], str]]] = MappingProxyType(
    {
        "ja": {(preset, stage): _JAPANESE_HERE.get((preset, stage), _JAPANESE[stage]) for preset, stage in _EVERY_STAGE},
        "en": {(preset, stage): _ENGLISH.get(stage, stage.capitalize()) for preset, stage in _EVERY_STAGE},
    }
)
"""By language, then by preset and stage."""
