"""What a golden rehearsal expects: what must and must not happen, each with its line; what no campaign here has is refused."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nurture.plan import problems
from nurture.plan.campaign import Campaign
from nurture.plan.spans import Span
from nurture.stages import STAGE_SETS
from rehearsal.fitting import letters_in, reasons_in, tracks_in
from rehearsal.reading import Reading, shown

_AT_MOST: Final = re.compile(r"(\d{1,4}) (letter|task)s?(?: in (.+))?")


class Want(StrEnum):
    """What can be expected, in the words of the file."""

    LETTERS = "letters"
    ONLY_LETTERS = "only_letters"
    LETTER = "letter"
    TASKS = "tasks"
    TASK = "task"
    ENTERS = "enters"
    ENDS_IN = "ends_in"
    STAGE = "stage"
    OPEN = "open"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must happen, or must not. ``within`` counts from the beginning; ``most`` of ``names`` may come in any ``within``."""

    want: Want
    names: tuple[str, ...]
    within: Span | None = None
    most: int = 0
    must: bool = True
    file: str
    line: int


class Known:
    """What expectations may name."""

    def __init__(self, campaigns: Mapping[str, Campaign]) -> None:
        several = list(campaigns.values())
        letters, reasons, tracks = letters_in(several), reasons_in(several), tracks_in(several)
        stages = list(dict.fromkeys(stage for one in several for stage in STAGE_SETS[one.stages]))
        self.names: Mapping[Want, tuple[str, Collection[str]]] = {
            Want.LETTERS: ("letter", letters),
            Want.ONLY_LETTERS: ("letter", letters),
            Want.LETTER: ("letter", letters),
            Want.TASKS: ("task", reasons),
            Want.TASK: ("task", reasons),
            Want.ENTERS: ("track", tracks),
            Want.ENDS_IN: ("track", tracks),
            Want.STAGE: ("stage", stages),
        }


def read_expectations(reading: Reading, path: problems.Path, value: object, known: Known, *, must: bool) -> list[Expectation]:
    """What is written under ``must`` or ``must_not``."""
    found = []
    for place, item in enumerate(reading.items(value, path)):
        at = (*path, place) if isinstance(value, list) else path
        data = reading.mapping(item, at, (*Want, "within"))
        wants = [Want(key) for key in data if key != "within"]
        if len(wants) != 1:
            if wants or not isinstance(item, dict):
                reading.refuse(at, "this says not just one thing", f"write one of {', '.join(Want)} for each '-'")
            continue
        within = reading.span(data["within"], (*at, "within")) if "within" in data else None
        expectation = _expectation(reading, at, wants[0], data[wants[0]], within, known, must)
        if expectation:
            found.append(expectation)
    return found


def _expectation(
    reading: Reading, at: problems.Path, want: Want, value: object, within: Span | None, known: Known, must: bool
) -> Expectation | None:
    here, line = (*at, want), reading.line_of((*at, want))
    if within and want not in (Want.LETTER, Want.TASK, Want.ENTERS):
        reading.refuse((*at, "within"), f"'within' does not go with '{want}'", "it goes with letter, task and enters")
    if not must and want in (Want.ONLY_LETTERS, Want.AT_MOST, Want.OPEN):
        reading.refuse(here, f"'{want}' does not belong under must_not", "write it under must")
        return None
    if want is Want.AT_MOST:
        return _at_most(reading, here, str(value), line)
    if want is Want.OPEN:
        if not isinstance(value, bool):
            reading.refuse(here, f"{shown(value)} is neither true nor false", "write 'open: false' where nothing is to be left to do")
        return Expectation(want=want, names=("true" if value is True else "false",), file=reading.file, line=line)
    names = tuple(reading.text(name, here) for name in reading.items(value, here))
    if not names and want is not Want.ONLY_LETTERS:
        reading.refuse(here, f"'{want}' names nothing", "name at least one")
    noun, there = known.names[want]
    wrong = [name for name in names if not reading.one_of(name, there, here, f"{noun} of these campaigns")]
    if wrong:
        return None
    return Expectation(want=want, names=names, within=within, must=must, file=reading.file, line=line)


def _at_most(reading: Reading, path: problems.Path, text: str, line: int) -> Expectation | None:
    found = _AT_MOST.fullmatch(text)
    if not found:
        reading.refuse(path, f"'{text}' does not say how many", "write it like '4 letters in 30 days', or '2 tasks'")
        return None
    within = reading.span(found[3], path) if found[3] else None
    return Expectation(want=Want.AT_MOST, names=(found[2],), most=int(found[1]), within=within, file=reading.file, line=line)
