"""Histories as files that can be replayed, and whether a run has done everything that it can do by now."""

import json
from pathlib import Path
from typing import Final

from temporalio.client import WorkflowHistory

from nurture.plan.campaign import Campaign
from workflows.wire import Library

_RUNS: Final = 3
"""How many runs of a lead are recorded: later ones do nothing else."""


def is_idle(history: WorkflowHistory) -> bool:
    """Whether a run has done everything that it can do by now: it waits for time or for a signal, or has ended.

    A query would tell too, but the server that skips time never answers one that meets a run just as it continues as new.
    """
    dealt_with, news, under_way = 0, 0, 0
    for event in history.events:
        match event.WhichOneof("attributes"):
            case "workflow_task_completed_event_attributes":
                dealt_with = event.event_id
            case (
                "workflow_execution_signaled_event_attributes" | "timer_fired_event_attributes" | "workflow_task_scheduled_event_attributes"
            ):
                news = event.event_id
            case "activity_task_scheduled_event_attributes":
                under_way += 1
            case "activity_task_completed_event_attributes" | "activity_task_failed_event_attributes":
                under_way, news = under_way - 1, event.event_id
            case "workflow_execution_continued_as_new_event_attributes":
                return False
            case _:
                pass
    return dealt_with > news and not under_way


def recorded_in(folder: Path) -> list[Path]:
    """The files of the recorded histories, by name."""
    return sorted(file for file in folder.glob("*.json") if not file.name.endswith(".campaign.json"))


def library_in(folder: Path) -> Library:
    """The campaigns that recorded histories were started under, by the refs that their files are named after."""

    async def nowhere(refs: object) -> dict[str, Campaign]:
        return {}

    library = Library(nowhere)
    for file in sorted(folder.glob("*.campaign.json")):
        ref = file.name.removesuffix(".campaign.json")
        library[ref] = Campaign.restore(ref, file.read_text(encoding="utf-8"))
    return library


def keep(folder: Path, name: str, runs: list[WorkflowHistory], campaigns: dict[str, Campaign]) -> None:
    """Write a lead's first runs to files that ``Replayer`` reads, beside the campaigns they name. What is kept already never changes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, history in enumerate(runs[: -_RUNS - 1 : -1], start=1):
        told = json.loads(history.to_json(), object_hook=_without_places)
        _write(folder / f"{name}.{number}.json", json.dumps(told, ensure_ascii=False, separators=(",", ":")))
    for ref, campaign in campaigns.items():
        _write(folder / f"{ref}.campaign.json", campaign.to_json())


def _without_places(told: dict[str, object]) -> dict[str, object]:
    """What a failure says without its stack trace, which names folders of the machine that recorded it."""
    return {name: value for name, value in told.items() if name != "stackTrace"}


def _write(file: Path, content: str) -> None:
    if not file.exists():
        file.write_text(content, encoding="utf-8")
