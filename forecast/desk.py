"""The reps' desk, day by day: what comes in, what they can do, what waits, and which deadlines that breaks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecast.world import DAY, World
from nurture.calendar import is_working_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Tasks of the reps on each day: how many come, can be done, are done, wait in the evening, and are past a deadline broken that day."""

    opened: tuple[int, ...]
    capacity: tuple[int, ...]
    done: tuple[int, ...]
    waiting: tuple[int, ...]
    missed: tuple[int, ...]


def capacities(world: World) -> tuple[int, ...]:
    """How many tasks the reps can do on each day: none on weekends, and on holidays of their country."""
    reps = world.assumed.reps
    full, (window, profile) = int(reps.number * reps.tasks_a_day), world.office
    days: list[date] = [world.begins_on + day * DAY for day in range(world.days)]
    return tuple(full if is_working_day(day, window, profile) else 0 for day in days)


def at_the_desk(work: Mapping[tuple[int, int], int], capacity: Sequence[int]) -> Desk:
    """What becomes of the work when reps always take the next deadline first.

    ``work`` counts tasks by the day on which they come and the day of their deadline. A task that is not done on that day has missed it,
    and is done later.
    """
    days = len(capacity)
    coming: dict[int, Counter[int]] = {}
    for (opened_on, due_on), tasks in work.items():
        coming.setdefault(opened_on, Counter())[due_on] += tasks
    pile: Counter[int] = Counter()
    opened, done, waiting, missed = ([0] * days for _ in range(4))
    for day in range(days):
        came = coming.get(day, Counter())
        opened[day] = came.total()
        pile.update(came)
        left = capacity[day]
        for due_on in sorted(pile):
            taken = min(left, pile[due_on])
            pile[due_on] -= taken
            done[day] += taken
            left -= taken
            if not left:
                break
        pile = +pile
        missed[day] = pile[day]
        waiting[day] = pile.total()
    return Desk(opened=tuple(opened), capacity=tuple(capacity), done=tuple(done), waiting=tuple(waiting), missed=tuple(missed))
