"""Everything that happened to a lead, in the order of time, as a person reads it. It may name people: not for Temporal, not for logs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer

from nurture.kinds import Frequency, Kind
from store.tables import Engagement, Note, Notification, Task, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``of`` says what kind of row tells it: engagement, decision, letter or task."""

    at: datetime
    of: str
    what: str
    why: str = ""


_DID: Final = {Kind.DEMO_REQUESTED: "asked for a demo", Kind.MEETING_BOOKED: "booked a meeting"}
"""What a colleague did, where the kind says it in another order."""


async def story(session: AsyncSession, lead_id: UUID) -> list[Entry]:
    """What the lead did, what was decided about it and why, what it was sent, and what reps did."""
    entries: list[Entry] = []
    for engagement in await session.scalars(select(Engagement).where(Engagement.lead_id == lead_id).order_by(Engagement.seq)):
        entries.extend(_of_engagement(engagement))
    for note in await session.scalars(select(Note).where(Note.lead_id == lead_id).order_by(Note.no)):
        entries.extend(_of_note(note))
    for touch in await session.scalars(select(Touch).where(Touch.lead_id == lead_id).order_by(Touch.claimed_at, Touch.key)):
        entries.extend(_of_letter(touch))
    for task in await session.scalars(select(Task).where(Task.lead_id == lead_id).order_by(Task.opened_at, Task.id)):
        entries.extend(_of_task(task))
    words = select(Notification).where(Notification.lead_id == lead_id, Notification.task_id.is_(None), Notification.told_at.is_not(None))
    for word in await session.scalars(words.order_by(Notification.at, Notification.key)):
        entries.append(Entry(at=word.at, of="task", what=f"told the {word.audience}", why="word of this lead that asks for no answer"))
    return sorted(entries, key=lambda entry: entry.at)


async def latest(session: AsyncSession, lead_ids: Sequence[UUID], most: int) -> dict[UUID, list[Entry]]:
    """What happened last to each of these leads, the latest first, in four queries however many they are."""
    found: dict[UUID, list[Entry]] = {}
    tells: tuple[tuple[Any, Any, Callable[[Any], Iterable[Entry]]], ...] = (
        (Engagement, Engagement.at, _of_engagement),
        (Note, Note.at, _of_note),
        (Touch, func.coalesce(Touch.sent_at, Touch.refused_at, Touch.attempted_at, Touch.claimed_at), _of_letter),
        (Task, func.greatest(Task.opened_at, Task.claimed_at, Task.escalated_at, Task.withdrawn_at, Task.completed_at), _of_task),
    )
    for table, at, tell in tells:
        place = func.row_number().over(partition_by=table.lead_id, order_by=at.desc()).label("place")
        ranked = select(table, place).where(table.lead_id.in_(lead_ids)).subquery()
        row_of = aliased(table, ranked)
        newest = select(row_of).where(ranked.c.place <= most)
        for row in await session.scalars(newest.options(defer(row_of.message)) if table is Touch else newest):
            found.setdefault(row.lead_id, []).extend(tell(row))
    return {lead_id: sorted(entries, key=lambda entry: entry.at, reverse=True)[:most] for lead_id, entries in found.items()}


def _of_engagement(engagement: Engagement) -> Iterator[Entry]:
    what, why = _said(engagement.kind, engagement.facts), _source(engagement.source)
    if engagement.kind == Kind.REDIRECTED:
        what, why = _overridden(engagement.facts, engagement.details)
    yield Entry(at=engagement.at, of="engagement", what=what, why=why)


def _of_note(note: Note) -> Iterator[Entry]:
    yield Entry(at=note.at, of="decision", what=note.what, why=note.why)


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
        case Kind.OPTED_IN:
            return f"opted in to {facts['topic']}"
        case Kind.CONSENT_ASKED:
            return f"agreed to hear about {facts['topic']}, to be confirmed before {facts['until'][:10]}"
        case Kind.FREQUENCY_CHOSEN:
            return _wished(facts["wish"])
        case Kind.TASK_COMPLETED:
            details = [f" until {facts['until']}" if "until" in facts else "", _contract(facts["contract"]) if "contract" in facts else ""]
            return f"a rep answered {facts['outcome']}" + "".join(details)
        case Kind.COLLEAGUE_ACTED if "outcome" in facts:
            return f"a rep answered {facts['outcome']} about a colleague"
        case Kind.COLLEAGUE_ACTED:
            return f"a colleague {_DID.get(facts['what'], facts['what'].replace('_', ' '))}"
        case Kind.CONTRACT_CHANGED:
            return "contract changed" + _contract(facts["contract"])
        case _:
            return kind.replace("_", " ")


def _wished(wish: dict[str, Any]) -> str:
    often = "at most one letter a month" if wish.get("frequency") == Frequency.MONTHLY else "letters as often as usual"
    pause = f", and none before {wish['paused_until']}" if "paused_until" in wish else ""
    return f"wants {often}{pause}"


def _overridden(facts: dict[str, Any], details: dict[str, Any]) -> tuple[str, str]:
    """What a human decided about this lead alone, and who said why."""
    if facts.get("goes_on"):
        return "what a letter waited for was changed by an operator", ""
    into = f"into track {facts['track']}" if "track" in facts else ""
    later = f"no letter before {facts['not_before'][:16].replace('T', ' ')} UTC" if "not_before" in facts else ""
    owner = f"{details['owner']} looks after it" if "owner" in details else ""
    who = f"{details.get('by', 'a human')} decided"
    return f"{who}: {', '.join(filter(None, [into, later, owner])) or 'elsewhere'}", details.get("because", "")


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
        yield Entry(
            at=task.completed_at, of="task", what=f"{task.completed_by} answered {task.reason}: {task.outcome}", why=_said_by_rep(task)
        )


def _said_by_rep(task: Task) -> str:
    """The rep's notes, and what else the task asked for."""
    checks = [f"{line} {said}" for line, said in zip(task.checklist, task.answers, strict=False)]
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in task.learned.items()]
    return " · ".join(filter(None, [task.notes, *checks, *facts, task.artefact]))
