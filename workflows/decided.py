"""What a lead's workflow decided: the commands in a history, with the facts that went along, to be held against another decision."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from temporalio.api.history.v1 import HistoryEvent

Facts = dict[str, str]
"""What is decided with a command: the errand and how the lead will stand, without the words that explain it."""

_WORDS: Final = ("why", "say", "lead")
_PASSING: Final = ("at", "no", "seen", "task", "open", "campaign", "deadline_at")
_COMMANDS: Final[Mapping[str, str]] = {
    "timer_started_event_attributes": "timer",
    "timer_canceled_event_attributes": "timer canceled",
    "workflow_execution_completed_event_attributes": "completed",
    "workflow_execution_continued_as_new_event_attributes": "continued as new",
    "workflow_execution_canceled_event_attributes": "canceled",
    "workflow_execution_failed_event_attributes": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that a history holds. Of what is not known, as of a timer or of what is done locally, ``facts`` is None."""

    event: int
    name: str
    facts: Facts | None
    is_errand: bool

    @property
    def place(self) -> str:
        return f"event {self.event}, {self.name}"


def commands_in(events: Sequence[HistoryEvent]) -> Iterator[Done]:
    """What the code that made a history wanted done, in its order."""
    for event in events:
        match kind := event.WhichOneof("attributes"):
            case "activity_task_scheduled_event_attributes":
                scheduled = event.activity_task_scheduled_event_attributes
                facts = facts_of([json.loads(payload.data) for payload in scheduled.input.payloads])
                yield Done(event=event.event_id, name=scheduled.activity_type.name, facts=facts, is_errand=True)
            case "marker_recorded_event_attributes":
                told = event.marker_recorded_event_attributes.details["data"].payloads
                if event.marker_recorded_event_attributes.marker_name == "core_local_activity" and told:
                    name = json.loads(told[0].data)["activity_type"]
                    yield Done(event=event.event_id, name=name, facts=None, is_errand=True)
            case str() if kind in _COMMANDS:
                yield Done(event=event.event_id, name=_COMMANDS[kind], facts=None, is_errand=False)
            case _:
                pass


def difference(was: Facts | None, now: Facts) -> str:
    """The facts that are not the same, as they were and as they would be. What was not written down then is not compared."""
    if was is None:
        return ""
    return ", ".join(f"{name}: {value} → {now.get(name, 'nothing')}" for name, value in sorted(was.items()) if now.get(name) != value)


def facts_of(values: Sequence[Any]) -> Facts:
    """The facts of what goes along with a command, as JSON holds it."""
    facts: Facts = {}
    for value in values:
        if not isinstance(value, dict):
            continue
        if "standing" in value:
            facts |= standing_facts(value["standing"]) | {"no": str(value["no"])}
        else:
            facts |= {name: _short(field) for name, field in value.items() if name not in _WORDS}
    return facts


def standing_facts(standing: Mapping[str, Any]) -> Facts:
    """How a lead stands, without why."""
    places = [
        f"{place['enrollment']} {place['track']}/{place['step']}"
        + (f" until {place['task_deadline_at']}" if place.get("task_deadline_at") else "")
        for place in standing.get("positions", ())
    ]
    told = {name: _short(value) for name, value in standing.items() if name not in ("positions", "why", "open")}
    return told | {"place": ", ".join(places), "open": _short(standing.get("open", True))}


def line(name: str, facts: Facts) -> str:
    """A command in a line: what it is, and what it does, without what differs from one recording to the next."""
    return " ".join([name, *(f"{fact}={value}" for fact, value in sorted(facts.items()) if fact not in _PASSING)])


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
