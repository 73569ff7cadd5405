"""What the store still knows of a lead whose workflow began from less: an operator may have ended the one before it."""

from dataclasses import dataclass, replace

from nurture.state import LeadState


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection:
    """``records`` and ``noted`` are the numbers of the last standing and the last note that are kept.

    ``left`` is the state that was left behind last; None unless it knows more than was asked with.
    """

    records: int = 0
    noted: int = 0
    left: LeadState | None = None


def after_recollection(state: LeadState, kept: Recollection) -> LeadState:
    """The state that goes on counting where the one before stopped, so that the store takes its standings and notes.

    Of two states the one that has seen more counts.
    """
    if kept.left is not None and kept.left.seen > state.seen:
        state = kept.left
    if kept.records <= state.records:
        return state
    ahead = max(kept.noted - (state.noted - len(state.notes)), 0)
    notes = tuple(replace(note, no=note.no + ahead) for note in state.notes)
    return replace(state, records=kept.records, noted=state.noted + ahead, notes=notes)
