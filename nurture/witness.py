"""What a decision stood on: the facts that its conditions asked for, by name."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

from jinja2 import nodes

from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.plan.conditions import tree_of
from nurture.plan.rule import Rule
from nurture.profile import Value, Values
from nurture.state import LeadState


def inputs_of(conditions: tuple[str, ...], facts: Mapping[str, object]) -> Values:
    """The facts that these conditions ask for, by name."""
    if not conditions:
        return ()
    # A fact is an object to Jinja; the vocabulary has none but values.
    return tuple((name, cast(Value, facts[name])) for name in _names_in(conditions) if name in facts)


def conditions_of(rule: Rule) -> tuple[str, ...]:
    """What a rule asks about the lead."""
    return tuple(filter(None, (rule.when.becomes, rule.condition)))


def asked_by(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Values:
    """The facts that a rule asks for, as they are at ``now``."""
    return inputs_of(conditions_of(rule), facts_of(state, enrollment, now))


@lru_cache(maxsize=4096)
def _names_in(conditions: tuple[str, ...]) -> tuple[str, ...]:
    trees = [tree for condition in conditions if (tree := tree_of(condition)) is not None]
    return tuple(sorted({node.name for node in nodes.Tuple(trees, "load").find_all(nodes.Name)}))
