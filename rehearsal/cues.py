"""Cues: when a made-up lead does something, and what, in the words of persona files."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, get_args

from nurture.kinds import Depth, Kind
from nurture.leadside import ActedKind
from nurture.plan.problems import did_you_mean
from nurture.plan.spans import Span, Unit

NO_TIME: Final = Span(0, Unit.MINUTE)


class On(StrEnum):
    """What a cue waits for."""

    START = "start"
    DAY = "day"
    LETTER = "letter"
    EVERY_LETTER = "every letter"
    TASK = "task"
    TRACK = "track"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """When: ``wait`` after a letter (by name, or by number from 1), a task, a track or the start; or at a moment on the lead's clock."""

    on: On
    name: str = ""
    wait: Span = NO_TIME
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What. ``words`` are as they were written, ``content`` may be a depth in brackets, and a length or a day says until when."""

    kind: Kind
    words: str
    content: str = ""
    length: Span | None = None
    day: date | None = None
    number: int = 0
    yes: bool = False
    learned: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """``file`` and ``line`` are where it is written."""

    when: Occasion
    deed: Deed
    file: str
    line: int


class WrongCue(ValueError):
    """Words that are no cue: what is wrong, and what would be right."""

    def __init__(self, what: str, fix: str) -> None:
        self.what, self.fix = what, fix
        super().__init__(f"{what}; {fix}")


_SPAN: Final = r"(?P<wait>\d+ (?:second|minute|hour|day|working day|week)s?)"
_AFTER: Final = re.compile(rf"after {_SPAN}")
_REACTS: Final = re.compile(rf"on (?:(?P<on>letter|task|track) (?P<name>[a-z0-9][a-z0-9_-]*)|(?P<every>every letter))(?: \+ {_SPAN})?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d)?")
_MORNING: Final = " 10:00"
_FORMS: Final = "write 'after 2 days', 'on letter hello + 3 hours', 'on task demo', 'on track long_hold', or a day like 2040-05-01 10:00"

DEPTHS: Final = {f"({depth})": depth for depth in Depth}
"""A content by how deep it leads, for personas that go with any campaign: ``downloaded (top)``."""


def read_occasion(text: str) -> Occasion:
    """Read when something is done. Raises WrongCue."""
    if text in ("at once", "start"):
        return Occasion(on=On.START)
    if found := _AFTER.fullmatch(text):
        return Occasion(on=On.START, wait=Span.parse(found["wait"]))
    if found := _REACTS.fullmatch(text):
        wait = Span.parse(found["wait"]) if found["wait"] else NO_TIME
        on = On.EVERY_LETTER if found["every"] else On(found["on"])
        return Occasion(on=on, name=found["name"] or "", wait=wait)
    if _DAY.fullmatch(text):
        try:
            at = datetime.fromisoformat(text if len(text) > 10 else text + _MORNING)
        except ValueError:
            raise WrongCue(f"there is no day '{text}'", "write a day of the calendar, like 2040-05-01, or 2040-05-01 14:30") from None
        return Occasion(on=On.DAY, at=at)
    if text[:1].isdigit():
        raise WrongCue(f"'{text}' is no day", "write it like 2040-05-01, or with a time like 2040-05-01 14:30")
    raise WrongCue(f"'{text}' does not say when", _FORMS)


def read_deed(text: str) -> Deed:
    """Read what is done. Raises WrongCue."""
    word, _, rest = text.partition(" ")
    known = {str(kind): kind for kind in _READ} | {"learned": Kind.FACTS_LEARNED}
    if word not in known:
        raise WrongCue(f"'{word}' is nothing that a lead does", did_you_mean(word, known, "known are"))
    return _READ[known[word]](known[word], text, rest.strip())


def _plain(kind: Kind, words: str, rest: str) -> Deed:
    if rest:
        raise WrongCue(f"'{rest}' does not belong after '{kind}'", f"write '{kind}' alone")
    return Deed(kind=kind, words=words)


def _with(required: bool) -> Callable[[Kind, str, str], Deed]:
    def read(kind: Kind, words: str, rest: str) -> Deed:
        if required and not rest:
            raise WrongCue(f"'{kind}' does not say what", f"write '{kind} NAME', or '{kind} (top)' for a content of that depth")
        if rest and rest not in DEPTHS and not re.fullmatch(r"[a-z][a-z0-9_-]{0,47}", rest):
            raise WrongCue(f"'{rest}' is not a name", f"write one name, or one of {', '.join(DEPTHS)}")
        return Deed(kind=kind, words=words, content=rest)

    return read


def _until(kind: Kind, words: str, rest: str) -> Deed:
    """``for 14 days``, ``until 2040-05-01``; a contract may be open-ended."""
    how, _, what = rest.partition(" ")
    renews = what.endswith(" auto_renews")
    what = what.removesuffix(" auto_renews")
    try:
        if how == "for":
            length = Span.parse(what)
            if length.days < 1:
                raise ValueError
            return Deed(kind=kind, words=words, length=length, yes=renews)
        if how == "until":
            return Deed(kind=kind, words=words, day=date.fromisoformat(what), yes=renews)
    except ValueError:
        raise WrongCue(f"'{what}' is neither a length nor a day", f"write '{kind} for 14 days', or '{kind} until 2040-05-01'") from None
    if kind is Kind.CONTRACT_CHANGED and rest == "open_ended":
        return Deed(kind=kind, words=words)
    raise WrongCue(f"'{kind}' does not say until when", f"write '{kind} for 14 days', or '{kind} until 2040-05-01'")


def _rated(kind: Kind, words: str, rest: str) -> Deed:
    if not rest.isdigit() or not 0 <= int(rest) <= 10:
        raise WrongCue(f"'{rest}' is no rating", "write a number from 0 to 10, like 'rated 9'")
    return Deed(kind=kind, words=words, number=int(rest))


def _permitted(kind: Kind, words: str, rest: str) -> Deed:
    if rest not in ("yes", "no"):
        raise WrongCue(f"'{rest}' is neither yes nor no", "write 'permitted yes' or 'permitted no'")
    return Deed(kind=kind, words=words, yes=rest == "yes")


def _issue(kind: Kind, words: str, rest: str) -> Deed:
    if rest not in ("", "complaint"):
        raise WrongCue(f"'{rest}' does not belong after '{kind}'", f"write '{kind}', or '{kind} complaint'")
    return Deed(kind=kind, words=words, yes=rest == "complaint")


def _learned(kind: Kind, words: str, rest: str) -> Deed:
    pairs = [part.partition("=") for part in rest.split()]
    if not pairs or not all(name and sign and value for name, sign, value in pairs):
        raise WrongCue(f"'{rest}' says no fields", "write 'learned size=large', with a space between several")
    return Deed(kind=kind, words=words, learned=tuple((name, value) for name, _, value in pairs))


def _table(*rows: tuple[Callable[[Kind, str, str], Deed], Iterable[Kind]]) -> Mapping[Kind, Callable[[Kind, str, str], Deed]]:
    return {kind: read for read, kinds in rows for kind in kinds}


_READ: Final = _table(
    (
        _plain,
        (
            Kind.DEMO_REQUESTED,
            Kind.REPLIED,
            Kind.BOUNCED,
            Kind.RELEASED,
            Kind.USAGE_FELL,
            Kind.USAGE_RECOVERED,
            Kind.DEAL_OPENED,
            Kind.PROPOSAL_SENT,
            Kind.CALL_UNANSWERED,
            Kind.ISSUE_CLOSED,
        ),
    ),
    (_with(required=True), (Kind.DOWNLOADED, Kind.VISITED, Kind.MILESTONE_REACHED)),
    (
        _with(required=False),
        # who is referred is a lead of its own, and no cue says so much
        (Kind.CLICKED, Kind.OPTED_OUT, *(kind for kind in get_args(ActedKind) if kind is not Kind.REFERRED)),
    ),
    (_until, (Kind.ABSENT, Kind.HELD, Kind.CONTRACT_CHANGED)),
    (_rated, (Kind.RATED,)),
    (_permitted, (Kind.PERMITTED,)),
    (_issue, (Kind.ISSUE_OPENED,)),
    (_learned, (Kind.FACTS_LEARNED,)),
)
