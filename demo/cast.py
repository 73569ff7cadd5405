"""The people of the demonstration: what leads do about the letters that they get. The same seed, the same people."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Final


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


def character_of(key: str, seed: int) -> Character:
    """The part of the lead with this address."""
    luck = Random(f"{seed}:{key}")
    role = luck.choices(list(_SHARES), list(_SHARES.values()))[0]
    return Character(key=key, role=role, cues=tuple(_cues(role, luck)))


def moved_end(character: Character, seed: int, time: int) -> Cue | None:
    """The change of a new contract's end that somebody agrees upon later, for one customer in four."""
    luck = Random(f"{seed}:{character.key}:contract:{time}")
    days = luck.choice([-150, -120, -90, 60, 120, 240])
    return Cue(letter=0, wait=timedelta(days=luck.randint(30, 150)), act=MoveEnd(days)) if luck.random() < 0.25 else None


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
