"""Conditions of rules: what a campaign may ask about a lead, in one line of Jinja that is checked before anything starts.

A condition compares facts, and that is all: no call, no filter, nothing to look into. So it gives the same answer on every replay.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from nurture.kinds import Fit
from nurture.problems import did_you_mean
from nurture.stages import STAGES

FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "stage": str,
        "track": str,
        "country": str,
        "language": str,
        "fit": str,
        "segment": str,
        "touches": int,
        "unanswered": int,
        "days_since_enrolled": int,
        "is_customer": bool,
        "days_to_contract_end": int,
    }
)
"""Every fact of a lead that a condition may ask for, and its type."""

_LONGEST: Final = 500
_DEEPEST: Final = 64
_MOST_BRACKETS: Final = 20
_LIKE: Final = "write it like touches >= 3 and language == 'ja'"
_WORDS: Final = {str: "a text", int: "a number", bool: "a yes or no", list: "a list"}
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
    return bool(_compiled(condition)(facts))


def check(condition: str, tracks: Collection[str] = ()) -> str | None:
    """What is wrong with ``condition``, and the fix; None when it is right. With ``tracks``, names of tracks are checked too."""
    wrong = fault_in(condition, tracks)
    return "; ".join(filter(None, wrong)) if wrong else None


def fault_in(condition: str, tracks: Collection[str] = ()) -> tuple[str, str] | None:
    """As ``check``, with what is wrong and the fix apart."""
    try:
        if _type_of(_parsed(condition), tracks, depth=0) is not bool:
            raise _Wrong(f"{_shown(condition)} is not a yes or no", f"compare it with something: {_LIKE}")
    except _Wrong as wrong:
        what, fix = wrong.args
        return what, fix
    return None


@lru_cache(maxsize=4096)
def _compiled(condition: str) -> TemplateExpression:
    return _ENVIRONMENT.compile_expression(condition, undefined_to_none=False)


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


def _type_of(node: nodes.Node, tracks: Collection[str], depth: int) -> type:
    """The type of what ``node`` gives. Raises _Wrong for all that is not a comparison of facts."""
    if depth > _DEEPEST:
        raise _Wrong("the condition is nested too deeply", "make it simpler, or make two rules of it")
    match node:
        case nodes.Const(value=str() | bool() | int() | float() as value):
            return int if isinstance(value, float) else type(value)
        case nodes.Name(name=name):
            if name not in FACTS:
                raise _Wrong(f"'{name}' is not a fact of a lead", did_you_mean(name, FACTS, "the facts are"))
            return FACTS[name]
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            return _all(bool, (left, right), tracks, depth)
        case nodes.Not(node=inner):
            return _all(bool, (inner,), tracks, depth)
        case nodes.Add(left=left, right=right) | nodes.Sub(left=left, right=right):
            return _all(int, (left, right), tracks, depth)
        case nodes.Neg(node=inner):
            return _all(int, (inner,), tracks, depth)
        case nodes.List(items=items) | nodes.Tuple(items=items):
            for item in items:
                _type_of(item, tracks, depth + 1)
            return list
        case nodes.Compare(expr=left, ops=ops):
            for operand in ops:
                _compared(left, operand, tracks, depth + 1)
                left = operand.expr
            return bool
        case _:
            raise _Wrong(_REFUSED.get(type(node), f"a condition only compares, it has no {type(node).__name__.lower()}"), _LIKE)


def _all(wanted: type, parts: tuple[nodes.Node, ...], tracks: Collection[str], depth: int) -> type:
    for part in parts:
        found = _type_of(part, tracks, depth + 1)
        if found is not wanted:
            raise _Wrong(f"{_said(part)} is {_WORDS[found]} where {_WORDS[wanted]} belongs", _LIKE)
    return wanted


def _compared(left: nodes.Expr, operand: nodes.Operand, tracks: Collection[str], depth: int) -> None:
    right = operand.expr
    types = _type_of(left, tracks, depth), _type_of(right, tracks, depth)
    if operand.op in ("in", "notin"):
        if not isinstance(right, nodes.List | nodes.Tuple) or types[0] is list:
            raise _Wrong(f"'in' needs a list after it, not {_said(right)}", "write it like language in ['ja', 'en']")
        others = right.items
    else:
        others = [right]
        if operand.op not in ("eq", "ne") and types != (int, int):
            raise _Wrong(f"only numbers are more or less than another, not {_said(left)} and {_said(right)}", "use ==, != or in")
    for other in others:
        found = _type_of(other, tracks, depth)
        if found is not types[0] or found is list:
            raise _Wrong(f"{_said(left)} is {_WORDS[types[0]]} and {_said(other)} is {_WORDS[found]}", "compare like with like")
        for fact, value in ((left, other), (other, left)):
            if isinstance(fact, nodes.Name) and isinstance(value, nodes.Const) and found is str:
                _is_possible(fact.name, value.value, tracks)


def _is_possible(fact: str, value: str, tracks: Collection[str]) -> None:
    """A comparison that can never be true is a slip of the pen: refuse it."""
    choices: Collection[str] = {"stage": STAGES, "fit": tuple(Fit), "track": tracks}.get(fact, ())
    if choices and value not in choices:
        raise _Wrong(f"'{value}' is not a {fact}", did_you_mean(value, choices, f"a {fact} is one of"))
    if fact == "country" and value and not re.fullmatch("[A-Z]{2}", value):
        raise _Wrong(f"'{value}' is not a country", "write its two capital letters, like 'JP' or 'US'")
    if fact == "language" and value and not re.fullmatch("[a-z]{2}", value):
        raise _Wrong(f"'{value}' is not a language", "write its two small letters, like 'ja' or 'en'")


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
