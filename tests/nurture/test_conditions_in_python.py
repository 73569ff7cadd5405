"""A condition comes to the same, or fails, whether Jinja evaluates it or the Python that is written for it."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nurture.plan import conditions

FACTS: Mapping[str, object] = {
    "score": 12,
    "stage": "aware",
    "fit": "good",
    "visits": 0,
    "is_customer": True,
    "rating": None,
    "recent_score": 3.5,
}

VALUES = st.one_of(
    st.sampled_from(sorted(FACTS)),
    st.integers(-3, 400).map(str),
    st.floats(-9, 9, allow_nan=False).map(lambda number: f"{number:.2f}"),
    st.sampled_from(["true", "false", "none", "'aware'", '"good"', "''", "'it\\'s'", "'日本'"]),
)


def wider(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(smaller, smaller)
    return st.one_of(
        two.map(lambda pair: f"({pair[0]} and {pair[1]})"),
        two.map(lambda pair: f"{pair[0]} or {pair[1]}"),
        smaller.map(lambda one: f"not {one}"),
        smaller.map(lambda one: f"-{one}"),
        st.tuples(two, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "+", "-"])).map(lambda it: f"{it[0][0]} {it[1]} {it[0][1]}"),
        st.tuples(smaller, smaller, smaller).map(lambda it: f"{it[0]} < {it[1]} <= {it[2]}"),
        st.tuples(smaller, st.sampled_from(["in", "not in"]), st.lists(smaller, max_size=3)).map(
            lambda it: f"{it[0]} {it[1]} [{', '.join(it[2])}]"
        ),
    )


def told(condition: str, *, by_jinja: bool) -> tuple[type, object]:
    try:
        if by_jinja:
            found: object = bool(conditions._ENVIRONMENT.compile_expression(condition, undefined_to_none=False)(FACTS))
        else:
            found = conditions.holds(condition, FACTS)
    except Exception:
        return Exception, ""  # which of two faults is met first is not said
    return bool, found


@settings(max_examples=600, deadline=None)
@given(st.recursive(VALUES, wider, max_leaves=8))
def test_both_ways_come_to_the_same(condition: str) -> None:
    assert told(condition, by_jinja=False) == told(condition, by_jinja=True)


@pytest.mark.parametrize(
    "condition", ["1e999 > score", "score > -1e999", "visits + 1 > 0", "score in []", "not not is_customer", "unheard_of > 3"]
)
def test_odd_ones_too(condition: str) -> None:
    assert told(condition, by_jinja=False) == told(condition, by_jinja=True)
