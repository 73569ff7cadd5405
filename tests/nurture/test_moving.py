"""A lead comes into another track, and rules see it."""

from datetime import timedelta
from typing import Any

import pytest

from nurture.moving import begun, moved
from nurture.ourside import Course, EditionChanged
from nurture.state import RULES
from tests.nurture.one_lead import Lead
from tests.nurture.test_next_action import MONDAY

REST = {"task": {"reason": "rest"}}
ENTERS: dict[str, Any] = {"name": "r", "when": {"enters": "other"}, "go": "third"}
LEAVES: dict[str, Any] = {"name": "r", "when": {"leaves": "one"}, "go": "third"}
ONWARD: dict[str, Any] = {"name": "s", "when": {"enters": "third"}, "go": "last"}


@pytest.mark.parametrize(
    ("rules", "track", "visit", "notes"),
    [
        ([], "other", 2, []),
        ([ENTERS], "third", 3, ["rule 'r': came into 'other'"]),
        ([LEAVES], "third", 3, ["rule 'r': left 'one'"]),
        ([LEAVES | {"go": "other"}], "other", 2, []),
        ([ENTERS | {"when": {"enters": "third"}, "go": "one"}], "other", 2, []),
        ([LEAVES | {"when": {"leaves": "third"}}], "other", 2, []),
        ([ENTERS | {"if": "vip"}], "other", 2, []),
        ([ENTERS | {"if": "not vip"}], "third", 3, ["rule 'r': came into 'other'"]),
        ([ENTERS | {"if": "track == 'other'"}], "third", 3, ["rule 'r': came into 'other'"]),
        ([ENTERS, ONWARD], "third", 3, ["rule 'r': came into 'other'"]),
        ([ENTERS | {"if": "vip"}, LEAVES | {"name": "l", "go": "last"}], "last", 3, ["rule 'l': left 'one'"]),
    ],
    ids=str,
)
def test_one_rule_about_a_move_may_move_the_lead_on_and_no_second_one(
    rules: list[dict[str, Any]], track: str, visit: int, notes: list[str]
) -> None:
    lead = Lead(REST, rules=rules, tracks={"last": {"steps": []}})
    at = MONDAY + timedelta(hours=2)

    state = moved(lead.state, lead.at, "other", at, "a rule")

    [there] = state.enrollments
    assert (there.track, there.visit, there.step, there.arrived_at) == (track, visit, 0, at)
    assert [note.why for note in state.notes] == ["a rule", *notes]
    assert state.notes[0].what == "welcome: one → other"


BEGINS: list[tuple[list[dict[str, Any]], str, list[str]]] = [
    ([], "one", []),
    ([ENTERS | {"when": {"enters": "one"}}], "third", ["rule 'r': came into 'one'"]),
    ([ENTERS], "one", []),
    ([ENTERS | {"when": {"enters": "one"}, "go": "one"}], "one", []),
    ([ENTERS | {"when": {"enters": "one"}, "if": "vip"}], "one", []),
    ([ENTERS | {"when": {"enters": "one"}, "if": "track == 'one'"}], "third", ["rule 'r': came into 'one'"]),
    ([ENTERS | {"when": {"enters": "one"}}, ONWARD], "third", ["rule 'r': came into 'one'"]),
    ([ENTERS | {"when": {"leaves": "third"}}], "one", []),
]


@pytest.mark.parametrize(("rules", "track", "notes"), BEGINS, ids=str)
def test_rules_see_a_lead_come_into_its_first_track_as_into_any_other(rules: list[dict[str, Any]], track: str, notes: list[str]) -> None:
    lead = Lead(REST, rules=rules, tracks={"last": {"steps": []}})

    assert (lead.at.track, lead.at.visit, lead.at.arrived_at) == (track, 1 + len(notes), MONDAY)
    assert [note.why for note in lead.state.notes] == notes


@pytest.mark.parametrize(("rules", "track"), [(RULES, "third"), (3, "third"), (2, "one")])
def test_a_run_of_an_older_edition_of_the_rules_begins_where_it_began(rules: int, track: str) -> None:
    lead = Lead(REST)
    campaign = Lead(REST, rules=[ENTERS | {"when": {"enters": "one"}}]).campaign
    lead.knows(rules=rules)
    lead.stands(campaign=campaign)

    assert begun(lead.state, lead.at, MONDAY).enrollments[0].track == track


@pytest.mark.parametrize(("course", "track"), [(Course.RESTART, "third"), (Course.MIGRATE, "one")])
def test_a_campaign_that_begins_anew_is_seen_to_begin(course: Course, track: str) -> None:
    lead = Lead(REST)
    other = Lead(REST, rules=[ENTERS | {"when": {"enters": "one"}}]).campaign

    lead.happens(EditionChanged(at=MONDAY, enrollment=1, campaign=other, course=course))

    assert lead.at.track == track
