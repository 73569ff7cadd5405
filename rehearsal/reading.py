"""Reads files of personas, scripts and rehearsals: whatever is wrong is said at once, each with its line, the wrong value and the fix."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from nurture.plan import problems
from nurture.plan.problems import CampaignError, Problem, did_you_mean
from nurture.plan.source import LARGEST, Source, read_source
from nurture.plan.spans import Span

_OF_CAMPAIGNS: Final = ("the file is empty", "this is not a campaign")
"""What the reader of YAML says in the words of campaigns, although it reads other files too."""


class Reading:
    """One file being read. ``refuse`` collects what is wrong; ``done`` raises CampaignError with all of it."""

    def __init__(self, path: Path, kind: str, example: str) -> None:
        self.file = str(path)
        self.problems: list[Problem] = []
        self._source = self._read(path, kind, example)
        self.data: dict[str, Any] = self._source.data
        self.problems.extend(self._source.problems)

    def line_of(self, path: problems.Path) -> int:
        return self._source.line_of(path)

    def refuse(self, path: problems.Path, what: str, fix: str) -> None:
        self.problems.append(Problem(file=self.file, line=self.line_of(path), what=what, fix=fix))

    def done(self) -> None:
        """Raises CampaignError when anything was refused."""
        if self.problems:
            raise CampaignError(self.problems)

    def mapping(self, value: object, path: problems.Path, known: Iterable[str] | None = None) -> dict[str, Any]:
        """The keys and values at a place; only ``known`` ones. What is not right is refused and left out."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(path, f"{shown(value)} cannot stand here", "write keys and values, indented below it")
            return {}
        known = None if known is None else list(known)
        for key in value:
            if known is not None and key not in known:
                self.refuse(
                    (*path, key), f"'{key}' is not known here", did_you_mean(key, [k for k in known if k not in value], "known are")
                )
        return {key: part for key, part in value.items() if known is None or key in known}

    def items(self, value: object, path: problems.Path) -> list[Any]:
        """The entries of a list; one alone may stand for itself."""
        return list(value) if isinstance(value, list) else [] if value is None else [value]

    def text(self, value: object, path: problems.Path) -> str:
        """A text in one line; numbers and yes or no are texts too."""
        if isinstance(value, (dict, list)):
            self.refuse(path, f"{shown(value)} cannot stand here", "write a text")
            return ""
        return "" if value is None else str(value).strip()

    def span(self, value: object, path: problems.Path) -> Span | None:
        """A length of time; None where it is none, which is refused."""
        try:
            return Span.parse(str(value))
        except ValueError as wrong:
            what, _, fix = str(wrong).partition(": ")
            self.refuse(path, what, fix)
            return None

    def one_of(self, word: str, known: Iterable[str], path: problems.Path, noun: str) -> bool:
        """Whether a word is known; if not, it is refused with the nearest that is."""
        known = list(known)
        if word in known:
            return True
        self.refuse(path, f"'{word}' is no {noun}", did_you_mean(word, known, "known are") or "there is none here")
        return False

    def _read(self, path: Path, kind: str, example: str) -> Source:
        try:
            content = path.read_bytes()
            text = content.decode("utf-8")
        except FileNotFoundError:
            raise self._wrong("there is no such file", "see if its name is right") from None
        except UnicodeDecodeError:
            raise self._wrong("this is not UTF-8", "save the file as UTF-8") from None
        except OSError as error:
            raise self._wrong(f"the file cannot be read: {error.strerror}", f"give {kind} that you may read") from None
        if len(content) > LARGEST:
            raise self._wrong("the file is too large", f"it has {LARGEST // 1024} KB at most")
        try:
            return read_source(text, self.file)
        except CampaignError as wrong:
            raise CampaignError(self._in_our_words(problem, kind, example) for problem in wrong.problems) from None

    def _in_our_words(self, problem: Problem, kind: str, example: str) -> Problem:
        if problem.what not in _OF_CAMPAIGNS:
            return problem
        what = "the file is empty" if problem.what == "the file is empty" else f"this is not {kind}"
        return Problem(file=problem.file, line=problem.line, what=what, fix=f"begin with a line like '{example}'")

    def _wrong(self, what: str, fix: str) -> CampaignError:
        return CampaignError([Problem(file=self.file, line=0, what=what, fix=fix)])


def shown(value: object) -> str:
    """A wrong value as a message names it."""
    match value:
        case None:
            return "nothing"
        case Mapping():
            return "a group of keys"
        case list():
            return "a list"
        case bool():
            return "'true'" if value else "'false'"
        case _:
            return f"'{str(value)[:60]}'"
