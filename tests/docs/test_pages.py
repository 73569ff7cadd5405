"""What the pages name is there: files, sections, make targets, commands and their options."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import sources

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = dict(sources.every_command())
_FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
_MADE_WHEN_USED = (".state/", ".venv/")
_EXAMPLES = ("campaigns/newsletter.yaml", "email_templates/newsletter/hello.en.html", "email_templates/newsletter/hello.ja.html")


of_each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def anchors(page: Path) -> set[str]:
    """The sections of a page, as git hosts name them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def quoted(page: Path) -> Iterator[str]:
    """Everything that a page sets as code outside of blocks."""
    yield from re.findall(r"`([^`\n]+)`", _FENCE.sub("", page.read_text(encoding="utf-8")))


def shell_lines(page: Path) -> Iterator[str]:
    for kind, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "sh":
            yield from block.splitlines()
    yield from (code for code in quoted(page) if code.startswith(("make ", "python starter.py ")))


@of_each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        file, _, section = target.partition("#")
        other = (page.parent / file).resolve() if file else page

        assert other.exists(), f"{target} is not there"
        assert not section or section in anchors(other), f"{target} is no section"


@of_each_page
def test_every_file_that_is_named_exists(page: Path) -> None:
    for code in quoted(page):
        is_path = re.fullmatch(r"(?:README|[a-z.])[\w.-]*(/[\w.-]+)*/?", code) and (
            "/" in code or re.search(r"\.(py|md|toml|yml|yaml|csv|lock|svg)$", code)
        )
        if is_path and not code.startswith(_MADE_WHEN_USED) and code not in _EXAMPLES:
            assert (ROOT / code).exists(), f"{code} is not there"


@of_each_page
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = {match for line in shell_lines(page) for match in re.findall(r"^make ([a-z]+)", line)}

    assert named <= sources.targets().keys()


@of_each_page
def test_every_command_that_is_shown_exists_with_its_options(page: Path) -> None:
    for line in shell_lines(page):
        if line.startswith("python starter.py "):
            words = shlex.split(line.removeprefix("python starter.py "))
            if words[:2] == ["lead", "signal"]:
                words = ["lead signal ID|ADDRESS", words[3], *words[4:]]
            path = next((" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in COMMANDS), None)

            assert path, f"there is no command as in: {line}"
            options = {option for parameter in COMMANDS[path].params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options, line


def test_the_decisions_are_all_listed_and_numbered() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(page.name for page in folder.glob("0*.md"))
    listed = re.findall(r"^(\d+)\. \[.+\]\((.+)\)$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert listed == [(str(number), name) for number, name in enumerate(pages, start=1)]
    for number, name in enumerate(pages, start=1):
        text = (folder / name).read_text(encoding="utf-8")
        assert name.startswith(f"{number:04}-")
        assert re.findall(r"^# (\d+)\. .+|^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            (str(number), ""),
            ("", "Context"),
            ("", "Decision"),
            ("", "Consequences"),
        ]
