"""Replays histories on this code, and says which would break on it or take another way, and where."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from temporalio.client import WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    StartLocalActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle, NondeterminismError

from workflows.decided import Facts, commands_in, difference, facts_of, line
from workflows.lead import Lead
from workflows.options import CLOSE
from workflows.wire import Library, data_converter

_ROOT: Final = f"{Path(__file__).resolve().parent.parent}/"
_MESSAGE: Final = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_EVENT: Final = re.compile(r"HistoryEvent\(id: (\d+), (\w+)\)")
_FRAME: Final = re.compile(r'File \\"([^"\\]+)\\", line (\d+)')


class Way(StrEnum):
    """What comes of a history on this code."""

    SAME = "same"
    BREAKS = "breaks"
    """It cannot be replayed: a worker with this code would try for ever."""
    TURNS = "turns"
    """It can be replayed, but this code decides something else than what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one history. ``place`` is the event and what was done there; ``commands`` is all that this code decided."""

    workflow_id: str
    way: Way
    place: str = ""
    why: str = ""
    commands: tuple[str, ...] = ()


async def replay(
    histories: AsyncIterator[WorkflowHistory], library: Library, stood: Mapping[str, tuple[int, Facts]] | None = None, workflow: type = Lead
) -> AsyncIterator[Replayed]:
    """Replay one history after the other.

    ``stood`` are the standings that the store has of some workflows, by their ids, with their numbers: this code must come to the same.
    """
    converter = data_converter(library)
    tape = _Tape(converter.payload_converter.to_payload)
    replayer = Replayer(
        workflows=[workflow],
        data_converter=converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[tape],
        runtime=_quiet(),
        debug_mode=True,  # a machine that is slow for a moment is no mistake in the code
    )
    async with replayer.workflow_replay_iterator(_each(histories, tape)) as results:
        async for result in results:
            yield _compared(result.history, result.replay_failure, tape.heard, (stood or {}).get(result.history.workflow_id))


class _Tape(Interceptor):
    """Hears what the code wants done while it is replayed: each command by its name, with what goes along."""

    def __init__(self, to_payload: Any) -> None:
        self.heard: list[tuple[str, Facts]] = []
        self._to_payload = to_payload

    def put(self, name: str, args: Sequence[Any]) -> None:
        said = [json.loads(self._to_payload(arg).data) for arg in args]
        self.heard.append((name, facts_of(said[1:] if name == CLOSE else said)))

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        tape = self

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
                tape.put(input.activity, input.args)
                return super().start_activity(input)

            def start_local_activity(self, input: StartLocalActivityInput) -> ActivityHandle[Any]:
                tape.put(input.activity, input.args)
                return super().start_local_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

        return Inbound


@cache
def _quiet() -> Runtime:
    """A runtime that logs nothing: what breaks is told in the answer."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


async def _each(histories: AsyncIterator[WorkflowHistory], tape: _Tape) -> AsyncIterator[WorkflowHistory]:
    """Each history with an empty tape."""
    async for history in histories:
        tape.heard.clear()
        yield history


def _compared(
    history: WorkflowHistory, failure: Exception | None, heard: Sequence[tuple[str, Facts]], stood: tuple[int, Facts] | None
) -> Replayed:
    done = list(commands_in(history.events))
    decided = iter(heard)
    commands: list[str] = []
    place, why = "", ""
    for command in done:
        name, facts = next(decided, ("nothing", Facts())) if command.is_errand else (command.name, Facts())
        differs = f"{command.name} → {name}" if name != command.name else difference(command.facts, facts)
        if differs and not place:
            place, why = command.place, differs
        commands.append(line(name, facts))
    if stood and not place:
        of_number = [facts for _, facts in heard if facts.get("no") == str(stood[0])]
        if of_number and (differs := difference(stood[1], of_number[-1])):
            place, why = f"standing {stood[0]}", differs
    if failure is not None:
        named = _EVENT.search(str(failure))
        at = f"event {named[1]}, {named[2]}" if named and not place else place or f"event {history.events[-1].event_id}, the last"
        return Replayed(workflow_id=history.workflow_id, way=Way.BREAKS, place=at, why=_said(failure))
    way = Way.TURNS if place else Way.SAME
    return Replayed(workflow_id=history.workflow_id, way=way, place=place, why=why, commands=tuple(commands))


def _said(failure: Exception) -> str:
    """What went wrong, with the last line of our own code that it came through."""
    text = str(failure)
    found = _MESSAGE.search(text)
    said = found[1].replace('\\"', '"').removeprefix("[TMPRL1100] ") if found else type(failure).__name__
    if isinstance(failure, NondeterminismError):
        return said
    where = [f"{file.removeprefix(_ROOT)}:{line}" for file, line in _FRAME.findall(text) if "site-packages" not in file]
    return f"{said.partition(',')[0]} in {where[-1]}" if where else said
