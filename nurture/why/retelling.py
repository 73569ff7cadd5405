"""Retells a lead's life: the core is run again over what is kept of it, and held against what was written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nurture.actions import SendTouch
from nurture.standing import Note
from nurture.state import newcomer
from nurture.why.history import History
from nurture.why.playing import Turn, play


def retell(history: History, until: datetime) -> list[Turn]:
    """The lead's life until ``until``, as the core tells it again. Nothing came in, nothing happened."""
    if not history.heard:
        return []
    return list(play(newcomer(history.lead), history.heard, history, history.heard[0].at, until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place where what was written down and what is told again part, in words; empty where one of them knows nothing."""

    at: datetime
    written: str
    retold: str = ""


def difference(history: History, turns: Sequence[Turn]) -> Difference | None:
    """Where the retelling parts from the notes and letters that were written down; None where it is the same life.

    What is not written down yet does not count: a decision is, with the errand that follows it.
    """
    if not turns:
        return None
    retold, until = turns[-1].after.notes, turns[-1].at
    found = []
    for place, note in enumerate(history.notes):
        again = retold[place] if place < len(retold) else None
        if again is None or (again.what, again.why) != (note.what, note.why):
            found.append(Difference(at=note.at, written=_in_words(note), retold=_in_words(again) if again else ""))
            break
    sent = {turn.what.key for turn in turns if isinstance(turn.what, SendTouch) and turn.receipt}
    letters = [row for row in history.ledger.values() if row.sent_at and row.key not in sent]
    found += [Difference(at=row.sent_at, written=f"sent '{row.letter}': {row.why}") for row in letters if row.sent_at]
    return min((one for one in found if one.at <= until), key=lambda one: one.at, default=None)


def _in_words(note: Note) -> str:
    return f"{note.what}: {note.why}"
