"""A rehearsal as plain lines: its calendar by month, for the terminal and for recordings that can be compared."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

from nurture.places import zone
from rehearsal.diary import Entry, Rehearsal, Sort, Story

MARKS: Final = {
    Sort.LETTER: "letter",
    Sort.NOT_SENT: "not sent",
    Sort.TASK: "task",
    Sort.MESSAGE: "message",
    Sort.REP: "rep",
    Sort.LEAD: "lead",
    Sort.MOVE: "move",
    Sort.WAIT: "wait",
    Sort.REMARK: "!",
}
"""What stands before an entry."""


_TOKEN: Final = re.compile(r"(?<=/)[\w-]{40,}")
"""The part of a link that is one lead's alone, which nobody reads."""


def local(at: datetime, story: Story) -> datetime:
    """A moment on the lead's clock."""
    return at.astimezone(zone(story.zone))


def day(at: datetime, story: Story) -> str:
    """``Tue 03 Apr 2040`` on the lead's clock."""
    return f"{local(at, story):%a %d %b %Y}"


def moment(at: datetime, story: Story) -> str:
    """``Tue 03 Apr 2040 11:12`` on the lead's clock."""
    return f"{local(at, story):%a %d %b %Y %H:%M}"


def months(story: Story) -> Iterator[tuple[str, list[Entry]]]:
    """The story by month, each with its entries."""
    for month, entries in groupby(story.entries, key=lambda entry: f"{local(entry.at, story):%B %Y}"):
        yield month, list(entries)


def sentence(entry: Entry, story: Story) -> str:
    """What happened, in a line."""
    match entry.sort:
        case Sort.LETTER:
            return f"{entry.campaign}/{entry.name}: {entry.subject}"
        case Sort.TASK | Sort.MESSAGE if entry.until:
            return f"{entry.what}, by {moment(entry.until, story)}"
        case Sort.WAIT:
            until = moment(entry.until, story) if entry.until else "something happens"
            return entry.why if until in entry.why else f"until {until}: {entry.why}"
        case _:
            return entry.what


def because(entry: Entry) -> str:
    """The reason, where the sentence does not say it already."""
    return "" if entry.sort is Sort.WAIT else entry.why


def ending(story: Story) -> str:
    """How it stands at the end."""
    letters, tasks = len(story.of(Sort.LETTER)), len(story.of(Sort.TASK, Sort.MESSAGE))
    counted = f"{letters} letter{'' if letters == 1 else 's'}, {tasks} task{'' if tasks == 1 else 's'}"
    if not story.open:
        return f"{counted}; at the end nothing is left to do, in the stage {story.stage}"
    known = story.next_at is None or day(story.next_at, story) in story.why
    coming = f"; {story.why}" if known or story.next_at is None else f"; next {day(story.next_at, story)}: {story.why}"
    return f"{counted}; at the end in {', '.join(story.tracks)}, in the stage {story.stage}{coming}"


def recorded(rehearsal: Rehearsal, story: Story) -> list[str]:
    """The lines of a recording: days instead of moments, each letter's text where it first comes. The same campaign gives the same."""
    lines = [f"{story.persona}: {story.about}".rstrip(": "), f"campaign {rehearsal.campaign}, from {day(story.began_at, story)}", ""]
    shown: set[tuple[str, str, str]] = set()
    for month, entries in months(story):
        lines += [month, ""]
        for entry in entries:
            if entry.sort is Sort.WAIT:
                continue
            lines.append(f"{local(entry.at, story):%a %d}  {MARKS[entry.sort]:8}  {_by_day(entry, story)}")
            if because(entry):
                lines.append(f"{'':18}because: {because(entry)}")
            if entry.sort is Sort.LETTER and (key := (entry.campaign, entry.name, entry.language)) not in shown:
                shown.add(key)
                lines += [f"{'':18}| {_TOKEN.sub('…', line)}".rstrip() for line in entry.text.strip().splitlines()]
        lines.append("")
    return [*lines, f"at the end: {_standing(story)}"]


def _by_day(entry: Entry, story: Story) -> str:
    if entry.sort in (Sort.TASK, Sort.MESSAGE) and entry.until:
        return f"{entry.what}, by {day(entry.until, story)}"
    return sentence(entry, story)


def _standing(story: Story) -> str:
    where = f"in {', '.join(story.tracks)}, " if story.tracks else ""
    return f"{where}in the stage {story.stage}, {'open' if story.open else 'nothing is left to do'}"
