"""What a condition may ask, and what it is refused for."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.plan.conditions import holds
from nurture.plan.vocabulary import FACTS, RESERVED, FieldPlan, Known
from nurture.reading.condition_check import check, faults_in
from nurture.reading.language import read_campaign
from nurture.stages import STAGE_SETS
from nurture.state import LeadState

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
RICH = (Path(__file__).parent / "rich.yaml").read_text("utf-8")
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
    "human_steps": 1,
    "days_since_act": 99_999,
    "days_since_touch": 12,
    "score": 21,
    "recent_score": 6,
    "history": 9,
    "rating": -1,
    "downloads": 3,
    "downloads_top": 2,
    "downloads_middle": 0,
    "downloads_bottom": 1,
    "downloads_top_alone": 0,
    "visits": 4,
    "clicks": 1,
    "replies": 0,
    "demos": 1,
    "quotes": 0,
    "meetings": 0,
    "seminars": 1,
    "proposals": 0,
    "missed_calls": 2,
    "praises": 0,
    "referrals": 0,
    "milestones": 0,
    "issues": 0,
    "complaints": 0,
    "subscribed": True,
    "follows": False,
    "on_trial": False,
    "budgeted": False,
    "is_open_deal": False,
    "usage_fell": False,
}
FIELDS: dict[str, FieldPlan] = {"size": ("small", "large"), "seats": "number", "has_budget": "yes_no", "review_on": "date"}
OWN = {"size": "large", "seats": 40, "has_budget": True, "review_on": "2027-04-01"}

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
    "score - recent_score >= 15 and downloads_bottom > 0",
    "subscribed and not is_open_deal",
    "rating == -1 or rating >= 9",
    "country == '' or country == 'JP'",
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


def test_every_fact_is_known_of_every_lead_in_its_type() -> None:
    enrollment = Enrollment(number=1, campaign=read_campaign(RICH, "rich.yaml"), track="welcome", visit=1, enrolled_at=NOW, arrived_at=NOW)
    facts = facts_of(LeadState(lead=UUID(int=1), enrollments=(enrollment,)), enrollment, NOW)

    assert {name: type(value) for name, value in facts.items() if name in FACTS} == dict(FACTS)
    assert {name: type(value) for name, value in facts.items() if name not in FACTS} == {
        "size": str,
        "seats": int,
        "has_budget": bool,
        "review_on": str,
    }


def test_the_sample_lead_has_every_fact_in_its_type() -> None:
    assert {name: type(value) for name, value in LEAD.items()} == dict(FACTS)


OPENED = "cannot be asked for: mail programs and gateways fetch pictures by themselves, so nobody knows who opened a letter"
INSTEAD = "ask for what a person does: clicked, replied or downloaded, or in a condition clicks, replies or downloads"

SAID = [
    ("langage == 'ja'", "'langage' is not a fact of a lead; did you mean 'language'?"),
    ("zzz", "'zzz' is not a fact of a lead; the facts are " + ", ".join([*FACTS][:20]) + " and others"),
    *((f"{opens} > 3", f"'{opens}' {OPENED}; {INSTEAD}") for opens in ("opens", "opened", "days_since_open", "email_opens", "open_rate")),
    ("is_open_dael", "'is_open_dael' is not a fact of a lead; did you mean 'is_open_deal'?"),
    ("recent_scor > 3", "'recent_scor' is not a fact of a lead; did you mean 'recent_score'?"),
    ("fit == good", "'good' is not a fact of a lead; a text stands in quotes: 'good'"),
    ("stage in [consideration]", "'consideration' is not a fact of a lead; a text stands in quotes: 'consideration'"),
    ("country == JP", "'JP' is not a fact of a lead; a text stands in quotes: 'JP'"),
    ("language = 'ja'", "\"language = 'ja'\" cannot be read; compare with =="),
    ("touches => 3", "'touches => 3' cannot be read; write >= or <="),
    ("touches > 1 && is_customer", "'touches > 1 && is_customer' cannot be read; write 'and' between two comparisons"),
    ("touches > 1 AND is_customer", "'touches > 1 AND is_customer' cannot be read; write 'and' between two comparisons"),
    ("is_customer || touches > 1", "'is_customer || touches > 1' cannot be read; write 'or' between two comparisons"),
    ("!is_customer", "'!is_customer' cannot be read; write 'not' before what must not hold"),
    ("stage == 'intrest'", "'intrest' is not a stage; did you mean 'interest'?"),
    ("'intrest' in [stage]", None),
    ("fit in ['good', 'bad']", "'bad' is not a fit; a fit is one of unknown, good, poor"),
    ("country == 'jp'", "there is no country 'jp'; write 'JP'"),
    ("country == 'ZZ'", "there is no country 'ZZ'; write its two letters of ISO 3166-1, like JP"),
    ("country == 'Japan'", "there is no country 'Japan'; write 'JP'"),
    ("language != 'JA'", "'JA' is not a language; did you mean 'ja'?"),
    ("language == 'jp'", "'jp' is not a language; did you mean 'ja'?"),
    ("language == 'en-US'", "'en-US' is not a language; did you mean 'en'?"),
    ("language == 'xx'", "'xx' is not a language; write its two small letters, like 'ja' or 'en'"),
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


def test_everything_that_is_wrong_with_a_condition_is_said_at_once() -> None:
    wrong = check("country in ['JP', 'ZZ', 'XX'] and language == 'jp' and scor > 3 and fitt == 'good' or touches")

    assert (wrong or "").splitlines() == [
        "there is no country 'ZZ'; write its two letters of ISO 3166-1, like JP",
        "there is no country 'XX'; write its two letters of ISO 3166-1, like JP",
        "'jp' is not a language; did you mean 'ja'?",
        "'scor' is not a fact of a lead; did you mean 'score'?",
        "'fitt' is not a fact of a lead; did you mean 'fit'?",
        "'touches' is a number where a yes or no belongs; write it like touches >= 3 and language == 'ja'",
    ]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("size == 'large' and seats > 10 and has_budget", None),
        ("size == ''", None),
        ("size in ['small', 'larg']", "'larg' is not a size; did you mean 'large'?"),
        ("size == large", "'large' is not a fact of a lead; a text stands in quotes: 'large'"),
        ("siz == 'small'", "'siz' is not a fact of a lead; did you mean 'size'?"),
        ("seats == 'many'", "'seats' is a number and 'many' is a text; compare like with like"),
        ("has_budget == 1", "'has_budget' is a yes or no and 1 is a number; compare like with like"),
        (
            "review_on == '2027-04-01'",
            "'review_on' is a date, and a condition compares none; use 'when: {date: review_on}' or 'wait: {until: review_on}'",
        ),
    ],
)
def test_a_field_of_the_campaign_is_compared_as_what_it_is(condition: str, said: str | None) -> None:
    assert check(condition, fields=FIELDS) == said
    assert check(condition) is not None
    if said is None:
        assert isinstance(holds(condition, OWN), bool)


def test_a_stage_is_one_of_the_model_of_its_campaign() -> None:
    assert faults_in("stage == 'renew'", Known()) == [("'renew' is not a stage", "a stage is one of " + ", ".join(STAGE_SETS["btob"]))]
    assert faults_in("stage == 'renew'", Known(stages=STAGE_SETS["cloud"])) == []


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
    *FIELDS,
    *FIELDS,
    "'large'",
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
    if check(condition, fields=FIELDS) is None:
        assert isinstance(holds(condition, LEAD | OWN), bool)


@given(st.sampled_from(sorted(RESERVED)) | st.from_regex("[a-z][a-z0-9_]{0,12}", fullmatch=True))
@settings(max_examples=200, deadline=None, database=None)
def test_any_other_name_is_good_for_a_field(name: str) -> None:
    if name not in RESERVED and name not in FACTS:
        assert check(f"{name} and not {name}", fields={name: "yes_no"}) is None
        assert holds(f"{name} and not {name}", {name: True}) is False


@settings(max_examples=50, deadline=None, database=None)
@given(RIGHT.filter(lambda condition: len(condition) < 500))
def test_right_conditions_stay_right_when_they_are_put_together(condition: str) -> None:
    assert check(condition) is None
