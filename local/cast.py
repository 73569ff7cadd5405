"""The people of the demonstration: what leads do about the letters that they get, and what reps answer. The same seed, the same people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from nurture.kinds import Outcome
from nurture.profile import Contract


class Role(StrEnum):
    """What somebody is like. A role sets the odds; what happens is drawn from them."""

    QUIET = "quiet"
    READER = "reader"
    BUYER = "buyer"
    LATER = "later"
    AWAY = "away"
    REFUSER = "refuser"
    GONE = "gone"
    WRONG_PERSON = "wrong_person"
    MISFIT = "misfit"


@dataclass(frozen=True, slots=True)
class Download:
    content: str


@dataclass(frozen=True, slots=True)
class AskForDemo:
    """The demo form of the site."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to a letter."""


@dataclass(frozen=True, slots=True)
class BeAway:
    """An absence note, until the day that is so many days ahead."""

    days: int


@dataclass(frozen=True, slots=True)
class Vanish:
    """The mailbox is closed, and letters to it come back."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """One click on the link of the last letter."""


@dataclass(frozen=True, slots=True)
class MoveEnd:
    """The contract ends so many days later than it said, or earlier."""

    days: int


Act = Download | AskForDemo | Reply | BeAway | Vanish | Refuse | MoveEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Something that is done ``wait`` after the lead's letter of this number, counted from 1; number 0 is the beginning."""

    letter: int
    wait: timedelta
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One lead's part."""

    key: str
    role: Role
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a rep will answer: ``fields`` are the inbox's form. One that is late lets the deadline pass; one that claims says so first."""

    rep: str
    wait: timedelta
    late: bool
    claims: bool
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A task as a rep sees it. ``time`` counts the lead's tasks for this reason, ``today`` is the lead's."""

    reason: str
    time: int
    today: date
    opened_at: datetime
    deadline_at: datetime
    email: str
    language: str
    contract: Contract | None


REPS: Final = ("Mori", "Tanabe", "Okafor", "Lindqvist")
_SHARES: Final = {
    Role.QUIET: 30,
    Role.READER: 17,
    Role.BUYER: 22,
    Role.LATER: 9,
    Role.AWAY: 6,
    Role.REFUSER: 6,
    Role.GONE: 3,
    Role.WRONG_PERSON: 4,
    Role.MISFIT: 3,
}
_LATE: Final[tuple[Act, ...]] = (Reply(), AskForDemo(), Download("planning_guide"))
_GUIDES: Final = ("planning_guide", "shutdown_checklist", "spare_parts_sheet")
_OUTCOMES: Final[Mapping[str, Mapping[Outcome, int]]] = {
    "demo": {Outcome.WON: 55, Outcome.NURTURE: 25, Outcome.NOT_NOW: 12, Outcome.LOST: 8},
    "decision": {Outcome.WON: 45, Outcome.NURTURE: 25, Outcome.NOT_NOW: 12, Outcome.LOST: 18},
    "pricing": {Outcome.WON: 25, Outcome.NURTURE: 45, Outcome.NOT_NOW: 18, Outcome.LOST: 12},
    "replied": {Outcome.NURTURE: 50, Outcome.NOT_NOW: 35, Outcome.LOST: 15},
    "unresponsive": {Outcome.NURTURE: 72, Outcome.NOT_NOW: 10, Outcome.OTHER_CONTACT: 8, Outcome.BAD_FIT: 4, Outcome.LOST: 6},
    "beyond_the_machine": {Outcome.NURTURE: 45, Outcome.NOT_NOW: 22, Outcome.WON: 15, Outcome.LOST: 18},
    "call_after_fair": {Outcome.NURTURE: 58, Outcome.NOT_NOW: 18, Outcome.WON: 10, Outcome.BAD_FIT: 6, Outcome.LOST: 8},
    "unreachable": {Outcome.OTHER_CONTACT: 45, Outcome.LOST: 35, Outcome.BAD_FIT: 20},
    "first_review": {Outcome.NURTURE: 100},
    "customer_wrote": {Outcome.NURTURE: 100},
    "renewal": {Outcome.WON: 66, Outcome.NURTURE: 16, Outcome.LOST: 18},
    "win_back": {Outcome.WON: 25, Outcome.LOST: 75},
}
_OTHERWISE: Final = {Outcome.NURTURE: 60, Outcome.LOST: 40}
_ALWAYS: Final = {
    (Role.LATER, "replied"): Outcome.NOT_NOW,
    (Role.WRONG_PERSON, "replied"): Outcome.OTHER_CONTACT,
    (Role.WRONG_PERSON, "call_after_fair"): Outcome.OTHER_CONTACT,
    (Role.MISFIT, "replied"): Outcome.BAD_FIT,
    (Role.MISFIT, "unresponsive"): Outcome.BAD_FIT,
    (Role.BUYER, "replied"): Outcome.NURTURE,
}
_NOTES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.WON: ("Signed. They start with one site.", "ご契約いただきました。まず一拠点から始めます。"),
    Outcome.NOT_NOW: ("Not before the next budget. They named a date.", "来期の予算まで見送り。時期のご指定あり。"),
    Outcome.NURTURE: ("Friendly talk, no decision yet.", "好意的でしたが、まだ検討段階です。"),
    Outcome.LOST: ("They decided for something else.", "他社に決まりました。"),
    Outcome.BAD_FIT: ("Nothing of theirs that we could help with.", "当社がお役に立てる内容ではありませんでした。"),
    Outcome.OTHER_CONTACT: ("A colleague looks after this now.", "担当が別の方に替わっていました。"),
}


def character_of(key: str, seed: int) -> Character:
    """The part of the lead with this address."""
    luck = Random(f"{seed}:{key}")
    role = luck.choices(list(_SHARES), list(_SHARES.values()))[0]
    return Character(key=key, role=role, cues=tuple(_cues(role, luck)))


def response_to(character: Character, case: Case, seed: int) -> Response:
    """What a rep will answer to this task, and when. About one task in nine is left until the leader has heard of it."""
    luck = Random(f"{seed}:{character.key}:{case.reason}:{case.time}")
    odds = _OUTCOMES.get(case.reason, _OTHERWISE)
    outcome = luck.choices(list(odds), list(odds.values()))[0]
    if case.time == 1:
        outcome = _ALWAYS.get((character.role, case.reason), outcome)
    late = luck.random() < 0.11
    past_deadline = case.deadline_at - case.opened_at + timedelta(days=luck.randint(1, 6))
    return Response(
        rep="Leader" if late else luck.choice(REPS),
        wait=past_deadline if late else timedelta(hours=2 if case.reason == "demo" else luck.randint(3, 40)),
        late=late,
        claims=not late and luck.random() < 0.6,
        fields={"outcome": outcome, "notes": _NOTES[outcome][case.language == "ja"], **_details(outcome, case, luck)},
    )


def moved_end(character: Character, seed: int, time: int) -> Cue | None:
    """The change of a new contract's end that somebody agrees upon later, for one customer in four."""
    luck = Random(f"{seed}:{character.key}:contract:{time}")
    days = luck.choice([-150, -120, -90, 60, 120, 240])
    return Cue(letter=0, wait=timedelta(days=luck.randint(30, 150)), act=MoveEnd(days)) if luck.random() < 0.25 else None


