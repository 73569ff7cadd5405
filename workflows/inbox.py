"""What came in for a lead and is not folded yet: put in order, each once."""

from nurture.engagements import Delivery, Engagement
from nurture.fold import fold
from nurture.state import LeadState


class Inbox:
    """Signals only add to it; the workflow's loop alone takes out, so that no handler ever waits."""

    def __init__(self) -> None:
        self._came: dict[int, Engagement] = {}

    def put(self, delivery: Delivery) -> None:
        for engagement in delivery.engagements:
            self._came.setdefault(engagement.seq, engagement)

    def has_next(self, state: LeadState) -> bool:
        """Whether there is something that can be folded: what comes too early waits for what is missing before it."""
        return state.seen + 1 in self._came

    def lacks_something(self, state: LeadState) -> bool:
        """Whether something came that cannot be folded, because what was before it never reached this run."""
        return any(seq > state.seen for seq in self._came) and not self.has_next(state)

    @property
    def is_empty(self) -> bool:
        return not self._came

    def fold_into(self, state: LeadState) -> LeadState:
        """The state after all that follows without a gap."""
        while self.has_next(state):
            state = fold(state, self._came[state.seen + 1])
        self._came = {seq: engagement for seq, engagement in self._came.items() if seq > state.seen}
        return state
