"""Two rehearsals side by side: the same personas in two editions of a campaign, and what comes otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, ndiff
from enum import StrEnum

from rehearsal.diary import Entry, Rehearsal, Sort, Story
from rehearsal.paper import because, local, sentence


class Side(StrEnum):
    """Where something happens: in both alike, in both but another way, or in one of them only."""

    SAME = "same"
    CHANGED = "changed"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One thing in both editions, or in one. ``said`` are the lines of a letter that are not the same, after ``- `` and ``+ ``."""

    side: Side
    old: Entry | None
    new: Entry | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """One persona in both editions."""

    old: Story
    new: Story
    pairs: tuple[Pair, ...]

    @property
    def differences(self) -> int:
        return sum(pair.side is not Side.SAME for pair in self.pairs)


def side_by_side(old: Rehearsal, new: Rehearsal) -> list[Both]:
    """Every persona of two rehearsals with the same parts. Waits are left out: they follow from what comes after them."""
    there = {story.persona: story for story in new.stories}
    return [
        Both(old=one, new=there[one.persona], pairs=tuple(_pairs(one, there[one.persona]))) for one in old.stories if one.persona in there
    ]


def _pairs(old: Story, new: Story) -> Iterator[Pair]:
    before, after = _told(old), _told(new)
    matcher = SequenceMatcher(None, [_key(entry) for entry in before], [_key(entry) for entry in after], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from (_pair(a, old, b, new) for a, b in zip(before[i1:i2], after[j1:j2], strict=True))
        else:
            yield from (Pair(side=Side.OLD, old=entry, new=None) for entry in before[i1:i2])
            yield from (Pair(side=Side.NEW, old=None, new=entry) for entry in after[j1:j2])


def _pair(a: Entry, old: Story, b: Entry, new: Story) -> Pair:
    said = (
        tuple(line for line in ndiff(_lines(a), _lines(b)) if line[:2] in ("- ", "+ "))
        if (a.text, a.subject) != (b.text, b.subject)
        else ()
    )
    alike = not said and local(a.at, old).date() == local(b.at, new).date() and _rest(a) == _rest(b)
    return Pair(side=Side.SAME if alike else Side.CHANGED, old=a, new=b, said=said)


def _told(story: Story) -> Sequence[Entry]:
    return [entry for entry in story.entries if entry.sort is not Sort.WAIT]


def _key(entry: Entry) -> tuple[str, ...]:
    """What makes two things the same although their day, reason or text may differ."""
    return (entry.sort, entry.campaign, entry.name) if entry.name else (entry.sort, entry.what)


def _rest(entry: Entry) -> tuple[object, ...]:
    return entry.what, because(entry), entry.say, entry.checklist, entry.outcomes, entry.until and entry.until - entry.at


def _lines(entry: Entry) -> list[str]:
    return [entry.subject, *entry.text.strip().splitlines()]


def heading(entry: Entry, story: Story) -> str:
    """An entry in a line with its day."""
    return f"{local(entry.at, story):%a %d %b %Y}  {sentence(entry, story)}"
