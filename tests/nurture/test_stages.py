"""Where the customer is: what it does raises its stage, what we do moves nothing, and a rep's answer may set it anywhere."""

from datetime import UTC, date, datetime
from itertools import pairwise, product
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nurture.engagements import Engagement
from nurture.kinds import Kind, Outcome
from nurture.leadside import (
    Acted,
    ActedKind,
    Clicked,
    ColleagueActed,
    DemoRequested,
    Downloaded,
    IssueOpened,
    Permitted,
    Rated,
    Replied,
    Visited,
)
from nurture.ourside import ContractChanged, Held, IssueClosed, Observed, Released, TaskCompleted
from nurture.profile import Contract
from nurture.progress import stage_after
from nurture.stage_names import STAGE_NAMES
from nurture.stages import FOCUS, STAGE_SETS, STAGES, purchase_of, selling_begins, stage_is_at_least, stages_off, translated

AT = datetime(2026, 5, 25, tzinfo=UTC)
SOMEBODY = UUID(int=1)
PRESETS = tuple(STAGE_SETS)
EVERY_STAGE = tuple((preset, stage) for preset, stages in STAGE_SETS.items() for stage in stages)
CONTRACT = ContractChanged(at=AT, contract=Contract(ends_on=date(2027, 3, 31)))

DEEDS: tuple[Engagement, ...] = (
    *(Acted(at=AT, kind=kind) for kind in get_args(ActedKind)),
    Visited(at=AT, content="pricing"),
    Clicked(at=AT, letter="hello"),
    Downloaded(at=AT, content="guide"),
    DemoRequested(at=AT),
    Replied(at=AT),
    Rated(at=AT, rating=9),
    Permitted(at=AT, allowed=True),
    IssueOpened(at=AT, issue=SOMEBODY),
)
OURS: tuple[Engagement, ...] = (
    Observed(at=AT, kind=Kind.DEAL_OPENED),
    Observed(at=AT, kind=Kind.PROPOSAL_SENT),
    Observed(at=AT, kind=Kind.CALL_UNANSWERED),
    Observed(at=AT, kind=Kind.USAGE_FELL),
    Held(at=AT, until=date(2026, 6, 1)),
    Released(at=AT),
    IssueClosed(at=AT, issue=SOMEBODY),
    ColleagueActed(at=AT, colleague=SOMEBODY, what=Kind.DEMO_REQUESTED),
)


def answered(outcome: Outcome) -> TaskCompleted:
    return TaskCompleted(at=AT, task=SOMEBODY, outcome=outcome)


def acted(kind: Kind) -> Acted:
    return next(deed for deed in DEEDS if isinstance(deed, Acted) and deed.kind is kind)


def test_the_presets_are_those_of_the_requirements() -> None:
    assert {name: " ".join(stages) for name, stages in STAGE_SETS.items()} == {
        "btob": "unknown aware interest consideration purchase repeat",
        "btob_fine": "unknown aware interest gathering consideration negotiation budgeting purchase repeat",
        "lifecycle": "discover educate convert retain advocate",
        "cloud": "explore evaluate purchase expand renew advocate",
        "internet": "awareness interest search comparison examination action share",
        "aidma": "awareness interest desire memory action",
    }
    assert STAGE_SETS["btob"] == STAGES


def test_pages_have_a_name_for_every_stage_that_tells_it_from_its_neighbours() -> None:
    for names in STAGE_NAMES.values():
        assert names.keys() == {*EVERY_STAGE}
        for preset, stages in STAGE_SETS.items():
            assert len({names[preset, stage] for stage in stages}) == len(stages)
    assert "→".join(STAGE_NAMES["ja"]["internet", stage] for stage in STAGE_SETS["internet"]) == "認知→興味→検索→比較→検討→行動→共有"
    assert "→".join(STAGE_NAMES["ja"]["aidma", stage] for stage in STAGE_SETS["aidma"]) == "認知→興味→欲求→記憶→行動"
    assert STAGE_NAMES["en"]["btob_fine", "gathering"] == "Information gathering"


