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


@dataclass(frozen=True, slots=True)
class Rate:
    """How satisfied a customer says that it is, from 0 to 10."""

    rating: int


@dataclass(frozen=True, slots=True)
class ReachMilestone:
    """A customer has achieved something with the product."""

    name: str


@dataclass(frozen=True, slots=True)
class UseLess:
    """A customer uses the product less than it did."""


@dataclass(frozen=True, slots=True)
class UseAgain:
    """It uses it as before again."""


@dataclass(frozen=True, slots=True)
class GetProposal:
    """A rep sends a proposal."""


Act = Download | AskForDemo | Reply | BeAway | Vanish | Refuse | MoveEnd | Rate | ReachMilestone | UseLess | UseAgain | GetProposal


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


def as_customer(character: Character, seed: int, time: int) -> list[Cue]:
    """What a new contract brings: how its customer fares with the product, and for one in four another end that is agreed upon later."""
    luck = Random(f"{seed}:{character.key}:contract:{time}")
    days = luck.choice([-150, -120, -90, 60, 120, 240])
    moved = Cue(letter=0, wait=timedelta(days=luck.randint(30, 150)), act=MoveEnd(days))
    return [*([moved] if luck.random() < 0.25 else []), *_use(luck)]


def _use(luck: Random) -> list[Cue]:
    """Most customers are simply there; of the others some thrive, some are let down, and some drift away."""

    def cue(first_day: int, last_day: int, act: Act) -> Cue:
        return Cue(letter=0, wait=timedelta(days=luck.randint(first_day, last_day)), act=act)

    fell = luck.randint(70, 160)
    thrives = [cue(60, 110, ReachMilestone("first_thousand_jobs")), cue(70, 140, Rate(luck.randint(8, 10)))]
    let_down = [cue(50, 160, Rate(luck.randint(2, 6)))]
    drifts = [cue(fell, fell, UseLess()), *([cue(fell + 10, fell + 45, UseAgain())] if luck.random() < 0.8 else [])]
    return luck.choices([[], thrives, let_down, drifts], [58, 16, 12, 14])[0]


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
