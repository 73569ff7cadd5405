"""What is wrong with a condition of a campaign: words that nobody knows, and comparisons that cannot be made."""

from collections.abc import Collection, Mapping
from typing import Final

from jinja2 import nodes

from nurture.plan.conditions import LIKE, Wrong, parsed, shown
from nurture.plan.problems import did_you_mean
from nurture.plan.vocabulary import FieldPlan, Known, opens_fault

_DEEPEST: Final = 64
_UNCLEAR: Final = object
_WORDS: Final = {str: "a text", int: "a number", bool: "a yes or no", list: "a list", _UNCLEAR: "not known"}
_REFUSED: Final[dict[type[nodes.Node], str]] = {
    nodes.Call: "a condition cannot call anything",
    nodes.Filter: "a condition has no filters",
    nodes.Test: "a condition has no tests with 'is'",
    nodes.Getattr: "a condition cannot look into a fact",
    nodes.Getitem: "a condition cannot look into a fact",
}


def check(condition: str, tracks: Collection[str] = (), fields: Mapping[str, FieldPlan] | None = None) -> str | None:
    """What is wrong with ``condition``, a line for each fault with its fix; None when it is right.

    With ``tracks``, names of tracks are checked too; ``fields`` are the campaign's own.
    """
    wrong = faults_in(condition, Known(tracks=tracks, fields=fields or {}))
    return "\n".join("; ".join(filter(None, fault)) for fault in wrong) or None


def faults_in(condition: str, known: Known) -> list[tuple[str, str]]:
    """Everything that is wrong with ``condition`` in its campaign: what, and the fix."""
    reading = _Reading(known)
    try:
        if reading.type_of(parsed(condition), depth=0) not in (bool, _UNCLEAR):
            raise Wrong(f"{shown(condition)} is not a yes or no", f"compare it with something: {LIKE}")
    except Wrong as wrong:
        what, fix = wrong.args
        reading.faults.append((what, fix))
    return list(dict.fromkeys(reading.faults))


class _Reading:
    """Goes through a condition and notes the words that are wrong. Raises Wrong for what is not a comparison of facts."""

    def __init__(self, known: Known) -> None:
        self.faults: list[tuple[str, str]] = []
        self._known = known

    def type_of(self, node: nodes.Node, depth: int) -> type:
        """The type of what ``node`` gives; ``object`` where that is unclear because a word is wrong."""
        if depth > _DEEPEST:
            raise Wrong("the condition is nested too deeply", "make it simpler, or make two rules of it")
        match node:
            case nodes.Const(value=str() | bool() | int() | float() as value):
                return int if isinstance(value, float) else type(value)
            case nodes.Name(name=name):
                return self._known.type_of(name) or self._unknown(name)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                return self._all(bool, (left, right), depth)
            case nodes.Not(node=inner):
                return self._all(bool, (inner,), depth)
            case nodes.Add(left=left, right=right) | nodes.Sub(left=left, right=right):
                return self._all(int, (left, right), depth)
            case nodes.Neg(node=inner):
                return self._all(int, (inner,), depth)
            case nodes.List(items=items) | nodes.Tuple(items=items):
                for item in items:
                    self.type_of(item, depth + 1)
                return list
            case nodes.Compare(expr=left, ops=ops):
                for operand in ops:
                    self._compared(left, operand, depth + 1)
                    left = operand.expr
                return bool
            case _:
                raise Wrong(_REFUSED.get(type(node), f"a condition only compares, it has no {type(node).__name__.lower()}"), LIKE)

    def _unknown(self, name: str) -> type:
        if name in self._known.fields:
            fault = f"'{name}' is a date, and a condition compares none", f"use 'when: {{date: {name}}}' or 'wait: {{until: {name}}}'"
        else:
            fix = f"a text stands in quotes: '{name}'" if self._known.is_a_text(name) else ""
            fix = fix or did_you_mean(name, self._known.words(), "the facts are")
            fault = opens_fault(name) or (f"'{name}' is not a fact of a lead", fix)
        self.faults.append(fault)
        return _UNCLEAR

    def _all(self, wanted: type, parts: tuple[nodes.Node, ...], depth: int) -> type:
        for part in parts:
            found = self.type_of(part, depth + 1)
            if found not in (wanted, _UNCLEAR):
                raise Wrong(f"{_said(part)} is {_WORDS[found]} where {_WORDS[wanted]} belongs", LIKE)
        return wanted

    def _compared(self, left: nodes.Expr, operand: nodes.Operand, depth: int) -> None:
        right = operand.expr
        types = self.type_of(left, depth), self.type_of(right, depth)
        if operand.op in ("in", "notin"):
            if not isinstance(right, nodes.List | nodes.Tuple) or types[0] is list:
                raise Wrong(f"'in' needs a list after it, not {_said(right)}", "write it like language in ['ja', 'en']")
            others = right.items
        else:
            others = [right]
            if operand.op not in ("eq", "ne") and not {*types} <= {int, _UNCLEAR}:
                raise Wrong(f"only numbers are more or less than another, not {_said(left)} and {_said(right)}", "use ==, != or in")
        for other in others:
            found = self.type_of(other, depth)
            if list in (found, types[0]) or (found is not types[0] and _UNCLEAR not in (found, types[0])):
                raise Wrong(f"{_said(left)} is {_WORDS[types[0]]} and {_said(other)} is {_WORDS[found]}", "compare like with like")
            for fact, value in ((left, other), (other, left)):
                if isinstance(fact, nodes.Name) and isinstance(value, nodes.Const) and found is types[0] is str:
                    self.faults += filter(None, [self._known.fault_in(fact.name, value.value)])


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name):
            return f"'{name}'"
        case nodes.Const(value=value):
            return shown(value)
        case _:
            return "that part"
