"""What happened is taken into account: one engagement after the other, each once."""

from datetime import datetime
from uuid import UUID

from nurture.answered import after_task
from nurture.calendar import morning
from nurture.changes import ended, forgotten, held, lifted, with_contract
from nurture.confirming import after_asked, settled
from nurture.edition import changed
from nurture.engagements import Engagement
from nurture.enrollment import Enrollment
from nurture.facts import today
from nurture.following import following_rules, words
from nurture.frozen import replace
from nurture.kinds import Kind, Outcome, Refusal
from nurture.leadside import Absent, Bounced, ConsentAsked, FrequencyChosen, IssueOpened, OptedIn, OptedOut, Permitted
from nurture.memory import REMEMBERED
from nurture.moving import begun
from nurture.ordering import after_ordered
from nurture.ourside import (
    ContractChanged,
    EditionChanged,
    Enrolled,
    Erased,
    FactsLearned,
    HandedOver,
    Held,
    IssueClosed,
    LetterWritten,
    ProfileChanged,
    Redirected,
    Released,
    Steered,
    TaskCompleted,
)
from nurture.plan.campaign import Campaign, Scoring
from nurture.progress import stage_after
from nurture.stages import stage_is_at_least, translated
from nurture.state import Hold, LeadState
from nurture.steering import redirected, steered
from nurture.triggers import rearmed


def fold(state: LeadState, engagement: Engagement) -> LeadState:
    """The state after an engagement. One that was folded before changes nothing."""
    if engagement.seq <= state.seen:
        return state
    state = replace(state, seen=engagement.seq, not_before=None)
    if engagement.by_lead:
        state = replace(state, unanswered=0, silent_since=None, unmailable=None, no_consent=frozenset())
    before = state.stage
    for enrollment in state.enrollments:
        if (there := rearmed(state, enrollment, engagement)) is not enrollment:
            state = state.having(there)
    state = _remembering(state, engagement)
    state = _after_evidence(state, engagement)
    reached = state.stage if state.stage != before else ""
    match engagement:
        case Enrolled():
            state = _after_enrolled(state, engagement)
        case ProfileChanged(profile=profile):
            state = replace(state, profile=profile)
            if state.rules >= 3:  # a consent may have come with what is known: the send itself will tell
                state = replace(state, no_consent=frozenset())
        case OptedOut():
            state = _after_opt_out(state, engagement)
        case ConsentAsked():
            state = after_asked(state, engagement)
        case OptedIn():
            state = _after_opt_in(state, engagement)
        case FrequencyChosen(wish=wish):
            state = replace(state, wish=wish, freed_at=engagement.at)
        case Bounced():
            state = replace(state, unmailable=Refusal.BOUNCED)
        case Absent():
            state = _after_absence_note(state, engagement)
        case Held(until=until):
            state = held(state, engagement.at, Hold(until=until, why="a human paused this lead", firm=True))
        case Released():
            state = lifted(state, engagement.at, "a human released this lead")
        case ContractChanged(contract=contract):
            state = with_contract(state, contract)
        case TaskCompleted():
            return after_task(replace(state, freed_at=engagement.at), engagement, reached)
        case IssueOpened(issue=issue):
            complaints = (*state.complaints, issue) if engagement.complaint else state.complaints
            state = replace(state, issues=(*state.issues, issue), complaints=complaints)
        case IssueClosed(issue=issue):
            state = replace(state, issues=_without(state.issues, issue), complaints=_without(state.complaints, issue))
            state = _after_settled(replace(state, freed_at=engagement.at), engagement)
            reached = state.stage if state.stage != before else ""
        case FactsLearned(learned=learned):
            state = replace(state, memory=state.memory.knowing(learned))
        case Permitted(allowed=allowed, every_days=days):
            state = replace(state, memory=state.memory.knowing((("may_remind", allowed), ("remind_days", days))))
        case EditionChanged():
            return _after_edition(state, engagement)
        case Redirected():
            return redirected(state, engagement)
        case Steered():
            return steered(state, engagement)
        case LetterWritten() | HandedOver():
            return after_ordered(state, engagement)
        case Erased():
            return forgotten(state)
        case _:
            pass
    return following_rules(state, engagement, reached)


def _remembering(state: LeadState, engagement: Engagement) -> LeadState:
    if engagement.kind not in REMEMBERED:
        return state
    model = _model(state)
    return replace(state, memory=state.memory.after(engagement, model.scoring if model else Scoring()))


def _model(state: LeadState) -> Campaign | None:
    """The campaign whose stages and points count for this lead: its oldest."""
    return state.enrollments[0].campaign if state.enrollments else state.ended.campaign if state.ended else None