def _details(outcome: Outcome, case: Case, luck: Random) -> dict[str, str]:
    match outcome:
        case Outcome.WON:
            ends_on = case.contract.ends_on if case.contract and case.contract.ends_on else case.today
            fields = {"ends_on": f"{max(ends_on, case.today) + timedelta(days=365)}"}
            return fields | ({"auto_renews": "yes"} if luck.random() < 0.3 else {})
        case Outcome.NOT_NOW:
            return {"until": f"{case.today + timedelta(days=luck.randint(45, 400))}"}
        case Outcome.OTHER_CONTACT:
            local, _, domain = case.email.partition("@")
            family, given = ("青葉", "遥") if case.language == "ja" else ("Ashby", "Robin")
            return {"family_name": family, "given_name": given, "email": f"colleague.of.{local}@{domain}"}
        case _:
            return {}


def _cues(role: Role, luck: Random) -> list[Cue]:
    def cue(letter: int, act: Act) -> Cue:
        return Cue(letter=letter, wait=timedelta(hours=luck.randint(1, 70)), act=act)

    first = luck.randint(1, 3)
    cues = {
        Role.QUIET: [],
        Role.READER: [cue(first, Download(luck.choice(_GUIDES))), cue(first + luck.randint(1, 3), Download("pricing_guide"))],
        Role.BUYER: [cue(luck.randint(1, 6), AskForDemo())],
        Role.LATER: [cue(luck.randint(1, 4), Reply()), cue(luck.randint(5, 8), AskForDemo())],
        Role.AWAY: [cue(first, BeAway(luck.randint(5, 25))), cue(first + 2, Reply())],
        Role.REFUSER: [cue(luck.randint(1, 6), Refuse())],
        Role.GONE: [cue(luck.randint(1, 5), Vanish())],
        Role.WRONG_PERSON: [cue(first, Reply())],
        Role.MISFIT: [cue(first, Reply())],
    }[role]
    if luck.random() < 0.2:
        cues = [*cues, cue(luck.randint(7, 11), luck.choice(_LATE))]
    return cues
