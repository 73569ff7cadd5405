"""Conditions: what a campaign may ask about a lead, in one line of Jinja that is checked before anything starts.

A condition compares facts, and that is all: no call, no filter, nothing to look into. So it gives the same answer on every replay.
"""

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nurture.plan.problems import did_you_mean
from nurture.plan.vocabulary import FACTS, FieldPlan, Known, opens_fault

__all__ = ["FACTS", "check", "faults_in", "holds", "tree_of"]

_LONGEST: Final = 500
_DEEPEST: Final = 64
_MOST_BRACKETS: Final = 20
_LIKE: Final = "write it like touches >= 3 and language == 'ja'"
_UNCLEAR: Final = object
_WORDS: Final = {str: "a text", int: "a number", bool: "a yes or no", list: "a list", _UNCLEAR: "not known"}
_SLIPS: Final = (
    (re.compile(r"(?<![=!<>])=(?!=)"), "compare with =="),
    (re.compile(r"&|\bAND\b"), "write 'and' between two comparisons"),
    (re.compile(r"\|\||\bOR\b"), "write 'or' between two comparisons"),
    (re.compile(r"!(?!=)|\bNOT\b"), "write 'not' before what must not hold"),
)
_REFUSED: Final[dict[type[nodes.Node], str]] = {
    nodes.Call: "a condition cannot call anything",
    nodes.Filter: "a condition has no filters",
    nodes.Test: "a condition has no tests with 'is'",
    nodes.Getattr: "a condition cannot look into a fact",
    nodes.Getitem: "a condition cannot look into a fact",
}

_OPERATORS: Final = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}

_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
for _offered in (_ENVIRONMENT.globals, _ENVIRONMENT.filters, _ENVIRONMENT.tests):
    _offered.clear()


class _Wrong(Exception):
    """What is wrong with a condition, and the fix."""


def holds(condition: str, facts: Mapping[str, object]) -> bool:
    """Whether ``condition`` is true of a lead with these facts.

    It was checked when its campaign was read. It is not checked again here: a run under way keeps its conditions, even where a later
    edition of ``check`` would refuse them. Raises jinja2.UndefinedError for a fact that is not given.
    """
    try:
        return bool(_compiled(condition)(facts))
    except KeyError as missing:
        raise UndefinedError(f"{missing} is not a fact of this lead") from None


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
        if reading.type_of(_parsed(condition), depth=0) not in (bool, _UNCLEAR):
            raise _Wrong(f"{_shown(condition)} is not a yes or no", f"compare it with something: {_LIKE}")
    except _Wrong as wrong:
        what, fix = wrong.args
        reading.faults.append((what, fix))
    return list(dict.fromkeys(reading.faults))


def tree_of(condition: str) -> nodes.Expr | None:
    """A condition taken apart; None where it cannot be read."""
    try:
        return _parsed(condition)
    except _Wrong:
        return None


@lru_cache(maxsize=4096)
def _compiled(condition: str) -> Callable[[Mapping[str, object]], object]:
    """A comparison of facts is written in Python, where it asks only for the facts that it names; anything else is Jinja's own."""
    tree = tree_of(condition)
    try:
        if tree is not None:
            ask: Callable[[Mapping[str, object]], object] = eval(f"lambda facts: {_in_python(tree)}", {})
            return ask
    except (_Wrong, SyntaxError, RecursionError, MemoryError):
        pass
    return _ENVIRONMENT.compile_expression(condition, undefined_to_none=False)


def _in_python(node: nodes.Node) -> str:
    """What Jinja would make of these nodes. Raises _Wrong for others."""
    match node:
        case nodes.Const(value=str() | bool() | int() | float() | None as value):
            return repr(value)
        case nodes.Name(name=name):
            return f"facts[{name!r}]"
        case nodes.And(left=left, right=right):
            return f"({_in_python(left)} and {_in_python(right)})"
        case nodes.Or(left=left, right=right):
            return f"({_in_python(left)} or {_in_python(right)})"
        case nodes.Not(node=inner):
            return f"(not {_in_python(inner)})"
        case nodes.Add(left=left, right=right):
            return f"({_in_python(left)} + {_in_python(right)})"
        case nodes.Sub(left=left, right=right):
            return f"({_in_python(left)} - {_in_python(right)})"
        case nodes.Neg(node=inner):
            return f"(-{_in_python(inner)})"
        case nodes.List(items=items) | nodes.Tuple(items=items):
            return f"[{', '.join(map(_in_python, items))}]"
        case nodes.Compare(expr=first, ops=ops) if all(operand.op in _OPERATORS for operand in ops):
            compared = (f" {_OPERATORS[operand.op]} {_in_python(operand.expr)}" for operand in ops)
            return f"({_in_python(first)}{''.join(compared)})"
        case _:
            raise _Wrong


