"""What the store is told of a lead: how it stands, also after an errand that is only about to be carried out."""

from datetime import datetime

from nurture.actions import End, Errand, Move, Receipt, Wait
from nurture.after import after_errand, after_move
from nurture.decide import next_action
from nurture.overdue import hold_ends_at
from nurture.standing import Position, Record, Standing
from nurture.state import LeadState


def standing_of(state: LeadState, action: Wait | End | Errand, now: datetime) -> Standing:
    """How the lead stands while ``action`` is what comes next."""
    held_until = hold_ends_at(state)
    return Standing(
        stage=state.stage,
        next_at=action.until if isinstance(action, Wait) else None if isinstance(action, End) else now,
        why=action.why,
        positions=tuple(
            Position(
                enrollment=e.number,
                track=e.track,
                step=e.step_name,
                task_deadline_at=e.task.deadline_at if e.task else None,
            )
            for e in state.enrollments
        ),
        held_until=state.hold.until if state.hold and held_until and held_until > now else None,
        open=not isinstance(action, End),
    )


def record_of(state: LeadState, standing: Standing) -> Record:
    """What to write down now."""
    return Record(no=state.records + 1, standing=standing, notes=state.notes, seen=state.seen)


def foresee(state: LeadState, errand: Errand, now: datetime) -> Standing:
    """How the lead will stand once ``errand`` is done: written together with it, so that a plain step costs no second write."""
    return standing_of(*settle(after_errand(state, errand, Receipt(), now), now), now)


def settle(state: LeadState, now: datetime) -> tuple[LeadState, Wait | End | Errand]:
    """Take every step that touches nobody, until something is due or there is something to wait for."""
    while isinstance(action := next_action(state, now), Move):
        state = after_move(state, action, now)
    return state, action
