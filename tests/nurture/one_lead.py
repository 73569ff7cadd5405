"""One lead in a small campaign, asked what is due: the tables of the core are written with it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from nurture.actions import Action, End, EnrollElsewhere, Escalate, HandOff, Move, Receipt, SendTouch, Tell, Wait
from nurture.after import after_errand
from nurture.decide import next_action
from nurture.enrollment import Enrollment
from nurture.ourside import Enrolled
from nurture.plan.campaign import Campaign
from nurture.profile import Profile
from tests.nurture.test_next_action import MONDAY, TOKYO, Story

FIELDS = {"plan": ["basic", "pro"], "seats": "number", "vip": "yes_no", "day": "date"}
REST: dict[str, Any] = {"other": {"steps": []}, "third": {"steps": []}}


class Lead(Story):
    """A lead at the first of these steps. ``other`` and ``third`` are tracks to go to, in which it rests."""

    def __init__(
        self, *steps: dict[str, Any], profile: Profile = TOKYO, at: datetime = MONDAY, tracks: dict[str, Any] | None = None, **changes: Any
    ) -> None:
        all_tracks = REST | {"one": {"steps": list(steps)}} | (tracks or {})
        plan: dict[str, Any] = {"start": "one", "tracks": all_tracks, "rules": [], "fields": FIELDS} | changes
        super().__init__(profile, at, **plan)

    @property
    def at(self) -> Enrollment:
        """Where its first campaign has it."""
        return self.state.enrollments[0]

    @property
    def next(self) -> Action:
        """The one thing that is due, before any step is taken."""
        return next_action(self.state, self.now)

    @property
    def move(self) -> Move:
        action = self.next
        assert isinstance(action, Move), action
        return action

    @property
    def wait(self) -> Wait:
        action = self.due
        assert isinstance(action, Wait), action
        return action

    def does(self, receipt: Receipt | None = None) -> Action:
        action = self.due
        assert isinstance(action, SendTouch | HandOff | Escalate | EnrollElsewhere | Tell), action
        self.state = after_errand(self.state, action, receipt or Receipt(), self.now)
        return self.due

    def knows(self, **changes: Any) -> None:
        """The state is otherwise in this."""
        self.state = replace(self.state, **changes)

    def stands(self, **changes: Any) -> None:
        """The first enrollment is otherwise in this."""
        self.state = self.state.having(replace(self.at, **changes))

    def begins(self, **changes: Any) -> None:
        """Another campaign beside the first: the same, but for what is said."""
        other = Campaign.model_validate(self.campaign.model_dump(by_alias=True, exclude_none=True) | {"campaign": "second"} | changes)
        number = len(self.state.enrollments) + 1
        self.happens(Enrolled(at=self.now, campaign=other, enrollment=number, profile=self.state.profile))


def ends(action: Action) -> bool:
    return isinstance(action, End)
