"""Letters that do nothing with facts but print them, or ask whether they are known, are written once: then the facts are filled in.

That is right only where a fact cannot change anything else. So a letter and all templates that it needs are read for what they do with
facts, and a letter that does more is written anew for each lead.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Facts, and the template values with a mark in the place of each. One that is not known has no mark: it is the empty text."""

    facts: list[str]
    marked: dict[str, Any]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Given":
        facts: list[str] = []
        marked = dict(values)
        for group in _GROUPS:
            marked[group] = parts = dict[str, str]()
            for name, text in values[group].items():
                parts[name] = f"{_OPENS}{len(facts)}{_CLOSES}" if text else ""
                facts.append(text)
        return cls(facts=facts, marked=marked)

    @property
    def known(self) -> tuple[bool, ...]:
        """Which of the facts are known: it is all that a form may depend on."""
        return tuple(map(bool, self.facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A letter with marks, or nothing where a letter has to be written anew for each lead; for as long as its files do not change."""

    written: Written | None
    unchanged: tuple[Callable[[], bool], ...]

    def is_fresh(self) -> bool:
        return all(is_unchanged() for is_unchanged in self.unchanged)

    def filled_in(self, given: Given) -> Written | None:
        if self.written is None:
            return None

        def plain(mark: re.Match[str]) -> str:
            return given.facts[int(mark[1])]

        def escaped(mark: re.Match[str]) -> str:
            return escape(given.facts[int(mark[1])])

        return Written(
            subject=_MARK.sub(plain, self.written.subject),
            text=_MARK.sub(plain, self.written.text),
            html=_MARK.sub(escaped, self.written.html),
        )


def only_prints(name: str, *environments: Environment) -> tuple[bool, tuple[Callable[[], bool], ...]]:
    """Whether a letter and all that it needs only print facts, and what says that none of these files has changed. Raises TemplateError."""
    read = [one for environment in environments for one in _family(environment, name)]
    return all(habits.only_prints for habits, _ in read), tuple(is_unchanged for _, is_unchanged in read)


def styles_depend_on_facts(before: str, after: str) -> bool:
    """Whether the styles could be others with others' facts, in a letter with marks before and after the styles were moved."""
    moved = Counter(_MARK.findall(before)) != Counter(_MARK.findall(after))
    return moved or any(_STYLES_BY_FACTS.search(html) for html in (before, after))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """What a template does: the others that it needs, and whether all it does with facts is to print them."""

    needs: frozenset[str]
    only_prints: bool


def _family(environment: Environment, name: str) -> Iterator[tuple[_Habits, Callable[[], bool]]]:
    """The template and those that it names."""
    names, known = [name], {name}
    while names:
        assert environment.loader is not None
        source, _, is_unchanged = environment.loader.get_source(environment, names.pop())
        habits = _habits_of(source)
        yield habits, is_unchanged or (lambda: True)
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
