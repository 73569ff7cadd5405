"""Conditions: what a campaign asks about a lead, in one line of Jinja.

A condition compares facts, and that is all: no call, no filter, nothing to look into. So it gives the same answer on every replay.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

_LONGEST: Final = 500
_MOST_BRACKETS: Final = 20
LIKE: Final = "write it like touches >= 3 and language == 'ja'"
"""The fix where nothing else is known."""

_SLIPS: Final = (
    (re.compile(r"=>|=<"), "write >= or <="),
    (re.compile(r"(?<![=!<>])=(?!=)"), "compare with =="),
    (re.compile(r"&|\bAND\b"), "write 'and' between two comparisons"),
    (re.compile(r"\|\||\bOR\b"), "write 'or' between two comparisons"),
    (re.compile(r"!(?!=)|\bNOT\b"), "write 'not' before what must not hold"),
)
_OPERATORS: Final = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}

_ENVIRONMENT: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
for _offered in (_ENVIRONMENT.globals, _ENVIRONMENT.filters, _ENVIRONMENT.tests):
    _offered.clear()


class Wrong(Exception):
    """What is wrong with a condition, and the fix."""


def holds(condition: str, facts: Mapping[str, object]) -> bool:
    """Whether ``condition`` is true of a lead with these facts.

    It was checked when its campaign was read. It is not checked again here: a run under way keeps its conditions, even where a later
    edition of ``faults_in`` would refuse them. Raises jinja2.UndefinedError for a fact that is not given.
    """
    try:
        return bool(_compiled(condition)(facts))
    except KeyError as missing:
        raise UndefinedError(f"{missing} is not a fact of this lead") from None


def tree_of(condition: str) -> nodes.Expr | None:
    """A condition taken apart; None where it cannot be read."""
    try:
        return parsed(condition)
    except Wrong:
        return None


@lru_cache(maxsize=4096)
def _compiled(condition: str) -> Callable[[Mapping[str, object]], object]:
    """A comparison of facts is written in Python, where it asks only for the facts that it names; anything else is Jinja's own."""
    tree = tree_of(condition)
    try:
        if tree is not None:
            ask: Callable[[Mapping[str, object]], object] = eval(f"lambda facts: {_in_python(tree)}", {})
            return ask
    except (Wrong, SyntaxError, RecursionError, MemoryError):
        pass
    return _ENVIRONMENT.compile_expression(condition, undefined_to_none=False)


def _in_python(node: nodes.Node) -> str:
    """What Jinja would make of these nodes. Raises Wrong for others."""
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
            raise Wrong


def parsed(condition: str) -> nodes.Expr:
    """A condition taken apart. Raises Wrong."""
    if not condition.strip():
        raise Wrong("the condition is empty", "leave 'if' out, or " + LIKE)
    if len(condition) > _LONGEST:
        raise Wrong(f"the condition has {len(condition)} characters", f"{_LONGEST} at most")
    if "{{" in condition or "{%" in condition:
        raise Wrong(f"{shown(condition)} has braces around it", LIKE)
    if "\\" in condition:
        raise Wrong(f"{shown(condition)} has a backslash", LIKE)
    if condition.count("(") + condition.count("[") > _MOST_BRACKETS:
        raise Wrong("the condition has too many brackets", "make it simpler, or make two rules of it")
    try:
        parser = Parser(_ENVIRONMENT, condition, state="variable")
        expression = parser.parse_expression()
        if not parser.stream.eos:
            raise Wrong(f"{shown(condition)} cannot be read", _slip(condition))
    except TemplateSyntaxError:
        raise Wrong(f"{shown(condition)} cannot be read", _slip(condition)) from None
    except RecursionError:
        raise Wrong("the condition is nested too deeply", "make it simpler, or make two rules of it") from None
    return expression


def _slip(condition: str) -> str:
    return next((fix for slip, fix in _SLIPS if slip.search(condition)), LIKE)


def shown(value: object) -> str:
    """A value as a message quotes it: some 60 signs at most."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…'"
