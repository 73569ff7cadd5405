"""Plays one lead's life over the core alone: what comes in is folded, what is due is decided, and a world says what comes of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from nurture.actions import End, Errand, Move, Receipt, Wait
from nurture.after import after_errand, after_move
from nurture.decide import next_action
from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.state import LeadState


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An engagement, and when the lead's workflow hears of it."""

    at: datetime
    engagement: Engagement


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What came of an errand that was done at ``at``, and what comes in by it."""

    at: datetime
    receipt: Receipt = field(default_factory=Receipt)
    brings: tuple[Coming, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing in a life: an engagement, a move, an errand with its receipt, or what the lead waits for from ``at`` on.

    An errand without a receipt is due, and nothing is known of what came of it.
    """

    at: datetime
    what: Engagement | Move | Errand | Wait | End
    before: LeadState
    after: LeadState
    receipt: Receipt | None = None


class World(Protocol):
    """What a life is played in: it answers what the core cannot know."""

    def prepared(self, state: LeadState) -> LeadState:
        """The state as the run has it that decides next, such as under which rules."""
        ...

    def hears(self, coming: Coming, state: LeadState) -> Engagement | None:
        """The engagement as it comes to a lead in this state; None where it does not."""
        ...

    def decided_at(self, turns: Sequence[Turn], now: datetime) -> datetime:
        """When what is due from ``now`` on was really decided; ``now`` where nothing says otherwise."""
        ...

    def carried(self, errand: Errand, state: LeadState, now: datetime) -> Carried | None:
        """What comes of an errand; None where that is not known."""
        ...


def play(state: LeadState, coming: Iterable[Coming], world: World, since: datetime, until: datetime) -> Iterator[Turn]:
    """The life of a lead from ``since`` until ``until``, turn by turn: the core is asked as a workflow asks it."""
    now, queue = since, sorted(coming, key=lambda one: one.at)
    while now <= until:
        while queue and queue[0].at <= now:
            if (engagement := world.hears(queue.pop(0), state)) is not None:
                before, state = state, fold(world.prepared(state), replace(engagement, seq=state.seen + 1))
                yield Turn(at=now, what=engagement, before=before, after=state)
        turns = list(_settled(world.prepared(state), now))
        if (really_at := world.decided_at(turns, now)) > now:
            now = min([really_at, *(one.at for one in queue[:1])])
            continue
        *moves, due = turns
        yield from moves
        state, next_at = due.after, None
        if isinstance(due.what, Errand) and (carried := world.carried(due.what, state, now)) is not None:
            state, now = after_errand(state, due.what, carried.receipt, carried.at), max(now, carried.at)
            yield Turn(at=carried.at, what=due.what, before=due.before, after=state, receipt=carried.receipt)
            queue = sorted([*queue, *carried.brings], key=lambda one: one.at)
            continue
        yield due
        if isinstance(due.what, Wait):
            next_at = due.what.until
        moments = [*filter(None, [next_at]), *(one.at for one in queue[:1])]
        if not moments:
            return
        now = min(moments)


def _settled(state: LeadState, now: datetime) -> Iterator[Turn]:
    """Every step that touches nobody, and last what is due or waited for."""
    while isinstance(action := next_action(state, now), Move):
        before, state = state, after_move(state, action, now)
        yield Turn(at=now, what=action, before=before, after=state)
    yield Turn(at=now, what=action, before=state, after=state)
