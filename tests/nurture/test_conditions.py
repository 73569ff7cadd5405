"""What a condition of a rule may ask, and what it is refused for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from nurture.conditions import FACTS, check, holds

LEAD = {
    "stage": "interest",
    "track": "educate",
    "country": "JP",
    "language": "ja",
    "fit": "good",
    "segment": "manufacturing",
    "touches": 3,
    "unanswered": 2,
    "days_since_enrolled": 40,
    "is_customer": False,
    "days_to_contract_end": 99_999,
}

TRUE = [
    "touches >= 3",
    "2 < touches <= 3",
    "touches - unanswered == 1",
    "fit == 'good' and language == \"ja\"",
    "not is_customer",
    "is_customer == false",
    "(stage == 'aware' or stage == 'interest') and fit != 'poor'",
    "country in ['JP', 'KR']",
    "track not in ('renewal', 'farewell')",
    "days_to_contract_end > -1",
    "touches > 2.5",
    "segment != ''",
]
FALSE = [
    "is_customer",
    "touches == 4",
    "fit == 'poor' or country == ''",
    "stage in []",
    "not (touches >= 3)",
]


@pytest.mark.parametrize("condition", TRUE)
def test_a_condition_that_is_true_of_a_lead_holds(condition: str) -> None:
    assert check(condition) is None
    assert holds(condition, LEAD) is True


@pytest.mark.parametrize("condition", FALSE)
def test_a_condition_that_is_false_of_a_lead_does_not_hold(condition: str) -> None:
    assert check(condition) is None
    assert holds(condition, LEAD) is False


def test_a_fact_that_is_not_given_is_never_taken_for_no() -> None:
    with pytest.raises(UndefinedError):
        holds("is_customer", {})


def test_the_sample_lead_has_every_fact_in_its_type() -> None:
    assert {name: type(value) for name, value in LEAD.items()} == dict(FACTS)


SAID = [
    ("langage == 'ja'", "'langage' is not a fact of a lead; did you mean 'language'?"),
    ("zzz", "'zzz' is not a fact of a lead; the facts are " + ", ".join(FACTS)),
    ("language = 'ja'", "\"language = 'ja'\" cannot be read; compare with =="),
    ("touches > 1 && is_customer", "'touches > 1 && is_customer' cannot be read; write 'and' between two comparisons"),
    ("touches > 1 AND is_customer", "'touches > 1 AND is_customer' cannot be read; write 'and' between two comparisons"),
    ("is_customer || touches > 1", "'is_customer || touches > 1' cannot be read; write 'or' between two comparisons"),
    ("!is_customer", "'!is_customer' cannot be read; write 'not' before what must not hold"),
    ("stage == 'intrest'", "'intrest' is not a stage; did you mean 'interest'?"),
    ("'intrest' in [stage]", None),
    ("fit in ['good', 'bad']", "'bad' is not a fit; a fit is one of unknown, good, poor"),
    ("country == 'jp'", "'jp' is not a country; write its two capital letters, like 'JP' or 'US'"),
    ("language != 'JA'", "'JA' is not a language; write its two small letters, like 'ja' or 'en'"),
    ("touches == '3'", "'touches' is a number and '3' is a text; compare like with like"),
    ("language == 'ja' or 'en'", "'en' is a text where a yes or no belongs; write it like touches >= 3 and language == 'ja'"),
    ("touches", "'touches' is not a yes or no; compare it with something: write it like touches >= 3 and language == 'ja'"),
    ("'a' in segment", "'in' needs a list after it, not 'segment'; write it like language in ['ja', 'en']"),
    ("stage > 'aware'", "only numbers are more or less than another, not 'stage' and 'aware'; use ==, != or in"),
    ("language == none", None),
    ("  ", "the condition is empty; leave 'if' out, or write it like touches >= 3 and language == 'ja'"),
    ("{{ touches > 1 }}", "'{{ touches > 1 }}' has braces around it; write it like touches >= 3 and language == 'ja'"),
]


@pytest.mark.parametrize(("condition", "said"), SAID)
def test_a_wrong_condition_is_refused_with_the_fix(condition: str, said: str | None) -> None:
    found = check(condition)

    assert found is not None
    assert said is None or found == said


def test_a_condition_on_a_track_is_checked_against_the_tracks_of_its_campaign() -> None:
    assert check("track == 'educat'") is None
    assert check("track == 'educat'", ["educate", "silent"]) == "'educat' is not a track; did you mean 'educate'?"


@pytest.mark.parametrize(
    "condition",
    [
        "[1, 2] | random == 1",
        "touches | abs > 1",
        "range(99999999) == 1",
        "lipsum() == ''",
        "cycler('a') == 'a'",
        "segment.upper() == 'A'",
        "segment.__class__ == 'A'",
        "segment['upper'] == 'A'",
        "segment[0] == 'A'",
        "touches is even",
        "segment is defined",
        "''.join == ''",
        "'a' * 999999999 == ''",
        "9 ** 9 ** 9 ** 9 > touches",
        "touches / 0 > 1",
        "touches % 2 == 0",
        "segment ~ segment == ''",
        "{'a': 1} == 1",
        "touches if is_customer else unanswered",
        "true if is_customer",
        "self == 1",
        "segment == 'a\\x00'",
        "touches > 1 }}{{ touches",
        "touches > 1 %}{% raw",
    ],
)
def test_nothing_but_comparing_is_possible(condition: str) -> None:
    assert check(condition) is not None


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 3000,
        "(" * 200 + "is_customer" + ")" * 200,
        "not " * 120 + "is_customer",
        "-" * 490 + "1 > 2",
        "[" * 400,
        "touches > 1 or " * 200,
    ],
)
def test_a_condition_that_is_too_deep_or_too_long_is_refused_and_breaks_nothing(condition: str) -> None:
    assert check(condition) is not None


def test_the_deepest_condition_that_is_allowed_can_also_be_asked() -> None:
    condition = "(" * 20 + "is_customer" + ")" * 20 + " or touches==9" * 30

    assert check(condition) is None
    assert holds(condition, LEAD) is False


WORDS = [
    *FACTS,
    *"()[],<>-+~|.",
    "==",
    "!=",
    ">=",
    "in",
    "not",
    "and",
    "or",
    "is",
    "if",
    "else",
    "'ja'",
    "'good'",
    "''",
    "1",
    "2.5",
    "true",
    "none",
]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
RIGHT = st.recursive(
    st.sampled_from([*TRUE, *FALSE]),
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or", "==", "and not"]), inner).map(lambda parts: "({}) {} ({})".format(*parts)),
    max_leaves=4,
)


@settings(max_examples=400, deadline=None, database=None)
@given(SENTENCES | st.tuples(RIGHT, SENTENCES).map(" and ".join) | RIGHT)
def test_what_the_check_lets_through_never_fails_on_a_lead(condition: str) -> None:
    if check(condition) is None:
        assert isinstance(holds(condition, LEAD), bool)


@settings(max_examples=50, deadline=None, database=None)
@given(RIGHT.filter(lambda condition: len(condition) < 500))
def test_right_conditions_stay_right_when_they_are_put_together(condition: str) -> None:
    assert check(condition) is None
