"""What is worth saying about a forecast, in sentences that a manager reads."""

from dataclasses import dataclass

from forecast.findings import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A sentence. It asks for something to be done, or it is good news."""

    text: str
    is_warning: bool = True


def verdicts(f: Forecast) -> list[Verdict]:
    """The sentences, what asks for something first."""
    said = [*_of_work(f), *_of_mails(f), *_of_plans(f)]
    return sorted(said, key=lambda verdict: not verdict.is_warning)


def _of_work(f: Forecast) -> list[Verdict]:
    if not sum(f.desk.opened):
        return [Verdict(text="The reps get no tasks.", is_warning=False)]
    if not f.missed:
        return [Verdict(text=f"{_count(f.reps, 'rep')} can do all tasks before their deadlines.", is_warning=False)]
    needs = ""
    if f.needed_reps and f.needed_reps > f.reps:
        needs = f" The busiest four weeks need {_count(f.needed_reps, 'rep')}."
    return [
        Verdict(
            text=f"{_count(f.missed, 'deadline')} of {sum(f.desk.opened):,} will be missed: {_count(f.reps, 'rep')} cannot do more, and "
            f"up to {_count(max(f.desk.waiting), 'task')} wait in an evening.{needs}"
        )
    ]


def _of_mails(f: Forecast) -> list[Verdict]:
    said = []
    if days := sum(1 for waiting in f.held_back if waiting):
        said.append(
            Verdict(text=f"On {_count(days, 'day')} more mails are due than may leave; up to {max(f.held_back):,} wait for the next day.")
        )
    elif any(limit is not None for limit in f.limits):
        said.append(Verdict(text="All mails leave on the day on which they are due.", is_warning=False))
    if f.unsent:
        said.append(Verdict(text=f"{_count(f.unsent, 'letter')} did not go for want of consent: a person was called instead."))
    return said


def _of_plans(f: Forecast) -> list[Verdict]:
    said = []
    if f.silent_letters:
        said.append(Verdict(text=f"Nobody gets {_listed([f'{row.campaign}/{row.letter}' for row in f.silent_letters])}."))
    if f.empty_tracks:
        said.append(Verdict(text=f"Nobody comes into {_listed([f'{row.campaign}/{row.track}' for row in f.empty_tracks])}."))
    for campaign, leads in f.beyond.items():
        said.append(
            Verdict(
                text=f"{_count(leads, 'lead')} would go on in the campaign '{campaign}', whose file was not given: that is missing here."
            )
        )
    return said


def _count(many: int, one: str) -> str:
    return f"{many:,} {one if many == 1 else f'{one}s'}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
