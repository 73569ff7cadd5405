"""A lead that is erased leaves nothing behind to decide with, wherever it was, and what follows finds nobody."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from nurture.actions import End
from nurture.decide import next_action
from nurture.fold import fold
from nurture.leadside import DemoRequested
from nurture.ourside import ContractChanged, Enrolled, Erased, Held
from nurture.plan.campaign import Campaign
from nurture.profile import Contract, Profile
from nurture.state import LeadState, newcomer

LEAD = UUID("01900000-0000-7000-8000-000000000001")
AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
PLAN = Campaign.model_validate(
    {
        "campaign": "welcome",
        "topic": "insights",
        "start": "educate",
        "tracks": {"educate": {"steps": [{"wait": "30 days"}]}, "talk": {"steps": [{"task": {"reason": "demo", "deadline": "4 hours"}}]}},
        "rules": [{"name": "demo", "when": "demo_requested", "go": "talk"}, {"name": "gone", "when": "erased", "go": "talk"}],
    }
)


def test_nothing_is_left_to_decide_with_and_no_rule_follows() -> None:
    """A customer on hold who asked for a demo: all that a state may hold is there before."""
    state = fold(
        newcomer(LEAD), Enrolled(seq=1, at=AT, campaign=PLAN, enrollment=1, profile=Profile(country="JP", zone="Asia/Tokyo", language="ja"))
    )
    state = fold(state, ContractChanged(seq=2, at=AT, contract=Contract(ends_on=(AT + timedelta(days=200)).date())))
    state = fold(state, DemoRequested(seq=3, at=AT))
    state = fold(state, Held(seq=4, at=AT, until=(AT + timedelta(days=5)).date()))
    assert state.enrollments

    erased = fold(state, Erased(seq=5, at=AT))

    assert isinstance(next_action(erased, AT), End)
    assert erased == LeadState(lead=LEAD, rules=state.rules, seen=5, noted=state.noted)


def test_what_comes_in_late_finds_nobody() -> None:
    erased = fold(newcomer(LEAD), Erased(seq=1, at=AT))

    assert isinstance(next_action(fold(erased, DemoRequested(seq=2, at=AT)), AT), End)
    assert fold(erased, Erased(seq=1, at=AT)) == erased