@pytest.mark.parametrize(
    ("preset", "before", "what", "after"),
    [
        ("btob", "unknown", Visited(at=AT, content="pricing"), "aware"),
        ("btob", "unknown", Clicked(at=AT, letter="hello"), "aware"),
        ("btob", "aware", Downloaded(at=AT, content="guide"), "interest"),
        ("btob", "unknown", DemoRequested(at=AT), "consideration"),
        ("btob", "aware", acted(Kind.ATTENDED), "interest"),
        ("btob", "interest", acted(Kind.BUDGETED), "consideration"),
        ("btob", "consideration", acted(Kind.VENDOR_SELECTED), "consideration"),
        ("btob", "interest", CONTRACT, "purchase"),
        ("btob", "repeat", CONTRACT, "repeat"),
        ("btob_fine", "unknown", acted(Kind.SUBSCRIBED), "interest"),
        ("btob_fine", "interest", Downloaded(at=AT, content="guide"), "gathering"),
        ("btob_fine", "gathering", acted(Kind.TRIAL_STARTED), "consideration"),
        ("btob_fine", "consideration", acted(Kind.QUOTE_REQUESTED), "negotiation"),
        ("btob_fine", "negotiation", acted(Kind.BUDGETED), "budgeting"),
        ("lifecycle", "discover", acted(Kind.SUBSCRIBED), "educate"),
        ("lifecycle", "educate", DemoRequested(at=AT), "convert"),
        ("lifecycle", "convert", CONTRACT, "retain"),
        ("cloud", "explore", acted(Kind.TRIAL_STARTED), "evaluate"),
        ("cloud", "evaluate", CONTRACT, "purchase"),
        ("internet", "awareness", Downloaded(at=AT, content="guide"), "search"),
        ("internet", "search", acted(Kind.QUOTE_REQUESTED), "comparison"),
        ("internet", "comparison", acted(Kind.MEETING_BOOKED), "examination"),
        ("aidma", "interest", acted(Kind.TRIAL_STARTED), "desire"),
        ("aidma", "desire", acted(Kind.BUDGETED), "memory"),
        ("aidma", "memory", CONTRACT, "action"),
    ],
)
def test_what_a_lead_does_is_evidence_of_a_stage(preset: str, before: str, what: Engagement, after: str) -> None:
    assert stage_after(before, what, preset) == after


@pytest.mark.parametrize(
    ("preset", "what", "after"),
    [
        ("btob", Observed(at=AT, kind=Kind.MILESTONE_REACHED), "repeat"),
        ("btob", acted(Kind.PRAISED), "repeat"),
        ("lifecycle", acted(Kind.REFERRED), "advocate"),
        ("cloud", Observed(at=AT, kind=Kind.MILESTONE_REACHED), "expand"),
        ("cloud", acted(Kind.QUOTE_REQUESTED), "expand"),
        ("cloud", acted(Kind.PRAISED), "advocate"),
        ("internet", acted(Kind.REFERRED), "share"),
    ],
)
def test_what_a_customer_does_leads_beyond_the_purchase(preset: str, what: Engagement, after: str) -> None:
    assert stage_after(purchase_of(preset), what, preset, is_customer=True) == after
    assert not stage_is_at_least(stage_after(STAGE_SETS[preset][0], what, preset), purchase_of(preset), preset)


@pytest.mark.parametrize("is_customer", [False, True])
def test_nothing_that_we_do_moves_a_customer(is_customer: bool) -> None:
    moved = [
        (preset, stage, ours)
        for (preset, stage), ours in product(EVERY_STAGE, OURS)
        if stage_after(stage, ours, preset, is_customer=is_customer) != stage
    ]
    assert moved == []


@given(st.sampled_from(EVERY_STAGE), st.sampled_from(DEEDS), st.booleans())
def test_behaviour_never_takes_a_stage_back_and_the_same_twice_adds_nothing(
    where: tuple[str, str], deed: Engagement, is_customer: bool
) -> None:
    preset, stage = where
    after = stage_after(stage, deed, preset, is_customer=is_customer)

    assert STAGE_SETS[preset].index(after) >= STAGE_SETS[preset].index(stage)
    assert stage_after(after, deed, preset, is_customer=is_customer) == after


@given(st.sampled_from(PRESETS), st.lists(st.sampled_from((*DEEDS, *OURS)), max_size=30))
def test_whatever_they_do_nobody_has_bought_without_a_contract(preset: str, history: list[Engagement]) -> None:
    stage = STAGE_SETS[preset][0]
    for engagement in history:
        stage = stage_after(stage, engagement, preset)

    assert not stage_is_at_least(stage, purchase_of(preset), preset)


