"""Every decision of a life that was told again, with its rule or step, its edition, and the facts that it was made on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from nurture.actions import End, EnrollElsewhere, Escalate, HandOff, Move, Receipt, SendTouch, Status, Tell, Wait
from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.following import words
from nurture.ourside import Enrolled, TaskCompleted
from nurture.plan.track import Email
from nurture.profile import Values
from nurture.standing import Note
from nurture.state import LeadState
from nurture.why.playing import Turn
from nurture.witness import inputs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that was decided, or that came in and was decided on. ``of`` is ``move``, ``letter``, ``task``, ``word`` or ``heard``.

    ``enrollment`` is 0 for what concerns the lead as a whole. ``letter`` is the name of one that was sent.
    """

    at: datetime
    of: str
    what: str
    why: str = ""
    by: str = ""
    edition: str = ""
    inputs: Values = ()
    enrollment: int = 0
    letter: str = ""


def decisions(turns: Iterable[Turn], enrollment: int | None = None) -> list[Decision]:
    """What was decided in these turns, in its order; with ``enrollment`` what concerns that one, or the lead while it was under way."""
    return [
        decision
        for turn in turns
        for decision in _of_turn(turn)
        if enrollment is None
        or decision.enrollment == enrollment
        or (not decision.enrollment and turn.before.enrollment(enrollment) is not None)
    ]


def facts_in_words(inputs: Values) -> str:
    """``segment is plants, downloads is 1``."""
    return ", ".join(f"{name} is {_shown(value)}" for name, value in inputs)


def own(state: LeadState, number: int) -> Enrollment | None:
    """The enrollment of this number, also where it has just ended."""
    ended = state.ended if state.ended is not None and state.ended.number == number else None
    return state.enrollment(number) or ended


def asked_of_letter(state: LeadState, enrollment: Enrollment, at: datetime) -> Values:
    """The facts that the letter's own condition asks for, where it has one."""
    step = enrollment.at_step
    condition = step.condition if isinstance(step, Email) else None
    return inputs_of((condition,), facts_of(state, enrollment, at)) if condition else ()


def _of_turn(turn: Turn) -> Iterator[Decision]:
    match turn.what:
        case Wait() | End():
            return
        case Move():
            yield from _noted(turn)
        case SendTouch() | HandOff() | Escalate() | EnrollElsewhere() | Tell() as errand:
            if turn.receipt is not None:
                yield _of_errand(turn, errand, turn.receipt)
        case Enrolled(campaign=campaign, enrollment=number):
            what = f"enrolled in {campaign.name}"
            yield Decision(at=turn.what.at, of="heard", what=what, edition=campaign.ref, enrollment=number)
            yield from _noted(turn)
        case TaskCompleted() as answered:
            theirs = next((e.number for e in turn.before.enrollments if e.task and e.task.id == answered.task), 0)
            yield Decision(at=answered.at, of="heard", what=words(answered), enrollment=theirs)
            yield from _noted(turn)
        case engagement:
            yield Decision(at=engagement.at, of="heard", what=words(engagement))
            yield from _noted(turn)


def _noted(turn: Turn) -> Iterator[Decision]:
    for note in turn.after.notes:
        if note.no > turn.before.noted:
            yield _of_note(turn, note)


def _of_note(turn: Turn, note: Note) -> Decision:
    known = (*turn.after.enrollments, *turn.before.enrollments, *filter(None, (turn.after.ended,)))
    number = next((e.number for e in known if note.ref and e.campaign.ref == note.ref), 0)
    return Decision(
        at=note.at, of="move", what=note.what, why=note.why, by=note.by, edition=note.ref, inputs=note.inputs, enrollment=number
    )


def _of_errand(turn: Turn, errand: SendTouch | HandOff | Escalate | EnrollElsewhere | Tell, receipt: Receipt) -> Decision:
    match errand:
        case SendTouch(letter=letter) if receipt.status is Status.DONE:
            of, what = "letter", f"sent '{letter}'"
        case SendTouch(letter=letter):
            of, what = "letter", f"did not send '{letter}': {(receipt.reason or receipt.status).replace('_', ' ')}"
        case HandOff():
            of, what = "task", f"asked a human: {errand.reason.replace('_', ' ')}"
        case Escalate():
            of, what = "task", "told the leader"
        case EnrollElsewhere():
            of, what = "move", f"began '{errand.campaign}'"
        case Tell():
            of, what = "word", f"told the {errand.to}"
    if isinstance(errand, SendTouch | Tell) and not errand.enrollment:
        return Decision(at=turn.at, of=of, what=what, why=errand.why, edition=errand.campaign)
    enrollment = own(turn.before, errand.enrollment)
    assert enrollment is not None
    inputs = asked_of_letter(turn.before, enrollment, turn.at) if isinstance(errand, SendTouch) else ()
    return Decision(
        at=turn.at,
        of=of,
        what=what,
        why=errand.why,
        by=enrollment.step_in_words,
        edition=enrollment.campaign.ref,
        inputs=inputs,
        enrollment=errand.enrollment,
        letter=errand.letter if isinstance(errand, SendTouch) and receipt.status is Status.DONE else "",
    )


def _shown(value: object) -> str:
    return {True: "true", False: "false", "": "not known"}.get(value, str(value)) if isinstance(value, bool | str) else str(value)
