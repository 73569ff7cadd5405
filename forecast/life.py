"""One made-up life: the production core decides, chance does the rest, and time jumps from one thing that is due to the next."""

from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from typing import Final

from forecast.answers import answer, answered_at
from forecast.behaviour import Deed, after_letter, by_itself, confirmed_at, next_by_itself, settled
from forecast.people import Person
from forecast.tally import Witness
from forecast.world import DAY, Habit, World
from nurture.actions import End, EnrollElsewhere, Errand, Escalate, HandOff, Move, Receipt, SendTouch, Status, Tell, Wait
from nurture.after import after_errand, after_move
from nurture.calendar import add, morning
from nurture.decide import next_action
from nurture.engagements import Engagement
from nurture.fold import fold
from nurture.frozen import replace
from nurture.kinds import Outcome, Refusal
from nurture.leadside import ConsentAsked, IssueOpened, OptedIn
from nurture.ourside import ContractChanged, Enrolled, TaskCompleted
from nurture.plan.campaign import Campaign, FieldPlan
from nurture.profile import Contract
from nurture.reentry import may_begin_again
from nurture.state import LeadState, newcomer

_MOST_STEPS: Final = 100_000
_MOST_MOVES: Final = 1_000
_DONE: Final = Receipt()
_UNWANTED: Final = Receipt(status=Status.REFUSED, reason=Refusal.NO_CONSENT)


class EndlessLife(RuntimeError):
    """A campaign never lets time pass for a lead: it goes round in a circle."""


def live(world: World, person: Person, witness: Witness) -> LeadState | None:
    """Live one lead's life until the forecast ends, and give its state then; None for a lead that comes later than that."""
    if person.arrives_at >= world.ends_at:
        return None
    life = _Life(world, person, witness)
    try:
        return life.lived()
    finally:
        life.forget()


