"""What leads' workflows decide, command by command, as it was agreed upon: a change of it must be seen by whoever makes it."""

from collections.abc import AsyncIterator
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest
from temporalio.client import WorkflowHistory

from local.histories import library_in, recorded_in
from workflows.replaying import Way, replay

pytestmark = pytest.mark.anyio

HISTORIES: Final = Path(__file__).parent / "histories"
FINGERPRINT: Final = Path(__file__).parent / "fingerprint.txt"
FIRST_RUNS: Final = [file for file in recorded_in(HISTORIES) if file.name.endswith(".1.json")]

DANGER: Final = """
DANGER: this code decides something else than the code that leads under way were led by.

Leads sleep for months, and wake up with their history replayed on today's code. Where it wants another command at the same place, their
workflow stops until the old code is back; where only the facts differ, they get another letter, deadline or pause than they were planned.

  1. Did you mean to change what runs under way do? Almost never. Raise RULES in nurture/state.py, and ask state.rules before taking the
     changed way. Another order of commands in workflows/lead.py is guarded with workflow.patched. Then this test passes again.
  2. New behaviour has a new scenario. Record it: pytest tests/scenarios --record
     and then: pytest tests/workflows/test_fingerprint.py --record
     That adds what is missing. It never changes a line that is there.
  3. Only where the difference below is harmless to every run under way (a field that only explains, say): delete the changed blocks from
     tests/workflows/fingerprint.txt, run the second command of 2, and say in the commit why it is harmless.

docs/architecture.md, How to change the core, tells more. Against the leads of production: python starter.py release check

"""


def fingerprint() -> dict[str, list[str]]:
    """The block of each history, by its name."""
    blocks: dict[str, list[str]] = {}
    for line in FINGERPRINT.read_text(encoding="utf-8").splitlines() if FINGERPRINT.exists() else []:
        if line.startswith("# "):
            blocks[line.removeprefix("# ")] = []
        elif line:
            next(reversed(blocks.values())).append(line)
    return blocks


async def decided() -> dict[str, list[str]]:
    """What today's code decides on each first run."""

    async def each() -> AsyncIterator[WorkflowHistory]:
        for file in FIRST_RUNS:
            yield WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))

    return {one.workflow_id: list(one.commands) async for one in replay(each(), library_in(HISTORIES)) if one.way is not Way.BREAKS}


async def test_what_was_decided_is_decided_still(request: pytest.FixtureRequest) -> None:
    agreed, today = fingerprint(), await decided()
    if request.config.getoption("--record"):
        agreed = dict(sorted({**today, **agreed}.items()))
        blocks = ["\n".join([f"# {name}", *lines]) for name, lines in agreed.items()]
        FINGERPRINT.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")

    changed = [
        "\n".join(unified_diff(lines, today.get(name, ["it cannot be replayed"]), f"{name} as agreed", f"{name} today", lineterm=""))
        for name, lines in agreed.items()
        if today.get(name) != lines
    ]
    assert not changed, DANGER + "\n\n".join(changed)


def test_every_recorded_history_has_its_fingerprint() -> None:
    missing = [file.stem for file in FIRST_RUNS if file.stem not in fingerprint()]

    assert not missing, f"add them, nothing else is changed: pytest tests/workflows/test_fingerprint.py --record. Missing: {missing}"
