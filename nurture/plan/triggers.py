"""What sets a rule off. Each kind of trigger is a row here: an engagement that matches, or an occasion with its moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from nurture.calendar import add, morning
from nurture.engagements import Engagement
from nurture.frozen import replace
from nurture.kinds import Kind
from nurture.plan.campaign import Rule, When
from nurture.plan.conditions import holds
from nurture.plan.facts import facts_of
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
            for rule in enrollment.campaign.rules_by_kind[engagement.kind]
            if (_is_set_off_by(rule.when, engagement) or (reached and rule.when.reaches == reached))
            and (rule.leads_on_from(enrollment.track) or _asks_again(rule, enrollment, engagement))
            and _holds(rule, state, enrollment, engagement.at)
        ),
        None,
    )


def occasions(state: LeadState, enrollment: Enrollment, now: datetime) -> list[Occasion]:
    """The time rules that wait for their moment, and those whose moment has come."""
    armed = []
    for rule in enrollment.campaign.time_rules_by_track[enrollment.track]:
        occasion = _OCCASIONS[rule.when.trigger](rule, state, enrollment, now)
        if occasion is None or occasion.name in enrollment.fired:
            continue
        if occasion.due_at > now or _holds(rule, state, enrollment, now):
            armed.append(occasion)
    return armed


def rearmed(state: LeadState, enrollment: Enrollment, now: datetime) -> Enrollment:
    """A condition that came true and does not hold any more may come true again."""
    over = {
        name
        for rule in enrollment.campaign.time_rules
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


def _asks_again(rule: Rule, enrollment: Enrollment, engagement: Engagement) -> bool:
    """Whether the lead asks for a track that it is in, and that has gone past its beginning without a rep having the lead now."""
    return engagement.by_lead and enrollment.track == rule.go and enrollment.step > 0 and enrollment.task is None


def _holds(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> bool:
    return rule.condition is None or holds(rule.condition, facts_of(state, enrollment, now))


def _before_contract_ends(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    ahead = rule.when.contract_ends_in
    if ahead is None or state.contract is None or state.contract.ends_on is None:
        return None
    ends_on = state.contract.ends_on
    opens_on = _days_before(ends_on, ahead.days)
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{ends_on}",
        due_at=morning(opens_on, enrollment.campaign.window, state.profile),
        why=f"the contract ends on {ends_on}, {ahead} ahead is {opens_on}",
    )


def _on_date(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    known = state.memory.field(rule.when.date or "")
    if not known:
        return None
    day = date.fromisoformat(str(known))
    opens_on = _days_before(day, rule.when.ahead.days if rule.when.ahead else 0)
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{day}",
        due_at=morning(opens_on, enrollment.campaign.window, state.profile),
        why=f"{rule.when.date} is {day}{f', {rule.when.ahead} ahead is {opens_on}' if rule.when.ahead else ''}",
    )


def _come_true(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    becomes = rule.when.becomes
    if enrollment.task is not None or becomes is None or not holds(becomes, facts_of(state, enrollment, now)):
        return None
    return Occasion(rule=rule, name=f"{rule.name}:{_TRUE}", due_at=enrollment.arrived_at, why=becomes)


def _quiet(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    after, length = rule.when.quiet_after, rule.when.for_
    if enrollment.task is not None or after is None or length is None:
        return None
    since, acted_at = state.memory.last(after), state.memory.acted_at
    if since is None or (acted_at is not None and acted_at > since):
        return None
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{to_the_second(since)}",
        due_at=add(max(since, _back_at(state, enrollment) or since), length, state.profile),
        why=f"nothing was heard for {length} since {after.replace('_', ' ')}",
    )


def _silent(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    length, since = rule.when.silence, state.silent_since
    if enrollment.task is not None or length is None or since is None or state.unanswered < (rule.when.touches or 1):
        return None
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{to_the_second(since)}",
        due_at=add(since, length, state.profile),
        why=f"no answer for {length} to {state.unanswered} letter{'' if state.unanswered == 1 else 's'}",
    )


def _too_many_letters(rule: Rule, state: LeadState, enrollment: Enrollment, now: datetime) -> Occasion | None:
    if enrollment.task is not None or enrollment.touches < (rule.when.touches or 1):
        return None
    return Occasion(
        rule=rule,
        name=f"{rule.name}:{enrollment.human_steps}",
        due_at=enrollment.arrived_at,
        why=f"{enrollment.touches} letters have not led to a conversation",
    )


_OCCASIONS: Final = {
    "contract_ends_in": _before_contract_ends,
    "date": _on_date,
    "becomes": _come_true,
    "quiet_after": _quiet,
    "silence": _silent,
    "touches": _too_many_letters,
}
"""The occasion of a time rule by its trigger. While a rep has the lead only dates count."""


def to_the_second(at: datetime) -> str:
    """A moment as it stands in the names of occasions."""
    return at.isoformat(timespec="seconds")[:19]


def _days_before(day: date, days: int) -> date:
    return date.fromordinal(max(day.toordinal() - days, _FIRST_DAY))


def _back_at(state: LeadState, enrollment: Enrollment) -> datetime | None:
    """When a lead that is away comes back: its absence is no silence."""
    return morning(state.hold.until, enrollment.campaign.window, state.profile) if state.hold else None
