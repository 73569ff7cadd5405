"""Shows rehearsals in the terminal: the calendar of one by month, or two side by side with what is different marked."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.console import number, out, printable, say
from rehearsal.comparing import Pair, Side, heading, side_by_side
from rehearsal.diary import Entry, Rehearsal, Sort, Story
from rehearsal.paper import MARKS, because, ending, local, months, sentence

_OLD, _NEW, _CHANGED = "red", "green", "yellow"
_STYLES = {Side.SAME: ("dim", "dim"), Side.CHANGED: (_CHANGED, _CHANGED), Side.OLD: (_OLD, ""), Side.NEW: ("", _NEW)}

_COLOURS = {
    Sort.LETTER: "bold green",
    Sort.NOT_SENT: "yellow",
    Sort.TASK: "bold yellow",
    Sort.MESSAGE: "bold yellow",
    Sort.REP: "yellow",
    Sort.LEAD: "bold blue",
    Sort.MOVE: "magenta",
    Sort.WAIT: "dim",
    Sort.REMARK: "red",
}
_INDENT = 23
_NARROWEST = 40


def show_calendar(rehearsal: Rehearsal, *, letters: bool) -> None:
    """Everything that happened to every persona, with the text of its ``letters`` or only their subjects."""
    for story in rehearsal.stories:
        _show(story, letters)
    length = f"{(rehearsal.until - rehearsal.since).days:,} days"
    say(f"\n{number(len(rehearsal.stories), 'lead')}, {length} in {rehearsal.seconds:.0f} seconds; nobody real was written to.")


def _show(story: Story, letters: bool) -> None:
    console = out()
    who = Text(f"{story.persona}  ·  {printable(story.person)}, {printable(story.company)}  ·  {story.zone}", "bold")
    console.print()
    console.rule(who, align="left", style="green")
    if story.about:
        console.print(Text(printable(story.about), "italic"))
    for month, entries in months(story):
        console.print(Text(f"\n{month}", "bold underline"))
        before = ""
        for entry in entries:
            at = local(entry.at, story)
            today = "" if f"{at:%a %d}" == before else f"{at:%a %d}"
            _print(console, f"{today:7}", f"{at:%H:%M} ", entry, story, letters)
            before = f"{at:%a %d}"
    console.print(Text(f"\nAt the end: {printable(ending(story))}", "bold"))


def _print(console: Console, today: str, clock: str, entry: Entry, story: Story, letters: bool) -> None:
    """One entry: its first line beside day and time, the others below it, none with blanks at its end."""
    said = Text(printable(sentence(entry, story)), _COLOURS[entry.sort])
    for more, style in ((entry.say, "default"), (because(entry), "dim"), (f"\n{entry.text.strip()}\n" if letters else "", "default")):
        if more.strip():
            said.append(f"\n{printable(more)}", style)
    lines = said.wrap(console, max(_NARROWEST, console.width - _INDENT))
    head = Text.assemble((today, "bold"), (clock, "dim"), " ", (f"{MARKS[entry.sort]:9}", _COLOURS[entry.sort]))
    for place, line in enumerate(lines):
        line.rstrip()
        console.print(Text.assemble(head if place == 0 else " " * (_INDENT - 1), line) if line else Text(), soft_wrap=True)


def show_differences(old: Rehearsal, new: Rehearsal) -> None:
    """Every persona in both editions."""
    console = out()
    for both in side_by_side(old, new):
        console.print()
        title = f"{both.new.persona}: {number(both.differences, 'difference')}"
        table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, expand=True, pad_edge=False)
        for name in ("", old.file, new.file):
            table.add_column(name, ratio=1 if name else None, overflow="fold")
        for pair in both.pairs:
            table.add_row(_sign(pair), _cell(pair, both.old, new=False), _cell(pair, both.new, new=True))
        table.add_section()
        table.add_row("", Text(ending(both.old), "bold"), Text(ending(both.new), "bold"))
        console.print(table)


def _sign(pair: Pair) -> Text:
    return Text({Side.SAME: "", Side.CHANGED: "~", Side.OLD: "-", Side.NEW: "+"}[pair.side])


def _cell(pair: Pair, story: Story, *, new: bool) -> Text:
    entry = pair.new if new else pair.old
    if entry is None:
        return Text()
    cell = Text(printable(f"{MARKS[entry.sort]}: {heading(entry, story)}"), _STYLES[pair.side][new])
    if because(entry) and pair.side is not Side.SAME:
        cell.append(f"\n{printable(because(entry))}", "dim")
    for line in pair.said:
        if line.startswith("+ " if new else "- "):
            cell.append(f"\n{printable(line)}", _NEW if new else _OLD)
    return cell
