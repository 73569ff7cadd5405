"""Writes the pages that follow from the code: requirements, settings, commands and rooms. A test sees that they are up to date."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from commands.console import EXITS
from docs.sources import ROOT, called, every_command, marks, table, targets
from settings import Settings

DOCS: Final = ROOT / "docs"

CLASSES: Final = {
    "C": "behaviour of a lead's workflow",
    "D": "data, integration or configuration around it",
    "R": "report or measurement",
    "X": "context",
}
SOURCES: Final = {
    "S0": "five stories of leads that do not follow the funnel, and where a human must step in",
    "S1": "the six stages of a customer between companies",
    "S2": "automating the life cycle of a customer",
    "S3": "the customer journey in six stages, with renewal outreach 90 days ahead",
    "S4": "the four processes of marketing automation",
}
ROOMS: Final = {
    "nurture": "Thinks. Pure: no I/O, no clock, no Temporal, no database.",
    "workflows": "Remembers and waits. Thin Temporal shells around `nurture`, and the client side.",
    "activities": "Acts. The steps with outside effects.",
    "mail": "Writes and carries letters.",
    "store": "Keeps. Tables and queries on PostgreSQL.",
    "web": "Listens and shows.",
    "commands": "Serves marketing operations: what `starter.py` can do.",
    "forecast": "Foresees. The core alone, for very many leads that are made up.",
    "rehearsal": "Rehearses: a few leads on the production code, in a world that is thrown away.",
    "local": "Runs everything on one machine. Production does not come here.",
    "demo": "Shows the product: `make demo`.",
    "benchmarks": "Measures what a lead costs.",
}
_MADE: Final = "<!-- Made by `make docs`. Change what it is made from, not this page. -->"


def requirements() -> str:
    """Which rows of the requirements work, and the tests that show it."""
    rows, shown = table(), marks()
    working = {row: tests for row, tests in shown.items() if row in rows}
    lines = [
        "# Requirements",
        _MADE,
        f"Of {len(rows)} rows, **{len(working)} work**: each is shown by a test that carries its id and runs the real thing. "
        "The others are not shown by a test. An id stays for ever.",
        _grid(["Source", "What it is about", "Rows", "Work"], _by_source(rows, working)),
        _grid(["Class", "Meaning", "Rows", "Work"], _by_class(rows, working)),
        f"## Rows that work ({len(working)})",
        _grid(
            ["Row", "Class", "What is asked for", "Shown by"],
            ([row, rows[row][0], rows[row][1], "<br>".join(_linked(*test) for test in working[row])] for row in rows if row in working),
        ),
        f"## Other rows ({len(rows) - len(working)})",
        _grid(["Row", "Class", "What is asked for"], ([row, *rows[row]] for row in rows if row not in working)),
    ]
    return _page(lines)


def settings() -> str:
    """Every setting of every process."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^# --- (.+)\n((?:(?!# --- ).*\n?)*)", example, re.MULTILINE))
    compose = next(text for name, text in sections.items() if name.startswith("docker compose"))
    temporal = next(text for name, text in sections.items() if name.startswith("Temporal"))
    lines = [
        "# Settings",
        _MADE,
        "Every process reads its settings from the environment, once, when it starts. If any are missing or wrong, it names all of them "
        "and ends. `.env.example` has the same list, ready to be filled in; `settings.py` is where they live.",
        "The worker, the web app and `doctor mail` need all of them. `starter.py` otherwise reads `DATABASE_URL`, `TEMPLATES_DIR` and "
        "`TEMPORAL_*` only, and migrations read `DATABASE_URL` only.",
        _grid(
            ["Setting", "When it is not set", "What it is"],
            (
                [
                    f"`{name.upper()}`",
                    "the process does not start" if field.is_required() else _default(field.default),
                    field.description or "",
                ]
                for name, field in Settings.model_fields.items()
            ),
        ),
        "## Temporal",
        "These are read by Temporal's own `envconfig`, in every process that speaks with Temporal. An API key beside `TEMPORAL_TLS=false` "
        "is refused, because the key would travel in the clear.",
        "\n".join(f"- `{name}`" for name in re.findall(r"^#? ?(TEMPORAL_[A-Z_]+)=", temporal, re.MULTILINE)),
        "## Only for docker compose",
        _grid(
            ["Setting", "When it is not set", "What it is"],
            (
                [f"`{name}`", "the process does not start" if not off else _default(value), says]
                for says, off, name, value in re.findall(r"^# (.+)\n(# )?([A-Z_]+)=(.*)$", compose, re.MULTILINE)
            ),
        ),
    ]
    return _page(lines)


