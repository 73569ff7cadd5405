"""Reads a CSV file as people's programs write it: in UTF-8 or Shift_JIS, with any line ends, and each row with the line it begins on."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from commands.console import WrongInput
from commands.files.encodings import ENCODINGS, encoding_of
from nurture.plan.problems import did_you_mean, nearest

_SEPARATORS: Final = ",;\t"
_LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row, by column. ``line`` is where it begins, counted from 1; columns that the file does not have are missing here too."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that cannot be taken. ``cells`` is what it holds, as far as it can be read."""

    line: int
    reason: str
    cells: dict[str, str]


class Sheet:
    """An open CSV file. Its header is right; rows are read while one goes over them.

    ``remarks`` name each column that is not known, with what was probably meant: such columns are passed over.
    """

    def __init__(self, path: Path, raw: BinaryIO, encoding: str, columns: Sequence[str], passed_over: Collection[str]) -> None:
        self.path = path
        self.encoding = encoding
        self._raw = raw
        self._lines = _Lines(io.TextIOWrapper(raw, encoding, newline=""))
        self._records = _records(self._lines, _separator(self._lines))
        first = next((record for record in self._records if any(record[1])), (1, [], ""))
        self.columns = _header(path, first, columns)
        self.unknown = [name for name in self.columns if name not in columns and name not in passed_over]
        self.remarks = [
            f"{path}:{first[0]}: the column '{name[:40]}' is not known and is passed over; {_fix(name, columns)}" for name in self.unknown
        ]
        self._passed_over = passed_over

    @property
    def bytes_read(self) -> int:
        return self._raw.tell()

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def __iter__(self) -> Iterator[Row | Refusal]:
        """Every row that holds something. One that cannot be read as CSV does not keep those after it from being read."""
        for line, cells, wrong in self._records:
            row = {name: cell for name, cell in zip(self.columns, cells, strict=False) if name not in self._passed_over}
            if wrong:
                yield Refusal(line=line, reason=wrong, cells=row)
            elif not any(cell.strip() for cell in cells):
                continue
            elif len(cells) != len(self.columns) and any(cell.strip() for cell in cells[len(self.columns) :]):
                reason = f"this row has {len(cells)} fields and the header {len(self.columns)}; see if a comma stands outside of quotes"
                yield Refusal(line=line, reason=reason, cells=row)
            elif len(cells) < len(self.columns):
                reason = f"this row has {len(cells)} of {len(self.columns)} fields; see if a comma or a quote is missing"
                yield Refusal(line=line, reason=reason, cells=row)
            else:
                yield Row(line=line, cells=row)


@contextmanager
def opened(path: Path, columns: Sequence[str], *, encoding: str | None = None, passed_over: Collection[str] = ()) -> Iterator[Sheet]:
    """Open a CSV file that has some of these columns; those ``passed_over`` are expected beside them. Raises WrongInput."""
    if path.is_dir():
        raise WrongInput(f"{path}: this is a folder; name a CSV file in it")
    if not path.is_file():
        raise WrongInput(f"{path}: there is no such file; see if its name is right")
    try:
        raw = path.open("rb")
    except OSError as error:
        raise WrongInput(f"{path}: the file cannot be read: {error.strerror}; give a CSV file that you may read") from None
    with raw:
        found = encoding_of(path, raw, [encoding] if encoding else list(ENCODINGS))
        raw.seek(0)
        yield Sheet(path, raw, found, columns, passed_over)


class _Lines:
    """The lines of a file, which can be put back, so that a quote that is never closed spoils one row and not the rest."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._ahead: list[str] = []
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._ahead.pop() if self._ahead else next(self._lines)
        self.taken.append(line)
        self.number += 1
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        self._ahead.extend(reversed(lines))
        self.number -= len(lines)


def _separator(lines: _Lines) -> str:
    """Commas, or what programs write where the comma belongs to numbers: the header shows it."""
    first = next(lines, "")
    lines.put_back([first] if first else [])
    return max(_SEPARATORS, key=first.count)


def _records(lines: _Lines, separator: str) -> Iterator[tuple[int, list[str], str]]:
    """Each record with the line it begins on, its cells, and what is wrong with it as CSV."""
    while True:
        lines.taken.clear()
        begins = lines.number + 1
        try:
            cells = next(csv.reader(lines, delimiter=separator, strict=True))
        except StopIteration:
            return
        except csv.Error as error:
            first, *rest = lines.taken
            lines.put_back(rest)
            yield begins, first.rstrip("\r\n")[:_LONGEST].split(separator), _said(str(error), bool(rest))
        else:
            yield begins, cells, ""


def _said(error: str, went_on: bool) -> str:
    if went_on or "unexpected end" in error:
        return "a quote is opened in this row and not closed; close it, or write two quotes for one"
    return f"this is not CSV ({error}); write two quotes for one inside a field"


def _header(path: Path, first: tuple[int, list[str], str], known: Sequence[str]) -> list[str]:
    """The columns by name. Raises WrongInput, which says everything that is wrong with them."""
    line, cells, wrong = first
    if wrong:
        raise WrongInput(f"{path}:{line}: {wrong}")
    names = [cell.strip().lower().replace(" ", "_").replace("-", "_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = []
    if "email" not in names:
        meant = next((f"did you mean it by '{name[:40]}'?" for name in names if nearest(name, known) == "email"), "")
        example = "the first line names the columns, like 'email,family_name,given_name'"
        problems.append(f"the column 'email' is missing; {meant or example}")
    for place, name in enumerate(names):
        if not name:
            problems.append(f"column {place + 1} has no name; name it or take it out")
        elif name in names[:place]:
            problems.append(f"the column '{name}' is there twice; keep one of them")
    if problems:
        raise WrongInput(*(f"{path}:{line}: {problem}" for problem in problems))
    return names


def _fix(name: str, known: Sequence[str]) -> str:
    return did_you_mean(name, known, "known are")


Refuse = Callable[[Refusal], None]
"""Gets every row that is not taken."""
