"""What if: a lead's life is forked at a moment, something is supposed to be otherwise, and both futures are played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from nurture.actions import End, EnrollElsewhere, Errand, Escalate, Receipt, SendTouch, Status, Wait
from nurture.engagements import Engagement
from nurture.kinds import Refusal
from nurture.ourside import ContractChanged, Course, EditionChanged, Enrolled, FactsLearned, ProfileChanged, TaskCompleted
from nurture.plan.campaign import Campaign
from nurture.posting import local
from nurture.profile import Contract, Profile, Values
from nurture.state import RULES, LeadState
from nurture.why.decisions import Decision, decisions
from nurture.why.history import History
from nurture.why.playing import Carried, Coming, Turn, play
from nurture.why.retelling import retell

ANY_TASK: Final = UUID(int=0)
"""In a supposed answer of a rep: whichever task is open then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What is otherwise: something comes in or never came, facts are others from then on, or a campaign goes on in another edition."""

    coming: tuple[Coming, ...] = ()
    without: tuple[Coming, ...] = ()
    """Of what really came in after the fork, what does not."""
    profile: Mapping[str, Any] = field(default_factory=dict)
    fields: Values = ()
    contract: Contract | None = None
    campaign: Campaign | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """What happens from the fork on, and where the lead is in the end. ``due`` says what it waits for then."""

    decisions: tuple[Decision, ...]
    stage: str
    places: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Both futures, and when the first thing differs; None where nothing does."""

    as_it_is: Future
    supposed: Future
    parts_at: datetime | None


