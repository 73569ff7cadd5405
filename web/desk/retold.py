"""What the machine wrote in English, said in the reader's language: reasons, stories, advice, differences and problems.

The words are tables of sentences: ``'{name}' goes on {at}`` to ``「{name}」を{at}に送ります``. The name of a gap tells what stands in it:
a moment, a length of time, an answer of a rep, another sentence, or something that marketing named, which is taken over as it is.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from typing import Final

from nurture.kinds import Outcome
from web.desk.stagerange import stage_name
from web.moments import written
from web.words import (
    advice_japanese,
    checks_japanese,
    conditions_japanese,
    differences_japanese,
    explaining_japanese,
    letterchecks_japanese,
    reasons_japanese,
    story_japanese,
    words,
)

TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "ja": {
        **reasons_japanese.SENTENCES,
        **story_japanese.SENTENCES,
        **explaining_japanese.SENTENCES,
        **advice_japanese.SENTENCES,
        **differences_japanese.SENTENCES,
        **checks_japanese.SENTENCES,
        **conditions_japanese.SENTENCES,
        **letterchecks_japanese.SENTENCES,
    },
}
"""Every sentence that is known, by language and by its English."""

GAP: Final = re.compile(r"\{(\w+)\}")
"""What stands for something that differs from sentence to sentence."""

_JOINTS: Final = re.compile(r", (?=while it is in |if |into track |no letter before |\S+ looks after it)")
"""Where sentences were put together."""

_FACT: Final = re.compile(r"(\w+) is (true|false|not known|.*?)(?=, \w+ is |$)")


@dataclass(frozen=True, slots=True)
class _Gap:
    """What may stand in a gap, as a pattern, and how it is said there."""

    pattern: str
    said: Callable[[str, str], str]


def retold(sentence: str, language: str) -> str:
    """A sentence of the machine's in this language; as it is where that is not known to be said otherwise. Not for what people wrote."""
    return _retold(sentence, language) if sentence and language in TABLES else sentence


def retelling(language: str) -> Callable[[str], str]:
    """``retold`` for a page in this language."""
    return partial(retold, language=language)


def advised(said: str, language: str) -> str:
    """What a rep is asked, in this language where the machine asks it by itself; what marketing wrote stays as they wrote it."""
    return TABLES.get(language, {}).get(said, said)


@lru_cache(maxsize=8192)
def _retold(sentence: str, language: str) -> str:
    if plain := TABLES[language].get(sentence):
        return plain
    for pattern, gaps, said in _patterns(language):
        if found := pattern.fullmatch(sentence):
            parts = {gap: _GAPS.get(gap, _TAKEN_OVER).said(part, language) for gap, part in zip(gaps, found.groups(), strict=True)}
            return "".join(parts[text] if place % 2 else text for place, text in enumerate(GAP.split(said)))
    return _engagement(sentence, language)


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], list[str], str]]:
    """The sentences with gaps. Of two that fit, the one that says more by itself comes first."""
    with_gaps = [(english, said) for english, said in TABLES[language].items() if GAP.search(english)]
    with_gaps.sort(key=lambda one: -len(GAP.sub("", one[0])))
    found = []
    for english, said in with_gaps:
        literals = GAP.split(english)
        gaps = literals[1::2]
        parts = [f"({_GAPS.get(part, _TAKEN_OVER).pattern})" if place % 2 else re.escape(part) for place, part in enumerate(literals)]
        found.append((re.compile("".join(parts), re.DOTALL), gaps, said))
    return found


def _engagement(said: str, language: str) -> str:
    """``downloaded pricing_guide``; what is none is left as it is."""
    w, parts = words(language), said.split(" ")
    for length in (3, 2, 1):
        kind = " ".join(parts[:length])
        if known := w.get(f"kind_{kind.replace(' ', '_')}") or TABLES[language].get(kind if length <= len(parts) else ""):
            content = " ".join(parts[length:])
            return w["when_engagement_more"].format(kind=known, content=content) if content else known
    return said


def _outcome(answer: str, language: str) -> str:
    return words(language).get(f"outcome_{answer.replace(' ', '_')}", answer)


def _refusal(reason: str, language: str) -> str:
    known = words(language).get(f"refused_{reason.replace(' ', '_')}")
    return known.rstrip("。") if known else retold(reason, language)


