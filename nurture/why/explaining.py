"""Says why a lead got a letter, and where it was at a moment and why, in sentences that a marketer reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nurture.actions import End, HandOff, SendTouch, Wait
from nurture.enrollment import Enrollment
from nurture.overdue import hold_ends_at
from nurture.plan.campaign import Campaign
from nurture.plan.problems import did_you_mean
from nurture.posting import local
from nurture.state import LeadState
from nurture.why.decisions import Decision, asked_of_letter, decisions, facts_in_words, own
from nurture.why.history import Posted
from nurture.why.playing import Turn


class Verdict(StrEnum):
    """The short answer."""

    SENT = "sent"
    PUT_OFF = "put_off"
    REFUSED = "refused"
    BARRED = "barred"
    WAITS = "waits"
    ON_HOLD = "on_hold"
    WITH_A_REP = "with_a_rep"
    PASSED_OVER = "passed_over"
    OTHER_SIDE = "other_side"
    OTHER_WAY = "other_way"
    LEFT = "left"
    NOT_ENTERED = "not_entered"
    OVER = "over"
    NOT_ENROLLED = "not_enrolled"
    NOT_ASKED = "not_asked"
    HERE = "here"
    """Where the lead was; the question was not about a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``says`` are sentences, the answer first; ``decisions`` led there, the oldest first."""

    verdict: Verdict
    campaign: str
    says: tuple[str, ...]
    at: datetime | None = None
    edition: str = ""
    decisions: tuple[Decision, ...] = ()


class UnknownLetter(LookupError):
    """No campaign has a letter of this name. The message has the nearest right one."""


def campaigns_of(turns: Sequence[Turn]) -> dict[int, Enrollment]:
    """Every enrollment of the lead by its number, as it was last, whether it is under way or over."""
    found: dict[int, Enrollment] = {}
    for turn in turns:
        for state in (turn.before, turn.after):
            found.update({e.number: e for e in state.enrollments})
    return found


def campaigns_with(letter: str, turns: Sequence[Turn], current: Mapping[str, Campaign]) -> list[Campaign]:
    """The campaigns that have a letter, in the edition of this lead or else in the one that is current. ``letter`` may name its campaign.

    Raises UnknownLetter.
    """
    theirs = {e.campaign.name: e.campaign for e in campaigns_of(turns).values()}
    known = {**current, **theirs}
    wanted, _, name = letter.rpartition("/")
    found = [campaign for campaign in known.values() if name in campaign.letters and wanted in ("", campaign.name)]
    if not found:
        of_any = dict.fromkeys(each for campaign in (theirs or known).values() for each in campaign.letters)
        fix = did_you_mean(name, of_any, "there are") or "no campaign was started"
        raise UnknownLetter(f"no campaign{f' {wanted}' if wanted else ''} has a letter '{name}'; {fix}")
    return found


def why_sent(row: Posted, turns: Sequence[Turn], started: Mapping[str, datetime]) -> Answer:
    """Why a letter of the ledger was sent."""
    assert row.sent_at is not None
    name = row.ref.partition("@")[0]
    sent = next((turn for turn in turns if isinstance(turn.what, SendTouch) and turn.what.key == row.key and turn.receipt), None)
    if sent is None or not row.enrollment:
        only = f"'{row.letter}' of {name} was sent at {row.sent_at:%Y-%m-%d %H:%M} UTC: {row.why}."
        return Answer(verdict=Verdict.SENT, campaign=name, says=(only,), at=row.sent_at, edition=row.ref)
    state, enrollment = sent.before, own(sent.before, row.enrollment)
    assert enrollment is not None
    says = [
        f"'{row.letter}' of {name} was sent on {local(state, row.sent_at)} ({state.profile.zone}), by the edition {row.ref}"
        f"{f' of {started[row.ref]:%Y-%m-%d}' if row.ref in started else ''}.",
        f"Its step is '{enrollment.step_name}' in the track '{enrollment.track}', where the lead had come {_how(turns, sent, enrollment)}.",
    ]
    if asked := asked_of_letter(state, enrollment, sent.at):
        says.append(f"The letter's own condition held: {facts_in_words(asked)}.")
    if row.claimed_at < row.sent_at and row.attempts <= 1:
        says.append(f"It was first due on {local(state, row.claimed_at)} and was put off, by news of the lead, a cap or the window.")
    elif row.attempts > 1:
        says.append(f"It took {row.attempts} attempts, the first on {local(state, row.claimed_at)}.")
    made = [one for one in decisions(turns[: turns.index(sent)], row.enrollment) if one.at <= row.sent_at]
    return Answer(verdict=Verdict.SENT, campaign=name, says=tuple(says), at=row.sent_at, edition=row.ref, decisions=tuple(made))


def where(turns: Sequence[Turn], at: datetime) -> Answer:
    """Where the lead was at a moment, what it waited for, and how it had come there."""
    before = [turn for turn in turns if turn.at <= at]
    if not before:
        first = f" The first thing that came in for it is of {turns[0].at:%Y-%m-%d %H:%M} UTC." if turns else ""
        only = f"At {at:%Y-%m-%d %H:%M} UTC the lead was in no campaign yet.{first}"
        return Answer(verdict=Verdict.NOT_ENROLLED, campaign="", says=(only,), at=at)
    state = before[-1].after
    says = [f"On {local(state, at)} ({state.profile.zone}) the lead was in the stage '{state.stage}'."]
    for enrollment in state.enrollments:
        came = _how(turns, before[-1], enrollment)
        says.append(
            f"In {enrollment.campaign.name} (edition {enrollment.campaign.ref}) it was in the track '{enrollment.track}', "
            f"{_step_in_words(enrollment)}, since {local(state, enrollment.arrived_at)}; it had come there {came}."
        )
        if enrollment.task is not None:
            says.append(f"A rep had it ({enrollment.task.reason}) and was to answer by {local(state, enrollment.task.deadline_at)}.")
    if not state.enrollments:
        says.append("It was in no campaign any more.")
    says.extend(_state_in_words(state, at))
    says.append(_due_in_words(before[-1], state))
    return Answer(verdict=Verdict.HERE, campaign="", says=tuple(says), at=at, decisions=tuple(decisions(before)))


def _due_in_words(turn: Turn, state: LeadState) -> str:
    """What a lead waits for."""
    match turn.what:
        case Wait(until=None, why=why):
            return f"Nothing was due before something came in: {why}."
        case Wait(until=until, why=why) if until is not None:
            return f"It waited until {local(state, until)}: {why}."
        case End(why=why):
            return f"Nothing was due: {why}."
        case SendTouch(why=why) | HandOff(why=why) if turn.receipt is None:
            return f"This was due, and is not known to be done: {why}."
        case _:
            return "It was about to go on at once."


def _how(turns: Sequence[Turn], last: Turn, enrollment: Enrollment) -> str:
    """How an enrollment came into its track."""
    for turn in reversed(turns[: turns.index(last) + 1]):
        was, is_ = own(turn.before, enrollment.number), own(turn.after, enrollment.number)
        if is_ is not None and is_.visit == enrollment.visit and (was is None or was.visit != is_.visit):
            if was is None:
                return f"at the start, on {local(turn.after, turn.at)}"
            came = (n for n in reversed(turn.after.notes) if (n.into, n.ref) == (is_.track, is_.campaign.ref))
            note = next(came, None)
            told = f"{note.why}{f' ({facts_in_words(note.inputs)})' if note.inputs else ''}" if note else "by another edition"
            return f"from '{was.track}' on {local(turn.after, note.at if note else turn.at)}, {told}"
    return "before anything that is kept"


def _step_in_words(enrollment: Enrollment) -> str:
    return "at rest after its last step" if enrollment.at_step is None else f"at the step '{enrollment.step_name}'"


def _state_in_words(state: LeadState, at: datetime) -> list[str]:
    """What kept the lead from going on, or its letters from going."""
    says = []
    held_until = hold_ends_at(state)
    if state.hold is not None and held_until is not None and held_until > at:
        says.append(f"It was on hold until {state.hold.until}: {state.hold.why}.")
    if state.refused:
        says.append(f"It had refused {_topics(state.refused)}.")
    if state.no_consent:
        says.append(f"There was no consent to write about {_topics(state.no_consent)}.")
    if state.unmailable:
        says.append(f"Its letters could not go: {state.unmailable.replace('_', ' ')}.")
    if state.issues:
        says.append(f"{len(state.issues)} of its issues {'was' if len(state.issues) == 1 else 'were'} open, so nothing was sold to it.")
    return says


def _topics(topics: Collection[str]) -> str:
    return "all letters" if "*" in topics else " and ".join(f"'{topic}'" for topic in sorted(topics))
