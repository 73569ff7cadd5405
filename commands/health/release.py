"""``release``: whether the leads under way can go on with the code of this checkout, before it is deployed."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.progress import Progress
from rich.text import Text
from temporalio.client import WorkflowHistory

from commands.console import WRONG_INPUT, Json, WrongInput, number, progress, remark, run, say, say_json, show, table
from commands.front import Clock, clock_of, database, temporal
from workflows.connection import library_of
from workflows.replaying import Replayed, Way, replay
from workflows.sampling import histories_of, sample, stood

app = typer.Typer(no_args_is_help=True, help="See, before a version is deployed, whether the leads under way can go on with it.")

RECORDED: Final = Path(__file__).resolve().parents[2] / "tests" / "workflows" / "histories"
SAMPLE: Final = 200
_MOST_SHOWN: Final = 50
_WORDS: Final = {Way.BREAKS: ("breaks", "red"), Way.TURNS: ("takes another way", "yellow")}
_WHAT_TO_DO: Final = (
    "Do not deploy this version: leads that break wait until a version comes that they can go on with. Make the change apply only to runs "
    "that start under new rules: see docs/architecture.md, How to change the core."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many histories were replayed, of how many leads that are under way, and what came of those that do not go on as they did."""

    recorded: int
    live: int
    running: int
    findings: list[Replayed] = field(default_factory=list)


@app.callback()
def release() -> None:
    """See, before a version is deployed, whether the leads under way can go on with it."""


@app.command()
def check(
    context: typer.Context,
    most: Annotated[int, typer.Option("--sample", min=1, metavar="N", help="How many leads under way are replayed at most.")] = SAMPLE,
    leads: Annotated[
        list[str] | None,
        typer.Option("--lead", metavar="ID", help="Replay this lead, and no sample; may be given several times.", show_default=False),
    ] = None,
    recorded: Annotated[Path, typer.Option(metavar="FOLDER", help="Where recorded histories are.", show_default=False)] = RECORDED,
    json: Json = False,
) -> None:
    """Replay leads under way, and all recorded histories, on the code of this checkout.

    Names the leads that would break, or would be led another way than they were, with the place; the exit code is then 1. Leads are chosen
    from all stages, campaigns, tracks and ages; those that fail already come first. No lead is woken by it.

    Run it with the settings of production, from the version that is about to be deployed.
    """
    checked = run(_check(most, leads or [], recorded, clock_of(context)))
    if json:
        say_json({"ok": not checked.findings, **asdict(checked), "findings": [_as_json(one) for one in checked.findings]})
    else:
        _tell(checked)
    if checked.findings:
        raise typer.Exit(WRONG_INPUT)


async def _check(most: int, leads: list[str], folder: Path, now: Clock) -> Checked:
    named = [_id(lead) for lead in leads]
    async with database() as db:
        library = library_of(db)
        async with temporal(library) as client:
            chosen, running = (named, len(named)) if named else await sample(db, client, most, now())
            stands = await stood(db, chosen)
            with progress("Recorded histories", None) as bar, _quiet():
                recorded, findings = await _recorded(folder, bar)
                bar.update(bar.task_ids[0], description="Leads under way", completed=0, total=len(chosen))
                live = 0
                async for one in replay(histories_of(client, chosen), library, stands):
                    live += 1
                    bar.update(bar.task_ids[0], completed=live)
                    if one.way is not Way.SAME:
                        findings.append(one)
    if named and live < len(named):
        raise WrongInput(f"--lead: {number(len(named) - live, 'lead')} of these had no workflow to replay; see the ids with: lead show")
    return Checked(recorded=recorded, live=live, running=running, findings=findings)


async def _recorded(folder: Path, bar: Progress) -> tuple[int, list[Replayed]]:
    """Replay the recorded histories, where this checkout has them: an image for production has none."""
    if not folder.is_dir():
        return 0, []
    from local.histories import library_in, recorded_in

    files = recorded_in(folder)

    async def each() -> AsyncIterator[WorkflowHistory]:
        for done, file in enumerate(files, start=1):
            bar.update(bar.task_ids[0], completed=done, total=len(files))
            yield WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))

    return len(files), [one async for one in replay(each(), library_in(folder)) if one.way is not Way.SAME]


@contextmanager
def _quiet() -> Iterator[None]:
    """What breaks is told in the answer; the log of the replay would tell it again, at length."""
    log = logging.getLogger("temporalio")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


def _tell(checked: Checked) -> None:
    if not checked.recorded:
        remark("There are no recorded histories here, as in an image for production; only leads under way were replayed.")
    replayed = f"{number(checked.recorded, 'recorded history', 'recorded histories')} and {number(checked.live, 'lead')} under way"
    of_all = f" (of {checked.running:,})" if checked.running > checked.live else ""
    if not checked.findings:
        say(f"{replayed}{of_all} go on with this version as they did.", "green")
        return
    shown = table("!history", "!", "where, and what", title=f"{len(checked.findings):,} of {replayed}{of_all} do not go on as they did")
    rows = checked.findings[:_MOST_SHOWN]
    show(shown, ([_name(one), Text(*_WORDS[one.way]), f"{one.place}\n{one.why}"] for one in rows))
    if len(checked.findings) > _MOST_SHOWN:
        say(f"… and {len(checked.findings) - _MOST_SHOWN:,} more; --json names all of them")
    say(_WHAT_TO_DO)


def _name(one: Replayed) -> str:
    return one.workflow_id.removeprefix("lead-")


def _as_json(one: Replayed) -> dict[str, object]:
    is_lead = one.workflow_id.startswith("lead-")
    return {"lead_id" if is_lead else "history": _name(one), "way": one.way, "place": one.place, "why": one.why}


def _id(lead: str) -> UUID:
    try:
        return UUID(lead.strip())
    except ValueError:
        raise WrongInput(f"--lead: '{lead}' is not the id of a lead; 'lead show ADDRESS' shows it") from None