def _task(reason: str, language: str) -> str:
    slug = reason.replace(" ", "_")
    name = retold(slug, language)
    return name if name != slug else reason


def _span(span: str, language: str) -> str:
    amount, _, unit = span.partition(" ")
    return words(language)[f"span_{unit}"].format(n=amount)


def _at(moment: str, language: str) -> str:
    there = datetime.strptime(moment, "%a %d %b %Y %H:%M").replace(tzinfo=UTC)
    return f"{written(there, language)} {there:%H:%M}"


def _day(day: str, language: str) -> str:
    return written(date.fromisoformat(day), language)


def _one_by_one(said: str, language: str) -> str:
    return "、".join(retold(one, language) for one in _JOINTS.split(said))


def _names(names: str, language: str) -> str:
    found = re.findall(r"'([^']+)'", names)
    return "".join(f"「{name}」" for name in found) or retold(names, language)


def facts_retold(facts: str, language: str) -> str:
    """``segment is plants, is_known is true``."""
    if language not in TABLES:
        return facts
    w = words(language)
    said = {"true": w["yes"], "false": w["no"], "not known": TABLES[language]["not known"]}
    return ", ".join(f"{name}={said.get(value, value)}" for name, value in _FACT.findall(facts)) or facts


_TAKEN_OVER: Final = _Gap(r"[^']+?", lambda part, _: part)
_WRITTEN: Final = _Gap(r".+?", lambda part, _: part)
_SENTENCE: Final = _Gap(r".+?", retold)
_REST: Final = _Gap(r".*", retold)
_DATE: Final = _Gap(r"\d{4}-\d\d-\d\d", _day)
_NUMBER: Final = _Gap(r"\d+", lambda part, _: part)
_NAMES: Final = _Gap(r".+?", _names)

_GAPS: Final[Mapping[str, _Gap]] = {
    "at": _Gap(r"[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d", _at),
    "moment": _Gap(r"\d{4}-\d\d-\d\d \d\d:\d\d", lambda part, _: part),
    "span": _Gap(r"\d+ (?:second|minute|hour|day|working day|week)s?", _span),
    "day": _DATE,
    "date": _DATE,
    "s": _Gap(r"s?", lambda part, _: part),
    "outcome": _Gap("|".join(outcome.replace("_", "[_ ]") for outcome in Outcome), _outcome),
    "refusal": _Gap(r"[a-z_ ]+?", _refusal),
    "stage": _Gap(r"[a-z_]+", stage_name),
    "kind": _SENTENCE,
    "noun": _Gap("an? .+|true or false|what .+|names .+|keys .+|not known", retold),
    "wanted": _Gap("an? .+|not known", retold),
    "given": _Gap("(?!counted back|how far back).+", _names),
    "list": _Gap(r".+", lambda part, _: part.removesuffix(" and others")),
    "has": _Gap("is a fact .+|means something .+", retold),
    "back": _Gap("cannot be .+", retold),
    "absent": _Gap("no .+", retold),
    "part_of": _Gap("selling|onboarding", retold),
    "task": _Gap(r".+?", _task),
    "part": _Gap("rule|form", retold),
    "decided": _Gap(r".+?", _one_by_one),
    "when": _Gap(r".+?", _one_by_one),
    "slug": _Gap(r"\S+", lambda part, _: part),
    "to": _Gap(r"[a-z_]+", stage_name),
    "facts": _Gap(r"\w+ is .+?", facts_retold),
    **dict.fromkeys(("n", "all", "share", "most"), _NUMBER),
    **dict.fromkeys(("topics", "tracks", "steps", "shown", "other"), _NAMES),
    **dict.fromkeys(("more", "until", "there"), _REST),
    **dict.fromkeys(("condition", "awaited", "values", "source", "names", "entries", "text", "ways", "colon", "choice"), _WRITTEN),
    **dict.fromkeys(("why", "seen", "how", "told", "place", "piece", "value", "now", "did", "often", "what"), _SENTENCE),
    **dict.fromkeys(("holds", "here", "leads", "before", "cap", "who", "whom", "asked", "audience", "course", "hours"), _SENTENCE),
}
"""By the name of the gap. What is not here is a name that marketing gave."""
