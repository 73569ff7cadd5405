"""What a condition may ask about a lead, and what the answer can be."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import Final

from nurture.kinds import Fit, Kind
from nurture.places import country_problem
from nurture.plan.problems import did_you_mean
from nurture.stages import STAGES

FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "stage": str,
        "track": str,
        "country": str,
        "language": str,
        "fit": str,
        "segment": str,
        "touches": int,
        "unanswered": int,
        "human_steps": int,
        "days_since_enrolled": int,
        "days_since_act": int,
        "days_since_touch": int,
        "is_customer": bool,
        "days_to_contract_end": int,
        "score": int,
        "recent_score": int,
        "history": int,
        "rating": int,
        "downloads": int,
        "downloads_top": int,
        "downloads_middle": int,
        "downloads_bottom": int,
        "downloads_top_alone": int,
        "visits": int,
        "clicks": int,
        "replies": int,
        "demos": int,
        "quotes": int,
        "meetings": int,
        "seminars": int,
        "proposals": int,
        "missed_calls": int,
        "praises": int,
        "referrals": int,
        "milestones": int,
        "issues": int,
        "complaints": int,
        "subscribed": bool,
        "follows": bool,
        "on_trial": bool,
        "budgeted": bool,
        "is_open_deal": bool,
        "usage_fell": bool,
    }
)
"""Every fact of a lead that a condition may ask for, and its type."""

RESERVED: Final = frozenset(
    ("and", "or", "not", "in", "is", "if", "else", "elif", "true", "false", "none", "self", "super", "loop", "caller", "contract_end")
)
"""Words that mean something in conditions and dates already, so that no field can have them for a name."""

_OPENS: Final = re.compile(r"(?:days_since_|last_|is_|has_)?(?:(?:letter|e?mail)s?_)?open(?:s|ed|ers?|ings?|_rate|_count)?")
"""Words by which one would ask whether a letter was opened."""

FieldPlan = tuple[str, ...] | str
"""The choices of a field, or ``number``, ``yes_no`` or ``date``."""

UNREADABLE: Final = ""
"""The plan of a field that is wrong itself."""

_CODES: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff "
    "fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku "
    "kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu "
    "rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo "
    "wa wo xh yi yo za zh zu"
)
LANGUAGES: Final = frozenset(_CODES.split())
"""The two letters of every language, as in ISO 639-1."""

_MISTAKEN: Final = {
    "jp": "ja",
    "cn": "zh",
    "cz": "cs",
    "dk": "da",
    "gb": "en",
    "gr": "el",
    "us": "en",
    "ua": "uk",
    "vn": "vi",
    "japanese": "ja",
    "english": "en",
    "chinese": "zh",
    "korean": "ko",
    "german": "de",
    "french": "fr",
    "spanish": "es",
}
"""Letters of countries, and names, that are written for a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the campaign adds to the facts: its tracks, its own fields, and the stages of its model. No tracks means any."""

    tracks: Collection[str] = ()
    fields: Mapping[str, FieldPlan] = field(default_factory=dict)
    stages: Collection[str] = STAGES

    def words(self) -> Iterator[str]:
        """Everything that may be asked for, the campaign's own fields first."""
        return chain((name for name, plan in self.fields.items() if plan != "date" and name not in FACTS), FACTS)

    def type_of(self, name: str) -> type | None:
        """The type of a fact or field; None for a date, which cannot be compared, and for what is not known.

        It is ``object`` for a field whose plan is wrong itself.
        """
        if name in FACTS or name not in self.fields:
            return FACTS.get(name)
        plan = self.fields[name]
        return str if isinstance(plan, tuple) else {"number": int, "yes_no": bool, UNREADABLE: object}.get(plan)

    def is_a_text(self, name: str) -> bool:
        """Whether this is what a fact or field can be, such as a stage, a country or a choice: somebody forgot the quotes."""
        choices = chain.from_iterable(plan for plan in self.fields.values() if isinstance(plan, tuple))
        return len(name) == 2 or name in chain(Fit, self.stages, self.tracks, choices)

    def fault_in(self, fact: str, value: str) -> tuple[str, str] | None:
        """Why a fact can never have this value, and what was meant: such a comparison is a slip of the pen."""
        if fact == "country":
            what, _, fix = (country_problem(value) or "").partition(": ")
            return (what, fix) if what else None
        if fact == "language":
            return language_fault(value) if value else None
        choices: Collection[str] = {"stage": self.stages, "fit": tuple(Fit), "track": self.tracks}.get(fact, ())
        plan = self.fields.get(fact)
        if fact not in FACTS and isinstance(plan, tuple) and value:
            choices = plan
        if choices and value not in choices:
            return f"'{value}' is not a {fact}", did_you_mean(value, choices, f"a {fact} is one of")
        return None


def opens_fault(asked: str) -> tuple[str, str] | None:
    """Why nothing may be made to depend on whether a letter was opened, where that is asked for; None where something else is."""
    if asked in (*FACTS, *Kind) or not _OPENS.fullmatch(asked.casefold()):
        return None
    what = f"'{asked}' cannot be asked for: mail programs and gateways fetch pictures by themselves, so nobody knows who opened a letter"
    return what, "ask for what a person does: clicked, replied or downloaded, or in a condition clicks, replies or downloads"


def language_fault(code: str) -> tuple[str, str] | None:
    """What is wrong with a language, and what was meant; None when it is right."""
    if code in LANGUAGES:
        return None
    word = code.strip().lower()
    meant = _MISTAKEN.get(word) or (found[0] if (found := re.match("[a-z]{2}(?=$|[-_])", word)) and found[0] in LANGUAGES else None)
    return f"'{code}' is not a language", f"did you mean '{meant}'?" if meant else "write its two small letters, like 'ja' or 'en'"