def commands() -> str:
    """Every command of ``starter.py`` and every target of the Makefile."""
    lines = [
        "# Commands",
        _MADE,
        "## make",
        _grid(["Command", "What it does"], ([f"`make {name}`", says] for name, says in targets().items())),
        "## starter.py",
        "For marketing operations. Each command has `--help`, and each that shows something has `--json` for programs. Results go to "
        "standard output, errors and progress to standard error. With `--json`, what a command cannot do is printed as "
        '`{"error": "…"}` on standard output as well; only a command that is written wrong (2) says so in words alone.',
        EXITS,
    ]
    for path, command in every_command():
        lines += [f"### {path}", f"```\npython starter.py {path} {_usage(command)}".rstrip() + "\n```", *_help(command)]
        if rows := [_parameter(parameter) for parameter in command.params if parameter.name != "help"]:
            lines.append(_grid(["Argument or option", "", "What it is"], rows))
    return _page(lines)


def rooms() -> str:
    """Every file of the product with its first line."""
    lines = [
        "# Rooms",
        _MADE,
        "A file is a room: its first line says what happens there. [architecture.md](architecture.md) says how they belong together.",
        "## Front doors",
        _grid(["File", "What happens there"], (_room(ROOT / name) for name in ("starter.py", "worker.py", "settings.py", "web/server.py"))),
    ]
    for room, says in ROOMS.items():
        files = sorted(path for path in (ROOT / room).rglob("*.py") if path.name != "__init__.py")
        lines += [f"## {room}", says, _grid(["File", "What happens there"], map(_room, files))]
    return _page(lines)


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "requirements.md": requirements,
    "settings.md": settings,
    "commands.md": commands,
    "rooms.md": rooms,
}


def _usage(command: Any) -> str:
    arguments = [called(parameter) for parameter in command.params if parameter.param_type_name == "argument"]
    needed = [f"{parameter.opts[0]} {called(parameter)}" for parameter in command.params if _is_option(parameter) and parameter.required]
    optional = any(_is_option(parameter) and not parameter.required and parameter.name != "help" for parameter in command.params)
    return " ".join([*arguments, *needed, *(["[OPTIONS]"] if optional else [])])


def _help(command: Any) -> list[str]:
    """The paragraphs, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(command.help or "").split("\n\n") if paragraph.strip()]


def _parameter(parameter: Any) -> list[str]:
    if not _is_option(parameter):
        return [f"`{called(parameter)}`", "needed" if parameter.required else "", parameter.help or ""]
    names = "/".join([*parameter.opts, *parameter.secondary_opts])
    value = "" if parameter.is_flag else f" {called(parameter)}"
    return [f"`{names}{value}`", "needed" if parameter.required else "", parameter.help or ""]


def _is_option(parameter: Any) -> bool:
    return bool(parameter.param_type_name == "option")


def _by_source(rows: Mapping[str, tuple[str, str]], working: Mapping[str, object]) -> Iterator[list[str]]:
    all_of, work = (Counter(row.partition("-")[0] for row in some) for some in (rows, working))
    yield from ([source, says, str(all_of[source]), str(work[source])] for source, says in SOURCES.items())


def _by_class(rows: Mapping[str, tuple[str, str]], working: Mapping[str, object]) -> Iterator[list[str]]:
    all_of, work = (Counter(rows[row][0] for row in some) for some in (rows, working))
    yield from ([name, says, str(all_of[name]), str(work[name])] for name, says in CLASSES.items())


def _linked(file: Path, test: str) -> str:
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../{file.as_posix()})"


def _room(path: Path) -> list[str]:
    says = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    return [f"`{path.relative_to(ROOT).as_posix()}`", says.replace("``", "`")]


def _default(value: object) -> str:
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{shown}`" if shown else "empty"


def _grid(head: list[str], rows: Iterator[list[str]] | list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def _page(blocks: list[str]) -> str:
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    for page, write in PAGES.items():
        (DOCS / page).write_text(write(), encoding="utf-8")
        print(f"docs/{page}")
