"""What sets a rule off. Each kind of trigger is a row here: an engagement that matches, or an occasion with its moment."""

from datetime import date, datetime
from typing import Final

from nurture.calendar import add, morning
from nurture.engagements import Engagement
from nurture.enrollment import Enrollment
from nurture.facts import Facts, facts_of
from nurture.frozen import dataclass, replace
from nurture.kinds import Kind
from nurture.plan.conditions import holds
from nurture.plan.rule import Rule, TimeRule, When
from nurture.plan.track import Pause, WaitFor
from nurture.state import LeadState

_TRUE: Final = "true"
_OF_DAYS: Final = ("contract_ends_in", "date")
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
            and _holds(rule, facts_of(state, enrollment, engagement.at))
        ),
        None,
    )


def occasions(state: LeadState, enrollment: Enrollment, now: datetime) -> list[Occasion]:
    """The time rules that wait for their moment, and those whose moment has come."""
    armed: list[Occasion] = []
    facts = facts_of(state, enrollment, now)
    for rule in enrollment.campaign.time_rules_by_track[enrollment.track]:
        occasion = _OCCASIONS[rule.trigger](rule, state, enrollment, facts)
        if occasion is None or occasion.name in enrollment.fired or occasion.name in enrollment.beaten:
            continue
        if occasion.due_at > now or _holds(rule, facts):
            armed.append(occasion)
    return armed


def beating(rule: Rule, state: LeadState, enrollment: Enrollment, at: datetime) -> Enrollment:
    """The enrollment that ``rule`` is about to move: of the rules that come up in this moment the first wins.

    Those below it wait until what it leads to was done, so that a condition that comes true with a demo request takes nobody away from the
    rep. Of the days ahead of a date only the same one is beaten: another one is never put off.
    """
    if state.rules < 4:
        return enrollment
    rules = enrollment.campaign.rules
    below = {one.name for one in rules[rules.index(rule) + 1 :] if not one.within or enrollment.track in one.within}
    names = tuple(
        occasion.name
        for occasion in occasions(state, replace(enrollment, track=rule.go), at)
        if occasion.rule.name in below and occasion.due_at <= at
        if occasion.rule.when.trigger not in _OF_DAYS or occasion.rule.when == rule.when
    )
    return replace(enrollment, beaten=(*enrollment.beaten, *names)) if names else enrollment


def rearmed(state: LeadState, enrollment: Enrollment, engagement: Engagement) -> Enrollment:
    """A condition that came true and does not hold any more may come true again.

    Where the lead only rests or waits, what it does next gives rules that were beaten their turn.
    """
    is_new = engagement.by_lead and engagement.at > enrollment.arrived_at
    if enrollment.beaten and is_new and isinstance(enrollment.at_step, Pause | WaitFor | None):
        enrollment = replace(enrollment, beaten=())
    had = (*enrollment.fired, *enrollment.beaten)
    if not had:
        return enrollment
    over = {
        name
        for rule in enrollment.campaign.time_rules
        if rule.becomes and (name := f"{rule.name}:{_TRUE}") in had
        if not holds(rule.becomes, facts_of(state, enrollment, engagement.at))
    }
    if not over:
        return enrollment
    fired, beaten = (tuple(name for name in names if name not in over) for names in (enrollment.fired, enrollment.beaten))
    return replace(enrollment, fired=fired, beaten=beaten)


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


def _holds(rule: Rule | TimeRule, facts: Facts) -> bool:
    return rule.condition is None or holds(rule.condition, facts)


def _before_contract_ends(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    ahead = rule.contract_ends_in
    if ahead is None or state.contract is None or state.contract.ends_on is None:
        return None
    ends_on = state.contract.ends_on
    opens_on = _days_before(ends_on, ahead.days)
    why = f"the contract ends on {ends_on}, {ahead} ahead is {opens_on}"
    return _opening(opens_on, ends_on, why, rule, state, enrollment)


def _on_date(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    known = state.memory.field(rule.date)
    if not known:
        return None
    day = date.fromisoformat(str(known))
    opens_on = _days_before(day, rule.ahead.days if rule.ahead else 0)
    why = f"{rule.date} is {day}{f', {rule.ahead} ahead is {opens_on}' if rule.ahead else ''}"
    return _opening(opens_on, day, why, rule, state, enrollment)


def _opening(opens_on: date, day: date, why: str, rule: TimeRule, state: LeadState, enrollment: Enrollment) -> Occasion:
    """The occasion of a day, on the morning that opens it."""
    due_at = morning(opens_on, enrollment.campaign.window, state.profile)
    return Occasion(rule=rule.rule, name=f"{rule.name}:{day}", due_at=due_at, why=why)


def _come_true(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    becomes = rule.becomes
    if enrollment.task is not None or becomes is None or not holds(becomes, facts):
        return None
    return Occasion(rule=rule.rule, name=f"{rule.name}:{_TRUE}", due_at=enrollment.arrived_at, why=becomes)


def _quiet(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    after, length = rule.quiet_after, rule.quiet_for
    if enrollment.task is not None or after is None or length is None:
        return None
    since, acted_at = state.memory.last(after), state.memory.acted_at
    if since is None or (acted_at is not None and acted_at > since):
        return None
    return Occasion(
        rule=rule.rule,
        name=f"{rule.name}:{to_the_second(since)}",
        due_at=add(max(since, _back_at(state, enrollment) or since), length, state.profile),
        why=f"nothing was heard for {length} since {after.replace('_', ' ')}",
    )


def _silent(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    length, since = rule.silence, state.silent_since
    if enrollment.task is not None or length is None or since is None or state.unanswered < rule.touches:
        return None
    return Occasion(
        rule=rule.rule,
        name=f"{rule.name}:{to_the_second(since)}",
        due_at=add(since, length, state.profile),
        why=f"no answer for {length} to {state.unanswered} letter{'' if state.unanswered == 1 else 's'}",
    )


def _too_many_letters(rule: TimeRule, state: LeadState, enrollment: Enrollment, facts: Facts) -> Occasion | None:
    if enrollment.task is not None or enrollment.touches < rule.touches:
        return None
    return Occasion(
        rule=rule.rule,
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
