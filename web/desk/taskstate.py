"""Who has a task and what became of it: a mark that changes with it, and what pages say that were open meanwhile."""

from hashlib import blake2s

from store.desk.tasks import TaskRow
from store.tables import Task
from web.moments import in_zone
from web.words import words


def mark_of(task: Task | TaskRow) -> str:
    """The same as long as nobody takes the task, gives it away, puts it off or answers it, and it is neither late nor withdrawn."""
    parts = (task.owner, task.claimed_by, task.snoozed_until, task.escalated_at, task.completed_at, task.withdrawn_at)
    return blake2s(repr(parts).encode(), digest_size=8).hexdigest()


def said_meanwhile(row: TaskRow, rep: str, language: str) -> str:
    """How the task stands, for whoever has an older page of it open."""
    w = words(language)
    if not row.is_open:
        return said_of_closed(row, language)
    if row.claimed_by:
        return w["meanwhile_yours"] if row.claimed_by == rep else w["meanwhile_taken"].format(who=row.claimed_by)
    return w["meanwhile_free"].format(owner=w.get(f"team_{row.owner}", row.owner))


def said_of_closed(row: TaskRow, language: str, *, is_late: bool = False) -> str:
    """What became of a task; empty for one that is open. ``is_late`` tells it to somebody whose answer came after another."""
    w = words(language)
    if row.completed_at is not None:
        when = f"{in_zone(row.completed_at, row.zone, language)} ({row.zone or 'UTC'})"
        told = w["inbox_lost_answer" if is_late else "inbox_closed"]
        return told.format(outcome=w[f"outcome_{row.outcome}"], who=row.completed_by, when=when)
    return w["inbox_withdrawn"] if row.withdrawn_at is not None else ""