class NotThereYet(LookupError):
    """At the moment of the fork nothing was known of the lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """A world in which letters are delivered, unless the address did not take them, and nobody answers who has not answered really."""

    history: History
    current: Mapping[str, Campaign]
    supposed: Supposed
    own: tuple[Coming, ...] = ()
    """What comes in only because it is supposed."""

    def prepared(self, state: LeadState) -> LeadState:
        return replace(state, rules=RULES) if state.rules != RULES else state

    def hears(self, coming: Coming, state: LeadState) -> Engagement | None:
        engagement, is_own = coming.engagement, any(coming is one for one in self.own)
        match engagement:
            case TaskCompleted(task=task):
                opened = [e.task.id for e in state.enrollments if e.task is not None]
                if task == ANY_TASK and opened:
                    engagement, task = replace(engagement, task=opened[0]), opened[0]
                return replace(engagement, learned=self._others(engagement.learned)) if task in opened else None
            case FactsLearned(learned=learned) if not is_own:
                return replace(engagement, learned=self._others(learned))
            case Enrolled(campaign=campaign):
                return replace(engagement, campaign=self._edition(campaign), profile=self._profile(engagement.profile))
            case ProfileChanged(profile=profile):
                return replace(engagement, profile=self._profile(profile))
            case EditionChanged(campaign=campaign) if not is_own and self._edition(campaign) != campaign:
                return None
            case ContractChanged() if not is_own and self.supposed.contract is not None:
                return None
            case _:
                return engagement

    def decided_at(self, turns: Sequence[Turn], now: datetime) -> datetime:
        return now

    def carried(self, errand: Errand, state: LeadState, now: datetime) -> Carried:
        if isinstance(errand, SendTouch):
            row = self.history.ledger.get(errand.key)
            if row is not None and row.refusal not in (None, Refusal.CAPPED):
                return Carried(at=now, receipt=Receipt(status=Status.REFUSED, reason=row.refusal))
        if isinstance(errand, EnrollElsewhere):
            return Carried(at=now, brings=self._begun(errand, state, now))
        return Carried(at=now)

    def _begun(self, order: EnrollElsewhere, state: LeadState, now: datetime) -> tuple[Coming, ...]:
        """The campaign begins as it really did, or else in the edition that is current."""
        if any(e.campaign.name == order.campaign for e in state.enrollments):
            return ()
        enrolled = [one.engagement for one in (*self.history.heard, *self.history.brought) if isinstance(one.engagement, Enrolled)]
        really = next((one for one in enrolled if one.campaign.name == order.campaign and one.at >= order.at), None)
        edition = self._edition(really.campaign) if really else self.current.get(order.campaign)
        was_in = any(one.campaign.name == order.campaign and one.at < order.at for one in enrolled)
        if edition is None or (was_in and really is None and state.contract is None and edition.again == "never"):
            return ()
        taken = (*(one.enrollment for one in enrolled), *(e.number for e in state.enrollments))
        number = really.enrollment if really else max(taken) + 1
        begun = Enrolled(at=now, campaign=edition, enrollment=number, profile=state.profile)
        return (Coming(at=now, engagement=begun),)

    def _edition(self, campaign: Campaign) -> Campaign:
        supposed = self.supposed.campaign
        return supposed if supposed is not None and supposed.name == campaign.name else campaign

    def _profile(self, profile: Profile) -> Profile:
        return replace(profile, **self.supposed.profile)

    def _others(self, learned: Values) -> Values:
        names = dict(self.supposed.fields)
        return tuple((name, value) for name, value in learned if name not in names)


def suppose(history: History, current: Mapping[str, Campaign], supposed: Supposed, at: datetime, until: datetime) -> Futures:
    """Both futures from ``at`` until ``until``: as it is, and as it would be. ``current`` are the editions of other campaigns, by name.

    Raises NotThereYet.
    """
    turns = retell(history, at)
    if not turns:
        raise NotThereYet
    state = replace(turns[-1].after, notes=())
    really = [one for one in history.heard if one.at > at]
    really += [one for one in history.brought if one.engagement.at <= at < one.at]
    own = (*_from_the_fork(supposed, history, state, at), *supposed.coming)
    plain = Fork(history=history, current=current, supposed=Supposed())
    other = Fork(history=history, current=current, supposed=supposed, own=own)
    as_it_is = _future(list(play(state, really, plain, at, until)))
    would_be = _future(list(play(state, [*own, *(one for one in really if one not in supposed.without)], other, at, until)))
    return Futures(as_it_is=as_it_is, supposed=would_be, parts_at=_parts_at(as_it_is, would_be))


def _from_the_fork(supposed: Supposed, history: History, state: LeadState, at: datetime) -> list[Coming]:
    """What comes in at the moment of the fork, so that it is otherwise from then on."""
    changed: list[Engagement] = []
    if supposed.profile:
        changed.append(ProfileChanged(at=at, profile=replace(state.profile, **supposed.profile)))
    if supposed.fields:
        changed.append(FactsLearned(at=at, learned=supposed.fields))
    if supposed.contract is not None:
        changed.append(ContractChanged(at=at, contract=supposed.contract))
    edition = supposed.campaign
    for enrollment in state.enrollments:
        if edition is not None and enrollment.campaign.name == edition.name and enrollment.campaign != edition:
            had = history.letters_had(enrollment.number, at)
            changed.append(EditionChanged(at=at, enrollment=enrollment.number, campaign=edition, course=Course.MIGRATE, had=had))
    return [Coming(at=at, engagement=engagement) for engagement in changed]


def _future(turns: Sequence[Turn]) -> Future:
    """What a reader wants to see of a future; a leader who is told again and again is told of once."""
    last = turns[-1]
    seen = [turn for turn in turns if not (isinstance(turn.what, Escalate) and turn.what.escalation > 1)]
    return Future(
        decisions=tuple(decisions(seen)),
        stage=last.after.stage,
        places=tuple(f"{e.campaign.name}: {e.track}, at {e.step_name}" for e in last.after.enrollments),
        due=_due(last),
    )


def _due(last: Turn) -> str:
    match last.what:
        case Wait(until=until, why=why):
            return f"{local(last.after, until)}: {why}" if until else why
        case End(why=why):
            return why
        case _:
            return ""


def _parts_at(one: Future, other: Future) -> datetime | None:
    for this, that in zip(one.decisions, other.decisions, strict=False):
        if (this.at, this.what) != (that.at, that.what):
            return min(this.at, that.at)
    longer = max(one.decisions, other.decisions, key=len)
    shorter = min(len(one.decisions), len(other.decisions))
    return longer[shorter].at if len(longer) > shorter else None
