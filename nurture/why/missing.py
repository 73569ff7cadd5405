"""Says why a lead has not got a letter: the one reason that is true, with the facts of the moment that decided it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from nurture.actions import Move, SendTouch, Status, Wait
from nurture.enrollment import Enrollment
from nurture.facts import facts_of
from nurture.foresee import settle
from nurture.overdue import hold_ends_at
from nurture.plan.campaign import Campaign
from nurture.plan.conditions import holds
from nurture.plan.track import Branch, Email, Split, name_of_step
from nurture.posting import is_barred, local
from nurture.standing import Note
from nurture.state import LeadState
from nurture.why.decisions import decisions, facts_in_words, own
from nurture.why.explaining import Answer, Verdict, campaigns_of
from nurture.why.playing import Turn
from nurture.why.ways import ways_into
from nurture.witness import inputs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A reason: the verdict, its sentences, and the moment that decided it."""

    verdict: Verdict
    says: list[str]
    at: datetime | None = None


def why_not(letter: str, campaign: Campaign, turns: Sequence[Turn], now: datetime) -> Answer:
    """Why the lead has not got a letter of a campaign, in which it may be or not."""
    theirs = [e for e in campaigns_of(turns).values() if e.campaign.name == campaign.name]
    if not theirs:
        only = f"'{letter}' is a letter of {campaign.name}, and the lead has never been in that campaign."
        return Answer(verdict=Verdict.NOT_ENROLLED, campaign=campaign.name, says=(only,), edition=campaign.ref)
    enrollment = theirs[-1]
    state = turns[-1].after
    is_over = state.enrollment(enrollment.number) is None
    found = _reason(letter, enrollment, turns, state, now, is_over=is_over)
    verdict, says = found.verdict, found.says
    if is_over:
        over = _over(turns, enrollment.number)
        why = f" since {local(state, over.at)}: {over.why}" if over else ""
        verdict = Verdict.OVER if verdict in (Verdict.NOT_ENTERED, Verdict.WAITS, Verdict.LEFT) else verdict
        says = [*says, f"{campaign.name} is over for this lead{why}."]
    made = tuple(one for one in decisions(turns, enrollment.number) if found.at is None or one.at <= found.at)
    return Answer(
        verdict=verdict,
        campaign=campaign.name,
        says=(f"'{letter}' of {campaign.name} has not been sent.", *says),
        at=found.at,
        edition=enrollment.campaign.ref,
        decisions=made,
    )


def _over(turns: Sequence[Turn], number: int) -> Note | None:
    """What was noted as the enrollment ended for the last time."""
    for turn in reversed(turns):
        was = turn.before.enrollment(number)
        if was is not None and turn.after.enrollment(number) is None:
            return next((note for note in reversed(turn.after.notes) if note.over and note.ref == was.campaign.ref), None)
    return None


def _reason(letter: str, enrollment: Enrollment, turns: Sequence[Turn], state: LeadState, now: datetime, *, is_over: bool) -> _Found:
    if not is_over and (ahead := _ahead(letter, enrollment)) is not None:
        return _awaited(letter, enrollment, ahead, turns[-1], state, now)
    passed = _passed(letter, enrollment.number, turns)
    left = _left(letter, enrollment.number, turns)
    latest = max(filter(None, (passed, left)), key=lambda found: found.at or now, default=None)
    return latest or _never_entered(letter, enrollment, turns, state, now)


def _ahead(letter: str, enrollment: Enrollment) -> int | None:
    """How many steps lie between the lead and the letter in its track; None where the letter is not ahead."""
    ahead = [place for place, step in enumerate(enrollment.where.steps) if isinstance(step, Email) and step.email == letter]
    return next((place - enrollment.step for place in ahead if place >= enrollment.step), None)


def _awaited(letter: str, enrollment: Enrollment, ahead: int, last: Turn, state: LeadState, now: datetime) -> _Found:
    """It may still come: what it waits for."""
    others = "" if ahead == 0 else f", after {', '.join(repr(name_of_step(enrollment.where, enrollment.step + n)) for n in range(ahead))}"
    says = [f"It is ahead of the lead in the track '{enrollment.track}', where it is now{others}."]
    step = enrollment.where.steps[enrollment.step + ahead]
    if name_of_step(enrollment.where, enrollment.step + ahead) in enrollment.skipped:
        return _Found(verdict=Verdict.PASSED_OVER, says=[*says, "A human decided that it is left out when the lead comes to it."], at=now)
    if isinstance(step, Email) and step.condition:
        facts = facts_of(state, enrollment, now)
        answer = "holds" if holds(step.condition, facts) else "does not hold, so it would be passed over"
        says.append(
            f"It has a condition, which as things are {answer}: {step.condition} ({facts_in_words(inputs_of((step.condition,), facts))})."
        )
    if is_barred(state, enrollment):
        return _Found(verdict=Verdict.BARRED, says=[*says, _barred(state, enrollment)], at=now)
    if isinstance(last.what, SendTouch) and last.receipt is None and last.what.letter == letter:
        return _Found(verdict=Verdict.PUT_OFF, says=[*says, "It is due, and its workflow has not said yet what came of it."], at=now)
    return _Found(verdict=_keeper(state, now), says=[*says, _waits(state, enrollment, now)], at=now)


