"""What sets a rule off. Each kind of trigger is a row here: an engagement that matches, or an occasion with its moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from nurture.calendar import add, morning
from nurture.campaign import Rule, When
from nurture.conditions import holds
from nurture.engagements import Engagement
from nurture.facts import facts_of
from nurture.frozen import replace
from nurture.kinds import Kind
from nurture.state import Enrollment, LeadState

_TRUE: Final = "true"
_FIRST_DAY: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A time rule that will be due at ``due_at``. ``name`` tells it from the rule's other occasions, so that each has its turn once."""

    rule: Rule
    name: str
    due_at: datetime
    why: str


def rule_for(state: LeadState, enrollment: Enrollment, engagement: Engagement, reached: str = "") -> Rule | None:
    """The first rule that this engagement sets off, also by the stage that it has ``reached``.

    A lead in the rule's track already begins it again only if it asks for that.
    """
    return next(
        (
            rule
            for rule in enrollment.campaign.rules
            if (_is_set_off_by(rule.when, engagement) or (reached and rule.when.reaches == reached))
            and (_concerns(rule, enrollment) or _asks_again(rule, enrollment, engagement))
            and _holds(rule, state, enrollment, engagement.at)
        ),
        None,
    )


def occasions(state: LeadState, enrollment: Enrollment, now: datetime) -> list[Occasion]:
    """The time rules that wait for their moment, and those whose moment has come."""
    armed = (
        occasion
        for rule in enrollment.campaign.time_rules
        if _concerns(rule, enrollment) and (occasion := _occasion(rule, state, enrollment, now)) and occasion.name not in enrollment.fired
    )
    return [occasion for occasion in armed if occasion.due_at > now or _holds(occasion.rule, state, enrollment, now)]


def rearmed(state: LeadState, enrollment: Enrollment, now: datetime) -> Enrollment:
    """A condition that came true and does not hold any more may come true again."""
    over = {
        name
        for rule in enrollment.campaign.rules
        if rule.when.becomes and (name := f"{rule.name}:{_TRUE}") in enrollment.fired
        if not holds(rule.when.becomes, facts_of(state, enrollment, now))
    }
    return replace(enrollment, fired=tuple(name for name in enrollment.fired if name not in over)) if over else enrollment


def _is_set_off_by(when: When, engagement: Engagement) -> bool:
    if engagement.kind is Kind.TASK_COMPLETED and when.outcome is not None:
        return when.outcome is engagement.outcome
    if engagement.kind is Kind.COLLEAGUE_ACTED and when.colleague is not None:
        return when.colleague is (Kind.TASK_COMPLETED if engagement.outcome else engagement.what) and (
            when.answered is None or when.answered is engagement.outcome
        )
    if when.engagement is not engagement.kind:
        return False
    return when.content is None or when.content == getattr(engagement, "content", None)


def _concerns(rule: Rule, enrollment: Enrollment) -> bool:
    return enrollment.track != rule.go and (not rule.within or enrollment.track in rule.within)


def _asks_again(rule: Rule, enrollment: Enrollment, engagement: Engagement) -> bool:
    """Whether the lead asks for a track that it is in, and that has gone past its beginning without a rep having the lead now."""
    return engagement.by_lead and enrollment.track == rule.go and enrollment.step > 0 and enrollment.task is None


def _holds(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> bool:
    return rule.condition is None or holds(rule.condition, facts_of(state, enrollment, now))


def _occasion(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    when = rule.when
    if when.contract_ends_in is not None:
        if state.contract is None or state.contract.ends_on is None:
            return None
        ends_on = state.contract.ends_on
        opens_on = _days_before(ends_on, when.contract_ends_in.days)
        return Occasion(
            rule=rule,
            name=f"{rule.name}:{ends_on}",
            due_at=morning(opens_on, enrollment.campaign.window, state.profile),
            why=f"the contract ends on {ends_on}, {when.contract_ends_in} ahead is {opens_on}",
        )
    if when.date is not None:
        known = state.memory.field(when.date)
        return _on_date(rule, state, enrollment, date.fromisoformat(str(known))) if known else None
    if enrollment.task is not None:
        return None
    if when.becomes is not None:
        due = holds(when.becomes, facts_of(state, enrollment, now))
        return Occasion(rule=rule, name=f"{rule.name}:{_TRUE}", due_at=enrollment.arrived_at, why=when.becomes) if due else None
    if when.quiet_after is not None:
        since = state.memory.last(when.quiet_after)
        acted_at = state.memory.acted_at
        if since is None or when.for_ is None or (acted_at is not None and acted_at > since):
            return None
        return Occasion(
            rule=rule,
            name=f"{rule.name}:{since:%Y-%m-%dT%H:%M:%S}",
            due_at=add(max(since, _back_at(state, enrollment) or since), when.for_, state.profile),
            why=f"nothing was heard for {when.for_} since {when.quiet_after.replace('_', ' ')}",
        )
    if when.silence is not None:
        if state.silent_since is None or state.unanswered < (when.touches or 1):
            return None
        return Occasion(
            rule=rule,
            name=f"{rule.name}:{state.silent_since:%Y-%m-%dT%H:%M:%S}",
            due_at=add(state.silent_since, when.silence, state.profile),
            why=f"no answer for {when.silence} to {state.unanswered} letter{'' if state.unanswered == 1 else 's'}",
        )
    if when.touches is not None and enrollment.touches >= when.touches:
        return Occasion(
            rule=rule,
            name=f"{rule.name}:{enrollment.human_steps}",
            due_at=enrollment.arrived_at,
            why=f"{enrollment.touches} letters have not led to a conversation",
        )
    return None


def _on_date(rule: Rule, state: LeadState, enrollment: Enrollment, day: date) -> Occasion:
    opens_on = _days_before(day, rule.when.ahead.days if rule.when.ahead else 0)
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{day}",
        due_at=morning(opens_on, enrollment.campaign.window, state.profile),
        why=f"{rule.when.date} is {day}{f', {rule.when.ahead} ahead is {opens_on}' if rule.when.ahead else ''}",
    )


def _days_before(day: date, days: int) -> date:
    return date.fromordinal(max(day.toordinal() - days, _FIRST_DAY))


def _back_at(state: LeadState, enrollment: Enrollment) -> datetime | None:
    """When a lead that is away comes back: its absence is no silence."""
    return morning(state.hold.until, enrollment.campaign.window, state.profile) if state.hold else None
