"""The range of stages that somebody looks after, such as interest..consideration."""

from typing import Final

from nurture.plan.problems import did_you_mean
from nurture.stages import STAGE_SETS

EVERY_STAGE: Final = tuple(dict.fromkeys(stage for stages in STAGE_SETS.values() for stage in stages))
"""The stages of all models, those of the default first, each in its order."""


class WrongRange(ValueError):
    """There is no such range of stages; the message says what is wrong and what would be right."""


def stages_between(wanted: str) -> tuple[str, ...]:
    """The stages of a range such as ``interest..consideration``, in every model that has both ends; either end may be left out.

    One stage is a range, too. Raises WrongRange.
    """
    first, last = ends(wanted)
    for stage in filter(None, (first, last)):
        if stage not in EVERY_STAGE:
            raise WrongRange(f"there is no stage '{stage}'; {did_you_mean(stage, EVERY_STAGE, 'there are')}")
    if not (first or last):
        raise WrongRange("a range is two stages with two dots between them, such as interest..consideration")
    models = [stages for stages in STAGE_SETS.values() if {first, last} - {""} <= set(stages)]
    ranges = [stages[stages.index(first) if first else 0 : stages.index(last) + 1 if last else None] for stages in models]
    found = tuple(dict.fromkeys(stage for stages in ranges for stage in stages))
    if not found:
        problem = f"'{last}' comes before '{first}'" if models else f"no model of stages has both '{first}' and '{last}'"
        raise WrongRange(f"{problem}; a range goes from the earlier stage to the later one")
    return found


def ends(wanted: str) -> tuple[str, str]:
    """The first and the last stage as a range names them; one that is left out is empty. It need not exist: ``stages_between`` says so."""
    first, dots, last = (part.strip().lower() for part in wanted.partition(".."))
    return first, last if dots else first
