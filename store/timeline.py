"""Everything that happened to a lead, in the order of time, as a person reads it. It may name people: not for Temporal, not for logs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from nurture.kinds import Kind
from store.tables import Engagement, Note, Task, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``of`` says what kind of row tells it: engagement, decision, letter or task."""

    at: datetime
    of: str
    what: str
    why: str = ""


async def story(session: AsyncSession, lead_id: UUID) -> list[Entry]:
    """What the lead did, what was decided about it and why, what it was sent, and what reps did."""
    entries: list[Entry] = []
    for engagement in await session.scalars(select(Engagement).where(Engagement.lead_id == lead_id).order_by(Engagement.seq)):
        entries.append(
            Entry(at=engagement.at, of="engagement", what=_said(engagement.kind, engagement.facts), why=_source(engagement.source))
        )
    for note in await session.scalars(select(Note).where(Note.lead_id == lead_id).order_by(Note.no)):
        entries.append(Entry(at=note.at, of="decision", what=note.what, why=note.why))
    for touch in await session.scalars(select(Touch).where(Touch.lead_id == lead_id).order_by(Touch.claimed_at, Touch.key)):
        entries.extend(_of_letter(touch))
    for task in await session.scalars(select(Task).where(Task.lead_id == lead_id).order_by(Task.opened_at, Task.id)):
        entries.extend(_of_task(task))
    return sorted(entries, key=lambda entry: entry.at)


def _said(kind: str, facts: dict[str, Any]) -> str:
    match kind:
        case Kind.ENROLLED:
            return f"enrolled in {facts['campaign'].partition('@')[0]}"
        case Kind.DOWNLOADED | Kind.VISITED:
            return f"{kind} {facts['content']}"
        case Kind.CLICKED:
            return f"clicked in {facts['letter']}"
        case Kind.ABSENT | Kind.HELD:
            return f"{kind} until {facts['until']}"
        case Kind.OPTED_OUT:
            return f"opted out of {facts.get('topic', 'everything')}"
        case Kind.TASK_COMPLETED:
            details = [f" until {facts['until']}" if "until" in facts else "", _contract(facts["contract"]) if "contract" in facts else ""]
            return f"a rep answered {facts['outcome']}" + "".join(details)
        case Kind.CONTRACT_CHANGED:
            return "contract changed" + _contract(facts["contract"])
        case _:
            return kind.replace("_", " ")


def _contract(contract: dict[str, Any]) -> str:
    ends_on = contract.get("ends_on")
    renews = ", renews by itself" if contract.get("auto_renews") else ""
    return (f", contract until {ends_on}" if ends_on else ", contract without an end") + renews


def _source(source: str) -> str:
    return f"from {source}" if source else ""


def _of_letter(touch: Touch) -> Iterator[Entry]:
    letter = f"{touch.campaign.partition('@')[0]}/{touch.letter}"
    if touch.sent_at:
        yield Entry(at=touch.sent_at, of="letter", what=f"sent {letter}", why=touch.why)
    elif touch.refused_at:
        yield Entry(at=touch.refused_at, of="letter", what=f"did not send {letter}: {touch.refusal.replace('_', ' ')}", why=touch.why)
    elif touch.attempted_at:
        yield Entry(at=touch.attempted_at, of="letter", what=f"tried to send {letter} ({touch.attempts} times)", why=touch.why)
    else:
        yield Entry(at=touch.claimed_at, of="letter", what=f"began to send {letter}", why=touch.why)


def _of_task(task: Task) -> Iterator[Entry]:
    yield Entry(at=task.opened_at, of="task", what=f"asked {'sales' if task.escalated_at else task.owner}: {task.reason}", why=task.why)
    if task.claimed_at:
        yield Entry(at=task.claimed_at, of="task", what=f"{task.claimed_by} took the task {task.reason}")
    if task.escalated_at:
        yield Entry(
            at=task.escalated_at, of="task", what=f"passed the task {task.reason} to the {task.owner}", why="its deadline had passed"
        )
    if task.withdrawn_at:
        yield Entry(at=task.withdrawn_at, of="task", what=f"withdrew the task {task.reason}", why="a later one took its place")
    if task.completed_at:
        yield Entry(at=task.completed_at, of="task", what=f"{task.completed_by} answered {task.reason}: {task.outcome}", why=task.notes)
