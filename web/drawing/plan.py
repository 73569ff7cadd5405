"""What is drawn of a campaign, before anybody knows where: its tracks with their lines, and the ties between them."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a line of a box is about; each has a sign of its own in the picture."""

    RULE = "rule"
    LETTER = "letter"
    PAUSE = "pause"
    TASK = "task"
    WAY = "way"
    OTHER = "other"
    REST = "rest"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a track. ``said`` is in words; ``leads`` stand at it; ``moved`` were led on by it lately, None where it leads nowhere.

    ``is_from_anywhere`` is a rule that takes leads from every track. ``is_of_step_before`` is one more way of the same step.
    """

    mark: Mark
    said: str
    leads: int = 0
    moved: int | None = None
    is_from_anywhere: bool = False
    is_of_step_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A track to be drawn: ``band`` is the number of its stage from the top."""

    name: str
    band: int
    lines: tuple[Line, ...]
    leads: int = 0
    is_start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A way from a track into another.

    ``out`` is the line that leads there, None for the track as a whole; ``into`` is the line of the rule, None for the track as a whole.
    """

    source: str
    target: str
    out: int | None = None
    into: int | None = None

    @property
    def is_rule(self) -> bool:
        return self.into is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a picture of a campaign shows. ``bands`` are the stages from the top, as they are called."""

    bands: tuple[str, ...]
    shapes: tuple[Shape, ...]
    ties: tuple[Tie, ...]
