"""One thing that happened to a lead, as a person reads it. It may name people: not for Temporal, not for logs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nurture.kinds import Frequency, Kind, Verb
from nurture.why.decisions import facts_in_words
from store.tables import Engagement, Note, Notification, Task, Touch
from store.team.reps import LEADER, SALES


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. ``of`` says what kind of row tells it: engagement, decision, letter or task."""

    at: datetime
    of: str
    what: str
    why: str = ""
    facts: str = ""
    """The facts that a decision was made on, in words."""
    letter: str = ""
    """``CAMPAIGN/NAME`` of a letter."""
    by_a_person: bool = False
    """A person wrote the reason, and nothing says it otherwise."""


_DID: Final = {Kind.DEMO_REQUESTED: "asked for a demo", Kind.MEETING_BOOKED: "booked a meeting"}
"""What a colleague did, where the kind says it in another order."""

_STEERED: Final = {Verb.SEND_NOW: "goes at once", Verb.SKIP: "is left out"}


def of_engagement(engagement: Engagement) -> Iterator[Entry]:
    """What a lead did, or what happened to it."""
    what, why, by_a_person = _said(engagement.kind, engagement.facts), _source(engagement.source), False
    if engagement.kind in (Kind.REDIRECTED, Kind.STEERED):
        (what, why), by_a_person = _overridden(engagement.facts, engagement.details), True
    elif engagement.kind in (Kind.LETTER_WRITTEN, Kind.HANDED_OVER):
        what, why = _by_a_rep(engagement.kind, engagement.details), ""
    elif engagement.details.get("because") and "by" in engagement.details:
        why, by_a_person = f"{engagement.details['by']}: {engagement.details['because']}", True
    yield Entry(at=engagement.at, of="engagement", what=what, why=why, by_a_person=by_a_person)


def of_note(note: Note) -> Iterator[Entry]:
    """A decision, its reason, and the facts that it was made on."""
    facts = facts_in_words(tuple(sorted(note.inputs.items())))
    yield Entry(at=note.at, of="decision", what=note.what, why=note.why, facts=facts)


def of_word(word: Notification) -> Entry:
    """What somebody of us was told."""
    return Entry(at=word.at, of="task", what=f"told the {word.audience}", why="word of this lead that asks for no answer")


def _by_a_rep(kind: str, details: dict[str, Any]) -> str:
    who = details.get("by", "a rep")
    if kind == Kind.LETTER_WRITTEN:
        return f"{who} wrote a letter by hand"
    return f"{who} handed the task to {details.get('to', 'somebody else')}"


def _said(kind: str, facts: dict[str, Any]) -> str:
    match kind:
        case Kind.ENROLLED:
            return f"enrolled in {facts['campaign'].partition('@')[0]}"
        case Kind.RATED:
            return f"rated {facts['rating']}"
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
            return f"a rep answered {facts['outcome']}{''.join(details)}"
        case Kind.COLLEAGUE_ACTED if "outcome" in facts:
            return f"a rep answered {facts['outcome']} about a colleague"
        case Kind.COLLEAGUE_ACTED:
            return f"a colleague {_DID.get(facts['what'], facts['what'].replace('_', ' '))}"
        case Kind.CONTRACT_CHANGED:
            return f"contract changed{_contract(facts['contract'])}"
        case _:
            about = f" {facts['content']}" if facts.get("content") else ""
            return f"{kind.replace('_', ' ')}{about}"


def _wished(wish: dict[str, Any]) -> str:
    often = "at most one letter a month" if wish.get("frequency") == Frequency.MONTHLY else "letters as often as usual"
    pause = f", and none before {wish['paused_until']}" if "paused_until" in wish else ""
    return f"wants {often}{pause}"


def _overridden(facts: dict[str, Any], details: dict[str, Any]) -> tuple[str, str]:
    """What a human decided about this lead alone, and who said why."""
    if facts.get("goes_on"):
        return "what a letter waited for was changed by an operator", ""
    to_step = f", to {facts['step']}" if "step" in facts else ""
    into = f"into track {facts['track']}{to_step}" if "track" in facts else ""
    steered = f"{facts['step']} {_STEERED[facts['verb']]}" if "verb" in facts else ""
    later = f"no letter before {facts['not_before'][:16].replace('T', ' ')} UTC" if "not_before" in facts else ""
    owner = f"{details['owner']} looks after it" if "owner" in details else ""
    who = f"{details.get('by', 'a human')} decided"
    return f"{who}: {', '.join(filter(None, [steered, into, later, owner])) or 'elsewhere'}", details.get("because", "")


def _contract(contract: dict[str, Any]) -> str:
    ends_on = contract.get("ends_on")
    renews = ", renews by itself" if contract.get("auto_renews") else ""
    return f", contract until {ends_on}{renews}" if ends_on else f", contract without an end{renews}"


def _source(source: str) -> str:
    return f"from {source}" if source else ""


def of_letter(touch: Touch) -> Iterator[Entry]:
    """A row of the ledger: the letter, and what came of it."""
    letter = f"{touch.campaign.partition('@')[0]}/{touch.letter}"
    if touch.sent_at:
        yield Entry(at=touch.sent_at, of="letter", what=f"sent {letter}", why=touch.why, letter=letter)
    elif touch.refused_at:
        yield Entry(
            at=touch.refused_at, of="letter", what=f"did not send {letter}: {touch.refusal.replace('_', ' ')}", why=touch.why, letter=letter
        )
    elif touch.attempted_at:
        yield Entry(
            at=touch.attempted_at, of="letter", what=f"tried to send {letter} ({touch.attempts} times)", why=touch.why, letter=letter
        )
    else:
        yield Entry(at=touch.claimed_at, of="letter", what=f"began to send {letter}", why=touch.why, letter=letter)


def of_task(task: Task, asked: str = "") -> Iterator[Entry]:
    """A task, from when it was opened until it was answered. ``asked`` is whose it was then."""
    asked = asked or (SALES if task.escalated_at else task.owner)
    yield Entry(at=task.opened_at, of="task", what=f"asked {asked}: {task.reason}", why=task.why)
    if task.claimed_at:
        yield Entry(at=task.claimed_at, of="task", what=f"{task.claimed_by} took the task {task.reason}")
    if task.escalated_at:
        yield Entry(at=task.escalated_at, of="task", what=f"passed the task {task.reason} to the {LEADER}", why="its deadline had passed")
    if task.withdrawn_at:
        yield Entry(at=task.withdrawn_at, of="task", what=f"withdrew the task {task.reason}", why="a later one took its place")
    if task.completed_at:
        what = f"{task.completed_by} answered {task.reason}: {task.outcome}"
        yield Entry(at=task.completed_at, of="task", what=what, why=_said_by_rep(task), by_a_person=True)


def _said_by_rep(task: Task) -> str:
    """The rep's notes, and what else the task asked for."""
    checks = [f"{line} {said}" for line, said in zip(task.checklist, task.answers, strict=False)]
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in task.learned.items()]
    return " · ".join(filter(None, (task.notes, *checks, *facts, task.artefact)))
