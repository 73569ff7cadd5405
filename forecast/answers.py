"""What reps answer to tasks about made-up leads, and when."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from forecast.behaviour import Deed, on_the_minute
from forecast.luck import Odds, halving, luck
from forecast.people import Person
from forecast.world import DAY, World
from nurture.actions import HandOff
from nurture.calendar import next_open
from nurture.engagements import Engagement
from nurture.kinds import Outcome
from nurture.ourside import TaskCompleted
from nurture.places import zone
from nurture.plan.campaign import FieldPlan
from nurture.profile import Contract, Value, Values
from nurture.state import LeadState

USUAL: Final = (Outcome.WON, Outcome.NOT_NOW, Outcome.NURTURE, Outcome.LOST, Outcome.BAD_FIT, Outcome.OTHER_CONTACT)
"""What reps may answer to a task that does not say it, but for a second project, which is another lead's story."""

_LATEST: Final = 60 * DAY


def answered_at(world: World, person: Person, task: HandOff, time: int) -> datetime:
    """When a rep answers the lead's task of this number: by its deadline or after it, while the reps are at work."""
    in_time, how_long = luck(_event(world, person, time), 2)
    work = world.work(task.reason)
    is_late = in_time * 100 >= work.in_time
    half = work.late_by if is_late else work.within
    took = min(timedelta(seconds=halving(how_long, (half.exact or half.days * DAY).total_seconds())), _LATEST)
    at = task.deadline_at + took if is_late else min(task.at + took, task.deadline_at)
    return on_the_minute(next_open(at, *world.office))


def answer(world: World, person: Person, task: HandOff, time: int, plans: dict[str, FieldPlan]) -> Deed:
    """The answer to the lead's task of this number. ``plans`` is what the fields may hold that the task asks for."""
    return partial(_answer, world, person, task, time, plans)


def _answer(
    world: World,
    person: Person,
    task: HandOff,
    time: int,
    plans: dict[str, FieldPlan],
    state: LeadState,
    at: datetime,
    seq: int,
) -> Engagement | None:
    if not any(enrollment.task is not None and enrollment.task.id == task.task for enrollment in state.enrollments):
        return None  # another task took its place, or the campaign is over
    _, _, what, how_far, renews, asked = luck(_event(world, person, time), 6)
    outcome = world.answers(task.reason, task.outcomes or USUAL).at(what)
    assert outcome is not None
    today = at.astimezone(zone(state.profile.zone)).date()
    least, most = world.assumed.not_now_days
    return TaskCompleted(
        at=at,
        seq=seq,
        task=task.task,
        outcome=outcome,
        until=today + (least + int(how_far * (most - least + 1))) * DAY if outcome is Outcome.NOT_NOW else None,
        contract=_signed(world, state, today, renews) if outcome is Outcome.WON else None,
        other_lead=UUID(int=person.id.int ^ 1) if outcome is Outcome.OTHER_CONTACT else None,
        learned=_learned(world, person, plans, asked),
    )


def _event(world: World, person: Person, time: int) -> str:
    return f"{world.seed}:{person.number}:task:{time}"


def _signed(world: World, state: LeadState, today: date, renews: float) -> Contract:
    """From where the contract ends that there is, or from today."""
    assumed = world.assumed.contracts
    begins_on = max(today, state.contract.ends_on) if state.contract and state.contract.ends_on else today
    return Contract(ends_on=begins_on + assumed.days * DAY, auto_renews=renews * 100 < assumed.auto_renews)


def _learned(world: World, person: Person, plans: dict[str, FieldPlan], draw: float) -> Values:
    """What the rep hears; of dates, and of what is never assumed, nothing."""
    learned: dict[str, Value] = {}
    for name, plan in plans.items():
        value = _heard(world, person, name, plan, draw)
        if value is not None:
            learned[name] = value
        draw = draw * 7919 % 1
    return tuple(learned.items())


def _heard(world: World, person: Person, name: str, plan: FieldPlan, draw: float) -> Value | None:
    if isinstance(plan, tuple):
        if name == "size" and person.size in plan:
            return person.size
        return world.choices(name, plan).at(draw)
    said = Odds(world.assumed.asked.get(name, {})).at(draw)
    match plan:
        case "yes_no":
            return draw < 0.5 if said is None else said == "yes"
        case "number" if said is not None and said.isdecimal():
            return int(said)
        case _:
            return None
