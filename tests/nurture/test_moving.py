"""A lead comes into another track, and rules see it."""

from datetime import timedelta
from typing import Any

import pytest

from nurture.moving import moved
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
