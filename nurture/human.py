"""Calls a human: the task that is opened, with the deadline that its plan gives it."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from nurture.actions import Escalate, HandOff
from nurture.calendar import add, next_open
from nurture.enrollment import Enrollment, OpenTask
from nurture.kinds import Audience, Outcome
from nurture.plan.spans import Span, Unit
from nurture.plan.track import TaskPlan
from nurture.state import LeadState

_HUMAN: Final = Span(2, Unit.WORKING_DAY)
LAST_LOOK: Final = TaskPlan(
    reason="last_look", say="A good fit is about to leave the campaign. Is there a reason to stay in touch?", deadline=_HUMAN
)
HORIZON: Final = TaskPlan(reason="horizon", say="The time set for this campaign is over. Decide how to go on.", deadline=_HUMAN)
UNREACHABLE: Final = TaskPlan(
    reason="unreachable", say="We cannot write to this lead. Find another way, or the right person.", deadline=_HUMAN
)
TOO_LATE: Final = TaskPlan(reason="too_late", say="The time for the next step had passed when the lead came to it.", deadline=_HUMAN)
OVERDUE: Final = TaskPlan(
    reason="too_late",
    say="This letter should have gone long ago. Is it still worth sending?",
    deadline=_HUMAN,
    outcomes=(Outcome.SEND, Outcome.SKIP),
)
IN_DOUBT: Final = TaskPlan(
    reason="in_doubt",
    say="Nobody knows whether this letter went. The mail server's log may tell, or the lead: did it go, or is it to be sent again?",
    deadline=_HUMAN,
    to=Audience.MARKETING,
    outcomes=(Outcome.SENT, Outcome.SEND),
)
_NOT_OF_A_STEP: Final = {plan.reason: plan for plan in (HORIZON, LAST_LOOK)}


def hand_off(state: LeadState, enrollment: Enrollment, plan: TaskPlan, now: datetime, why: str, channel: str = "") -> HandOff:
    """Open a task for this step. A track that is visited again opens another one."""
    return HandOff(
        lead=state.lead,
        enrollment=enrollment.number,
        task=task_id(state, enrollment, plan),
        reason=plan.reason,
        say=plan.say,
        at=now,
        deadline_at=_deadline(state, enrollment, plan.deadline, now),
        campaign=enrollment.campaign.name,
        step="" if plan.reason in _NOT_OF_A_STEP and plan == _NOT_OF_A_STEP[plan.reason] else enrollment.here,
        why=why,
        to=plan.to,
        checklist=plan.checklist,
        asks=plan.asks,
        outcomes=plan.outcomes,
        artefact=plan.artefact,
        named=plan.named,
        channel=channel,
    )


def task_id(state: LeadState, enrollment: Enrollment, plan: TaskPlan) -> UUID:
    """The id of the task that this plan opens here. Each time that a human has answered, it is another one."""
    return uuid5(state.lead, f"task:{enrollment.number}.{enrollment.here}.{plan.reason}.{enrollment.human_steps + enrollment.doubts}")


def escalate(state: LeadState, enrollment: Enrollment, task: OpenTask, now: datetime) -> Escalate:
    """Tell the leader that a deadline has passed."""
    return Escalate(
        lead=state.lead,
        enrollment=enrollment.number,
        task=task.id,
        escalation=task.escalations + 1,
        at=now,
        deadline_at=add(now, _patience(task.escalations), state.profile),
        why=f"the deadline of {task.reason} has passed",
    )


def _patience(escalations: int) -> Span:
    """How long the leader has, longer each time: a reminder that comes every day is not read."""
    return Span(min(2 * 2**escalations, 20), Unit.WORKING_DAY)


def _deadline(state: LeadState, enrollment: Enrollment, span: Span, now: datetime) -> datetime:
    """Hours count from when the lead's window is open: nobody is late for what came in at night."""
    return add(next_open(now, enrollment.campaign.window, state.profile) if span.exact else now, span, state.profile)