def _is_customer(state: LeadState, at: datetime) -> bool:
    """Whether a contract runs."""
    ends_on = state.contract.ends_on if state.contract else None
    return state.contract is not None and (ends_on is None or ends_on >= today(state, at))


def _without(ids: tuple[UUID, ...], gone: UUID) -> tuple[UUID, ...]:
    return tuple(id for id in ids if id != gone)


def _after_edition(state: LeadState, change: EditionChanged) -> LeadState:
    enrollment = state.enrollment(change.enrollment)
    if enrollment is None:
        return state
    there = replace(changed(enrollment, change.campaign, change.course, change.at, change.had), capped_until=None)
    why = f"{change.course}: this campaign was changed under way"
    state = replace(state.having(there), freed_at=change.at)
    state = state.noting(change.at, f"{change.campaign.name}: another edition", why, ref=change.campaign.ref)
    return begun(state, there, change.at) if there.visit > enrollment.visit else state


def _after_evidence(state: LeadState, engagement: Engagement) -> LeadState:
    """The stage that the engagement is evidence of. While something is open, nothing but a rep's answer takes the lead further."""
    model = _model(state)
    preset = model.stages if model else "btob"
    stage = stage_after(state.stage, engagement, preset, is_customer=_is_customer(state, engagement.at))
    if isinstance(engagement, TaskCompleted) and engagement.outcome in (Outcome.LOST, Outcome.NOT_NOW):
        state = replace(state, barred_stage=None)  # what the rep says is later and outweighs it
    if stage == state.stage:
        return state
    if state.issues and engagement.kind is not Kind.TASK_COMPLETED:
        if state.barred_stage is None or stage_is_at_least(stage, state.barred_stage, preset):
            state = replace(state, barred_stage=stage)
        return state.noting(engagement.at, f"stays in stage {state.stage}", f"{words(engagement)}, but what is open is settled first")
    return replace(state, stage=stage).noting(engagement.at, f"stage {stage}", f"{words(engagement)} while in stage {state.stage}")


def _after_settled(state: LeadState, closed: IssueClosed) -> LeadState:
    """Once nothing is open any more, the stage is what there was evidence of meanwhile."""
    barred = state.barred_stage
    if state.issues or barred is None:
        return state
    state = replace(state, barred_stage=None)
    model = _model(state)
    preset = model.stages if model else "btob"
    if state.rules < 3 or stage_is_at_least(state.stage, barred, preset):
        return state
    stage = translated(barred, preset)
    return replace(state, stage=stage).noting(closed.at, f"stage {stage}", "shown while something was open, which is settled")


def _after_enrolled(state: LeadState, enrolled: Enrolled) -> LeadState:
    enrollment = Enrollment(
        number=enrolled.enrollment,
        campaign=enrolled.campaign,
        track=enrolled.campaign.start,
        enrolled_at=enrolled.at,
        arrived_at=enrolled.at,
    )
    state = replace(state, profile=enrolled.profile, enrollments=(*state.enrollments, enrollment))
    state = replace(state, stage=translated(state.stage, state.enrollments[0].campaign.stages))
    return begun(state, enrollment, enrolled.at)


def _after_opt_out(state: LeadState, opted_out: OptedOut) -> LeadState:
    """No more letters. A customer keeps its contract, so its renewal stays with the reps; everything else is over."""
    state = settled(replace(state, refused=state.refused | {opted_out.topic or "*"}), opted_out.topic)
    why = f"the lead refused {opted_out.topic or 'all letters'}"
    state = state.noting(opted_out.at, "opted out", why)
    for enrollment in state.enrollments:
        is_held = state.rules >= 2 and enrollment.task is not None  # the rep who has the lead still answers
        if state.contract is None and not is_held and state.has_refused(enrollment.campaign.topic):
            state = ended(state, enrollment, opted_out.at, why)
    return state


def _after_opt_in(state: LeadState, opted_in: OptedIn) -> LeadState:
    """Letters about this topic may go. Who agrees to one topic does not refuse everything any more; other topics stay refused."""
    topic = opted_in.topic
    state = settled(replace(state, refused=state.refused - {topic, "*"}, no_consent=state.no_consent - {topic}), topic)
    return replace(state, freed_at=opted_in.at).noting(opted_in.at, "opted in", f"there is a consent for {topic}")


def _after_absence_note(state: LeadState, absent: Absent) -> LeadState:
    if state.hold is None or (not state.hold.firm and state.hold.until < absent.until):
        state = held(state, absent.at, Hold(until=absent.until, why="the lead is away"))
    if state.silent_since is None or not state.enrollments:
        return state
    back_at = morning(absent.until, state.enrollments[0].campaign.window, state.profile)
    return replace(state, silent_since=max(state.silent_since, back_at))
