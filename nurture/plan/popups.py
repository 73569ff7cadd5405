"""Popups of the site: what a visitor of whom nothing is known is offered, by what it looked at (S4-113, S4-114)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from nurture.plan.problems import CampaignError, Fault, Path, Problem, did_you_mean
from nurture.plan.source import read_source
from nurture.plan.spans import Span, Unit

AWAY: Final = timedelta(minutes=30)
"""Who looks at nothing for so long and then does has come back."""

AGAIN: Final = timedelta(days=30)
"""How long a popup is not shown to the same visitor again."""

LONGEST: Final = timedelta(days=90)
"""How far back a popup may look."""

_KEYS: Final = ("name", "returns", "views", "within", "form", "text")
_LANGUAGES: Final = ("en", "ja")
_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A content that a visitor looked at."""

    content: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Popup:
    """What is offered: a form by its name, under a text in each language.

    It fits who came back ``returns`` times ``within`` so long, or else who looked so often at each content of ``views``.
    """

    name: str
    form: str
    text: Mapping[str, str]
    within: timedelta
    returns: int = 0
    views: Mapping[str, int]

    def fits(self, looks: Iterable[Look], now: datetime) -> bool:
        """Whether what a visitor looked at is reason enough."""
        recent = sorted((look for look in looks if now - self.within <= look.at <= now), key=lambda look: look.at)
        if self.returns:
            return sum(later.at - earlier.at >= AWAY for earlier, later in pairwise(recent)) >= self.returns
        seen = [look.content for look in recent]
        return all(seen.count(content) >= often for content, often in self.views.items())


def fitting(popups: Iterable[Popup], looks: Sequence[Look], shown: Mapping[str, datetime], now: datetime) -> Iterator[Popup]:
    """The popups that fit, but for those that the visitor saw too short a time ago; ``shown`` says when each was last seen."""
    return (popup for popup in popups if not (popup.name in shown and now - shown[popup.name] < AGAIN) and popup.fits(looks, now))


def read_popups(text: str, file: str) -> tuple[Popup, ...]:
    """Read the text of a file of popups. Raises CampaignError with everything that is wrong, each with its line and the fix."""
    source = read_source(text, file)
    faults = [*_faults(source.data)]
    problems = [Problem(file=file, line=source.line_of(fault.path), what=fault.what, fix=fault.fix) for fault in faults]
    if problems or source.problems:
        raise CampaignError([*source.problems, *problems])
    return tuple(
        Popup(
            name=plan["name"],
            form=plan["form"],
            text=plan["text"],
            within=_length(plan["within"]) or LONGEST,
            returns=plan.get("returns", 0),
            views=plan.get("views", {}),
        )
        for plan in source.data["popups"]
    )


def _faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    for key in data:
        if key != "popups":
            yield Fault(path=(key,), what=f"'{key}' is not known here", fix=did_you_mean(key, ["popups"], "the file has"))
    plans = data.get("popups")
    if not isinstance(plans, list):
        yield Fault(
            path=("popups",) if "popups" in data else (), what="there is no list of popups", fix="write 'popups:' and a list below it"
        )
        return
    names: set[str] = set()
    for place, plan in enumerate(plans):
        path: Path = ("popups", place)
        if not isinstance(plan, dict):
            yield Fault(path=path, what="this is not a popup", fix="begin with '- name: …'")
            continue
        yield from _faults_of_keys(path, plan)
        yield from _faults_of_reason(path, plan)
        if (name := str(plan.get("name"))) in names:
            yield Fault(path=(*path, "name"), what=f"there is a popup '{name}' already", fix="give this one a name of its own")
        names.add(name)


def _faults_of_keys(path: Path, plan: Mapping[str, Any]) -> Iterator[Fault]:
    for key in plan:
        if key not in _KEYS:
            yield Fault(path=(*path, key), what=f"'{key}' is not known here", fix=did_you_mean(key, _KEYS, "a popup has"))
    for key in ("name", "within", "form", "text"):
        if key not in plan:
            yield Fault(path=path, what=f"'{key}' is missing here", fix=f"add '{key}: …'")
    for key in ("name", "form"):
        if key in plan and not _is_slug(plan[key]):
            yield Fault(path=(*path, key), what=f"'{plan[key]}' is not a name", fix="write it in small letters, like 'online_seminar'")
    if "within" in plan and not _length(plan["within"]):
        fix = f"write it like '5 days', '2 weeks' or '12 hours', {LONGEST.days} days at most"
        yield Fault(path=(*path, "within"), what=f"'{plan['within']}' is not such a length of time", fix=fix)
    text = plan.get("text", dict.fromkeys(_LANGUAGES, "…"))
    said = text if isinstance(text, dict) else {}
    for language in _LANGUAGES:
        if not (isinstance(said.get(language), str) and 0 < len(said[language].strip()) <= 300):
            fix = f"add '{language}: …' below 'text', 300 characters at most"
            yield Fault(path=(*path, "text", language), what=f"there is no text in the language '{language}'", fix=fix)
    for language in said:
        if language not in _LANGUAGES:
            fix = f"the languages of the site are {', '.join(_LANGUAGES)}"
            yield Fault(path=(*path, "text", language), what=f"the site has no language '{language}'", fix=fix)


def _faults_of_reason(path: Path, plan: Mapping[str, Any]) -> Iterator[Fault]:
    if ("returns" in plan) == ("views" in plan):
        fix = "write either 'returns: 3' or 'views: {help: 2, pricing: 2}'"
        yield Fault(path=path, what="a popup has one reason to be shown", fix=fix)
    if "returns" in plan and not _is_count(plan["returns"]):
        yield Fault(path=(*path, "returns"), what=f"'{plan['returns']}' is not how often", fix=f"a whole number from 1 to {_MOST}")
    views = plan.get("views", {"any": 1})
    if not isinstance(views, dict) or not views:
        yield Fault(path=(*path, "views"), what="'views' names no content", fix="write it like {help: 2, pricing: 2}")
        return
    for content, often in views.items():
        if not _is_slug(content):
            yield Fault(path=(*path, "views", content), what=f"'{content}' is not a content", fix="write the last piece of the page's path")
        if not _is_count(often):
            yield Fault(path=(*path, "views", content), what=f"'{often}' is not how often", fix=f"a whole number from 1 to {_MOST}")


def _is_slug(value: object) -> bool:
    return isinstance(value, str) and _SLUG.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST


def _length(value: object) -> timedelta | None:
    """The length of time that is meant; None for what is none, is too long, or depends on somebody's calendar."""
    try:
        span = Span.parse(str(value))
    except ValueError:
        return None
    length = span.exact or timedelta(days=span.days)
    return length if timedelta() < length <= LONGEST and span.unit is not Unit.WORKING_DAY else None
