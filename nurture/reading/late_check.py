"""Checks that nothing waits for a condition that time alone makes true: nobody would wake the lead at that moment."""

from collections.abc import Iterator
from typing import Final

from jinja2 import nodes

from nurture.plan.conditions import tree_of
from nurture.plan.problems import Fault
from nurture.plan.rule import OF_TIME
from nurture.reading.outline import Outline
from nurture.reading.stops import word

_DRIFT: Final = {
    "days_since_enrolled": 1,
    "days_since_act": 1,
    "days_since_touch": 1,
    "days_to_contract_end": -1,
    "recent_score": -1,
    "downloads_top_alone": -1,
}
"""The facts that are others tomorrow though nothing happens, and whether they grow or shrink."""

_OPPOSITE: Final = {"gt": "lteq", "gteq": "lt", "lt": "gteq", "lteq": "gt"}
_GROWS_TRUE: Final = {"gt": 1, "gteq": 1, "lt": -1, "lteq": -1}
"""Which way the difference of both sides has to go for a comparison to come true; the others may come true either way."""

_TRIGGERS: Final = {
    "days_since_enrolled": "begin a track with 'wait: 30 days', and ask the rest in a 'branch' after it",
    "days_since_act": "use 'when: {quiet_after: downloaded, for: 30 days}', and ask the rest in 'if'",
    "days_since_touch": "use 'when: {silence: 30 days}', and ask the rest in 'if'",
    "days_to_contract_end": "use 'when: {contract_ends_in: 90 days}', and ask the rest in 'if'",
    "downloads_top_alone": "use 'when: {quiet_after: downloaded, for: 180 days}', or ask it in a 'branch' after a 'wait'",
    "recent_score": "use 'when: {quiet_after: downloaded, for: 30 days}', or ask it in a 'branch' after a 'wait'",
}


def faults_of_lateness(plan: Outline) -> Iterator[Fault]:
    """Conditions that are waited for, and that time alone may make true. What is asked in one moment, as by a branch, may be of time."""
    for _, stop in plan.stops():
        for path, condition in stop.conditions if stop.kind == "wait_for" else ():
            if fact := made_true_by_time(condition):
                until = "'wait: {until: contract_end, minus: 90 days}'" if fact == "days_to_contract_end" else "'wait: 30 days'"
                yield Fault(path=path, what=_what(fact), fix=f"write {until}, and ask this in a 'branch' after it")
    for rule in plan.rules:
        if fact := made_true_by_time(word(rule.when.get("becomes"))):
            yield Fault(path=(*rule.path, "when", "becomes"), what=_what(fact), fix=_TRIGGERS[fact])
        if rule.when.keys() & set(OF_TIME) and rule.condition and (fact := made_true_by_time(rule.condition)):
            fix = "lead to a track that begins with a 'branch' on it: there it is asked in the moment of the rule"
            yield Fault(path=(*rule.path, "if"), what=_what(fact), fix=fix)


def made_true_by_time(condition: str) -> str | None:
    """A fact by which time alone may make a condition true; None where something has to happen for that.

    ``days_since_act > 7`` comes true by itself. ``days_since_act < 7`` needs an act, and is noticed with it.
    """
    tree = tree_of(condition)
    return next(_turning(tree, wanted=True), None) if tree is not None else None


def _what(fact: str) -> str:
    return f"'{fact}' changes with time alone, and nothing wakes the lead when this comes true by it"


def _turning(node: nodes.Node, *, wanted: bool) -> Iterator[str]:
    match node:
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            yield from _turning(left, wanted=wanted)
            yield from _turning(right, wanted=wanted)
        case nodes.Not(node=inner):
            yield from _turning(inner, wanted=not wanted)
        case nodes.Compare(expr=left, ops=ops):
            for operand in ops:
                op = operand.op if wanted else _OPPOSITE.get(operand.op, operand.op)
                for fact, way in (*_drifting(left), *_drifting(operand.expr, -1)):
                    if _GROWS_TRUE.get(op, way) == way:
                        yield fact
                left = operand.expr


def _drifting(node: nodes.Node, sign: int = 1) -> Iterator[tuple[str, int]]:
    """The facts of time in a part of a comparison, and which way each drives it."""
    match node:
        case nodes.Name(name=name) if name in _DRIFT:
            yield name, sign * _DRIFT[name]
        case nodes.Neg(node=inner):
            yield from _drifting(inner, -sign)
        case nodes.Add(left=left, right=right):
            yield from (*_drifting(left, sign), *_drifting(right, sign))
        case nodes.Sub(left=left, right=right):
            yield from (*_drifting(left, sign), *_drifting(right, -sign))
        case nodes.List(items=items) | nodes.Tuple(items=items):
            yield from (found for item in items for found in _drifting(item, sign))
