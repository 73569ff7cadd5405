"""What the generated pages are made from, besides settings and first lines: requirements, marks, make targets and commands."""

import ast
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer

from commands.app import app

ROOT: Final = Path(__file__).resolve().parent.parent
TABLE: Final = ROOT / "docs" / "requirements.csv"


def table() -> dict[str, tuple[str, str]]:
    """Class and text of each row, by id, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["class"], row["text"]) for row in csv.DictReader(file)}


@cache
def marks() -> dict[str, list[tuple[Path, str]]]:
    """The tests that carry each row's mark, as file and name. Read without importing a test."""
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_file = [
            row for node in tree.body if isinstance(node, ast.Assign) and _assigns(node, "pytestmark") for row in _rows_in(node.value)
        ]
        for test in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            if test.name.startswith("test_"):
                for row in dict.fromkeys([*of_file, *(row for mark in test.decorator_list for row in _rows_in(mark))]):
                    found[row].append((path.relative_to(ROOT), test.name))
    return found


def targets() -> dict[str, str]:
    """What the Makefile can do, in its order."""
    return dict(re.findall(r"^([a-z]+):.*?## (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def every_command() -> Iterator[tuple[str, Any]]:
    """Every command of ``starter.py`` by its words, those that only hold others left out."""
    yield from _below(typer.main.get_command(app), ())


def _below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    own = [called(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    inside = getattr(command, "commands", None)
    if inside is None or command.invoke_without_command:
        yield " ".join(words), command
    if inside is None:
        return
    for name, other in inside.items():
        yield from _below(other, (*words, *own, name))


def called(parameter: Any) -> str:
    """How a parameter's value is called in usage lines."""
    return str(parameter.metavar or parameter.name.upper())


def _rows_in(node: ast.expr) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "requirement":
            yield from (argument.value for argument in call.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str))


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