def _keeper(state: LeadState, now: datetime) -> Verdict:
    held_until = hold_ends_at(state)
    if state.is_with_a_human:
        return Verdict.WITH_A_REP
    return Verdict.ON_HOLD if held_until and held_until > now else Verdict.WAITS


def _waits(state: LeadState, enrollment: Enrollment, now: datetime) -> str:
    """What this campaign waits for, whatever the others of this lead do."""
    if enrollment.task is None and state.is_with_a_human:
        return "It waits, because a rep has this lead in another campaign."
    _, action = settle(replace(state, enrollments=(enrollment,)), now)
    if isinstance(action, Wait):
        return f"It waits{f' until {local(state, action.until)}' if action.until else ''}: {action.why}."
    return f"Something else is due first: {action.why}."


def _barred(state: LeadState, enrollment: Enrollment) -> str:
    topic = enrollment.campaign.topic
    if state.has_refused(topic):
        return f"The lead has refused letters about '{topic}'."
    if topic in state.no_consent:
        return f"There is no consent to write about '{topic}'."
    return f"Letters cannot reach the lead: {(state.unmailable or 'unknown').replace('_', ' ')}."


def _passed(letter: str, number: int, turns: Sequence[Turn]) -> _Found | None:
    """The last time the lead came to the letter's step and went on without it."""
    for turn in reversed(turns):
        was = own(turn.before, number)
        if was is None:
            continue
        match turn.what:
            case SendTouch() as touch if touch.letter == letter and touch.enrollment == number and turn.receipt is not None:
                if turn.receipt.status is Status.REFUSED and turn.receipt.reason is not None:
                    reason = turn.receipt.reason.replace("_", " ")
                    says = f"It was to go on {local(turn.after, turn.at)} and was refused by the send itself: {reason}."
                    return _Found(verdict=Verdict.REFUSED, says=[says], at=turn.at)
            case Move(enrollment=concerned) as move if concerned == number and _skips(letter, was, move):
                facts = f" ({facts_in_words(move.inputs)})" if move.inputs else ""
                when = f"The lead came to it in the track '{was.track}' and went on without it on {local(turn.after, turn.at)}"
                verdict = Verdict.BARRED if is_barred(turn.before, was) and not move.inputs else Verdict.PASSED_OVER
                return _Found(verdict=verdict, says=[f"{when}: {move.why}{facts}."], at=turn.at)
            case _:
                continue
    return None


def _skips(letter: str, was: Enrollment, move: Move) -> bool:
    """Whether a step taken leads over the letter."""
    steps = was.where.steps[was.step : was.step + move.steps] if move.track is None and not move.over else ()
    return any(isinstance(step, Email) and step.email == letter for step in steps)


def _left(letter: str, number: int, turns: Sequence[Turn]) -> _Found | None:
    """The last time the lead was taken out of a track that still had the letter before it."""
    for turn in reversed(turns):
        was, is_ = own(turn.before, number), turn.after.enrollment(number)
        if was is None or _ahead(letter, was) is None or (is_ is not None and is_.visit == was.visit):
            continue
        if turn.before.enrollment(number) is None:
            continue
        made = [one for one in decisions([turn], number) if one.of == "move" and one.edition]
        why = f": {made[0].why}{f' ({facts_in_words(made[0].inputs)})' if made[0].inputs else ''}" if made else ""
        fork = was.at_step if isinstance(turn.what, Move) and not turn.what.fired else None
        verdict = Verdict.OTHER_WAY if isinstance(fork, Branch) else Verdict.OTHER_SIDE if isinstance(fork, Split) else Verdict.LEFT
        there = f" for '{is_.track}'" if is_ is not None else ""
        says = f"It was still ahead in the track '{was.track}' when the lead left that{there} on {local(turn.after, turn.at)}{why}."
        return _Found(verdict=verdict, says=[says], at=turn.at)
    return None


def _never_entered(letter: str, enrollment: Enrollment, turns: Sequence[Turn], state: LeadState, now: datetime) -> _Found:
    campaign = enrollment.campaign
    tracks = [name for name, track in campaign.tracks.items() if any(isinstance(s, Email) and s.email == letter for s in track.steps)]
    verdict, at = Verdict.NOT_ENTERED, None
    says = [f"It stands in the track {' and in '.join(map(repr, tracks))}, which the lead has never entered."]
    for track in tracks:
        for way in ways_into(campaign, track, state, enrollment, now):
            says.append(way.says)
            if way.step and (met := _met(way.track, way.step, enrollment.number, turns)) is not None:
                verdict, at = Verdict.OTHER_SIDE if way.is_split else Verdict.OTHER_WAY, met.at
                says.append(_went(met, enrollment.number))
    return _Found(verdict=verdict, says=says, at=at)


def _met(track: str, step: str, number: int, turns: Sequence[Turn]) -> Turn | None:
    """The last time the lead came to a step and went on from it."""
    for turn in reversed(turns):
        was = own(turn.before, number)
        if isinstance(turn.what, Move) and turn.what.enrollment == number and was and (was.track, was.step_name) == (track, step):
            return turn
    return None


def _went(met: Turn, number: int) -> str:
    assert isinstance(met.what, Move)
    facts = f" ({facts_in_words(met.what.inputs)})" if met.what.inputs else ""
    return f"The lead came to that step on {local(met.after, met.at)} and went another way: {met.what.why}{facts}."
