"""What time alone makes true is nothing that a lead can wait for: the check says what to write instead."""

from datetime import date, timedelta

import pytest

from nurture.facts import facts_of
from nurture.leadside import Downloaded, Replied
from nurture.ourside import ContractChanged
from nurture.plan.problems import CampaignError
from nurture.plan.vocabulary import FACTS
from nurture.profile import Contract
from nurture.reading.language import read_campaign
from nurture.reading.late_check import made_true_by_time
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

CONDITIONS: list[tuple[str, str | None]] = [
    ("days_since_act > 7", "days_since_act"),
    ("days_since_act >= 7", "days_since_act"),
    ("7 < days_since_act", "days_since_act"),
    ("not days_since_act < 7", "days_since_act"),
    ("days_since_act < 7", None),
    ("not days_since_act > 7", None),
    ("7 >= days_since_touch", None),
    ("days_since_touch == 3", "days_since_touch"),
    ("days_since_touch != 3", "days_since_touch"),
    ("days_since_touch in [3, 4]", "days_since_touch"),
    ("3 not in [days_since_touch]", "days_since_touch"),
    ("-days_since_touch < -3", "days_since_touch"),
    ("days_since_touch + touches > 3", "days_since_touch"),
    ("3 - days_since_touch > 0", None),
    ("0 > 3 - days_since_touch", "days_since_touch"),
    ("1 < days_since_enrolled < 7", "days_since_enrolled"),
    ("days_to_contract_end <= 90", "days_to_contract_end"),
    ("days_to_contract_end > 150", None),
    ("not (is_customer and days_to_contract_end > 150)", "days_to_contract_end"),
    ("rating >= 8 or days_to_contract_end < 90", "days_to_contract_end"),
    ("recent_score >= 8 and fit == 'good'", None),
    ("recent_score < 3", "recent_score"),
    ("score > recent_score", "recent_score"),
    ("is_customer", None),
    ("score >", None),
    ("", None),
]


@pytest.mark.parametrize(("condition", "fact"), CONDITIONS)
def test_time_alone_makes_true_what_grows_past_a_number_or_shrinks_below_it(condition: str, fact: str | None) -> None:
    assert made_true_by_time(condition) == fact


def test_every_fact_that_time_alone_changes_is_known_to_the_check() -> None:
    lead = Lead({"wait": "1 day"}, contents={"guide": "top"})
    lead.happens(Downloaded(at=MONDAY, content="guide"))
    lead.happens(Replied(at=MONDAY))
    lead.happens(ContractChanged(at=MONDAY, contract=Contract(ends_on=date(2029, 12, 31))))
    lead.knows(touch_at=MONDAY)
    today, later = (dict(facts_of(lead.state, lead.at, at)) for at in (MONDAY, MONDAY + timedelta(days=400)))

    assert {name for name in FACTS if made_true_by_time(f"{name} != 3")} == {name for name in today if today[name] != later[name]}


def file_of(rule: str = "when: clicked", step: str = "wait: 1 day") -> str:
    head = "campaign: c\ntopic: t\nstart: one\nfields: {day: date}\n"
    tracks = f"tracks:\n  one:\n    steps:\n      - {step}\n  two: {{steps: [wait: 1 day]}}\n"
    return f"{head}{tracks}rules:\n  - name: r\n    go: two\n    {rule}\n"


ASK_THEN = "lead to a track that begins with a 'branch' on it: there it is asked in the moment of the rule"
BRANCH = "write 'wait: 30 days', and ask this in a 'branch' after it"
LATE: list[tuple[dict[str, str], int, str, str]] = [
    (
        {"rule": "when: {becomes: days_since_act > 30}"},
        13,
        "days_since_act",
        "use 'when: {quiet_after: downloaded, for: 30 days}', and ask the rest in 'if'",
    ),
    (
        {"rule": "when: {becomes: days_since_touch > 30}"},
        13,
        "days_since_touch",
        "use 'when: {silence: 30 days}', and ask the rest in 'if'",
    ),
    (
        {"rule": "when: {becomes: is_customer and days_to_contract_end < 90}"},
        13,
        "days_to_contract_end",
        "use 'when: {contract_ends_in: 90 days}', and ask the rest in 'if'",
    ),
    (
        {"rule": "when: {becomes: days_since_enrolled > 30}"},
        13,
        "days_since_enrolled",
        "begin a track with 'wait: 30 days', and ask the rest in a 'branch' after it",
    ),
    (
        {"rule": "when: {becomes: recent_score < 3}"},
        13,
        "recent_score",
        "use 'when: {quiet_after: downloaded, for: 30 days}', or ask it in a 'branch' after a 'wait'",
    ),
    ({"rule": "when: {silence: 9 days}\n    if: days_since_act > 30"}, 14, "days_since_act", ASK_THEN),
    ({"rule": "when: {contract_ends_in: 90 days}\n    if: recent_score < 3"}, 14, "recent_score", ASK_THEN),
    ({"step": "wait_for: {if: days_since_act > 30, at_most: 60 days}"}, 8, "days_since_act", BRANCH),
    (
        {"step": "wait_for: {if: days_to_contract_end < 90, at_most: 60 days}"},
        8,
        "days_to_contract_end",
        "write 'wait: {until: contract_end, minus: 90 days}', and ask this in a 'branch' after it",
    ),
]


@pytest.mark.parametrize(("parts", "line", "fact", "fix"), LATE)
def test_a_lead_cannot_wait_for_what_time_alone_makes_true(parts: dict[str, str], line: int, fact: str, fix: str) -> None:
    with pytest.raises(CampaignError) as refused:
        read_campaign(file_of(**parts), "c.yaml")

    what = f"'{fact}' changes with time alone, and nothing wakes the lead when this comes true by it"
    assert [(problem.line, problem.what, problem.fix) for problem in refused.value.problems] == [(line, what, fix)]


@pytest.mark.parametrize(
    "parts",
    [
        {"rule": "when: {becomes: days_since_act < 7}"},
        {"rule": "when: {becomes: recent_score >= 20 and days_to_contract_end > 150}"},
        {"rule": "when: clicked\n    if: days_since_act > 30"},
        {"rule": "when: {enters: one}\n    if: days_to_contract_end < 90"},
        {"rule": "when: {silence: 9 days}\n    if: days_to_contract_end > 90"},
        {"step": "wait_for: {if: recent_score > 3, at_most: 60 days}"},
        {"step": "branch: [{if: days_since_act > 30, go: two}]"},
        {"step": "{email: hello, if: days_since_touch > 3}"},
    ],
    ids=str,
)
def test_time_may_be_asked_for_where_something_happens_or_a_step_is_taken(parts: dict[str, str]) -> None:
    assert read_campaign(file_of(**parts), "c.yaml").name == "c"
