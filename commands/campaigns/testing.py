"""``campaign test``: plays the rehearsals that are kept beside campaigns, and says what is not as it must be, or not as it was."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress
from rich.text import Text

from commands.ahead.staging import fits, plan_of, played
from commands.console import WRONG_INPUT, Json, WrongInput, complain, number, out, printable, progress, run, say, say_json
from nurture.plan.problems import CampaignError, Problem

if TYPE_CHECKING:
    from rehearsal.goldens import Golden
    from rehearsal.stage import Plan
    from rehearsal.world import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """How one rehearsal went: what was not as expected, and how it differs from its recording."""

    file: str
    name: str
    problems: tuple[Problem, ...] = ()
    differences: tuple[str, ...] = ()
    updated: bool = field(default=False)

    @property
    def ok(self) -> bool:
        return not self.problems and not self.differences


def rehearsals_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Campaign files, like campaigns/*.yaml.", show_default=False)],
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only these rehearsals.", show_default=False)] = None,
    update: Annotated[bool, typer.Option("--update", help="Accept what is different: record the calendars as they are.")] = False,
    json: Json = False,
) -> None:
    """Play the rehearsals of campaigns, and see that everything that must happen does, and nothing that must not.

    The rehearsals of campaigns/welcome.yaml are in campaigns/rehearsals/welcome.yaml; docs/rehearsing.md says how they are written. The
    calendars that are recorded are beside that file. The exit code is 1 when a rehearsal fails.
    """
    tested = run(_test(list(dict.fromkeys(files)), only or [], update))
    failed = [one for one in tested if not one.ok]
    if json:
        say_json({"ok": not failed, "rehearsals": [{"ok": one.ok, **asdict(one)} for one in tested]})
    else:
        for one in tested:
            _show(one)
        said = f"{number(len(tested), 'rehearsal')}, {number(len(failed), 'failure')}"
        say(said, "bold red" if failed else "bold green")
    if failed:
        raise typer.Exit(WRONG_INPUT)


async def _test(files: Sequence[Path], only: Sequence[str], update: bool) -> list[Tested]:
    from rehearsal.goldens import waves
    from rehearsal.world import house

    plans = [(file, plan_of(file)) for file in files]
    chosen = [(plan, _goldens(file, plan)) for file, plan in plans]
    if only:
        chosen = [(plan, [golden for golden in goldens if golden.name in only]) for plan, goldens in chosen]
        there = {golden.name for _, goldens in chosen for golden in goldens}
        if missing := [name for name in only if name not in there]:
            raise WrongInput(*(f"--only: there is no rehearsal '{name}' of these campaigns" for name in missing))
    rounds = [(plan, wave) for plan, goldens in chosen for wave in waves(goldens)]
    tested: list[Tested] = []
    with progress("rehearsing", total=len(rounds), counts=False) as bar:
        async with house() as here:
            for place, (plan, wave) in enumerate(rounds):
                tested += await _play(here, plan, wave, update, _advance(bar, place, plan.campaign.name))
    return tested


def _advance(bar: Progress, place: int, name: str) -> Callable[[str, float], None]:
    def advance(what: str, share: float) -> None:
        bar.update(bar.task_ids[0], description=f"{name}: {what}", completed=place + share)

    return advance


def _goldens(file: Path, plan: "Plan") -> "list[Golden]":
    from rehearsal.goldens import beside, read_goldens

    path = beside(file)
    if not path.is_file():
        raise WrongInput(f"{file}: it has no rehearsals; write what must happen into {path}")
    try:
        goldens = read_goldens(path, plan.all)
    except CampaignError as wrong:
        raise WrongInput(*map(str, wrong.problems)) from None
    fits(plan, [golden.part for golden in goldens])
    return goldens


async def _play(
    house: "House", plan: "Plan", wave: "Sequence[Golden]", update: bool, advance: Callable[[str, float], None]
) -> list[Tested]:
    from rehearsal import judging

    rehearsal = await played(house, plan, [golden.part for golden in wave], advance, own_sender=False)
    stories = {story.persona: story for story in rehearsal.stories}
    tested = []
    for golden in wave:
        story = stories[golden.name]
        different = judging.differences(golden, rehearsal, story)
        if update and different:
            judging.update(golden, rehearsal, story)
        problems = tuple(judging.judge(golden, story))
        kept = () if update else tuple(different)
        tested.append(Tested(file=plan.file, name=golden.name, problems=problems, differences=kept, updated=update and bool(different)))
    return tested


def _show(one: Tested) -> None:
    mark, style = ("ok", "green") if one.ok else ("FAILED", "bold red")
    recorded = ", recorded anew" if one.updated else ""
    say(f"{mark:7} {one.file}: {one.name}{recorded}", style)
    complain(one.problems)
    for line in one.differences:
        style = "green" if line.startswith("+") else "red" if line.startswith("-") else "cyan" if line.startswith("@@") else "default"
        out().print(Text(f"  {printable(line)}", style), soft_wrap=True)