class _Life:
    """What is on a lead's agenda beside what the core waits for."""

    def __init__(self, world: World, person: Person, witness: Witness) -> None:
        self._world = world
        self._person = person
        self._witness = witness
        self._now = person.arrives_at
        self._state = newcomer(person.id)
        self._agenda: list[tuple[datetime, int, Deed]] = []
        self._planned = 0
        self._tasks = 0
        self._enrollments = 0
        is_to_confirm = person.campaign.double_opt_in is not None
        self._topics = {person.campaign.topic} if person.consents and not is_to_confirm else set[str]()
        self._over: dict[str, datetime | None] = {}
        self._is_leaving = False

    def lived(self) -> LeadState:
        world, witness = self._world, self._witness
        witness.arrived(self._person, self._state.stage)
        self._enroll(self._person.campaign)
        self._ask_to_confirm(self._person.campaign)
        for habit in world.habits:
            self._plan_by_itself(habit, 0)
        for _ in range(_MOST_STEPS):
            before = self._state
            state, action = self._settled()
            if state.notes:
                witness.noted(state.notes)
                state = replace(state, notes=())
            self._state = state
            if state.stage != before.stage:
                witness.reached(before.stage, state.stage, self._now)
            if state.ended is not before.ended and state.ended is not None:
                self._over[state.ended.campaign.name] = self._now
            if isinstance(action, Errand):
                self._carry_out(action)
            elif not self._wait(action.until if isinstance(action, Wait) else None):
                return self._state
        raise self._endless()

    def forget(self) -> None:
        """What was still to come refers to the life, as the life does to it: such a circle would stay in memory."""
        self._agenda.clear()

    def _settled(self) -> tuple[LeadState, Wait | End | Errand]:
        """As the workflow does it, but that nobody reads what the decisions stood on."""
        state = self._state
        for _ in range(_MOST_MOVES):
            action = next_action(state, self._now)
            if not isinstance(action, Move):
                return state, action
            state = after_move(state, action, self._now)
        raise self._endless()

    def _endless(self) -> EndlessLife:
        return EndlessLife(f"lead {self._person.number} of seed {self._world.seed} never comes to rest on {self._now:%Y-%m-%d}")

    def _wait(self, until: datetime | None) -> bool:
        """Let time pass until something is due, what the core waits for first; False when the forecast ends before."""
        while True:
            at = self._agenda[0][0] if self._agenda else None
            if until is not None and (at is None or until <= at):
                self._now = until
                return until < self._world.ends_at
            if at is None or at >= self._world.ends_at:
                return False
            _, _, deed = heappop(self._agenda)
            engagement = deed(self._state, at, self._state.seen + 1)
            if engagement is not None:
                self._now = at
                self._fold(engagement)
                return True

    def _fold(self, engagement: Engagement) -> None:
        before = self._state
        self._witness.happened(self._person, engagement, before.contract is not None)
        self._state = fold(before, engagement)
        if self._state.stage != before.stage:
            self._witness.reached(before.stage, self._state.stage, self._now)
        if isinstance(engagement, TaskCompleted):
            self._is_leaving = engagement.outcome is Outcome.LOST
        if self._state.contract is not None and self._state.contract != before.contract:
            self._plan_customer(self._state.contract, is_new=before.contract is None)

    def _carry_out(self, errand: Errand) -> None:
        world, person, witness, receipt = self._world, self._person, self._witness, _DONE
        match errand:
            case SendTouch():
                receipt = self._send(errand)
            case HandOff():
                witness.handed_off(person, errand)
                at, time = answered_at(world, person, errand, self._tasks), self._tasks
                self._plan(at, answer(world, person, errand, time, self._plans(errand)))
                self._tasks += 1
            case Escalate():
                witness.escalated(errand)
            case EnrollElsewhere() | Tell():
                pass
        self._state = after_errand(self._state, errand, receipt, self._now)
        if isinstance(errand, EnrollElsewhere):
            self._lead_on(errand)

    def _send(self, touch: SendTouch) -> Receipt:
        if touch.confirms is not None:
            self._witness.asked(touch)
            return _DONE
        enrollment = self._state.enrollment(touch.enrollment)
        assert enrollment is not None
        campaign = enrollment.campaign
        if campaign.topic not in self._topics:
            self._witness.unsent(campaign, Refusal.NO_CONSENT)
            return _UNWANTED
        self._witness.sent(self._person, touch, campaign)
        if follows := after_letter(self._world, self._person, campaign, touch):
            at, deed, kind = follows
            self._witness.will_react(campaign, touch.letter, kind)
            self._plan(at, deed)
        return _DONE

    def _plans(self, task: HandOff) -> dict[str, FieldPlan]:
        if not task.asks:
            return {}
        enrollment = self._state.enrollment(task.enrollment)
        assert enrollment is not None
        return {name: enrollment.campaign.fields[name] for name in task.asks if name in enrollment.campaign.fields}

    def _lead_on(self, order: EnrollElsewhere) -> None:
        """As the store does it: nobody is in a campaign twice at a time, and customers may always begin again."""
        campaign = self._world.campaigns.get(order.campaign)
        if campaign is None:
            self._witness.led_beyond(order.campaign)
            return
        if self._state.contract is not None:
            self._topics.add(campaign.topic)
        if campaign.name in self._over:
            over_at, is_customer = self._over[campaign.name], self._state.contract is not None
            is_free = over_at is not None and (is_customer or may_begin_again(campaign, over_at, self._state.profile, self._now))
            if not is_free:
                return
        self._enroll(campaign)

    def _enroll(self, campaign: Campaign) -> None:
        self._enrollments += 1
        self._over[campaign.name] = None
        self._witness.began(campaign, self._now)
        self._fold(
            Enrolled(
                at=self._now,
                seq=self._state.seen + 1,
                campaign=campaign,
                enrollment=self._enrollments,
                profile=self._state.profile if self._state.seen else self._person.profile,
            )
        )

    def _ask_to_confirm(self, campaign: Campaign) -> None:
        """As a form does it: where the campaign wants that, what was ticked there counts once it is confirmed."""
        if campaign.double_opt_in is None or not self._person.consents:
            return
        until = add(self._now, campaign.double_opt_in, self._state.profile)
        asked = ConsentAsked(
            at=self._now, seq=self._state.seen + 1, confirmation=self._person.id, edition=campaign.ref, topic=campaign.topic, until=until
        )
        self._fold(asked)
        if at := confirmed_at(self._world, self._person, asked):
            self._plan(at, partial(self._confirms, campaign.topic))

    def _confirms(self, topic: str, state: LeadState, at: datetime, seq: int) -> Engagement | None:
        if state.has_refused(topic):
            return None
        self._topics.add(topic)
        return OptedIn(at=at, seq=seq, topic=topic)

    def _plan(self, at: datetime, deed: Deed) -> None:
        self._planned += 1
        heappush(self._agenda, (at, self._planned, deed))

    def _plan_by_itself(self, habit: Habit, time: int) -> None:
        if at := next_by_itself(self._world, self._person, habit, time, self._now):
            self._plan(at, partial(self._does, habit, time))

    def _does(self, habit: Habit, time: int, state: LeadState, at: datetime, seq: int) -> Engagement | None:
        self._now = at
        self._plan_by_itself(habit, time + 1)
        engagement = by_itself(self._world, self._person, habit, time, at, seq)
        if isinstance(engagement, IssueOpened):
            self._plan(*settled(self._world, self._person, habit, time, at))
        return engagement

    def _plan_customer(self, contract: Contract, *, is_new: bool) -> None:
        if is_new:
            for habit in self._world.habits_of_customers:
                self._plan_by_itself(habit, 0)
        if contract.auto_renews and contract.ends_on:
            ends_at = morning(contract.ends_on, self._world.office[0], self._state.profile)
            self._plan(ends_at, partial(self._renews, contract))

    def _renews(self, contract: Contract, state: LeadState, at: datetime, seq: int) -> Engagement | None:
        if state.contract != contract or self._is_leaving or contract.ends_on is None:
            return None
        ends_on = contract.ends_on + self._world.assumed.contracts.days * DAY
        return ContractChanged(at=at, seq=seq, contract=Contract(ends_on=ends_on, auto_renews=True))