@pytest.mark.parametrize(
    ("preset", "stage", "outcome", "after"),
    [
        ("btob", "consideration", Outcome.LOST, "aware"),
        ("btob", "unknown", Outcome.LOST, "aware"),
        ("btob", "consideration", Outcome.NOT_NOW, "interest"),
        ("btob", "unknown", Outcome.NOT_NOW, "interest"),
        ("btob", "unknown", Outcome.WON, "purchase"),
        ("btob", "purchase", Outcome.WON, "repeat"),
        ("btob", "repeat", Outcome.WON, "repeat"),
        ("btob", "purchase", Outcome.NOT_NOW, "purchase"),
        ("btob", "purchase", Outcome.LOST, "aware"),
        ("btob", "aware", Outcome.MEETING_SET, "consideration"),
        ("btob", "interest", Outcome.NO_ANSWER, "interest"),
        ("btob_fine", "budgeting", Outcome.NOT_NOW, "gathering"),
        ("lifecycle", "educate", Outcome.WON, "retain"),
        ("lifecycle", "convert", Outcome.LOST, "discover"),
        ("cloud", "purchase", Outcome.WON, "renew"),
        ("cloud", "advocate", Outcome.WON, "advocate"),
        ("internet", "examination", Outcome.NOT_NOW, "search"),
        ("aidma", "memory", Outcome.WON, "action"),
    ],
)
def test_a_reps_answer_sets_the_stage_in_any_direction(preset: str, stage: str, outcome: Outcome, after: str) -> None:
    assert stage_after(stage, answered(outcome), preset) == after


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.WON])
def test_no_answer_takes_a_stage_from_a_customer_while_the_contract_runs(outcome: Outcome) -> None:
    bought = [(preset, stage) for preset, stage in EVERY_STAGE if stage_is_at_least(stage, purchase_of(preset), preset)]
    assert [(preset, stage_after(stage, answered(outcome), preset, is_customer=True)) for preset, stage in bought] == bought


def test_selling_begins_where_the_customer_has_learned_and_onboarding_where_it_has_bought() -> None:
    assert {preset: (selling_begins(preset), purchase_of(preset)) for preset in PRESETS} == {
        "btob": ("consideration", "purchase"),
        "btob_fine": ("consideration", "purchase"),
        "lifecycle": ("convert", "retain"),
        "cloud": ("evaluate", "purchase"),
        "internet": ("comparison", "action"),
        "aidma": ("desire", "action"),
    }


@pytest.mark.parametrize(
    ("stage", "preset", "stands_for_it"),
    [
        ("unknown", "cloud", "explore"),
        ("consideration", "cloud", "evaluate"),
        ("repeat", "cloud", "advocate"),
        ("aware", "internet", "interest"),
        ("gathering", "btob", "interest"),
        ("negotiation", "internet", "examination"),
        ("explore", "btob", "unknown"),
        ("expand", "lifecycle", "retain"),
        ("renew", "btob", "repeat"),
        ("interest", "aidma", "interest"),
        ("no_such_stage", "lifecycle", "discover"),
    ],
)
def test_a_stage_of_another_preset_is_read_as_the_one_that_lies_as_far_along(stage: str, preset: str, stands_for_it: str) -> None:
    assert translated(stage, preset) == stands_for_it
    assert stage_after(stage, Replied(at=AT), preset) == stands_for_it


@pytest.mark.parametrize("preset", PRESETS)
def test_changing_the_model_makes_nobody_a_customer_and_opens_nobody_to_selling(preset: str) -> None:
    crossed = [
        (written_in, stage, edge.__name__)
        for (written_in, stage), edge in product(EVERY_STAGE, (selling_begins, purchase_of))
        if stage_is_at_least(stage, edge(written_in), written_in) != stage_is_at_least(stage, edge(preset), preset)
    ]
    assert crossed == []


@pytest.mark.parametrize("preset", PRESETS)
def test_changing_the_model_keeps_the_order(preset: str) -> None:
    neighbours = [pair for stages in STAGE_SETS.values() for pair in pairwise(stages)]
    assert [(earlier, later) for earlier, later in neighbours if not stage_is_at_least(later, earlier, preset)] == []


def test_few_marketers_leave_the_stages_that_the_focus_names_on() -> None:
    def on(focus: str, preset: str) -> list[str]:
        return [stage for stage in STAGE_SETS[preset] if stage not in stages_off(focus, preset)]

    assert on("new_customers", "cloud") == ["explore", "evaluate", "advocate"]
    assert on("existing_customers", "cloud") == ["expand", "renew", "advocate"]
    assert on("new_customers", "btob") == ["unknown", "aware", "interest", "consideration"]
    assert on("existing_customers", "btob") == ["purchase", "repeat"]
    assert on("new_customers", "lifecycle") == ["discover", "educate", "convert", "advocate"]
    assert on("existing_customers", "internet") == ["action", "share"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_focus_leaves_something_on_and_all_switches_nothing_off(preset: str) -> None:
    assert stages_off("all", preset) == ()
    for focus in FOCUS:
        assert {*stages_off(focus, preset)} < {*STAGE_SETS[preset]}
