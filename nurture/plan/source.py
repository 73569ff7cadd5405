"""Reads YAML into plain data that still knows its lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from nurture.plan.problems import CampaignError, Path, Problem

LARGEST: Final = 256 * 1024
"""Bytes that a campaign file may have."""

_DEEPEST: Final = 20
_MOST_PARTS: Final = 50_000
_KEPT: Final = 48 * 1024
"""Characters of a text that is kept as it was read: the same file is asked for its plan, for lines of it, for where it leads."""

_STANDARD: Final = "tag:yaml.org,2002:"
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a file says. ``problems`` are places that could be read over."""

    data: dict[str, Any]
    lines: Mapping[Path, int]
    problems: tuple[Problem, ...]

    def line_of(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it that is in the file."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def read_source(text: str, file: str, *, noun: str = "a campaign", like: str = "campaign: name-of-the-campaign") -> Source:
    """Read one YAML document that is a mapping. Raises CampaignError when it cannot be read at all; ``noun`` is what it should be."""
    if len(text) > LARGEST or len(text.encode(errors="surrogatepass")) > LARGEST:
        raise too_large(file)
    root = _root(text, file)
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        raise CampaignError([Problem(file=file, line=1, what="the file is empty", fix=f"begin with '{like}'")])
    reader = _Reader(file)
    data = reader.plain(root, ())
    if not isinstance(data, dict):
        what, fix = f"this is not {noun}", f"write lines like '{like}'"
        raise CampaignError([*reader.problems, Problem(file=file, line=reader.lines[()], what=what, fix=fix)])
    return Source(data=data, lines=reader.lines, problems=tuple(reader.problems))


def too_large(file: str) -> CampaignError:
    """What to raise for a file with more bytes than LARGEST."""
    return CampaignError([Problem(file=file, line=0, what="the file is too large", fix=f"a campaign has {LARGEST // 1024} KB at most")])


def _root(text: str, file: str) -> Node | None:
    try:
        return _composed(text) if len(text) <= _KEPT else _composed.__wrapped__(text)
    except MarkedYAMLError as wrong:
        raise CampaignError([_unreadable(wrong, text, file)]) from None
    except RecursionError:
        raise CampaignError([Problem(file=file, line=1, what="this is nested too deeply", fix="see if a bracket is missing")]) from None
    except Exception as wrong:
        # Text that is no YAML at all makes ruamel.yaml stumble over itself: IndexError, ValueError, AttributeError and others were seen.
        at = getattr(wrong, "position", 0)
        line = text.count("\n", 0, at if isinstance(at, int) else 0) + 1
        what, fix = "this cannot be read as YAML", "see if there is a character that is not text"
        raise CampaignError([Problem(file=file, line=line, what=what, fix=fix)]) from None


@lru_cache(maxsize=16)
def _composed(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    root: Node | None = yaml.compose(text)
    return root


def _unreadable(wrong: MarkedYAMLError, text: str, file: str) -> Problem:
    mark, begun = wrong.problem_mark, wrong.context_mark
    rows = text.splitlines() or [""]
    if isinstance(wrong, ComposerError):
        what, fix = "a name after '*' is not defined above", "quote the text if the star belongs to it"
        if begun is not None:
            what, fix = "a second document begins here", "one file is one campaign: take the line '---' or '...' out"
    elif mark is not None and text[mark.index : mark.index + 1] == "\t":
        what, fix = "a tab stands where spaces belong", "indent with spaces"
    else:
        what = f"this cannot be read as YAML: {wrong.problem or wrong.context}"
        fix = "see if a quote, a bracket, a colon or an indent is wrong"
        if begun is not None and (mark is None or mark.line >= len(rows) or not "".join(rows[mark.line :]).strip()):
            mark = begun
    return Problem(file=file, line=mark.line + 1 if mark else 1, what=what, fix=fix)


class _Reader:
    """Turns nodes into dicts, lists and scalars, and remembers their lines."""

    def __init__(self, file: str) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._parts = 0

    def plain(self, node: Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        self._parts += 1
        if len(path) > _DEEPEST or self._parts > _MOST_PARTS:
            what = "this is nested too deeply" if len(path) > _DEEPEST else "this repeats itself too often"
            raise CampaignError([*self.problems, self._problem(node, what, "write it out without '&' and '*'")])
        if node.tag and not str(node.tag).startswith(_STANDARD):
            self.problems.append(self._problem(node, f"'{node.tag}' is not known here", "quote the text if the '!' belongs to it"))
        match node:
            case MappingNode():
                return self._mapping(node, path)
            case SequenceNode():
                return [self.plain(item, (*path, place)) for place, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node)
            case _:
                raise AssertionError(f"YAML has no {type(node).__name__}")

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problems.append(self._problem(key_node, "a key is a single word", "write 'key: value'"))
                continue
            key = self._text(key_node)
            at = (*path, key)
            if key in data:
                what = f"'{key}' is written twice here, first on line {self.lines[at]}"
                self.problems.append(self._problem(key_node, what, "keep one of them"))
                continue
            self.lines[at] = key_node.start_mark.line + 1
            data[key] = self.plain(value, at)
        return data

    def _scalar(self, node: ScalarNode) -> str | int | float | bool | None:
        text = self._text(node)
        kind = str(node.tag).removeprefix(_STANDARD)
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        try:
            if kind == "int" and len(text) <= 20:
                digits = text.replace("_", "")
                return int(digits, 0 if digits.lstrip("+-")[:2].lower() in ("0x", "0o") else 10)
            if kind == "float" and isfinite(number := float(text)):
                return number
        except ValueError:
            pass
        return text

    def _text(self, node: ScalarNode) -> str:
        text = str(node.value)
        if _NO_TEXT.search(text):
            self.problems.append(self._problem(node, "there is a character that is not text", "take it out"))
            return _NO_TEXT.sub("", text)
        return text

    def _problem(self, node: Node, what: str, fix: str) -> Problem:
        return Problem(file=self._file, line=node.start_mark.line + 1, what=what, fix=fix)