def _parsed(condition: str) -> nodes.Expr:
    if not condition.strip():
        raise _Wrong("the condition is empty", "leave 'if' out, or " + _LIKE)
    if len(condition) > _LONGEST:
        raise _Wrong(f"the condition has {len(condition)} characters", f"{_LONGEST} at most")
    if "{{" in condition or "{%" in condition:
        raise _Wrong(f"{_shown(condition)} has braces around it", _LIKE)
    if "\\" in condition:
        raise _Wrong(f"{_shown(condition)} has a backslash", _LIKE)
    if condition.count("(") + condition.count("[") > _MOST_BRACKETS:
        raise _Wrong("the condition has too many brackets", "make it simpler, or make two rules of it")
    try:
        parser = Parser(_ENVIRONMENT, condition, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise _Wrong(f"{_shown(condition)} cannot be read", _slip(condition))
    except TemplateSyntaxError:
        raise _Wrong(f"{_shown(condition)} cannot be read", _slip(condition)) from None
    except RecursionError:
        raise _Wrong("the condition is nested too deeply", "make it simpler, or make two rules of it") from None
    return expression


class _Reading:
    """Goes through a condition and notes the words that are wrong. Raises _Wrong for what is not a comparison of facts."""

    def __init__(self, known: Known) -> None:
        self.faults: list[tuple[str, str]] = []
        self._known = known

    def type_of(self, node: nodes.Node, depth: int) -> type:
        """The type of what ``node`` gives; ``object`` where that is unclear because a word is wrong."""
        if depth > _DEEPEST:
            raise _Wrong("the condition is nested too deeply", "make it simpler, or make two rules of it")
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
                raise _Wrong(_REFUSED.get(type(node), f"a condition only compares, it has no {type(node).__name__.lower()}"), _LIKE)

    def _unknown(self, name: str) -> type:
        if name in self._known.fields:
            fault = f"'{name}' is a date, and a condition compares none", f"use 'when: {{date: {name}}}' or 'wait: {{until: {name}}}'"
        else:
            fault = opens_fault(name) or (f"'{name}' is not a fact of a lead", did_you_mean(name, self._known.words(), "the facts are"))
        self.faults.append(fault)
        return _UNCLEAR

    def _all(self, wanted: type, parts: tuple[nodes.Node, ...], depth: int) -> type:
        for part in parts:
            found = self.type_of(part, depth + 1)
            if found not in (wanted, _UNCLEAR):
                raise _Wrong(f"{_said(part)} is {_WORDS[found]} where {_WORDS[wanted]} belongs", _LIKE)
        return wanted

    def _compared(self, left: nodes.Expr, operand: nodes.Operand, depth: int) -> None:
        right = operand.expr
        types = self.type_of(left, depth), self.type_of(right, depth)
        if operand.op in ("in", "notin"):
            if not isinstance(right, nodes.List | nodes.Tuple) or types[0] is list:
                raise _Wrong(f"'in' needs a list after it, not {_said(right)}", "write it like language in ['ja', 'en']")
            others = right.items
        else:
            others = [right]
            if operand.op not in ("eq", "ne") and not {*types} <= {int, _UNCLEAR}:
                raise _Wrong(f"only numbers are more or less than another, not {_said(left)} and {_said(right)}", "use ==, != or in")
        for other in others:
            found = self.type_of(other, depth)
            if list in (found, types[0]) or (found is not types[0] and _UNCLEAR not in (found, types[0])):
                raise _Wrong(f"{_said(left)} is {_WORDS[types[0]]} and {_said(other)} is {_WORDS[found]}", "compare like with like")
            for fact, value in ((left, other), (other, left)):
                if isinstance(fact, nodes.Name) and isinstance(value, nodes.Const) and found is types[0] is str:
                    self.faults += filter(None, [self._known.fault_in(fact.name, value.value)])


def _slip(condition: str) -> str:
    return next((fix for slip, fix in _SLIPS if slip.search(condition)), _LIKE)


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name):
            return f"'{name}'"
        case nodes.Const(value=value):
            return _shown(value)
        case _:
            return "that part"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…'"
