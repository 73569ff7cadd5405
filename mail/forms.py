"""Letters that do nothing with facts but print them, or ask whether they are known, are written once: then the facts are filled in.

That is right only where a fact cannot change anything else. So a letter and all templates that it needs are read for what they do with
facts, and a letter that does more is written anew for each lead.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, meta, nodes
from markupsafe import escape

from mail.facts import NAMES

_OPENS, _CLOSES = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_OPENS}([0-9]+){_CLOSES}")
_STYLES_BY_FACTS: Final = re.compile(
    rf"""<style\b(?:(?!</style).)*{_OPENS}                              # a fact in a style sheet
    |<style(?![^>]*data-css-inline="keep")\b(?:(?!</style).)*\[         # a style for what an attribute holds, which may be a fact
    |\sstyle="[^"]*{_OPENS}
    |<[^<>"]*(?:"[^"]*"[^<>"]*)*{_OPENS}                                # a fact in a tag, outside of quotes""",
    re.VERBOSE | re.DOTALL,
)
_READER: Final = Environment(autoescape=True)
_GROUPS: Final = tuple(name for name, parts in NAMES.items() if parts)
_CAPTURES: Final = (nodes.AssignBlock, nodes.FilterBlock, nodes.CallBlock, nodes.Macro, nodes.EvalContextModifier)
"""What may make something of that which was printed, or print it in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter as its templates write it, with the styles where they belong."""

    subject: str
    text: str
    html: str


class Given:
    """Facts, as a form takes them. Their names are those of ``values``, which are what templates get."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.facts: list[str] = [text for group in _GROUPS for text in values[group].values()]

    @property
    def known(self) -> tuple[bool, ...]:
        """Which of the facts are known: it is all that a form may depend on."""
        return tuple(map(bool, self.facts))

    @property
    def keep_lines(self) -> bool:
        """Whether certainly no fact breaks a line, or has blanks at its ends."""
        said = f"|{'|'.join(self.facts)}|"
        return said.isprintable() and "| " not in said and " |" not in said  # of all blanks only the space is printable

    def marked(self) -> dict[str, Any]:
        """The template values with a mark in the place of each fact. One that is not known has no mark: it is the empty text."""
        marks = (f"{_OPENS}{number}{_CLOSES}" if text else "" for number, text in enumerate(self.facts))
        return {**self._values, **{group: dict(zip(self._values[group], marks, strict=False)) for group in _GROUPS}}


class Form:
    """A letter with marks, or nothing where a letter has to be written anew for each lead; for as long as its files do not change."""

    def __init__(self, *, written: Written | None, unchanged: Iterable[Callable[[], bool]]) -> None:
        self._parts = [_Pieces(part) for part in (written.subject, written.text, written.html)] if written else None
        self._unchanged = tuple(unchanged)

    def is_fresh(self) -> bool:
        return all(is_unchanged() for is_unchanged in self._unchanged)

    def filled_in(self, given: Given) -> Written | None:
        if self._parts is None:
            return None
        subject, text, html = self._parts
        return Written(
            subject=subject.filled_in(given.facts),
            text=text.filled_in(given.facts),
            html=html.filled_in([escape(fact) for fact in given.facts]),
        )


class _Pieces:
    """A text that is cut at its marks."""

    def __init__(self, text: str) -> None:
        self._pieces = _MARK.split(text)
        self._places = [(at, int(self._pieces[at])) for at in range(1, len(self._pieces), 2)]

    def filled_in(self, facts: Sequence[str]) -> str:
        pieces = self._pieces.copy()
        for at, number in self._places:
            pieces[at] = facts[number]
        return "".join(pieces)


def only_prints(name: str, *environments: Environment) -> tuple[bool, Sequence[Callable[[], bool]]]:
    """Whether a letter and all that it needs only print facts, and what says that none of these files has changed. Raises TemplateError."""
    read: dict[str | None, Callable[[], bool]] = {}
    plain = True
    for environment in environments:
        for file, habits, is_unchanged in _family(environment, name):
            read.setdefault(file, is_unchanged)
            plain = plain and habits.only_prints
    return plain, list(read.values())


def styles_depend_on_facts(before: str, after: str) -> bool:
    """Whether the styles could be others with others' facts, in a letter with marks before and after the styles were moved."""
    moved = Counter(_MARK.findall(before)) != Counter(_MARK.findall(after))
    return moved or any(_STYLES_BY_FACTS.search(html) for html in (before, after))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """What a template does: the others that it needs, and whether all it does with facts is to print them."""

    needs: frozenset[str]
    only_prints: bool


def _family(environment: Environment, name: str) -> Iterator[tuple[str | None, _Habits, Callable[[], bool]]]:
    """The files of the template and of those that it names."""
    names, known = [name], {name}
    while names:
        assert environment.loader is not None
        source, file, is_unchanged = environment.loader.get_source(environment, names.pop())
        habits = _habits_of(source)
        yield file, habits, is_unchanged or (lambda: True)
        names += sorted(habits.needs - known)
        known |= habits.needs


@lru_cache(maxsize=1024)
def _habits_of(source: str) -> _Habits:
    """Kept, because all letters need the same layout. Raises TemplateSyntaxError."""
    tree = _READER.parse(source)
    needs = frozenset(needed for needed in meta.find_referenced_templates(tree) if needed is not None)
    return _Habits(needs=needs, only_prints=_OPENS not in source and _is_plain(tree))


def _is_plain(tree: nodes.Template) -> bool:
    """A fact stands alone in ``{{ }}`` or is the whole condition of an ``{% if %}``, and nothing makes something of what is printed."""
    names = list(tree.find_all(nodes.Name))
    harmless = [fact for output in tree.find_all(nodes.Output) for fact in output.nodes] + [asked.test for asked in tree.find_all(nodes.If)]
    facts = [fact.node for fact in harmless if isinstance(fact, nodes.Getattr) and isinstance(fact.node, nodes.Name)]
    return (
        {id(name) for name in names if name.name in _GROUPS} <= {id(name) for name in facts}
        and not any(tree.find_all(_CAPTURES))
        and not any(name.name in ("self", "super", "lipsum") for name in names)
        and not any(one.name == "random" for one in tree.find_all(nodes.Filter))
        and not any(loop.recursive for loop in tree.find_all(nodes.For))
        and None not in meta.find_referenced_templates(tree)
    )
