"""Nothing flows back: which room may know which. The contracts are in pyproject.toml; what they cannot say is here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("nurture", "mail", "store", "activities", "workflows", "web", "commands", "forecast", "local", "rehearsal", "demo")


def imported_by(path: Path) -> Iterator[str]:
    """The modules that a file names, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_room_keeps_its_contracts() -> None:
    """In a process of its own, because the linter sets up logging for the whole process."""
    linter = Path(sys.executable).parent / "lint-imports"

    ended = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_folder_with_code_is_a_room_that_the_contracts_know() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert folders - {"benchmarks", "docs"} == set(ROOMS)


def test_the_lead_workflow_reaches_nothing_but_nurture_and_temporal() -> None:
    graph = grimp.build_graph(*ROOMS, include_external_packages=True, cache_dir=None)

    ours = {"workflows.lead"} | {name for name in graph.find_upstream_modules("workflows.lead") if name.split(".")[0] == "workflows"}
    named = {name.split(".")[0] for module in ours for name in graph.find_modules_directly_imported_by(module)}

    assert named - set(sys.stdlib_module_names) <= {"nurture", "temporalio", "workflows", "pydantic"}


@pytest.mark.parametrize(
    ("file", "strangers"),
    [
        ("settings.py", {*ROOMS, "starter", "worker"}),
        ("worker.py", {"local", "demo", "web", "starter"}),
        ("starter.py", {"local", "demo", "web", "worker"}),
    ],
)
def test_a_front_door_knows_only_what_it_serves(file: str, strangers: set[str]) -> None:
    named = {name.split(".")[0] for name in imported_by(ROOT / file)}

    assert not named & strangers


@pytest.mark.parametrize("path", sorted((ROOT / "nurture").rglob("*.py")), ids=lambda path: path.name)
def test_nurture_neither_opens_a_file_nor_asks_the_clock(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}

    assert not calls & {"open", "print", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
    reads = {call for call in calls if call.endswith((".read_text", ".read_bytes", ".write_text", ".write_bytes"))}
    assert not {call for call in reads if not call.startswith("(files(")}, "only the data of a library may be read"
