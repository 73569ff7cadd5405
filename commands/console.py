"""What a command says: tables and sentences for people, JSON for programs, and errors in a line each, with the place and the fix."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Final, TypeVar

import typer
from pydantic_core import to_json
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

WRONG_INPUT: Final = 1
AWAY: Final = 3
FORGOTTEN: Final = 4
STOPPED: Final = 130
EXITS: Final = (
    "Exit codes: 0 it is done · 1 something given is wrong · 2 the command is written wrong · 3 the database, Temporal, DNS or the mail "
    "server is away · 4 the doctor found leads that would be forgotten, or mail that will not arrive · 130 stopped by Ctrl-C."
)

_WIDE: Final = 120
"""Columns where there is no terminal to ask, as in a file or a pipe."""

_as_json: ContextVar[bool] = ContextVar("as_json", default=False)
"""Whether a program reads what this command says."""


def _noted(wanted: bool) -> bool:
    _as_json.set(wanted)
    return wanted


Json = Annotated[bool, typer.Option("--json", callback=_noted, help="Print the result as JSON, for programs.")]
Result = TypeVar("Result")


class CommandError(Exception):
    """A command cannot go on. Each line is a sentence with its place and its fix; ``code`` is what the process exits with.

    CommandError
    ├── WrongInput   what was given is wrong: 1
    └── Away         the database or Temporal does not answer: 3
    """

    code = WRONG_INPUT

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class WrongInput(CommandError):
    """What was given is wrong."""


class Away(CommandError):
    """The database or Temporal does not answer."""

    code = AWAY


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Do the work of a command. What it cannot do is said on stderr, with ``--json`` on stdout too, and the process exits with its code."""
    try:
        return asyncio.run(work)
    except CommandError as error:
        lines, code = error.lines, error.code
    except KeyboardInterrupt:
        lines, code = ("Stopped.",), STOPPED
    complain(lines)
    if _as_json.get():
        say_json({"error": "\n".join(lines)})
    raise typer.Exit(code)


def out() -> Console:
    """Where results go."""
    return _console(stderr=False)


def aside() -> Console:
    """Where errors, remarks and progress go, so that results can be piped."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() or "COLUMNS" in os.environ else _WIDE)


def complain(lines: Iterable[object], console: Console | None = None) -> None:
    """Say what is wrong, a line each, as it can be found again with ``grep``. Beside a bar, through the bar's ``console``."""
    console = console or aside()
    for line in lines:
        console.print(Text(printable(str(line)), "red"), soft_wrap=True)


def remark(line: str, console: Console | None = None) -> None:
    """Something worth knowing that is not the result."""
    (console or aside()).print(Text(printable(line), "yellow"), soft_wrap=True)


def say(line: str, style: str = "") -> None:
    """A sentence of the result."""
    out().print(Text(printable(line), style), soft_wrap=True)


def say_json(value: object) -> None:
    """The result for a program: ids, moments and closed sets as text."""
    typer.echo(to_json(value, indent=2).decode())


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table in the style of all of them. A column whose name begins with ``!`` is never broken."""
    empty = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, header_style="bold")
    for column in columns:
        empty.add_column(column.removeprefix("!"), no_wrap=column.startswith("!"), overflow="fold")
    return empty


def show(empty: Table, rows: Iterable[Iterable[object]]) -> None:
    """Fill a table and print it."""
    for row in rows:
        empty.add_row(*(cell if isinstance(cell, Text) else Text(printable(str(cell))) for cell in row))
    out().print(empty)


@contextmanager
def progress(what: str, total: float | None, *, counts: bool = True) -> Iterator[Progress]:
    """A bar with one task; nothing is shown where nobody watches. Without ``counts`` it shows a share only."""
    console = aside()
    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn() if counts else TaskProgressColumn(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        bar.add_task(what, total=total)
        yield bar


def number(count: int, one: str, many: str = "") -> str:
    """``1 lead``, ``12,000 leads``."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def printable(text: str) -> str:
    """The text without signs that would steer a terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text)
